"""Build entries: identity, title, link, date and summary for everything a feed published, the newest 500 of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from radar.records import Entry, Feed
from radar.text import clean_text, stable_id
from radar.watch.parse.fields import MAX_ENTRY_ID, MAX_TITLE

MAX_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One item of a document, its fields read but not yet completed."""

    guid: str
    url: str
    title: str
    summary: str
    author: str
    published_at: datetime | None


def build_entries(
    raw: Iterable[RawEntry], *, feed: Feed, feed_title: str, home: str, now: datetime
) -> tuple[Entry, ...]:
    """Return the entries in the document's order, each identity once.

    The identity is the feed's own id, else the link, else a hash of title and date. What has no link gets the feed's
    (`home`), what has no title one from the summary, what has no believable date counts as published when first seen.
    """
    entries: dict[str, Entry] = {}
    for item in raw:
        title = item.title or clean_text(item.summary, 120)
        dated = item.published_at.isoformat() if item.published_at else ""
        entry_id = item.guid or item.url or stable_id(title, dated or item.summary)
        if len(entry_id) > MAX_ENTRY_ID:
            entry_id = stable_id(entry_id)
        key = stable_id(feed.url, entry_id)
        if key in entries:
            continue
        entries[key] = Entry(
            id=key,
            feed_url=feed.url,
            entry_id=entry_id,
            url=item.url or home,
            title=title or clean_text(f"Untitled entry of {feed_title or feed.title or feed.publisher}", MAX_TITLE),
            published_at=item.published_at or now,
            first_seen_at=now,
            summary=item.summary,
            author=item.author,
            publisher=feed.publisher,
            kind=feed.kind,
        )
    if len(entries) <= MAX_ENTRIES:
        return tuple(entries.values())
    newest = sorted(entries.values(), key=lambda entry: entry.published_at, reverse=True)[:MAX_ENTRIES]
    kept = {entry.id for entry in newest}
    return tuple(entry for entry in entries.values() if entry.id in kept)
