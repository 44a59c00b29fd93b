"""Redirects, names, connections and certificates: where fetching goes, and where it never does."""

import itertools
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from radar.records import Feed, Fetched, FetchError
from radar.watch.guard import Guard
from tests.watch.fetching import failure, fetch, fetch_one, resolve_to_loopback
from tests.watch.loopback import RSS, Server, answer
from tests.watch.test_guard import SPELLINGS


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


# -- redirects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [([301], True), ([308, 301], True), ([302], False), ([301, 307], False), ([303], False), ([301] * 5, True)],
)
def test_only_a_chain_of_permanent_redirects_is_reported_as_moved(
    server: Server, statuses: list[int], moved: bool
) -> None:
    """Up to five hops are followed; a single temporary one keeps the old address."""
    for hop, status in enumerate(statuses):
        server.routes[f"/{hop}"] = lambda _, hop=hop, status=status: answer(status, Location=f"{hop + 1}#x")
    end = f"/{len(statuses)}"
    server.routes[end] = lambda _: answer(200, RSS)
    result = fetch_one(server, "/0")
    assert isinstance(result, Fetched)
    assert result.final_url == server.url(end)
    assert result.moved_to == (server.url(end) if moved else "")
    assert result.feed_url == server.url("/0")


def test_a_redirect_is_followed_although_the_server_closes_without_saying_so(server: Server) -> None:
    """Asked to close after the last feed, it may just do that: the next hop takes a connection of its own."""
    for hop in range(3):
        head = f"HTTP/1.1 302 Found\r\nLocation: /{hop + 1}\r\nContent-Length: 0\r\n\r\n".encode()
        server.routes[f"/{hop}"] = lambda _, head=head: head
    server.routes["/3"] = lambda _: answer(200, RSS)
    assert isinstance(fetch_one(server, "/0"), Fetched)


def test_a_sixth_redirect_and_a_loop_are_failures(server: Server) -> None:
    """Six requests are made at most."""
    server.routes["/feed"] = lambda _: answer(301, Location="/feed")
    assert failure(server).reason == "the server redirects more than 5 times"
    assert len(server.requests) == 6


@pytest.mark.parametrize("location", ["http://10.0.0.1/", "http://127.1:{port}/", "http://localhost:{other}/"])
def test_a_redirect_to_a_private_address_is_refused_without_a_connection(server: Server, location: str) -> None:
    """Every hop passes the guard; the allow-list opens only what it names."""
    with Server({"*": lambda _: answer(200, RSS)}) as other:
        target = location.format(port=server.port, other=other.port)
        server.routes["/feed"] = lambda _: answer(301, Location=target)
        result = failure(server)
        assert result.grade == "refused"
        assert result.reason.startswith("not contacted: ")
        assert not other.requests
        assert other.most_open == 0


def test_no_spelling_of_a_private_address_is_contacted_as_a_feed_or_behind_a_redirect(server: Server) -> None:
    """At least 43 spellings, each as a feed's own address and as the aim of a redirect, at a port where somebody
    listens on every local address: no connection comes, and no name is looked up."""
    assert len(SPELLINGS) >= 43
    names: list[str] = []

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        names.append(host)
        return resolve_to_loopback(host, port)

    with Server({"*": lambda _: answer(200, RSS)}, address="0.0.0.0") as trap:
        feeds = [Feed(f"http://{spelling}:{trap.port}/", "trade", "x.example") for spelling in SPELLINGS]
        for number, feed in enumerate(feeds):
            server.routes[f"/{number}"] = lambda _, url=feed.url: answer(301, Location=url.encode())
        leading = [Feed(server.url(f"/{number}"), "trade", "x.example") for number in range(len(feeds))]
        guard = Guard([server.host], resolve)
        results = fetch(server, *feeds, *leading, guard=guard)
        assert len(results) == 2 * len(SPELLINGS)
        assert {result.grade for result in results if isinstance(result, FetchError)} <= {"refused", "hard"}
        assert not [result for result in results if not isinstance(result, FetchError)]
        assert len(server.requests) == len(leading)
        assert (trap.requests, trap.most_open) == ([], 0)
    assert set(names) <= {"127.0.0.1"}  # the server that redirects


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://x/", "http://[::1", "mailto:a@b.example"])
def test_a_redirect_to_what_is_no_web_address_is_a_failure(server: Server, location: str) -> None:
    """Nothing else than http and https is followed."""
    server.routes["/feed"] = lambda _: answer(302, Location=location)
    assert failure(server).grade in ("refused", "hard")


# -- addresses and connections ----------------------------------------------------------------------------------------


def test_a_name_is_connected_to_where_it_was_checked_and_a_private_one_never(server: Server) -> None:
    """Names that lead to loopback get no connection at all, whatever the name server says the second time."""
    answers = itertools.chain(["93.184.215.14"], itertools.repeat("127.0.0.1"))
    asked: list[str] = []

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        ip = "127.0.0.1" if host == "inside.example" else next(answers)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    guard = Guard(resolve=resolve)
    inside = Feed(f"http://inside.example:{server.port}/feed", "trade", "x.example")
    result = failure(server, inside, guard=guard)
    assert result.reason == "not contacted: inside.example leads to 127.0.0.1 is a loopback address"
    rebinding = Feed(f"http://rebind.example:{server.port}/feed", "trade", "x.example")
    failure(server, rebinding, guard=guard, timeout=0.5)
    assert asked == ["inside.example", "rebind.example"]
    assert server.most_open == 0


