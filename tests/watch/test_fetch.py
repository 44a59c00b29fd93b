"""Fetching from real loopback servers: polite, exact, and never hurt by what comes back."""

import contextlib
import gzip
import itertools
import resource
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from radar import __version__
from radar.records import Feed, Fetched, FetchError, FetchResult, NotModified
from radar.watch.fetch import fetch_all
from radar.watch.guard import Guard
from tests.watch.loopback import RSS, Request, Server, answer, drip

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
CONTACT = "https://radar.example/bot"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody; loading the public authorities takes a while


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def fetch(server: Server, *feeds: Feed | str, **options: Any) -> list[FetchResult]:
    """Fetch feeds, or paths of the server, with the server on the allow-list."""
    options = {"now": NOW, "contact": CONTACT, "allow": [server.host], "timeout": 5.0, "context": NO_TLS, **options}
    listed = [feed if isinstance(feed, Feed) else Feed(server.url(feed), "trade", "x.example") for feed in feeds]
    return list(fetch_all(listed, **options))


def fetch_one(server: Server, feed: Feed | str = "/feed", **options: Any) -> FetchResult:
    (result,) = fetch(server, feed, **options)
    return result


def failure(server: Server, feed: Feed | str = "/feed", **options: Any) -> FetchError:
    result = fetch_one(server, feed, **options)
    assert isinstance(result, FetchError)
    return result


def _resolve_to_loopback(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
    """A name server for which every name is here."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


# -- what is asked ----------------------------------------------------------------------------------------------------

VALIDATORS = [
    (b'"abc"', b"Tue, 24 Nov 2026 06:00:00 GMT"),
    (b'W/"x"', b"tomorrow, maybe"),
    (b"unquoted", b"0"),
    (b'"with  two spaces"', b"Tue, 24 Nov 2026  06:00:00 +0000 (CET)"),
    (b'"' + b"e" * 4096 + b'"', b"-1"),
    ('"é✓"'.encode(), b""),
    (b"", b"Tue, 24 Nov 2026 06:00:00 GMT"),
    (b'"a-gzip"', b'"quoted"'),
    (b'W/"\'%22;,="', b"24/11/2026"),
]


@pytest.mark.parametrize(("etag", "modified"), VALIDATORS)
def test_validators_are_echoed_byte_for_byte(server: Server, etag: bytes, modified: bytes) -> None:
    """Over five polls the first is unconditional, and all others repeat exactly what the server said."""

    def route(request: Request) -> bytes:
        if "if-none-match" in request.headers or "if-modified-since" in request.headers:
            return answer(304)
        return answer(200, RSS, **{k: v for k, v in {"ETag": etag, "Last_Modified": modified}.items() if v})

    server.routes["/feed"] = route
    feed = Feed(server.url(), "trade", "x.example")
    first = fetch_one(server, feed)
    assert isinstance(first, Fetched)
    feed = Feed(feed.url, "trade", "x.example", etag=first.etag, last_modified=first.last_modified)
    assert all(isinstance(fetch_one(server, feed), NotModified) for _ in range(4))
    assert len(server.requests) == 5
    assert not {"if-none-match", "if-modified-since"} & server.requests[0].headers.keys()
    for request in server.requests[1:]:
        assert request.headers.get("if-none-match", b"") == etag
        assert request.headers.get("if-modified-since", b"") == modified


@pytest.mark.parametrize("etag", [b'"\xe9"', b'"a\x01b"', b'"' + b"x" * 9000 + b'"'])
def test_a_validator_that_cannot_be_echoed_exactly_is_not_kept(server: Server, etag: bytes) -> None:
    """Asking without it costs a body; asking with another one could hide news."""
    server.routes["/feed"] = lambda _: answer(200, RSS, ETag=etag)
    result = fetch_one(server)
    assert isinstance(result, FetchError) or (isinstance(result, Fetched) and result.etag == "")


def test_requests_are_honest_and_carry_nothing_else(server: Server) -> None:
    """A User-Agent with contact; neither cookies, nor a referrer, nor brotli, over redirects and later polls."""
    server.routes["/feed"] = lambda _: answer(302, Location="/there", Set_Cookie="a=b; Path=/")
    server.routes["/there"] = lambda _: answer(200, RSS, Set_Cookie="c=d; Path=/")
    fetch(server, "/feed", "/there")
    assert len(server.requests) == 3
    for request in server.requests:
        assert request.headers["user-agent"] == f"Radar/{__version__} (+{CONTACT})".encode()
        assert request.headers["accept-encoding"] == b"gzip, deflate"
        assert b"application/atom+xml" in request.headers["accept"]
        assert not {"cookie", "referer", "authorization"} & request.headers.keys()


def test_proxy_settings_of_the_environment_are_ignored(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would be contacted behind the guard's back."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.routes["/feed"] = lambda _: answer(200, RSS)
    assert isinstance(fetch_one(server), Fetched)


def test_a_login_goes_to_its_own_host_only(server: Server) -> None:
    """user:password@ in a feed's URL is sent to that host, and not to where it redirects."""
    with Server({"/there": lambda _: answer(200, RSS)}) as other:
        server.routes["/feed"] = lambda _: answer(302, Location=f"http://x:y@{other.host}/there")
        feed = Feed(f"http://me:secret@{server.host}/feed", "trade", "x.example")
        result = fetch_one(server, feed, allow=[server.host, other.host])
        assert isinstance(result, Fetched)
        assert server.requests[0].headers["authorization"].startswith(b"Basic ")
        assert "authorization" not in other.requests[0].headers


# -- what comes back --------------------------------------------------------------------------------------------------


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", RSS),
        ("identity", RSS),
        ("gzip", gzip.compress(RSS)),
        ("x-gzip", gzip.compress(RSS)),
        ("GZIP", gzip.compress(RSS[:50]) + gzip.compress(RSS[50:])),
        ("gzip", gzip.compress(RSS) + b"\0\0\0"),
        ("deflate", zlib.compress(RSS)),
        ("deflate", _raw_deflate(RSS)),
        ("gzip, gzip", gzip.compress(gzip.compress(RSS))),
        ("gzip", gzip.compress(gzip.compress(RSS))),
        ("", gzip.compress(RSS)),
    ],
)
def test_bodies_are_decompressed(server: Server, encoding: str, body: bytes) -> None:
    """gzip and deflate in all their spellings, also a .gz file served as it is, give the document."""
    headers = {"Content_Encoding": encoding} if encoding else {}
    server.routes["/feed"] = lambda _: answer(200, body, **headers)
    result = fetch_one(server)
    assert isinstance(result, Fetched)
    assert result.body == RSS


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("br", RSS, "the answer is compressed with 'br', which Radar did not ask for"),
        ("gzip", RSS, "the compressed answer is damaged"),
        ("gzip", gzip.compress(RSS)[:40], "the compressed answer breaks off"),
        ("gzip, gzip, gzip", RSS, "the answer is compressed more than twice"),
    ],
)
def test_bodies_that_cannot_be_decompressed_are_failures(
    server: Server, encoding: str, body: bytes, reason: str
) -> None:
    """The reason says what is wrong with the answer."""
    server.routes["/feed"] = lambda _: answer(200, body, Content_Encoding=encoding)
    assert failure(server).reason == reason


