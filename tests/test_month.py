"""Six simulated weeks with servers that lie, move, vanish and come back; judged by what the servers saw and served."""

import email.policy
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from radar.app import App
from radar.config import Advisor, CrawlSettings, MailSettings, Settings
from radar.records import Feed, FeedState
from radar.store import open_store
from tests.smtp_sink import serve_inbox
from tests.watch.loopback import Answer, Request, Server, answer

START = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = 42
CONTACT = "https://radar.example/bot"

Alarm = tuple[datetime, str, str]  # date, subject, text


@dataclass
class Press:
    """A feed's site in its own time: what it publishes, and what it was asked and served."""

    script: Callable[["Press", Request], Answer | None]  # None: an honest answer
    now: datetime = START
    per_day: int = 1
    until: float = DAYS  # it publishes nothing after that day
    dated: bool = True
    asked_at: list[datetime] = field(default_factory=list)
    validators: list[bool] = field(default_factory=list)  # did the request carry one?
    served: set[str] = field(default_factory=set)

    @property
    def day(self) -> float:
        return (self.now - START) / DAY

    @property
    def number(self) -> int:
        """How many entries it has published by now; ten before the story begins."""
        return 10 + int(min(self.day, self.until) * self.per_day)

    def answer(self, request: Request) -> Answer:
        self.asked_at.append(self.now)
        self.validators.append("if-none-match" in request.headers)
        told = self.script(self, request)
        if told is not None:
            return told
        if request.headers.get("if-none-match") == self.etag:
            return answer(304)
        return self.document()

    @property
    def etag(self) -> bytes:
        return f'W/"{self.number} é"'.encode()

    def document(self, etag: bytes = b"") -> bytes:
        """The newest ten entries."""
        items = []
        for number in range(self.number - 10, self.number):
            at = START + (number - 9) * DAY / self.per_day
            date = f"<pubDate>{format_datetime(at)}</pubDate>" if self.dated else ""
            items.append(f"<item><title>Report {number}</title><guid>{number}</guid>{date}</item>")
            self.served.add(str(number))
        body = f'<rss version="2.0"><channel><title>T</title>{"".join(reversed(items))}</channel></rss>'
        return answer(200, body.encode(), ETag=etag or self.etag)


def between(first: float, last: float, told: Callable[[Press], Answer]) -> Callable[[Press, Request], Answer | None]:
    """A script that is honest but on some days."""
    return lambda press, _: told(press) if first <= press.day < last else None


def lie(press: Press, request: Request) -> Answer | None:
    """304 to whoever brings a validator, although there is news every day."""
    return answer(304) if "if-none-match" in request.headers else None


def flap(press: Press, request: Request) -> Answer | None:
    """Permanently moved on even days, for a while on odd ones."""
    return answer(301 if int(press.day) % 2 == 0 else 302, Location="/steady")


END = float(DAYS + 1)
SCRIPTS: dict[str, Press] = {
    "steady": Press(lambda *_: None),
    "busy": Press(lambda *_: None, per_day=24),
    "undated": Press(lambda *_: None, dated=False),
    "lies": Press(lie),
    "one-etag": Press(lambda press, _: press.document(b'"always the same"')),
    "falls-silent": Press(lambda *_: None, until=15),
    "moves": Press(between(5, END, lambda _: answer(301, Location="/moved"))),
    "moved": Press(lambda *_: None),
    "flaps": Press(flap),
    "gone": Press(between(10, END, lambda _: answer(410))),
    "comes-back": Press(between(8, 12, lambda _: answer(404))),
    "page": Press(between(10, 33, lambda _: answer(200, b"<html><body>Buy this domain</body></html>"))),
    "empty": Press(between(18, END, lambda _: answer(200, b""))),
    "resets": Press(between(11, END, lambda _: b"")),
    "maintained": Press(between(6, 9, lambda _: answer(503, Retry_After=str(3 * 86_400)))),
}
SLOW_DOWN = {"asks": Press(lambda *_: None), "beside": Press(lambda *_: None)}


class Month:
    """Radar and the press, with the clock in hand; Radar is restarted every other day."""

    def __init__(self, url: str, home: Path, smtp: int, servers: dict[str, Server], press: dict[str, Press]) -> None:
        self.url, self.press, self.now = url, press, START
        self.settings = Settings(
            home=home,
            database_url=url,
            advisor=Advisor("Jo Ruiz", "advisor@foundation.example"),
            crawl=CrawlSettings(CONTACT, tuple(server.host for server in servers.values()), 5),
            mail=MailSettings(sender="radar@foundation.example", host="127.0.0.1", port=smtp, tls="none"),
        )

    def live(self, until: datetime, step: timedelta) -> None:
        """Let time pass; every job runs at each step."""
        while self.now < until:
            with open_store(self.url) as store:
                app = App(self.settings, store, lambda: self.now)
                restart = self.now + 2 * DAY
                while self.now < min(until, restart):
                    for press in self.press.values():
                        press.now = self.now
                    app.pipeline.crawl(self.now)
                    app.run("alarm")
                    app.run("deliver")
                    self.now += step


@pytest.fixture
def database_url(sqlite_database: Callable[[], str]) -> str:
    """One kind of database is enough here: the store's own tests know both."""
    return sqlite_database()


