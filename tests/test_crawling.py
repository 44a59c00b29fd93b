"""Crawling whole, from the servers' bytes to the stored rows: restarts, kills, bombs beside good feeds."""

import gzip
import itertools
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from radar.app import App
from radar.config import CrawlSettings, Settings
from radar.records import Feed
from radar.store import Store, open_store
from tests.watch.loopback import RSS, Request, Server, answer, drip

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def open_app(store: Store, home: Path, *servers: Server) -> App:
    crawl = CrawlSettings("https://radar.example/bot", tuple(one.host for one in servers), 5)
    return App(Settings(home=home, database_url="", crawl=crawl), store, lambda: NOW)


def list_source(server: Server, path: str = "/feed") -> Feed:
    return Feed(server.url(path), "trade", "x.example", path)


VALIDATORS = [
    (b'W/"x"', b"Tue, 24 Nov 2026  06:00:00 +0000 (CET)"),
    (b"unquoted", b"0"),
    (b'"with  two spaces"', b"tomorrow, maybe"),
    (b'"' + b"e" * 4096 + b'"', b"-1"),
    ('"é✓\u202e"'.encode(), b""),
]


def test_validators_come_back_byte_for_byte_over_five_polls_and_restarts(
    database_url: str, server: Server, tmp_path: Path
) -> None:
    """Through the database and a new process each time; one request in five is unconditional."""
    for number, (etag, modified) in enumerate(VALIDATORS):

        def route(request: Request, etag: bytes = etag, modified: bytes = modified) -> bytes:
            if "if-none-match" in request.headers:
                return answer(304)
            return answer(200, RSS, **{k: v for k, v in {"ETag": etag, "Last_Modified": modified}.items() if v})

        server.routes[f"/{number}"] = route
    for poll in range(5):
        with open_store(database_url) as store:
            store.sync_feeds([list_source(server, f"/{number}") for number in range(len(VALIDATORS))])
            summary = open_app(store, tmp_path, server).pipeline.crawl(NOW + poll * timedelta(hours=25))
            assert (summary.visited, summary.failed) == (len(VALIDATORS), 0)
    for number, (etag, modified) in enumerate(VALIDATORS):
        first, *others = [request for request in server.requests if request.path == f"/{number}"]
        assert not {"if-none-match", "if-modified-since"} & first.headers.keys()
        assert len(others) == 4
        for request in others:
            assert request.headers["if-none-match"] == etag
            assert request.headers.get("if-modified-since", b"") == modified


def test_no_feed_is_asked_again_within_the_hour_unless_the_operator_asks(
    database_url: str, server: Server, tmp_path: Path
) -> None:
    """Twenty restarts within the hour make one request; `--force` makes another."""
    server.routes["*"] = lambda _: answer(200, RSS)
    for minute in range(0, 60, 3):
        with open_store(database_url) as store:
            store.sync_feeds([list_source(server)])
            open_app(store, tmp_path, server).pipeline.crawl(NOW + timedelta(minutes=minute))
    assert len(server.requests) == 1
    with open_store(database_url) as store:
        assert open_app(store, tmp_path, server).pipeline.crawl(NOW + HOUR - timedelta(seconds=1), force=True).visited
    assert len(server.requests) == 2


