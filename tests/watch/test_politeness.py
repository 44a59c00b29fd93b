"""Bombs and slow servers, pauses between requests, and the stream of results."""

import contextlib
import gzip
import itertools
import resource
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from radar.records import Feed, Fetched, FetchError
from radar.watch.fetch import fetch_all
from radar.watch.guard import Guard
from tests.watch.fetching import CONTACT, NOW, fetch, resolve_to_loopback
from tests.watch.loopback import RSS, Server, answer, drip


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


# -- hostile and slow -------------------------------------------------------------------------------------------------


def _endless(head: bytes, piece: bytes) -> Iterator[bytes]:
    yield head
    yield from itertools.repeat(piece)


def test_bombs_and_endless_servers_end_in_time_and_good_feeds_beside_them_are_fetched(server: Server) -> None:
    """Bombs, endless bodies, headers and chunks, and one byte per half second end at the deadline or the cap, in
    bounded memory; 50 good feeds beside them are all read."""
    ok = b"HTTP/1.1 200 OK\r\n"
    megabyte = b"x" * 1024 * 1024
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(megabyte) for _ in range(256)) + packer.flush()
    hostile: dict[str, Any] = {
        "/bomb": lambda _: answer(200, bomb, Content_Encoding="gzip"),
        "/bomb-in-bomb": lambda _: answer(200, gzip.compress(bomb), Content_Encoding="gzip, gzip"),
        "/hidden-bomb": lambda _: answer(200, gzip.compress(bomb), Content_Encoding="gzip"),
        "/endless": lambda _: _endless(ok + b"\r\n", megabyte),
        "/endless-gzip": lambda _: _endless(ok + b"Content-Encoding: gzip\r\n\r\n", bomb[:100_000]),
        "/endless-header": lambda _: _endless(ok + b"X: ", megabyte),
        "/many-headers": lambda _: _endless(ok, b"X: y\r\n" * 1000),
        "/long-status": lambda _: _endless(b"HTTP/1.1 200 ", megabyte),
        "/endless-chunk": lambda _: _endless(ok + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + megabyte),
        "/claims-much": lambda _: ok + b"Content-Length: 99999999999\r\n\r\n<rss>",
        "/slow-body": lambda _: drip(ok + b"Content-Length: 900\r\n\r\n", b"x", pause=0.5),
        "/slow-header": lambda _: drip(ok + b"X: ", b"x", pause=0.5),
        "/silent": lambda _: drip(b"", pause=0.5),
    }
    bad = {f"http://bad{i}.example:%d{path}": Server({path: hostile[path]}) for i, path in enumerate(hostile)}
    good = {f"http://good{i}.example:%d/{i}": Server({"*": lambda _: answer(200, RSS)}) for i in range(50)}
    with contextlib.ExitStack() as stack:
        feeds = [
            Feed(url % stack.enter_context(each).port, "trade", "x.example") for url, each in {**bad, **good}.items()
        ]
        guard = Guard((urlsplit(feed.url).hostname or "" for feed in feeds), resolve_to_loopback)
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        results = {result.feed_url: result for result in fetch(server, *feeds, guard=guard, timeout=6.0)}
        took = time.monotonic() - begun
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    reasons = {path: results[feed.url] for feed, path in zip(feeds, hostile, strict=False)}
    assert all(isinstance(result, FetchError) for result in reasons.values()), reasons
    assert sum(isinstance(result, Fetched) for result in results.values()) == 50
    assert took < 20, took
    assert grown < 64, grown


# -- politeness and the stream ----------------------------------------------------------------------------------------


def _as_public(monkeypatch: pytest.MonkeyPatch) -> Guard:
    """A guard for which this server is a stranger on the public internet."""
    monkeypatch.setattr("radar.watch.guard.check_address", lambda ip: "")

    return Guard(resolve=resolve_to_loopback)


