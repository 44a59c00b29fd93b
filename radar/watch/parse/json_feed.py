"""Read JSON Feed 1.0 and 1.1 (jsonfeed.org), in which feedparser finds nothing."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from radar.records import Feed, Parsed
from radar.text import clean_text
from radar.watch.parse.entries import RawEntry, build_entries
from radar.watch.parse.fields import MAX_AUTHOR, MAX_ENTRY_ID, MAX_TITLE, read_date, read_link, read_summary, read_text

_BOM = b"\xef\xbb\xbf"


def is_json(body: bytes) -> bool:
    """Tell whether a body is a JSON object rather than a markup document."""
    return body.removeprefix(_BOM)[:1024].lstrip().startswith(b"{")


def parse_json_feed(body: bytes, *, feed: Feed, now: datetime, base: str) -> Parsed:
    """Return the entries of a JSON Feed, or the problem with it."""
    try:
        # json.loads finds UTF-8, -16 and -32 by itself; a stray byte must not cost the whole feed.
        document = json.loads(body.removeprefix(_BOM).decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return Parsed("", "", (), problem="damaged JSON instead of a feed")
    if not isinstance(document, dict):
        return Parsed("", "", (), problem="JSON that is no feed")
    version, items = str(document.get("version", "")), document.get("items")
    if "jsonfeed.org/version/" not in version or not isinstance(items, list):
        return Parsed("", "", (), problem="JSON that is no feed")
    home = read_link(document.get("home_page_url"), base) or base
    title = read_text(document.get("title"), MAX_TITLE, plain=True)
    entries = build_entries(_read_items(items, base, now), feed=feed, feed_title=title, home=home, now=now)
    name = "json10" if version.rstrip("/").endswith("/1") or version.endswith("/1.0") else "json11"
    return Parsed(title, name, entries)


def _read_items(items: list[Any], base: str, now: datetime) -> Iterator[RawEntry]:
    for item in items[:5_000]:
        if not isinstance(item, dict):
            continue
        guid = item.get("id")  # a string, yet numbers are met
        yield RawEntry(
            guid=clean_text(str(guid)[: MAX_ENTRY_ID * 2]) if isinstance(guid, str | int | float) else "",
            url=read_link(item.get("url"), base) or read_link(item.get("external_url"), base),
            title=read_text(item.get("title"), MAX_TITLE, plain=True),
            summary=(
                read_summary(item.get("summary"), plain=True)
                or read_summary(item.get("content_text"), plain=True)
                or read_summary(item.get("content_html"))
            ),
            author=_read_author(item),
            published_at=read_date(item.get("date_published"), now) or read_date(item.get("date_modified"), now),
        )


def _read_author(item: dict[str, Any]) -> str:
    """Return the first author's name: `authors` in 1.1, `author` in 1.0."""
    authors = item.get("authors")
    candidates = authors[:1] if isinstance(authors, list) else []
    for author in [*candidates, item.get("author")]:
        if isinstance(author, dict) and isinstance(author.get("name"), str):
            return read_text(author["name"], MAX_AUTHOR, plain=True)
    return ""
