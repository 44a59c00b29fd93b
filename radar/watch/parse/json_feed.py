"""Read JSON Feed 1.0 and 1.1 (jsonfeed.org), in which feedparser finds nothing."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from radar.watch.parse.dates import read_date
from radar.watch.parse.fields import read_link
from radar.watch.parse.raw import RawEntry, RawFeed

MAX_ITEMS = 5_000


def is_json(body: bytes) -> bool:
    """Tell whether a body is a JSON object rather than a markup document."""
    return _decode(body[:1024]).lstrip("\ufeff \t\r\n").startswith("{")


def read_json_feed(body: bytes, *, base: str, now: datetime) -> RawFeed | str:
    """Return the items of a JSON Feed, or the problem with it."""
    try:
        document = json.loads(_decode(body))
    except (ValueError, RecursionError):
        return "damaged JSON instead of a feed"
    if not isinstance(document, dict):
        return "JSON that is no feed"
    version, items = str(document.get("version", "")), document.get("items")
    if "jsonfeed.org/version/" not in version or not isinstance(items, list):
        return "JSON that is no feed"
    return RawFeed(
        title=_read_words(document, "title"),
        link=_read_words(document, "home_page_url"),
        format="json10" if re.search(r"/version/1(?:\.0)?/?$", version) else "json11",
        items=list(_read_items(items, base, now)),
        author=_read_author(document),
    )


def _decode(body: bytes) -> str:
    # UTF-8 by RFC 8259, yet UTF-16 and -32 are met; a stray byte must not cost the whole feed.
    return body.decode(json.detect_encoding(body), "replace")


def _read_items(items: list[Any], base: str, now: datetime) -> Iterator[RawEntry]:
    for item in items[:MAX_ITEMS]:
        if not isinstance(item, dict):
            continue
        yield RawEntry(
            guid=_read_id(item.get("id")),
            url=read_link(item.get("url"), base) or read_link(item.get("external_url"), base),
            title=_read_words(item, "title"),
            texts=(
                (_read_words(item, "summary"), True),
                (_read_words(item, "content_text"), True),
                (_read_words(item, "content_html"), False),
            ),
            author=_read_author(item),
            published_at=read_date(item.get("date_published"), now) or read_date(item.get("date_modified"), now),
        )


def _read_words(element: dict[str, Any], name: str) -> str:
    value = element.get(name)
    return value if isinstance(value, str) else ""


def _read_id(value: Any) -> str:
    """Return an item's id: a string, yet numbers are met, which version 1.0 has readers take for strings."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _read_author(element: dict[str, Any]) -> str:
    """Return the first author's name: `authors` in 1.1, `author` in 1.0."""
    authors = element.get("authors")
    candidates = authors[:1] if isinstance(authors, list) else []
    names = (_read_words(author, "name") for author in [*candidates, element.get("author")] if isinstance(author, dict))
    return next((name for name in names if name), "")
