"""Small records for the store's tests."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from radar.records import (
    Crawl,
    Entry,
    Evidence,
    Executive,
    Feed,
    Issue,
    Item,
    Kind,
    Outgoing,
    Signal,
    Source,
    Story,
    Topic,
)
from radar.store import Store

T = TypeVar("T")

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # a Tuesday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LEASE = timedelta(minutes=15)
WEEK = "2026-W48"
PRESIDENT = Executive("president", "Ada Blum", "President", "president@example.org", "Africa/Nairobi", 0, "07:30")


def make_feed(name: str = "ledger", kind: Kind = "trade", **more: Any) -> Feed:
    return Feed(f"https://{name}.example/feed", kind, f"{name}.example", **more)


def make_entry(id_: str, title: str = "", feed: str = "ledger", at: datetime = NOW, **more: Any) -> Entry:
    url = more.pop("url", f"https://{feed}.example/{id_}")
    return Entry(id_, f"https://{feed}.example/feed", f"guid-{id_}", url, title or f"Title {id_}", at, NOW, **more)


def make_crawl(feed: str = "ledger", at: datetime = NOW, **more: Any) -> Crawl:
    fields: dict[str, Any] = {"outcome": "new entries", "state": "ok", "reason": "", "next_due_at": at + HOUR}
    return Crawl(f"https://{feed}.example/feed", at, **(fields | more))


def make_story(*entries: Entry, **more: Any) -> Story:
    first = min(entries, key=lambda entry: (entry.published_at, entry.id))
    last_at = max(entry.published_at for entry in entries)
    fields: dict[str, Any] = {"id": first.id, "title": first.title, "url": first.url, "summary": first.summary}
    fields |= {"first_at": first.published_at, "last_at": last_at, "entries": entries}
    return Story(**(fields | more))


def make_topic(slug: str, name: str = "", *aliases: str) -> Topic:
    return Topic(slug, name or slug.replace("-", " "), "platforms", f"What {slug} is.", aliases=aliases)


def make_issue(executive: str = "president", week: str = WEEK, at: datetime = NOW, token: str = "t" * 22) -> Issue:
    source = Source("s1", "A title", "https://ledger.example/1", "ledger.example", at.date(), 3)
    item = Item("i1", "matters", "Something matters — «déjà vu» 🛰", topic="ai", why=("because",), sources=(source,))
    return Issue(executive, "Ada Blum", "President", week, at, token, "1 to decide", "and 2 to know", (item,))


def make_message(id_: str = "<1@radar.example>", week: str = WEEK, at: datetime = NOW) -> Outgoing:
    body = b"Subject: x\r\n\r\n\xff\0"
    return Outgoing(id_, "president", week, "radar@example.org", "president@example.org", body, at)


def make_signal(topic: str, week: datetime, confidence: float = 0.9, confirmed: bool = True) -> Signal:
    evidence = Evidence(9, 2.5, 20, 8.0, 4, 3.2, ("a.example", "b.example"), 5, 0.25, (), week.date(), 4.5)
    monday = week.date() - timedelta(days=week.weekday())
    return Signal(topic, monday, "rising", monday, None, confirmed, confidence, evidence, "9 reports, usually 2.5.")


def fill(store: Store, *entries: Entry, kinds: dict[str, Kind] | None = None) -> None:
    """Store entries as crawls of their feeds bring them; `kinds` says what kinds those are, by name."""
    names = sorted({entry.feed_url.split("/")[2].removesuffix(".example") for entry in entries})
    store.sync_feeds([*store.list_feeds(), *(make_feed(name, (kinds or {}).get(name, "trade")) for name in names)])
    for name in names:
        store.save_crawl(make_crawl(name), [entry for entry in entries if entry.feed_url == make_feed(name).url])


def race(workers: Sequence[Callable[[], T]]) -> list[T]:
    """Start all workers together and return what they returned; the first failure is raised."""
    together = threading.Barrier(len(workers))
    results: list[T] = []
    failures: list[BaseException] = []

    def run(work: Callable[[], T]) -> None:
        together.wait()
        try:
            results.append(work())
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=[work]) for work in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results
