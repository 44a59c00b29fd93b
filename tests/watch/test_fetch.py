"""Fetching from real loopback servers: what is asked, and what is made of the answers."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from radar import __version__
from radar.records import Feed, Fetched, FetchError, NotModified
from radar.watch.fetch.transport import find_authorities
from tests.watch.fetching import CONTACT, failure, fetch, fetch_one
from tests.watch.loopback import RSS, Request, Server, answer, drip


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


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


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)  # no clock in it: the workers of a parallel run must name the tests alike


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", RSS),
        ("identity", RSS),
        ("gzip", _gzip(RSS)),
        ("x-gzip", _gzip(RSS)),
        ("GZIP", _gzip(RSS[:50]) + _gzip(RSS[50:])),
        ("gzip", _gzip(RSS) + b"\0\0\0"),
        ("deflate", zlib.compress(RSS)),
        ("deflate", _raw_deflate(RSS)),
        ("gzip, gzip", _gzip(_gzip(RSS))),
        ("gzip", _gzip(_gzip(RSS))),
        ("", _gzip(RSS)),
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
        ("gzip", _gzip(RSS)[:40], "the compressed answer breaks off"),
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


def test_further_feeds_are_fetched_while_a_slow_server_is_waited_for(server: Server) -> None:
    """One that keeps silent until the deadline holds up nothing but itself; nobody is asked for more after the end."""
    server.routes["*"] = lambda _: answer(200, RSS)
    with Server({"*": lambda _: drip(b"", pause=0.2)}, address="127.0.0.2") as slow:
        batches = [[Feed(server.url(f"/{n}"), "trade", "x.example") for n in range(k, k + 3)] for k in (0, 3)]
        asked: list[int] = []

        def more() -> list[Feed]:
            asked.append(len(server.requests))
            return batches.pop() if batches else []

        results = fetch(
            server,
            Feed(slow.url(), "trade", "x.example"),
            "/first",
            more=more,
            allow=["127.0.0.1", "127.0.0.2"],
            timeout=2.0,
        )
    assert [type(result).__name__ for result in results] == ["Fetched"] * 7 + ["FetchError"]
    assert len(asked) == 3


def test_no_proxy_of_the_environment_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would connect in Radar's place, past the guard."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    server.routes["/feed"] = lambda _: answer(200, RSS)
    assert isinstance(fetch_one(server), Fetched)


def test_an_address_with_a_line_break_or_a_space_sends_nothing_else(server: Server) -> None:
    """What stands in an address cannot become a header or a second request."""
    server.routes["*"] = lambda _: answer(200, RSS)
    for path in ("/a\r\nX-Evil: 1", "/a HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET /b", "/a\0b", "/ä b"):
        fetch(server, Feed(server.url(path), "trade", "x.example"))
    assert all("x-evil" not in request.headers for request in server.requests)
    assert all(request.lines[0].count(b" ") == 2 for request in server.requests)


def test_the_machines_own_authorities_are_trusted_beside_the_public_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An authority that the owner of the machine installed signs for the intranet."""
    own = tmp_path / "own.pem"
    trustme.CA().cert_pem.write_to_path(str(own))
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    find_authorities.cache_clear()
    try:
        trusted = Path(find_authorities()).read_text("ascii")
    finally:
        find_authorities.cache_clear()
    assert own.read_text("ascii").strip() in trusted
    assert trusted.count("BEGIN CERTIFICATE") > 100
