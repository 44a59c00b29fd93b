"""`radar serve`: everything on time, in one process."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from radar.cli.house import House, pass_house
from radar.cli.output import count
from radar.errors import ConfigError

if TYPE_CHECKING:
    import socket

#: Seconds a job may go on after the signal to end. What it leaves is a row, and done at the next start.
PATIENCE = 15.0


@click.command()
@click.option("--host", help="Address to listen on. [default: web.host in radar.toml, else 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65_535), help="[default: web.port in radar.toml, else 8420]")
@pass_house
def serve(house: House, host: str | None, port: int | None) -> None:
    """Crawl, publish and deliver on time, and serve the JSON API and the pages digests link to.

    Upgrades the database first where that is needed. Ends in order on SIGTERM or Ctrl-C: answers are finished, and a
    job gets 15 seconds.

    \b
    Example: radar serve
             radar serve --host 0.0.0.0 --port 8420
    """
    import logging
    import os
    import signal

    import msgspec

    from radar.app import open_app
    from radar.schedule import start_schedule
    from radar.store import migrate
    from radar.web import create_web, make_server

    settings = house.settings()
    house.start_log("INFO")
    log = logging.getLogger("radar.serve")
    migrate(settings.database_url)
    with open_app(house.home) as app:
        changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
        web = msgspec.structs.replace(settings.web, **changes)
        app.settings = msgspec.structs.replace(settings, web=web)
        log.info("%s, %s", count(app.sync_feeds(), "feed"), count(len(app.pipeline.topics), "topic"))
        listening = _listen(web.host, web.port)
        where = "[%s]:%d" if ":" in web.host else "%s:%d"
        log.info("listening on http://" + where, web.host, listening.getsockname()[1])
        if not _is_loopback(web.host):
            log.warning("%s can be reached from other machines: put a server that speaks TLS before it", web.host)
        server = make_server(create_web(app.store, app.settings, app.now, lambda: app.pipeline), web)
        # uvicorn raises the signal again once it has ended; without these the process would stop there.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
        ticker = start_schedule(app)
        try:
            server.run(sockets=[listening])
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a second one does not wait
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            log.info("ending")
            ended = _end_within(PATIENCE, ticker.shutdown)
            log.info("ended" if ended else "a job was still at work; the next start goes on from there")
    if not ended:
        os._exit(0)  # a thread in the middle of a visit would keep the process


def _end_within(seconds: float, shutdown: Callable[[], object]) -> bool:
    """Let running jobs end; false if they have not by then."""
    import threading

    waiting = threading.Thread(target=shutdown, daemon=True)
    waiting.start()
    waiting.join(seconds)
    return not waiting.is_alive()


def _listen(host: str, port: int) -> "socket.socket":
    import socket

    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(found[0], found[1])
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(found[4])
        listening.listen(2048)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port}: {(error.strerror or str(error)).lower()}; choose another --host or --port"
        ) from None
    return listening


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