def test_an_allowed_name_is_contacted_although_private(server: Server) -> None:
    """The configuration may open an intranet host by name."""
    server.routes["/feed"] = lambda _: answer(200, RSS)
    feed = Feed(f"http://intranet.example:{server.port}/feed", "trade", "x.example")
    assert isinstance(fetch_one(server, feed, guard=Guard(["intranet.example"], resolve_to_loopback)), Fetched)


def test_names_that_do_not_resolve_and_closed_ports_say_so(server: Server) -> None:
    """The reasons are told apart."""

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        code = socket.EAI_AGAIN if host.startswith("slow") else socket.EAI_NONAME
        raise socket.gaierror(code, "no")

    def reason(url: str, guard: Guard) -> tuple[str, str]:
        result = failure(server, Feed(url, "trade", "x.example"), guard=guard)
        return result.reason, result.grade

    assert reason("http://none.example/", Guard(resolve=resolve)) == ("the host name does not resolve", "hard")
    assert reason("http://slow.example/", Guard(resolve=resolve)) == ("the name server does not answer", "temporary")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    refused = ("the server refuses connections", "temporary")
    assert reason(f"http://127.0.0.1:{port}/", Guard([f"127.0.0.1:{port}"])) == refused


def test_a_name_server_that_keeps_silent_holds_a_visit_up_until_its_deadline(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first look-up, and at one that repeats it because its answer is too old."""
    monkeypatch.setattr("radar.watch.fetch.transport._FORGETFUL", 0.0)
    server.routes["*"] = lambda _: answer(200, RSS)
    answers = iter([False, True, True])
    silent = threading.Event()

    def resolve(host: str, port: int, *rest: object) -> list[tuple[Any, ...]]:
        if next(answers):
            silent.wait(20)
        return resolve_to_loopback(host, port)

    feeds = [Feed(f"http://intranet.example:{server.port}/{path}", "trade", "x.example") for path in "ab"]
    begun = time.monotonic()
    results = fetch(server, *feeds, guard=Guard(["intranet.example"], resolve), timeout=1.0)
    took = time.monotonic() - begun
    silent.set()
    assert [type(result).__name__ for result in results] == ["Fetched", "FetchError"]
    assert isinstance(results[1], FetchError)
    assert results[1].reason == "the server took longer than 1 s"
    assert took < 10


def test_a_connection_that_is_reset_or_breaks_off_says_so(server: Server) -> None:
    """Closing before, inside and after the headers are failures that pass."""
    server.routes["/nothing"] = lambda _: b""
    server.routes["/headers"] = lambda _: b"HTTP/1.1 200 OK\r\nContent-Ty"
    server.routes["/body"] = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>"
    server.routes["/noise"] = lambda _: b"220 mail.example ESMTP ready\r\n\r\n"
    reasons = {
        r.feed_url.rpartition("/")[2]: r.reason for r in fetch(server, *server.routes) if isinstance(r, FetchError)
    }
    assert reasons == {
        "nothing": "the server breaks off the connection",
        "headers": "the server breaks off the connection",
        "body": "the answer breaks off",
        "noise": "the answer is not valid HTTP",
    }


@pytest.mark.parametrize("case", ["trusted", "expired", "unknown", "other name", "plain", "downgrade"])
def test_certificates_are_checked_and_https_never_becomes_http(case: str, tmp_path: Path) -> None:
    """A trusted certificate is read from, every fault is named, a redirect to http is not followed."""
    authority, trusted = trustme.CA(), tmp_path / "authorities.pem"
    (trustme.CA() if case == "unknown" else authority).cert_pem.write_to_path(str(trusted))
    past = datetime(2020, 1, 1, tzinfo=UTC)
    name = "other.example" if case == "other name" else "127.0.0.1"
    times = {"not_before": past, "not_after": past + timedelta(days=1)} if case == "expired" else {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **times).configure_cert(context)
    plain = case == "plain"
    with Server(tls=None if plain else context, greeting=b"220 ready\r\n" if plain else b"") as server:
        to_http = answer(301, Location=f"http://{server.host}/feed")
        server.routes["/feed"] = lambda _: to_http if case == "downgrade" else answer(200, RSS)
        feed = Feed(f"https://{server.host}/feed", "trade", "x.example")
        result = fetch_one(server, feed, authorities=str(trusted))
    reason = result.reason if isinstance(result, FetchError) else "read"
    expected = {
        "trusted": "read",
        "expired": "the server's certificate has expired",
        "unknown": "the server's certificate is signed by an unknown authority",
        "other name": "the server's certificate is for another address",
        "downgrade": "the server redirects from https to an insecure address",
    }
    assert reason == expected[case] if case in expected else reason.startswith("no secure connection could be made")
