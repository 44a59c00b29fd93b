"""Looking for a site's feed goes nowhere else than fetching does: every request of it passes the guard."""

import itertools
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from radar.config import CrawlSettings, FeedRow
from radar.errors import RadarError
from radar.files.opml import Outline, read_opml
from radar.records import Feed, FetchError
from radar.sources import Found, check_feeds, find_feed, index_addresses, sift_outlines
from radar.watch.fetch import Visitor
from radar.watch.fetch.client import SPACING
from radar.watch.guard import Guard
from tests.watch.fetching import CONTACT, NOW, resolve_to_loopback
from tests.watch.loopback import RSS, Server, answer
from tests.watch.test_guard import SPELLINGS

Visits = list[object]


@pytest.fixture
def site() -> Iterator[Server]:
    """The one server that the configuration allows."""
    with Server() as server:
        yield server


@pytest.fixture
def inside() -> Iterator[tuple[int, Visits]]:
    """A port of this machine that nobody may connect to, by any of its addresses, and who did."""
    visits: Visits = []
    listening = []
    for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::1")):
        port = listening[0].getsockname()[1] if listening else 0
        listening.append(socket.create_server((host, port), family=family))

    def accept(server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            visits.append(connection)
            connection.sendall(answer(200, RSS))
            connection.close()

    for server in listening:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
    yield listening[0].getsockname()[1], visits
    for server in listening:
        server.close()


def find(site: Server, path: str = "/", **options: Any) -> Found:
    return find_feed(site.url(path), {}, CrawlSettings(CONTACT, (site.host,), 5), NOW, **options)


def refuse(site: Server, path: str = "/", **options: Any) -> str:
    with pytest.raises(RadarError) as caught:
        find(site, path, **options)
    return str(caught.value)


def link(*addresses: str) -> bytes:
    tags = "".join(f'<link rel="alternate" type="application/rss+xml" href="{url}">' for url in addresses)
    return f"<html><head>{tags}</head></html>".encode()


def page(*addresses: str) -> bytes:
    return answer(200, link(*addresses), Content_Type="text/html")


def test_the_port_nobody_may_reach_can_be_reached(inside: tuple[int, Visits]) -> None:
    """Or the tests below would prove nothing."""
    port, visits = inside
    for host in ("127.0.0.1", "127.1", "::1"):
        with socket.create_connection((host, port), timeout=5) as connection:
            assert connection.recv(100)
    assert len(visits) == 3


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_a_private_address_is_asked_for_a_feed(host: str, inside: tuple[int, Visits]) -> None:
    """What an operator pastes into `radar feeds add`."""
    port, visits = inside
    with pytest.raises(RadarError, match="not contacted: "):
        find_feed(f"http://{host}:{port}/", {}, CrawlSettings(CONTACT, (), 5), NOW)
    assert visits == []


@pytest.mark.parametrize("five", [SPELLINGS[n : n + 5] for n in range(0, len(SPELLINGS), 5)], ids=lambda five: five[0])
def test_no_page_can_send_the_search_to_a_private_address(
    five: list[str], site: Server, inside: tuple[int, Visits]
) -> None:
    """What a page names as its feed is refused like any other address."""
    port, visits = inside
    site.routes["/"] = lambda _: page(*(f"http://{host}:{port}/feed" for host in five))
    reason = refuse(site)
    assert visits == []
    assert "not contacted: " in reason
    assert len(site.requests) <= 6


def test_no_base_address_can_send_the_search_to_a_private_address(site: Server, inside: tuple[int, Visits]) -> None:
    """<base href> moves every relative link."""
    port, visits = inside
    body = f'<base href="http://127.0.0.1:{port}/">'.encode() + link("feed")
    site.routes["/"] = lambda _: answer(200, body, Content_Type="text/html")
    assert "not contacted: 127.0.0.1 is a loopback address" in refuse(site)
    assert visits == []


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_redirect_on_the_way_leads_to_a_private_address(host: str, site: Server, inside: tuple[int, Visits]) -> None:
    """Of the site's own page."""
    port, visits = inside
    site.routes["/"] = lambda _: answer(302, Location=f"http://{host}:{port}/".encode())
    assert refuse(site)
    assert visits == []
    assert len(site.requests) == 1


@pytest.mark.parametrize("where", ["/feed", "/rss.xml"])
def test_no_redirect_of_a_feed_or_a_guess_leads_to_a_private_address(
    where: str, site: Server, inside: tuple[int, Visits]
) -> None:
    """The second fetch path is where others forgot the guard (Miniflux CVE-2026-21885)."""
    port, visits = inside
    site.routes["/"] = lambda _: page("/feed") if where == "/feed" else page()
    site.routes[where] = lambda _: answer(301, Location=f"http://localhost:{port}/")
    assert f"{site.url(where)} (not contacted: localhost is this machine)" in refuse(site)
    assert visits == []


def test_a_name_that_changes_its_mind_is_never_connected_to(site: Server, inside: tuple[int, Visits]) -> None:
    """DNS rebinding between the page and its feed: what is checked is the address connected to."""
    port, visits = inside
    answers = itertools.chain(["93.184.215.14"], itertools.repeat("127.0.0.1"))

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        ip = "127.0.0.1" if host in ("127.0.0.1", "inside.example") else next(answers)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    site.routes["/"] = lambda _: page(f"http://inside.example:{port}/feed")
    guard = Guard([site.host], resolve)
    assert "inside.example leads to 127.0.0.1 is a loopback address" in refuse(site, guard=guard)
    visitor = Visitor(guard, contact=CONTACT, now=NOW, timeout=0.5)
    for _ in range(2):
        result = visitor.ask(Feed(f"http://rebind.example:{port}/", "trade", "x"))
        assert isinstance(result, FetchError)
    assert visits == []


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_list_from_elsewhere_brings_in_a_private_address(host: str, inside: tuple[int, Visits]) -> None:
    """OPML is read without a request; what may never be asked is refused by name."""
    port, visits = inside
    url = f"http://{host}:{port}/feed"
    found = read_opml(f'<opml><body><outline text="x" xmlUrl="{url}"/></body></opml>'.encode(), "x")
    sifted = sift_outlines(found.feeds, [], Guard())
    assert sifted.rows == []
    assert len(found.refused) + len(sifted.refused) == 1
    assert visits == []


def test_an_allowed_name_may_be_imported_found_and_checked(site: Server) -> None:
    """The configuration may open an intranet host by name."""
    site.routes["/"] = lambda _: page("/feed")
    site.routes["/feed"] = lambda _: answer(200, RSS)
    assert find(site).url == site.url("/feed")
    assert [row.url for row in sift_outlines([Outline(site.url())], [], Guard([site.host])).rows] == [site.url()]


def test_check_refuses_private_addresses_too(inside: tuple[int, Visits]) -> None:
    """An old list may hold one."""
    port, visits = inside
    feeds = [Feed(f"http://{host}:{port}/feed", "trade", "x") for host in SPELLINGS]
    checked = list(check_feeds(feeds, CrawlSettings(CONTACT, (), 5), NOW))
    assert {each.state for each in checked} == {"refused"}
    assert len(checked) == len(SPELLINGS)
    assert visits == []


# -- politeness -------------------------------------------------------------------------------------------------------


def test_the_search_says_who_asks_and_keeps_its_distance(site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The crawler's User-Agent, no cookies, and two seconds between one question and the next."""
    monkeypatch.setattr("radar.watch.guard.check_address", lambda ip: "")  # the site is a stranger on the internet
    site.routes["/"] = lambda _: answer(200, link(), Content_Type="text/html", Set_Cookie="a=b")
    site.routes["/rss.xml"] = lambda _: answer(200, RSS)
    guard = Guard(resolve=resolve_to_loopback)
    find_feed(f"http://site.example:{site.port}/", {}, CrawlSettings(CONTACT, (), 5), NOW, guard)
    times = [request.at for request in site.requests]
    assert [request.path for request in site.requests] == ["/", "/feed", "/rss.xml"]
    assert all(later - earlier >= SPACING for earlier, later in itertools.pairwise(times))
    assert all(request.headers["user-agent"].endswith(f"(+{CONTACT})".encode()) for request in site.requests)
    assert all("cookie" not in request.headers and "referer" not in request.headers for request in site.requests)


def test_a_page_without_end_costs_ten_megabytes_at_most(site: Server) -> None:
    """The crawler's own cap."""
    site.routes["/"] = lambda _: itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(b"<html>" * 10_000))
    assert refuse(site) == f"{site.url('/')}: the answer is larger than 10 MB"


def test_an_owner_is_who_names_the_feed_as_theirs(site: Server) -> None:
    """A feed delivered by another company belongs to where its entries lead."""
    site.routes["*"] = lambda _: answer(
        200, RSS.replace(b"<guid>1<", b"<link>https://news.example.org/1</link><guid>1<")
    )
    guard = Guard(["feeds.feedburner.com"], resolve_to_loopback)
    url = f"http://feeds.feedburner.com:{site.port}/x"
    assert find_feed(url, {}, CrawlSettings(CONTACT, (), 5), NOW, guard).publisher == "example.org"


def test_a_feed_on_another_host_belongs_to_the_site_that_names_it(site: Server) -> None:
    """A company's blog on somebody else's platform is the company speaking."""
    site.routes["/"] = lambda _: page(f"http://ours.substack.com:{site.port}/feed")
    site.routes["/feed"] = lambda _: answer(200, RSS)
    guard = Guard(["www.company.example", "ours.substack.com"], resolve_to_loopback)
    found = find_feed(f"http://www.company.example:{site.port}/", {}, CrawlSettings(CONTACT, (), 5), NOW, guard)
    assert (found.url, found.publisher) == (f"http://ours.substack.com:{site.port}/feed", "company.example")


def test_a_login_in_the_address_is_sent_but_never_said(site: Server) -> None:
    """Errors end up in logs."""
    site.routes["*"] = lambda _: answer(404)
    with pytest.raises(RadarError) as caught:
        find_feed(f"http://me:canary@{site.host}/", {}, CrawlSettings(CONTACT, (site.host,), 5), NOW)
    assert site.requests[0].headers["authorization"].startswith(b"Basic ")
    assert "canary" not in str(caught.value)


def test_a_listed_feed_is_known_by_all_its_addresses() -> None:
    """Its own in every spelling, and the one it has moved to."""
    rows = [FeedRow("https://www.a.example/feed/", "trade")]
    stored = [
        Feed("https://www.a.example/feed/", "trade", "a.example", moved_to="http://b.example/new"),
        Feed("https://c.example/", "trade", "c.example", moved_to="https://d.example/"),
    ]
    index = index_addresses(rows, stored)
    assert index == {"https://a.example/feed": rows[0].url, "https://b.example/new": rows[0].url}
