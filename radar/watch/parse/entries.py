"""Build entries: identity, title, link, date and summary for everything a feed published, the newest 500 of them."""

from collections.abc import Collection
from datetime import datetime

from radar.records import Entry, Feed, Parsed
from radar.text import clean_text, stable_id
from radar.watch.parse.fields import (
    MAX_ENTRY_ID,
    MAX_HTML,
    MAX_TITLE,
    read_author,
    read_link,
    read_summary,
    read_text,
)
from radar.watch.parse.papers import PAPERS, read_paper
from radar.watch.parse.raw import RawEntry, RawFeed

MAX_ENTRIES = 500


def build_feed(raw: RawFeed, *, feed: Feed, base: str, now: datetime) -> Parsed:
    """Return the feed with its entries in the document's order, each identity once.

    The identity is the feed's own id, else the link, else a hash of title and date. What has no link gets the feed's,
    what has no title one from the summary, what has no believable date counts as published when first seen. Entries
    that came with the last document and have not changed since are counted, but neither cleaned nor returned.
    """
    title = read_text(raw.title, MAX_TITLE, plain=raw.title_is_plain)
    home = read_link(raw.link, base) or base
    fallback = f"Untitled entry of {title or feed.title or feed.publisher}"
    seen: dict[str, tuple[str, RawEntry, str, datetime]] = {}
    for published in raw.items:
        item = published if not published.guid.startswith(PAPERS) else read_paper(published)
        if item is None:
            continue
        if not item.author and raw.author:
            item = item._replace(author=raw.author)
        entry_id = _identify(item)
        key = stable_id(feed.url, entry_id)
        if key not in seen:
            seen[key] = (entry_id, item, item.url or home, item.published_at or now)
    kept: Collection[str] = seen
    if len(seen) > MAX_ENTRIES:
        kept = set(sorted(seen, key=lambda key: seen[key][3], reverse=True)[:MAX_ENTRIES])
    known = frozenset(feed.seen)
    entries, prints, known_at = [], [], []
    for key, (entry_id, item, url, published_at) in seen.items():
        if key not in kept:
            continue
        printed = _take_print(key, item, url)
        prints.append(printed)
        if printed in known:
            known_at.append(published_at)
            continue
        summary = _find_summary(item)
        entries.append(
            Entry(  # by position: by name a record takes twice as long to make
                key,
                feed.url,
                entry_id,
                url,
                _find_title(item, summary) or clean_text(fallback, MAX_TITLE),
                published_at,
                now,
                summary,
                read_author(item.author),
                feed.publisher,
                feed.kind,
            )
        )
    return Parsed(title, raw.format, tuple(entries), ttl=raw.ttl, known_at=tuple(known_at), seen=tuple(prints))


def _identify(item: RawEntry) -> str:
    entry_id = clean_text(item.guid) or item.url
    if not entry_id:
        summary = _find_summary(item)
        dated = item.published_at.isoformat() if item.published_at else ""
        entry_id = stable_id(_find_title(item, summary), dated or summary)
    return entry_id if len(entry_id) <= MAX_ENTRY_ID else stable_id(entry_id)


def _take_print(key: str, item: RawEntry, url: str) -> str:
    """Return the fingerprint of an entry: of its identity and of all that its text is made from.

    Not of its date, which feeds without dates make up at every visit.
    """
    kinds = "p" if item.title_is_plain else "h"
    texts = []
    for text, plain in item.texts:
        kinds += "p" if plain else "h"
        texts.append(text[:MAX_HTML])
    return stable_id(key, url, kinds, item.title[:MAX_HTML], item.author[:MAX_HTML], *texts)


def _find_title(item: RawEntry, summary: str) -> str:
    return read_text(item.title, MAX_TITLE, plain=item.title_is_plain) or clean_text(summary, 120)


def _find_summary(item: RawEntry) -> str:
    """Return the summary, else the beginning of the content."""
    for text, plain in item.texts:
        if summary := read_summary(text, plain=plain):
            return summary
    return ""
