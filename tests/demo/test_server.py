"""The demo server answers as feeds in life do, and its ledger tells what was asked."""

from __future__ import annotations

import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import feedparser
import pytest

from radar.demo.server import DemoServer, LedgerLine
from radar.demo.world import FIRST_MONDAY, LAST_NOW, generate_world


@pytest.fixture(scope="module")
def running_server() -> Iterator[DemoServer]:
    with DemoServer(generate_world()) as server:
        yield server


@pytest.fixture
def server(running_server: DemoServer) -> DemoServer:
    running_server.set_now(FIRST_MONDAY + timedelta(weeks=6))
    return running_server


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): text for name, text in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_feeds_toml_lists_every_feed_and_every_address_answers(server: DemoServer) -> None:
    feeds = tomllib.loads(server.feeds_toml())["feed"]

    assert len(feeds) == len(server.world.publishers) == 21
    for feed in feeds:
        assert set(feed) == {"url", "title", "kind", "publisher"}
        status, _, body = get(feed["url"])
        assert (status, len(body) > 500) == (200, True), feed["url"]


def test_matching_validators_are_answered_304_until_the_clock_moves(server: DemoServer) -> None:
    url = server.find_feed_url("concord-press.example")
    status, headers, body = get(url)
    assert status == 200
    assert feedparser.parse(body).entries

    by_tag, unchanged, empty = get(url, If_None_Match=headers["ETag"])
    by_date, _, _ = get(url, If_Modified_Since=headers["Last-Modified"])
    assert (by_tag, by_date, empty) == (304, 304, b"")
    assert unchanged["ETag"] == headers["ETag"]

    server.set_now(FIRST_MONDAY + timedelta(weeks=7))
    by_tag, newer, _ = get(url, If_None_Match=headers["ETag"])
    by_date, _, _ = get(url, If_Modified_Since=headers["Last-Modified"])
    assert (by_tag, by_date) == (200, 200)
    assert newer["ETag"] != headers["ETag"]


def test_an_entity_tag_decides_alone_when_both_validators_are_sent(server: DemoServer) -> None:
    url = server.find_feed_url("the-ledger.example")
    _, headers, _ = get(url)

    status, _, _ = get(url, If_None_Match='"old"', If_Modified_Since=headers["Last-Modified"])

    assert status == 200


def test_a_garbled_date_is_ignored(server: DemoServer) -> None:
    status, _, _ = get(server.find_feed_url("the-ledger.example"), If_Modified_Since="yesterday, I think")

    assert status == 200


@pytest.mark.parametrize(
    ("domain", "last_good_week", "status"),
    [("orchard-hosting.example", 8, 200), ("gadget-barn.example", 11, 404), ("lowlight-lab.example", 14, 410)],
)
def test_failing_feeds_fail_from_their_week_on(
    server: DemoServer, domain: str, last_good_week: int, status: int
) -> None:
    server.set_now(FIRST_MONDAY + timedelta(weeks=last_good_week, hours=-1))
    good, _, body = get(server.find_feed_url(domain))
    assert good == 200
    assert feedparser.parse(body).entries

    server.set_now(FIRST_MONDAY + timedelta(weeks=last_good_week))
    bad, _, body = get(server.find_feed_url(domain))
    assert bad == status
    assert not feedparser.parse(body).entries


def test_one_feed_calls_itself_a_page(server: DemoServer) -> None:
    _, headers, body = get(server.find_feed_url("corvane-cloud.example"))

    assert headers.get_content_type() == "text/html"
    assert feedparser.parse(body).entries


def test_the_ledger_records_every_request_with_its_status(server: DemoServer) -> None:
    before = len(server.ledger)
    url = server.find_feed_url("quillmoor.example")
    _, headers, _ = get(url)
    get(url, If_None_Match=headers["ETag"])
    get(f"{server.base_url}/nobody.example/feed")

    assert server.ledger[before:] == (
        LedgerLine("/quillmoor.example/feed", 200, conditional=False),
        LedgerLine("/quillmoor.example/feed", 304, conditional=True),
        LedgerLine("/nobody.example/feed", 404, conditional=False),
    )


def test_weekly_crawls_see_every_entry_of_a_sound_feed(server: DemoServer) -> None:
    url = server.find_feed_url("systems-weekly.example")
    seen: set[str] = set()
    for week in range(1, 21):
        server.set_now(FIRST_MONDAY + timedelta(weeks=week))
        seen |= {entry.id for entry in feedparser.parse(get(url)[2]).entries}
    server.set_now(LAST_NOW)

    assert seen == {entry.guid for entry in server.world.select_entries("systems-weekly.example")}
