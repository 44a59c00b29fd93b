"""Read one feed document of any dialect: bytes → Parsed; never raises, whatever the bytes are."""

import re
from datetime import datetime

from radar.records import Feed, Parsed
from radar.watch.parse.encoding import find_charset, mend_document
from radar.watch.parse.entries import build_feed
from radar.watch.parse.json_feed import is_json, read_json_feed
from radar.watch.parse.lenient import read_leniently
from radar.watch.parse.raw import RawFeed, Unsure
from radar.watch.parse.strict import read_strictly

_BLANK = re.compile(rb"[ \t\r\n\0]*+")
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
#: A document with more declarations than this is not a feed but an attempt on the parser.
_MAX_DECLARATIONS = 300


def parse_feed(body: bytes, *, feed: Feed, now: datetime, content_type: str = "", final_url: str = "") -> Parsed:
    """Return what a document publishes; where it publishes nothing, `problem` says why in one line.

    `final_url` is where the body came from after redirects: relative links are resolved against it. Entries that
    `feed.seen` knows unchanged are counted, not returned.
    """
    base = final_url or feed.url
    try:
        raw = _read_document(body, content_type, base, now)
        if isinstance(raw, str):
            return Parsed("", "", (), problem=raw)
        return build_feed(raw, feed=feed, base=base, now=now)
    except MemoryError:
        return Parsed("", "", (), problem="the document needs more memory than a feed may have")


def _read_document(body: bytes, content_type: str, base: str, now: datetime) -> RawFeed | str:
    """Return what is published, or the problem: by the strict reader, and where that is unsure, by feedparser."""
    if _BLANK.fullmatch(body):
        return "an empty answer instead of a feed"
    if is_json(body):
        return read_json_feed(body, base=base, now=now)
    charset = find_charset(body, content_type)
    try:
        return read_strictly(body, charset, base=base, now=now)
    except Unsure:
        pass
    if body.count(b"<!ENTITY") + body.count(b"<!DOCTYPE") > _MAX_DECLARATIONS:
        return "a document full of declarations instead of a feed"
    document = mend_document(body, charset)
    try:
        raw = read_leniently(document, charset, base=base, now=now)
    except MemoryError:
        raise
    except Exception as error:  # feedparser raises a dozen kinds on damaged documents; here they are all one
        return f"the document cannot be read ({type(error).__name__})"
    return raw if raw.items or raw.format else _describe_other(document)


def _describe_other(document: bytes) -> str:
    """Say what came instead of a feed."""
    if _HTML.search(document[:8_192]):
        return "an HTML page instead of a feed"
    if document[:2_048].lstrip().startswith(b"<"):
        return "an XML document that is no feed"
    return "something that is no feed"