def test_one_host_is_asked_one_at_a_time_with_pauses_and_others_are_not_delayed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests to one host follow each other with the spacing between; a feed of another host comes at once."""
    guard = _as_public(monkeypatch)
    server.routes["*"] = lambda _: answer(200, RSS)
    feeds = [Feed(f"http://big.example:{server.port}/{i}", "trade", "x.example") for i in range(3)]
    feeds += [Feed(f"http://{name}.example:{server.port}/{name}", "trade", "x.example") for name in "abc"]
    fetch(server, *feeds, guard=guard, spacing=0.8)
    times = {request.path: request.at for request in server.requests}
    big = sorted(times[f"/{i}"] for i in range(3))
    assert all(later - earlier >= 0.8 for earlier, later in itertools.pairwise(big))
    assert max(times[f"/{name}"] for name in "abc") < big[1]


def test_redirects_into_one_host_keep_its_spacing_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Feeds of many hosts that lead to one are not let loose on it together."""
    guard = _as_public(monkeypatch)
    for name in "abcd":
        target = f"http://big.example:{server.port}/big-{name}"
        server.routes[f"/{name}"] = lambda _, target=target: answer(302, Location=target)
        server.routes[f"/big-{name}"] = lambda _: answer(200, RSS)
    feeds = [Feed(f"http://{name}.example:{server.port}/{name}", "trade", "x.example") for name in "abcd"]
    results = fetch(server, *feeds, guard=guard, spacing=0.3, timeout=2.0)
    big = sorted(request.at for request in server.requests if request.path.startswith("/big-"))
    assert sum(isinstance(result, Fetched) for result in results) == 4
    assert all(later - earlier >= 0.3 for earlier, later in itertools.pairwise(big))


def test_a_429_counts_for_the_host(server: Server) -> None:
    """After it no further request goes to that host in this run; its feeds get the same answer."""
    server.routes["*"] = lambda _: answer(429, Retry_After="600")
    results = fetch(server, *(f"/{i}" for i in range(5)))
    assert len(server.requests) == 1
    assert [r.retry_after for r in results if isinstance(r, FetchError)] == [600] * 5
    assert len({r.feed_url for r in results}) == 5


def test_a_429_still_counts_in_a_later_run(server: Server) -> None:
    """A host that asked for an hour is not asked before, neither directly nor by a redirect; others are."""
    server.routes["*"] = lambda _: answer(200, RSS)
    with Server(address="127.0.0.2") as other:
        other.routes["/leads-there"] = lambda _: answer(302, Location=server.url("/target"))
        other.routes["/free"] = lambda _: answer(200, RSS)
        feeds = [
            Feed(url, "trade", "x.example") for url in (server.url(), other.url("/leads-there"), other.url("/free"))
        ]
        allow = [server.host, other.host]
        closed = {"127.0.0.1": NOW + timedelta(hours=1)}
        early = {result.feed_url: result for result in fetch(server, *feeds, allow=allow, closed=closed)}
        assert server.requests == []
        for feed in feeds[:2]:
            stopped = early[feed.url]
            assert isinstance(stopped, FetchError)
            assert (stopped.status, stopped.retry_after, stopped.host) == (429, 3600, "")
        assert isinstance(early[feeds[2].url], Fetched)
        late = fetch(server, *feeds, allow=allow, closed=closed, now=NOW + timedelta(hours=1))
        assert sum(isinstance(result, Fetched) for result in late) == 3


def test_the_host_of_a_429_is_the_one_that_gave_it(server: Server) -> None:
    """Behind a redirect, that is not the feed's own."""
    with Server({"*": lambda _: answer(429, Retry_After="60")}, address="127.0.0.2") as other:
        server.routes["/feed"] = lambda _: answer(302, Location=other.url())
        [result] = fetch(server, "/feed", allow=[server.host, other.host])
    assert isinstance(result, FetchError)
    assert result.host == "127.0.0.2"


