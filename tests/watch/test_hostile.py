"""Hostile documents in the pool, good feeds between them: nothing breaks, nothing is read, nobody else suffers."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from radar.records import Feed, Fetched, Parsed
from radar.watch.parse import ParserPool, parse_feed
from tests.watch.hostile import good_feed, hostile_documents

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SECRET = "canary-4711"


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    with ParserPool(2, seconds=2.0) as pool:
        yield pool


@pytest.fixture
def lure(tmp_path: Path) -> Iterator[tuple[int, Path, list[object]]]:
    """A loopback port and a file that no parser may touch, and the list of connections that came."""
    visitors: list[object] = []
    server = socket.create_server(("127.0.0.1", 0))

    def count() -> None:
        while True:
            try:
                visitors.append(server.accept())
            except OSError:
                return

    threading.Thread(target=count, daemon=True).start()
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET)
    os.utime(canary, (0, 0))  # so that any read moves the access time
    yield server.getsockname()[1], canary, visitors
    server.close()


def test_hostile_documents_break_nothing_and_good_feeds_between_them_are_parsed(
    pool: ParserPool, lure: tuple[int, Path, list[object]]
) -> None:
    """At least 84 hostile documents end within the limits; every good feed among them gives all its entries; no file
    and no address named in a document is opened; what is kept is clean."""
    port, canary, visitors = lure
    hostile = dict(hostile_documents(port, str(canary)))
    assert len(hostile) >= 84
    bodies: dict[str, bytes] = {}
    for number, (name, body) in enumerate(hostile.items()):
        bodies[f"http://hostile.example/{name}"] = body
        bodies[f"http://good.example/{number}"] = good_feed(number)
    feeds = {url: Feed(url, "trade", "news.example") for url in bodies}
    results = (Fetched(url, url, body) for url, body in bodies.items())
    parsed: dict[str, Parsed | None] = {feed.url: found for feed, _, found in pool.parse_results(results, feeds, NOW)}
    assert parsed.keys() == feeds.keys()
    good = [found for url, found in parsed.items() if url.startswith("http://good.") and found]
    assert [len(found.entries) for found in good] == [5] * len(hostile)
    assert not visitors
    for url, found in parsed.items():
        assert found is not None
        _check_clean(url, found)


def _check_clean(url: str, parsed: Parsed) -> None:
    assert len(parsed.entries) <= 500, url
    assert "\n" not in parsed.problem, url
    assert len(parsed.problem) < 200, url
    for entry in parsed.entries:
        text = entry.title + entry.summary + entry.author + entry.entry_id + entry.url
        assert SECRET not in text, url
        text.encode("utf-8")
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in text), url
        assert not {"\u202e", "\u2066", "\u200b", "\ufeff"} & set(text), url
        assert not [word for word in ("<script", "onerror", "onload") if word in text], url
        assert entry.url.startswith(("http://", "https://")), url
        assert datetime(1995, 1, 1, tzinfo=UTC) <= entry.published_at <= NOW + timedelta(hours=48), url
        assert (len(entry.title) <= 300, len(entry.summary) <= 1000, len(entry.author) <= 120) == (True,) * 3, url
        assert 0 < len(entry.entry_id) <= 1000, url


def test_a_document_that_takes_too_long_is_a_problem_and_the_pool_goes_on() -> None:
    """The worker is killed at the deadline; the next document finds a fresh one."""
    feed = Feed("http://slow.example/feed", "trade", "slow.example")
    body = dict(hostile_documents())["unclosed tags"] * 6
    with ParserPool(1, seconds=0.5) as pool:
        slow = pool.parse(feed, Fetched(feed.url, feed.url, body), NOW)
        good = pool.parse(feed, Fetched(feed.url, feed.url, good_feed(1)), NOW)
    assert slow.problem == "the document takes longer than 0.5 s to read"
    assert len(good.entries) == 5


def test_a_document_that_needs_too_much_memory_is_a_problem_and_the_pool_goes_on() -> None:
    """The limit is the operating system's: a worker cannot grow beyond it."""
    feed = Feed("http://fat.example/feed", "trade", "fat.example")
    body = good_feed(2, entries=1).replace(b"Good", b"& " + b"G" * 9_900_000)  # damaged: feedparser has to read it
    with ParserPool(1, memory=75 * 1024**2) as pool:
        fat = pool.parse(feed, Fetched(feed.url, feed.url, body), NOW)
        good = pool.parse(feed, Fetched(feed.url, feed.url, good_feed(1)), NOW)
    assert fat.problem in ("the document needs more memory than a feed may have", "the document breaks the parser")
    assert len(good.entries) == 5


