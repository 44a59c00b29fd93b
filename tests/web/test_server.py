"""The application on a real server and a real socket."""

import http.client
import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from radar.config import WebSettings
from radar.web import make_server
from tests.web.web_world import CANARIES, World


@pytest.fixture
def database_url(sqlite_database: Callable[[], str]) -> str:
    """One kind of database is enough here: what is tested is above it."""
    return sqlite_database()


@pytest.fixture
def port(world: World) -> Iterator[int]:
    """A served application; its port was free."""
    server = make_server(world.app, WebSettings(port=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def ask(port: int, method: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, str]:
    """Ask over a socket."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(
            method, path, headers=headers, body="List-Unsubscribe=One-Click" if method == "POST" else None
        )
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()


def test_a_key_a_link_and_a_wrong_host_end_to_end(world: World, port: int, caplog: pytest.LogCaptureFixture) -> None:
    """The executive reads by key and by link and pauses with one click; the log holds no link and no agenda."""
    with caplog.at_level(logging.DEBUG):
        agenda, words = ask(port, "GET", "/api/v1/executives/anna/agenda", Authorization=world.keys["anna"])
        page, html = ask(port, "GET", f"/i/{world.tokens['anna']}")
        paused, _ = ask(port, "POST", f"/i/{world.tokens['anna']}/pause")
        head, nothing = ask(port, "HEAD", "/healthz")
        evil, _ = ask(port, "GET", "/healthz", Host="evil.example")
    assert (agenda.status, page.status, paused.status, head.status, evil.status) == (200, 200, 200, 200, 421)
    assert CANARIES["anna"] in words
    assert CANARIES["anna"] in html
    assert nothing == ""
    assert agenda.getheader("Server") is None
    assert world.store.find_executive("anna").paused
    assert world.tokens["anna"] not in caplog.text
    assert CANARIES["anna"] not in caplog.text
    assert world.keys["anna"] not in caplog.text