@pytest.fixture
def lived(database_url: str, tmp_path: Path) -> Iterator[tuple[dict[str, Press], dict[str, Feed], list[Alarm]]]:
    """The press, the feeds and the alarms after six weeks."""
    with ExitStack() as stack:
        inbox, smtp = stack.enter_context(serve_inbox())
        servers = {name: stack.enter_context(Server(address=name)) for name in ("127.0.0.1", "127.0.0.2")}
        press = {}
        for address, scripts in (("127.0.0.1", SCRIPTS), ("127.0.0.2", SLOW_DOWN)):
            for name, one in scripts.items():
                press[name] = one
                servers[address].routes[f"/{name}"] = one.answer
        SLOW_DOWN["asks"].script = between(
            9, 10.1, lambda one: answer(429, Retry_After=format_datetime(one.now + 2 * DAY, True))
        )
        urls = {name: servers["127.0.0.2" if name in SLOW_DOWN else "127.0.0.1"].url(f"/{name}") for name in press}
        with open_store(database_url) as store:
            store.sync_feeds(
                [Feed(url, "trade", f"{name}.example", name) for name, url in urls.items() if name != "moved"]
            )
        month = Month(database_url, tmp_path, smtp, servers, press)
        month.live(START + DAY, HOUR / 3)
        month.live(START + DAYS * DAY, 6 * HOUR)
        with open_store(database_url) as store:
            feeds = {feed.title: feed for feed in store.list_feeds()}
            entries = defaultdict(list)
            for entry in store.ungrouped_entries(100_000):
                entries[entry.feed_url].append(entry.entry_id)
        for name, url in urls.items():
            if name not in ("moved", "flaps"):
                served = press[name].served | (press["moved"].served if name == "moves" else set())
                assert sorted(entries[url]) == sorted(served), name  # nothing lost, nothing doubled, nothing deleted
        texts = []
        for envelope in inbox.received:
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=email.policy.default)
            body = message.get_body(("plain",))
            assert body is not None
            texts.append((message["Date"].datetime, str(message["Subject"]), body.get_content()))
        yield press, feeds, texts


def test_six_weeks_among_lying_servers(
    lived: tuple[dict[str, Press], dict[str, Feed], list[Alarm]],
) -> None:
    """Never sooner than asked, nothing lost, nothing silently dead; the advisor hears of each outage once a week."""
    press, feeds, alarms = lived
    for name, one in press.items():
        if name not in ("steady", "moved"):  # "flaps" leads to the one, "moves" to the other
            assert all(later - earlier >= HOUR for earlier, later in pairwise(one.asked_at)), name

    def asked(name: str, first: float, last: float) -> list[float]:
        return [(at - START) / DAY for at in press[name].asked_at if first <= (at - START) / DAY < last]

    # Rhythm: the busy feed is visited more often than the slow one, both at least once a day.
    assert len(asked("busy", 1, 8)) > len(asked("steady", 1, 8)) >= 7
    # Lies: what was hidden by false 304s was seen all the same, within a fortnight; one ETag for all hides nothing.
    assert press["lies"].validators.count(False) >= 3
    assert max(map(int, press["lies"].served)) >= 10 + DAYS - 16
    assert feeds["one-etag"].state == "ok"
    # Moves: adopted after a week and three answers, never on the word of a redirect that comes and goes.
    assert asked("moves", 14.5, END) == []
    assert len(asked("moved", 14.5, END)) > 25
    assert len(asked("flaps", 14.5, END)) > 25
    # 410 is believed: at most the look after thirty days. Others are tried ever more rarely, up to weekly.
    assert len(asked("gone", 10, END)) <= 2
    for name, first in (("resets", 11), ("empty", 18), ("page", 10)):
        gaps = [later - earlier for earlier, later in pairwise(asked(name, first, 30))]
        assert gaps == sorted(gaps), name
        assert max(gaps) <= 7.3, name
    # Retry-After: nobody there was asked before its end, neither the URL nor, after a 429, the host.
    assert all(not 0 < at - asked("maintained", 6, 9)[0] < 3 for at in asked("maintained", 6, 9.5))
    heard = asked("asks", 9, 10.1)[0]
    for name in press.keys() & SLOW_DOWN.keys():
        assert all(not 0 < at - heard < 2 for at in asked(name, 9, 13)), name
    # States, six weeks later.
    states: dict[str, FeedState] = {
        "gone": "gone",
        "empty": "not a feed",
        "resets": "failing",
        "falls-silent": "quiet",
    }
    assert {name: feed.state for name, feed in feeds.items()} == dict.fromkeys(feeds, "ok") | states
    assert feeds["gone"].reason == "the server says the feed is gone for good (410)"
    assert feeds["empty"].reason == "an empty answer instead of a feed"
    # Alarms: each outage of a week told once, then weekly; outages of a few days not at all; never two for one.
    told = defaultdict(list)
    for _, subject, text in alarms:
        assert "gone unread for a week" in subject
        for name in feeds:
            if f"{name} ({name}.example)" in " ".join(text.split()):
                told[name].append(subject)
    assert {name: len(mails) for name, mails in told.items()} == {"gone": 4, "page": 3, "resets": 4, "empty": 3}
    assert all(later - earlier >= DAY for earlier, later in pairwise(at for at, _, _ in alarms))
