"""Run the demo: twenty weeks of a fictional press, crawled by the real Radar, down to three digests."""

import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from radar.app import App
from radar.brief.mail import FolderMailer
from radar.brief.render import render_headers, render_text
from radar.brief.slot import find_due_week
from radar.config import FEEDS_FILE, SETTINGS_FILE, load_settings
from radar.demo.listening import listen, load_listening
from radar.demo.material import WEEKS
from radar.demo.organisation import BY, enrol_executives, file_positions, load_organisation, note_statements
from radar.demo.past import write_past
from radar.demo.server import DemoServer
from radar.demo.world import FIRST_MONDAY, World, generate_world
from radar.errors import ConfigError
from radar.records import Signal
from radar.store import Store, migrate, open_store

#: From this week on, each executive gets an issue; before it, there is too little to brief on.
FIRST_ISSUE = 12
PORT = 8421
SLOT = timedelta(hours=8)  # after the earliest digest of a Monday, before anything else happens
_SETTINGS = """# Radar's demo. With a mail server here, the digests are also sent by SMTP, for instance to a test inbox
# on this machine.
[advisor]
name = "Priya Raman"
email = "advisor@harbourlight.example"

[mail]
sender = "Radar <radar@harbourlight.example>"
# host = "127.0.0.1"
# port = 1025
# tls = "none"

[web]
# The digests' buttons lead here while `radar serve` runs.
public_url = "http://127.0.0.1:8420"
"""
#: What was planted in the demo's press, and how the plot goes.
PLANTED = (
    ("ai-note-takers", "emerges: research in July, the general press by November"),
    ("satellite-to-phone", "emerges, three weeks behind"),
    ("decentralised-social", "surges for a month and fades"),
    ("brain-computer-interfaces", "one publisher's campaign"),
)
#: The same, of a technology that is in no list of topics.
UNLISTED, UNLISTED_PLOT = "wrenmesh", "in no list: research in August, the general press by November"


@dataclass(slots=True)
class _Clock:
    """A clock that is set, not wound."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


def run_demo(home: Path, out: Path, seed: int, echo: Callable[[str], None], command: str = "radar") -> None:
    """Run the demo in a folder, made anew; `echo` receives the lines to show, `command` is what calls Radar here."""
    home, out = home.resolve(), out.resolve()
    _prepare_folders(home, out)
    settings = load_settings(home, {})  # the demo is its own Radar, whatever the environment says
    world, organisation, heard = generate_world(seed), load_organisation(), load_listening()
    migrate(settings.database_url)
    clock = _Clock(FIRST_MONDAY)
    echo(f"{len(world.publishers)} fictional publishers, {WEEKS} weeks, crawled over HTTP from this machine.")
    with _serve_press(world) as server, open_store(settings.database_url) as store:
        feeds = home / FEEDS_FILE
        feeds.write_text(server.feeds_toml(), encoding="utf-8")
        allowed = (server.base_url.removeprefix("http://"),)
        crawl = msgspec.structs.replace(settings.crawl, allow=allowed, contact="https://harbourlight.example/radar")
        app = App(msgspec.structs.replace(settings, crawl=crawl), store, clock)
        app.sync_feeds()
        enrol_executives(store, organisation)
        past = store.save_archive(write_past(seed, server.find_feed_url))
        echo(f"{past:,} older titles imported, as by `radar import-archive`: what is new shows against what is not.")
        echo("")
        for number in range(1, WEEKS + 1):
            before, clock.at = clock.at, FIRST_MONDAY + timedelta(weeks=number, hours=5)
            server.set_now(clock.at)
            crawled = app.pipeline.crawl(clock.at)
            watched = app.pipeline.watch(clock.at)
            note_statements(store, organisation.statements, before, clock.at)
            file_positions(store, organisation.positions, before, clock.at)
            listen(app, heard, before, clock.at, BY)
            last = number == WEEKS
            if number >= FIRST_ISSUE:
                _publish(app, clock.at + SLOT, send=last)
            echo(_report_week(clock.at, crawled.entries, crawled.failed, watched.stories, watched.signals))
        clock.at += SLOT
        _deliver(app, out, echo)
        _report_planted(app, echo)
        issue = store.list_issues("president", limit=1)[0]
        echo("=" * 76)
        echo(render_headers(issue))
        echo(render_text(issue, advisor=settings.advisor.name))
        echo("=" * 76)
    _say_next(home, out / f"president-{issue.week}.html", command, echo)


def _serve_press(world: World) -> DemoServer:
    """Serve at one port whenever it is free: feed addresses, and with them ids and ties, are then the same."""
    try:
        return DemoServer(world, port=PORT)
    except OSError:
        return DemoServer(world)


def _prepare_folders(home: Path, out: Path) -> None:
    """Make the demo's folder fresh, but keep its settings: a mail server entered there is to be used."""
    try:
        if home.exists() and any(home.iterdir()) and not (home / SETTINGS_FILE).exists():
            raise ConfigError(f"{home}: is not empty and no demo of Radar; name another folder with --folder")
        shutil.rmtree(home / "data", ignore_errors=True)
        (home / "data").mkdir(parents=True)
        if not (home / SETTINGS_FILE).exists():
            (home / SETTINGS_FILE).write_text(_SETTINGS, encoding="utf-8")
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        path = error.filename or home
        raise ConfigError(
            f"{path}: cannot be written ({error.strerror}); name other folders with --folder and --out"
        ) from None


