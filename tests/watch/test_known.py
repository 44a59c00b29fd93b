"""Entries that came before: neither cleaned nor written again, yet counted, and updated once they are edited."""

from datetime import UTC, datetime, timedelta

import pytest

from radar.records import Crawl, Feed, Fetched, NotModified, Parsed
from radar.store import Store
from radar.watch.fetch import decide_crawl
from radar.watch.parse import parse_feed
from tests.watch.dialects import DIALECTS
from tests.watch.hostile import item, rss

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
FEED = Feed("http://news.example/feed", "trade", "news.example")
HOUR = timedelta(hours=1)


def visit(store: Store, body: bytes | None, now: datetime) -> tuple[Parsed | None, Crawl]:
    """Lease the feed, read what it gave (None: nothing new), save the visit; return both."""
    (feed,) = store.take_due_feeds(now, HOUR, 1, force=True)
    result = Fetched(feed.url, feed.url, body) if body is not None else NotModified(feed.url)
    parsed = parse_feed(body, feed=feed, now=now) if body is not None else None
    store.save_crawl(decide_crawl(feed, result, parsed, now), parsed.entries if parsed else ())
    return parsed, store.list_crawls(feed.url, 1)[0]


@pytest.mark.parametrize("name", DIALECTS)
def test_a_document_seen_again_brings_no_entries_and_the_same_dates(name: str) -> None:
    """All of its entries are known; what decides the next visit is the same."""
    first = parse_feed(DIALECTS[name].encode(), feed=FEED, now=NOW)
    knowing = Feed(FEED.url, "trade", "news.example", seen=first.seen)
    again = parse_feed(DIALECTS[name].encode(), feed=knowing, now=NOW)
    assert first.entries
    assert again.entries == ()
    assert sorted(again.published_at) == sorted(first.published_at)
    assert (again.title, again.format, again.ttl, again.seen) == (first.title, first.format, first.ttl, first.seen)


def test_visits_store_each_entry_once_and_count_truly(store: Store) -> None:
    """New, the same again, one more, one edited, nothing new, the same as before the pause."""
    store.sync_feeds([FEED])
    one, two = item("one", "g1", "<description>first</description>"), item("two", "g2")
    counts = []
    for hour, body in enumerate(
        [rss(one), rss(one), rss(one + two), rss(one.replace("first", "edited") + two), None, rss(one + two)]
    ):
        parsed, crawl = visit(store, body, NOW + hour * HOUR)
        counts.append((len(parsed.entries) if parsed else None, crawl.entries_seen, crawl.entries_new, crawl.outcome))
        if hour == 3:
            assert {entry.entry_id: entry.summary for entry in store.ungrouped_entries(9)} == {"g1": "edited", "g2": ""}
    assert counts == [
        (1, 1, 1, "new entries"),
        (0, 1, 0, "unchanged"),
        (1, 2, 1, "new entries"),
        (1, 2, 0, "unchanged"),
        (None, 0, 0, "unchanged"),
        (1, 2, 0, "unchanged"),
    ]
    stored = {entry.entry_id: entry for entry in store.ungrouped_entries(9)}
    assert {guid: entry.summary for guid, entry in stored.items()} == {"g1": "first", "g2": ""}
    assert stored["g1"].first_seen_at == NOW


@pytest.mark.parametrize(
    "edit",
    [("one", "uno"), ("news.example/1", "news.example/2"), ("first", "First"), ("Ada", "Grace")],
    ids=["title", "link", "text", "author"],
)
def test_any_edit_makes_an_entry_unknown(edit: tuple[str, str]) -> None:
    """Title, link, text and author; the date alone does not, feeds without dates make it up."""
    more = "<description>first</description><author>Ada</author><pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>"
    before = parse_feed(rss(item("one", "g1", more)), feed=FEED, now=NOW)
    knowing = Feed(FEED.url, "trade", "news.example", seen=before.seen)
    redated = rss(item("one", "g1", more.replace("23 Nov", "22 Nov")))
    assert parse_feed(redated, feed=knowing, now=NOW).entries == ()
    edited = rss(item("one", "g1", more)).replace(edit[0].encode(), edit[1].encode())
    (entry,) = parse_feed(edited, feed=knowing, now=NOW).entries
    assert entry.id == before.entries[0].id


def test_a_failed_visit_and_a_quiet_one_forget_nothing(store: Store) -> None:
    """After them the entries are known as before; lists of feeds do not carry what was seen."""
    store.sync_feeds([FEED])
    visit(store, rss(item()), NOW)
    visit(store, b"<html></html>", NOW + HOUR)
    visit(store, None, NOW + 2 * HOUR)
    (parsed, _) = visit(store, rss(item() + item("two", "g2")), NOW + 3 * HOUR)
    assert parsed is not None
    assert [entry.entry_id for entry in parsed.entries] == ["g2"]
    assert [feed.seen for feed in store.list_feeds()] == [()]
