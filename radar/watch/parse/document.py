"""Read one feed document of any dialect: bytes → Parsed; never raises, whatever the bytes are."""

import io
import re
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import feedparser
import feedparser.mixin

from radar.records import Feed, Parsed
from radar.text import clean_text
from radar.watch.parse.encoding import prepare_document
from radar.watch.parse.entries import RawEntry, build_entries
from radar.watch.parse.fields import MAX_AUTHOR, MAX_TITLE, read_date, read_link, read_summary, read_text
from radar.watch.parse.json_feed import is_json, parse_json_feed

# An entry's id is compared as it is written; feedparser would resolve "12345" against the feed's address, and every
# entry would become a new one when the feed moves.
_mixin = feedparser.mixin._FeedParserMixin
_mixin.can_be_relative_uri = _mixin.can_be_relative_uri - {"id"}

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:mailto:)?[^\s@()<>\[\]]{1,200}@[^\s@()<>\[\]]{1,200}")
_FORMATS = {"rss10": "rdf", "rss090": "rdf"}
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_MAX_TTL = 7 * 86_400
#: A document with more declarations than this is not a feed but an attempt on the parser.
_MAX_DECLARATIONS = 300


def parse_feed(body: bytes, *, feed: Feed, now: datetime, content_type: str = "", final_url: str = "") -> Parsed:
    """Return what a document publishes; where it publishes nothing, `problem` says why in one line.

    `final_url` is where the body came from after redirects: relative links are resolved against it.
    """
    base = final_url or feed.url
    if not body.strip(b" \t\r\n\0"):
        return Parsed("", "", (), problem="an empty answer instead of a feed")
    if is_json(body):
        return parse_json_feed(body, feed=feed, now=now, base=base)
    if body.count(b"<!ENTITY") + body.count(b"<!DOCTYPE") > _MAX_DECLARATIONS:
        return Parsed("", "", (), problem="a document full of declarations instead of a feed")
    document, content_type = prepare_document(body, content_type)
    headers = {"content-location": base}
    if content_type:
        headers["content-type"] = content_type
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            # Always from a stream: feedparser opens files and URLs that it is given as text.
            found = feedparser.parse(
                io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
            )
    except MemoryError:
        return Parsed("", "", (), problem="the document needs more memory than a feed may have")
    except Exception as error:  # feedparser raises a dozen kinds on damaged documents; here they are all one
        return Parsed("", "", (), problem=f"the document cannot be read ({type(error).__name__})")
    version, about = str(found.get("version") or ""), found["feed"]
    home = read_link(about.get("link"), base) or base
    title = read_text(about.get("title"), MAX_TITLE, plain=_is_plain(about, "title"))
    items = _read_items(found["entries"], base, now)
    entries = build_entries(items, feed=feed, feed_title=title, home=home, now=now)
    if not entries and not version:
        return Parsed("", "", (), problem=_describe_other(document))
    return Parsed(title, _FORMATS.get(version, version), entries, ttl=_read_ttl(about))


def _read_items(items: list[Any], base: str, now: datetime) -> Iterator[RawEntry]:
    for item in items:
        yield RawEntry(
            guid=clean_text(str(item.get("id") or "")[:10_000]),
            url=_find_link(item, base),
            title=read_text(item.get("title"), MAX_TITLE, plain=_is_plain(item, "title")),
            summary=_find_summary(item),
            author=_find_author(item),
            published_at=_find_date(item, now),
        )


def _find_link(item: Any, base: str) -> str:
    """Return the entry's page, else whatever else of it can be opened."""
    guid = str(item.get("id") or "")
    # feedparser takes every guid for a link unless it is told otherwise, also "12345".
    link = item.get("link")
    candidates = [] if link == guid else [link]
    links = [link for link in item.get("links") or [] if isinstance(link, dict)]
    candidates += [link.get("href") for link in links if link.get("rel") == "alternate"]
    candidates += [link.get("href") for link in links if link.get("rel") != "self"]
    if guid.startswith(("http://", "https://")):
        candidates.insert(0 if link == guid else len(candidates), guid)
    return next((url for url in (read_link(candidate, base) for candidate in candidates) if url), "")


def _find_summary(item: Any) -> str:
    """Return the summary, else the beginning of the content."""
    text = read_summary(item.get("summary"), plain=_is_plain(item, "summary"))
    for part in item.get("content") or ():
        if text:
            break
        text = read_summary(part.get("value"), plain=part.get("type") == "text/plain")
    return text


def _find_author(item: Any) -> str:
    """Return the author's name without an address; feedparser takes the address of a@b.example to end in "exam"."""
    text = read_text(item.get("author"), MAX_AUTHOR * 2, plain=True)
    name = _ADDRESS.sub("", text) if "@" in text else text
    return read_text(name.strip(' ()<>[],;:"') or text, MAX_AUTHOR, plain=True)


def _find_date(item: Any, now: datetime) -> datetime | None:
    """Return the first believable of the dates an entry carries: published before updated."""
    names = ("published_parsed", "updated_parsed", "created_parsed")
    dates = (read_date(item.get(name), now) for name in names if name in item)
    return next((at for at in dates if at), None)


def _is_plain(element: Any, name: str) -> bool:
    detail = element.get(f"{name}_detail")
    return isinstance(detail, dict) and detail.get("type") == "text/plain"


def _read_ttl(about: Any) -> int:
    """Return the seconds a feed asks to be left alone: RSS `ttl` in minutes, or the syndication module's hints."""
    ttl = str(about.get("ttl") or "").strip()
    if re.fullmatch(r"\d{1,7}", ttl, re.ASCII):
        return min(int(ttl) * 60, _MAX_TTL)
    period = _PERIODS.get(str(about.get("sy_updateperiod") or "").strip().lower(), 0)
    frequency = str(about.get("sy_updatefrequency") or "").strip()
    times = int(frequency) if re.fullmatch(r"[1-9]\d{0,4}", frequency, re.ASCII) else 1
    return min(period // times, _MAX_TTL)


def _describe_other(document: bytes) -> str:
    """Say what came instead of a feed."""
    if _HTML.search(document[:8_192]):
        return "an HTML page instead of a feed"
    if document[:2_048].lstrip().startswith(b"<"):
        return "an XML document that is no feed"
    return "something that is no feed"