def test_freshness_is_read_from_cache_control_or_expires(server: Server) -> None:
    """max-age less Age, else Expires after Date; at most a day."""
    date = "Tue, 24 Nov 2026 07:00:00 GMT"
    cases = {
        "/1": ({"Cache_Control": "public, max-age=7200"}, 7200),
        "/2": ({"Cache_Control": "max-age=7200", "Age": "200"}, 7000),
        "/3": ({"Cache_Control": "max-age=99999999999999"}, 86400),
        "/4": ({"Cache_Control": "max-age=9999999"}, 86400),
        "/5": ({"Expires": "Tue, 24 Nov 2026 08:00:00 GMT", "Date": date}, 3600),
        "/6": ({"Expires": "0"}, 0),
        "/7": ({"Cache_Control": "s-maxage=7200"}, 0),
    }
    for path, (headers, _) in cases.items():
        server.routes[path] = lambda _, headers=headers: answer(200, RSS, **headers)
    ages = {result.feed_url: result.max_age for result in fetch(server, *cases) if isinstance(result, Fetched)}
    assert ages == {server.url(path): age for path, (_, age) in cases.items()}


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (503, "120", 120),
        (429, "Tue, 24 Nov 2026 09:00:00 GMT", 7200),
        (503, "Mon, 23 Nov 2026 09:00:00 GMT", 0),
        (429, "in a while", 0),
        (503, "-5", 0),
        (503, "999999999", 7 * 86400),
        (503, "Fri, 31 Dec 9999 23:59:59 GMT", 7 * 86400),
        (503, "١٢", 0),
        (500, "60", 60),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date_and_capped(
    server: Server, status: int, value: str, seconds: int
) -> None:
    """Past dates and garbage ask for nothing; more than seven days counts as seven."""
    server.routes["/feed"] = lambda _: answer(status, Retry_After=value)
    result = failure(server)
    assert (result.status, result.retry_after, result.grade) == (status, seconds, "temporary")