def test_a_visit_that_a_killed_process_never_recorded_is_not_repeated_within_the_hour(
    store: Store, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request was made, then the process died without a word."""
    server.routes["*"] = lambda _: answer(200, RSS)
    store.sync_feeds([list_source(server)])
    app = open_app(store, tmp_path, server)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save_crawls", die)
        patch.setattr(Store, "release_feeds", lambda *_: None)  # a killed process does not clean up
        with pytest.raises(Killed):
            app.pipeline.crawl(NOW)
    assert len(server.requests) == 1
    for minute in range(0, 89, 8):
        assert app.pipeline.crawl(NOW + timedelta(minutes=minute)).visited == 0
    assert app.pipeline.crawl(NOW + timedelta(minutes=90)).visited == 1


def test_in_a_long_round_the_hour_begins_at_the_visit(
    store: Store, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round may take half an hour; a feed visited at its end is not due half an hour early."""
    server.routes["*"] = lambda _: answer(200, RSS)
    store.sync_feeds([list_source(server)])
    moments = iter([0.0, *[30 * 60.0] * 9])
    with monkeypatch.context() as patch:
        patch.setattr("radar.pipeline.crawl.time", SimpleNamespace(monotonic=lambda: next(moments)))
        open_app(store, tmp_path, server).pipeline.crawl(NOW)
    [feed] = store.list_feeds()
    assert feed.last_crawl_at == NOW + timedelta(minutes=30)
    assert feed.next_due_at is not None
    assert feed.next_due_at >= NOW + timedelta(minutes=90)


def test_an_interrupted_round_gives_back_what_it_did_not_visit(
    store: Store, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C the next `radar crawl` goes on with the rest; what was visited is not asked again."""
    server.routes["*"] = lambda _: answer(200, RSS)
    store.sync_feeds([list_source(server, f"/{number}") for number in range(6)])
    app = open_app(store, tmp_path, server)
    save, saved = Store.save_crawls, list[str]()

    def interrupt(self: Store, visits: Any) -> Any:
        if len(saved) == 2:
            raise KeyboardInterrupt
        saved.extend(visit.feed_url for visit, _ in visits)
        return save(self, visits)

    with monkeypatch.context() as patch:
        patch.setattr("radar.pipeline.crawl.VISITS_AT_ONCE", 2)
        patch.setattr("radar.pipeline.crawl.SAVE_EVERY", 60.0)  # two at a time, however slow the machine
        patch.setattr(Store, "save_crawls", interrupt)
        with pytest.raises(KeyboardInterrupt):
            app.pipeline.crawl(NOW)
    assert app.pipeline.crawl(NOW + timedelta(minutes=1)).visited == 4


def test_a_429_holds_for_the_hosts_other_feeds_after_a_restart(
    database_url: str, server: Server, tmp_path: Path
) -> None:
    """What one feed was told is remembered for the others, in the database."""
    server.routes["/slow-down"] = lambda _: answer(429, Retry_After="7200")
    server.routes["/beside"] = lambda _: answer(200, RSS)
    with open_store(database_url) as store:
        store.sync_feeds([list_source(server, "/slow-down")])
        open_app(store, tmp_path, server).pipeline.crawl(NOW)
    with open_store(database_url) as store:
        store.sync_feeds([list_source(server, "/slow-down"), list_source(server, "/beside")])
        app = open_app(store, tmp_path, server)
        app.pipeline.crawl(NOW + HOUR)
        assert [request.path for request in server.requests] == ["/slow-down"]
        beside = store.find_feed(server.url("/beside"))
        assert beside.reason == "the server asks Radar to slow down (429)"
        assert beside.next_due_at is not None
        assert NOW + 2 * HOUR <= beside.next_due_at <= NOW + 2.4 * HOUR
        server.routes["/slow-down"] = server.routes["/beside"]
        app.pipeline.crawl(beside.next_due_at)
        assert store.find_feed(server.url("/beside")).state == "ok"


def test_a_body_that_could_not_be_read_is_read_again_when_it_comes_back_good(
    store: Store, server: Server, tmp_path: Path
) -> None:
    """A known body is skipped only if its own reading was a success; a damaged one never counts as known."""
    bodies = [RSS, b"<html><body>sorry</body></html>", b"<html><body>sorry</body></html>", RSS, RSS]
    store.sync_feeds([list_source(server)])
    app, at, states = open_app(store, tmp_path, server), NOW, []
    for body in bodies:
        server.routes["/feed"] = lambda _, body=body: answer(200, body, ETag='"always"')
        app.pipeline.crawl(at)
        feed = store.find_feed(server.url())
        assert feed.next_due_at is not None
        at = feed.next_due_at
        states.append(feed.state)
    assert states == ["ok", "not a feed", "not a feed", "ok", "ok"]
    assert len(store.ungrouped_entries(10)) == 1


# -- bombs ------------------------------------------------------------------------------------------------------------

_CRAWL = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from radar.app import App
from radar.config import CrawlSettings, Settings
from radar.records import Feed
from radar.store import open_store
url, hosts, good, bad = json.load(sys.stdin)
if __name__ == "__main__":
    with open_store(url) as store:
        settings = Settings(home=Path("."), database_url=url, crawl=CrawlSettings("", tuple(hosts), 6))
        pipeline = App(settings, store, lambda: datetime.now(UTC)).pipeline
        store.sync_feeds([Feed(good[0], "trade", "x.example")])
        pipeline.crawl(datetime(2026, 11, 24, tzinfo=UTC))
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        store.sync_feeds([Feed(one, "trade", "x.example") for one in [*good, *bad]])
        summary = pipeline.crawl(datetime(2026, 11, 25, tzinfo=UTC))
        took = time.monotonic() - begun
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(json.dumps([took, grown, summary.visited, summary.failed]))
"""


def _pack_gibibyte() -> bytes:
    """A gibibyte of one letter in gzip, built from one packed mebibyte."""
    packer = zlib.compressobj(9, wbits=-15)
    piece = packer.compress(b"x" * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    head = gzip.compress(b"", mtime=0)[:10]
    return head + piece * 1024 + b"\x03\x00" + b"\0" * 8


def test_bombs_leave_the_good_feeds_beside_them_stored_and_memory_small(
    sqlite_database: Callable[[], str], tmp_path: Path
) -> None:
    """1 GiB of gzip, gzip in gzip, endless bodies and headers, one byte per half second: the process that crawls ends
    them within the deadline, grows by 64 MB at most, and stores what 50 good feeds beside them publish."""
    url, bomb, megabyte = sqlite_database(), _pack_gibibyte(), b"x" * 2**20
    ok = b"HTTP/1.1 200 OK\r\n"

    def endless(head: bytes, piece: bytes) -> Iterator[bytes]:
        return itertools.chain([head], itertools.repeat(piece))

    hostile: dict[str, Callable[[Request], Any]] = {
        "/bomb": lambda _: answer(200, bomb, Content_Encoding="gzip"),
        "/bomb-in-bomb": lambda _: answer(200, gzip.compress(bomb, 1), Content_Encoding="gzip, gzip"),
        "/hidden-bomb": lambda _: answer(200, gzip.compress(bomb, 1), Content_Encoding="gzip"),
        "/endless": lambda _: endless(ok + b"\r\n", megabyte),
        "/endless-header": lambda _: endless(ok + b"X: ", megabyte),
        "/endless-chunk": lambda _: endless(ok + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + megabyte),
        "/slow-body": lambda _: drip(ok + b"Content-Length: 900\r\n\r\n", b"x", pause=0.5),
        "/slow-header": lambda _: drip(ok + b"X: ", b"x", pause=0.5),
        "/silent": lambda _: drip(b"", pause=0.5),
    }
    with ExitStack() as stack:
        bad = [
            stack.enter_context(Server({path: route}, address=f"127.0.1.{number + 1}")).url(path)
            for number, (path, route) in enumerate(hostile.items())
        ]
        press = stack.enter_context(Server({"*": lambda _: answer(200, RSS)}))
        good = [press.url(f"/good/{number}") for number in range(50)]
        hosts = [one.split("/")[2] for one in [*bad, press.url()]]
        done = subprocess.run(
            [sys.executable, "-c", _CRAWL],
            input=json.dumps([url, hosts, good, bad]),
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
            check=False,
        )
    assert done.returncode == 0, done.stderr
    took, grown, visited, failed = json.loads(done.stdout)
    with open_store(url) as store:
        feeds = {feed.url: feed for feed in store.list_feeds()}
        assert {entry.feed_url for entry in store.ungrouped_entries(1_000)} == set(good)
    assert (visited, failed) == (59, 9), {one: feeds[one].reason for one in bad}
    assert all(feeds[one].state == "failing" and feeds[one].reason for one in bad)
    assert took <= 30, took
    assert grown <= 64 * 1024, grown