def test_a_worker_killed_from_outside_costs_no_document() -> None:
    """The operating system may end an idle worker when memory is short: all documents are parsed all the same."""
    feed = Feed("http://good.example/feed", "trade", "good.example")
    fetched = Fetched(feed.url, feed.url, good_feed(1))
    with ParserPool(2) as pool:
        pool.parse(feed, fetched, NOW)
        for worker in multiprocessing.active_children():
            if worker.pid and worker.name.startswith("pebble"):
                os.kill(worker.pid, signal.SIGKILL)
        found = [parsed for _, _, parsed in pool.parse_results([fetched] * 20, {feed.url: feed}, NOW)]
    assert [len(parsed.entries) if parsed else 0 for parsed in found] == [5] * 20


def test_documents_that_share_a_journey_with_one_that_breaks_the_worker_are_parsed_all_the_same() -> None:
    """Documents travel in parcels; the one to blame is found by sending each alone."""
    slow = dict(hostile_documents())["unclosed tags"] * 6
    bodies = {f"http://h{n}.example/": slow if n in (3, 21) else good_feed(n) for n in range(30)}
    feeds = {url: Feed(url, "trade", "h.example") for url in bodies}
    with ParserPool(1, seconds=0.5) as pool:
        results = [Fetched(url, url, body) for url, body in bodies.items()]
        found = {feed.url: parsed for feed, _, parsed in pool.parse_results(results, feeds, NOW)}
    problems = {url: parsed.problem for url, parsed in found.items() if parsed and parsed.problem}
    late = "the document takes longer than 0.5 s to read"
    assert problems == {"http://h3.example/": late, "http://h21.example/": late}
    assert sum(len(parsed.entries) for parsed in found.values() if parsed) == 5 * 28


def test_what_cannot_be_written_as_utf_8_still_comes_back_from_a_worker() -> None:
    """A feed's address may hold a lone surrogate, by the operator's mistake."""
    feed = Feed("http://x.example/\ud800", "trade", "x.example")
    fetched = Fetched(feed.url, "http://x.example/", good_feed(1))
    with ParserPool(1) as pool:
        [(_, _, parsed)] = pool.parse_results([fetched], {feed.url: feed}, NOW)
    assert parsed is not None
    assert {entry.feed_url for entry in parsed.entries} == {feed.url}


def test_workers_load_nothing_heavy() -> None:
    """A worker imports what parsing needs and no more: thousands of feeds must not wait for scikit-learn."""
    code = (
        "import sys, radar.watch.parse.document\n"
        "print(sorted({'sklearn', 'numpy', 'sqlalchemy', 'httpx', 'aiohttp', 'fastapi'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize("seed", range(40))
def test_damaged_bytes_never_raise(seed: int) -> None:
    """A good feed with pieces overwritten or missing gives entries or a problem, never an exception."""
    body = bytearray(good_feed(seed, entries=3))
    state = seed * 7919 + 1
    for _ in range(1 + seed % 12):
        state = (state * 1103515245 + 12345) % 2**31
        place = state % len(body)
        if state % 3:
            body[place] = state // 7 % 256
        else:
            del body[place : place + state % 23]
    found = parse_feed(bytes(body), feed=Feed("http://x.example/feed", "trade", "x.example"), now=NOW)
    assert found.entries or found.problem or found.format