def _publish(app: App, at: datetime, *, send: bool) -> None:
    for person in app.store.list_executives():
        week = find_due_week(person, at)
        if week:
            app.pipeline.publish(person.slug, week, at, send=send)
    app.pipeline.publish_letter(at, send=send)


def _report_week(now: datetime, entries: int, failed: int, stories: int, signals: tuple[Signal, ...]) -> str:
    week = (now - timedelta(days=3)).isocalendar()
    moved = [f"{signal.topic} {signal.phase}" for signal in signals if signal.phase and signal.since == signal.week]
    news = ", ".join(moved[:3]) + (f" and {len(moved) - 3} more" if len(moved) > 3 else "")
    line = f"week {week.week}  {entries:4d} new entries  {stories:4d} stories"
    line += f"  {failed} feed{'s' * (failed != 1)} failing" if failed else ""
    return f"{line}   {news}".rstrip()


def _deliver(app: App, out: Path, echo: Callable[[str], None]) -> None:
    """Write the digests to the out folder; where a mail server is configured, send them as well."""
    folder = FolderMailer(out)
    waiting = app.store.list_outbox()
    echo("")
    for outgoing in waiting:
        written = folder.send(outgoing, lambda: None)
        if written.outcome != "sent":
            raise ConfigError(written.reply)
    delivered = app.pipeline.deliver(app.now, mailer=None if app.settings.mail.host else folder)
    if app.settings.mail.host:
        for outgoing in delivered:
            echo(f"{outgoing.recipient}: {outgoing.state} ({outgoing.reply})")
    digests = sum(outgoing.executive is not None for outgoing in waiting)
    letter = " and the advisor's desk letter" if len(waiting) > digests else ""
    echo(f"{digests} digests{letter} written to {out} as .eml and .html.")


def _report_planted(app: App, echo: Callable[[str], None]) -> None:
    echo("")
    echo("What was planted in the press, and what Radar made of it:")
    for topic, plot in PLANTED:
        echo(f"  {app.pipeline.topics[topic].name} ({plot})")
        echo(f"    {_tell_history(app.store, topic)}")
    echo(f"  {UNLISTED.capitalize()} ({UNLISTED_PLOT})")
    echo(f"    {_tell_changes(app.store, UNLISTED)}")
    echo("")


def _tell_history(store: Store, topic: str) -> str:
    """Return the phases of a topic with their weeks, or what kept Radar from warning."""
    history = store.signal_history(topic)
    steps, phase, confirmed = [], None, False
    for signal in history:
        week = f"week {signal.week.isocalendar().week}"
        if signal.phase != phase:
            phase = signal.phase
            steps.append(f"{phase or 'quiet'} {week}")
        if signal.confirmed and not confirmed:
            confirmed = True
            steps.append(f"confirmed {week}")
    if steps:
        return " → ".join(steps)
    if not history:
        return "never seen"
    evidence = history[-1].evidence
    return (
        f"no warning: {evidence.reports_recent} reports in {evidence.window} weeks where {evidence.expected_recent:g} "
        f"were expected, but {evidence.largest_share:.0%} of them from one publisher"
    )


def _tell_changes(store: Store, term: str) -> str:
    """Return what happened to a candidate, with the weeks that showed it."""
    changes = store.list_candidate_changes(term)
    weeks = [(change.what, (change.on - timedelta(weeks=1)).isocalendar().week) for change in changes]
    return " → ".join(f"{what} week {week}" for what, week in weeks) or "never raised"


def _say_next(home: Path, page: Path, command: str, echo: Callable[[str], None]) -> None:
    own, demo = f"{command} --home my-radar", f"{command} --home {_name_here(home)}"
    for line in (
        "Next, the demo:",
        f"  open {_name_here(page)} in a browser",
        f'  {demo} query "satellite texting" --for field',
        f"  {demo} signals",
        f"  {demo} candidates",
        f"  {demo} exposure",
        f"  {demo} letter",
        f"  {demo} pack president",
        f"  {demo} acceptance president",
        f"  {demo} survey show autumn",
        f"  {demo} doctor",
        "",
        "Your own:",
        f"  {command} init my-radar",
        "  edit my-radar/feeds.toml: over a hundred feeds to begin with, keep those you need",
        f"  {own} crawl",
        f"  {own} doctor",
    ):
        echo(line)


def _name_here(path: Path) -> str:
    """Return a path as it can be typed in the current folder."""
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))