@pytest.mark.parametrize(
    ("status", "grade"),
    [
        (401, "refused"),
        (403, "refused"),
        (451, "refused"),
        (404, "soft"),
        (410, "gone"),
        (500, "temporary"),
        (502, "temporary"),
        (599, "temporary"),
        (400, "hard"),
        (418, "hard"),
        (204, "soft"),
        (206, "soft"),
        (304, "soft"),
        (300, "hard"),
        (302, "hard"),
    ],
)
def test_other_statuses_are_graded_and_named(server: Server, status: int, grade: str) -> None:
    """Each gives a reason in words with the status in it."""
    server.routes["/feed"] = lambda _: answer(status)
    result = failure(server)
    assert (result.status, result.grade) == (status, grade)
    assert result.reason
    assert str(status) in result.reason or status == 304


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
    assert isinstance(fetch_one(server, feed, guard=Guard(["intranet.example"], _resolve_to_loopback)), Fetched)


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
def test_certificates_are_checked_and_https_never_becomes_http(case: str) -> None:
    """A trusted certificate is read from, every fault is named, a redirect to http is not followed."""
    authority, client = trustme.CA(), ssl.create_default_context()
    if case != "unknown":
        authority.configure_trust(client)
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
        result = fetch_one(server, feed, context=client)
    reason = result.reason if isinstance(result, FetchError) else "read"
    expected = {
        "trusted": "read",
        "expired": "the server's certificate has expired",
        "unknown": "the server's certificate is signed by an unknown authority",
        "other name": "the server's certificate is for another address",
        "downgrade": "the server redirects from https to an insecure address",
    }
    assert reason == expected[case] if case in expected else reason.startswith("no secure connection could be made")


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
        guard = Guard((urlsplit(feed.url).hostname or "" for feed in feeds), _resolve_to_loopback)
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        results = {result.feed_url: result for result in fetch(server, *feeds, guard=guard, timeout=6.0)}
        took = time.monotonic() - begun
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    reasons = {path: results[feed.url] for feed, path in zip(feeds, hostile, strict=False)}
    assert all(isinstance(result, FetchError) for result in reasons.values()), reasons
    assert sum(isinstance(result, Fetched) for result in results.values()) == 50
    assert took < 10, took
    assert grown < 64, grown


# -- politeness and the stream ----------------------------------------------------------------------------------------


def _as_public(monkeypatch: pytest.MonkeyPatch) -> Guard:
    """A guard for which this server is a stranger on the public internet."""
    monkeypatch.setattr("radar.watch.guard.check_address", lambda ip: "")

    return Guard(resolve=_resolve_to_loopback)


def test_one_host_is_asked_one_at_a_time_with_pauses_and_others_are_not_delayed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests to one host follow each other with the spacing between; a feed of another host comes at once."""
    guard = _as_public(monkeypatch)
    server.routes["*"] = lambda _: answer(200, RSS)
    feeds = [Feed(f"http://big.example:{server.port}/{i}", "trade", "x.example") for i in range(4)]
    feeds += [Feed(f"http://{name}.example:{server.port}/{name}", "trade", "x.example") for name in "abc"]
    fetch(server, *feeds, guard=guard, spacing=0.4)
    times = {request.path: request.at for request in server.requests}
    big = sorted(times[f"/{i}"] for i in range(4))
    assert all(later - earlier >= 0.4 for earlier, later in itertools.pairwise(big))
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


def test_allowed_hosts_are_asked_without_pauses_but_one_at_a_time(server: Server) -> None:
    """Twenty feeds of the demo's own server take no time; it never sees two requests at once."""
    server.routes["*"] = lambda _: answer(200, RSS)
    begun = time.monotonic()
    results = fetch(server, *(f"/{i}" for i in range(20)))
    assert sum(isinstance(result, Fetched) for result in results) == 20
    assert time.monotonic() - begun < 4.0
    assert server.most_open <= 2  # the server notices the end of a connection a moment after the client


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