def test_a_503_counts_for_its_url_alone(server: Server) -> None:
    """The host's other feeds are read in the same run."""
    server.routes["*"] = lambda request: answer(503, Retry_After="600") if request.path == "/0" else answer(200, RSS)
    results = fetch(server, *(f"/{i}" for i in range(4)))
    assert sum(isinstance(result, Fetched) for result in results) == 3
    [failed] = [result for result in results if isinstance(result, FetchError)]
    assert (failed.status, failed.retry_after, failed.host) == (503, 600, "")


def test_two_seconds_pass_between_two_requests_to_a_host_also_between_two_rounds(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pause is two seconds unless told otherwise, and who fetches in rounds takes it along."""
    guard, pauses = _as_public(monkeypatch), dict[str, float]()
    server.routes["*"] = lambda _: answer(200, RSS)
    for path in ("/a", "/b"):
        [result] = fetch(
            server, Feed(f"http://big.example:{server.port}{path}", "trade", "x"), guard=guard, free_at=pauses
        )
        assert isinstance(result, Fetched)
    first, second = (request.at for request in server.requests)
    assert second - first >= 2.0


@pytest.mark.parametrize("broken", [b"", b"HTTP/1.1 200 OK\r\nContent-Ty"])
def test_a_server_that_hangs_up_is_asked_once(server: Server, broken: bytes) -> None:
    """The library underneath would ask again at once."""
    server.routes["/feed"] = lambda _: broken
    [result] = fetch(server, "/feed")
    assert isinstance(result, FetchError)
    assert len(server.requests) == 1


def test_allowed_hosts_are_asked_without_pauses_but_one_at_a_time(server: Server) -> None:
    """Twenty feeds of the demo's own server take no time; it never sees two requests at once."""
    server.routes["*"] = lambda _: answer(200, RSS)
    begun = time.monotonic()
    results = fetch(server, *(f"/{i}" for i in range(20)))
    assert sum(isinstance(result, Fetched) for result in results) == 20
    assert time.monotonic() - begun < 4.0
    assert server.most_open <= 2  # the server notices the end of a connection a moment after the client


def test_a_hosts_connection_is_given_back_with_its_last_feed(server: Server) -> None:
    """A crawl of ten thousand hosts holds a few dozen connections, not thousands that idle."""
    server.routes["*"] = lambda request: answer(body=RSS)
    assert len(fetch(server, "/1", "/2", "/3")) == 3
    assert [request.headers.get("connection") for request in server.requests] == [None, None, b"close"]


def test_a_caller_that_stops_iterating_stops_the_fetching(server: Server) -> None:
    """Closing the iterator ends the event loop and its thread at once, also while a server keeps it waiting."""
    server.routes["/0"] = lambda _: answer(200, RSS)
    server.routes["/1"] = lambda _: drip(b"", pause=0.2)
    feeds = [Feed(server.url(f"/{i}"), "trade", "x.example") for i in range(2)]
    stream = fetch_all(feeds, now=NOW, contact=CONTACT, allow=[server.host], timeout=30.0)
    next(stream)
    begun = time.monotonic()
    stream.close()  # type: ignore[attr-defined]  # it is a generator
    assert time.monotonic() - begun < 2.0
    assert not [thread for thread in threading.enumerate() if thread.name == "fetch"]


def test_more_results_than_the_caller_takes_at_once_wait_without_loss(server: Server) -> None:
    """A slow caller holds the fetching back and gets every result exactly once."""
    server.routes["*"] = lambda _: answer(200, RSS)
    feeds = [Feed(server.url(f"/{i}"), "trade", "x.example") for i in range(150)]
    seen = []
    for result in fetch_all(feeds, now=NOW, contact=CONTACT, allow=[server.host]):
        seen.append(result.feed_url)
        if len(seen) == 1:
            time.sleep(0.5)
    assert sorted(seen) == sorted(feed.url for feed in feeds)


def test_no_feeds_give_no_results() -> None:
    """Nothing to do ends at once."""
    assert list(fetch_all([], now=NOW, contact="")) == []
