"""Turn the fields of a feed, whatever is in them, into clean text, web links and believable dates."""

import calendar
import html
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import nh3

from radar.text import clean_text

MAX_HTML = 64 * 1024  # characters of a field that are looked at: an HTML parser's work is quadratic in nesting
MAX_TITLE = 300
MAX_SUMMARY = 1_000
MAX_AUTHOR = 120
MAX_URL = 2_000
MAX_ENTRY_ID = 1_000
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(hours=48)

_TAGS = (
    "a|abbr|address|article|aside|audio|b|big|blockquote|br|button|center|cite|code|dd|del|details|div|dl|dt|em|embed|"
    "figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|meta|"
    "nav|nobr|object|ol|p|param|picture|pre|q|s|script|section|select|small|source|span|strike|strong|style|sub|"
    "summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|tt|u|ul|video|wbr"
)
_MARKUP = re.compile(rf"<(?:/?(?:{_TAGS})(?:[\s/][^<>]*)?>|!--|!\[CDATA\[)", re.IGNORECASE)
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|blockquote|br|dd|div|dl|dt|figure|figcaption|h[1-6]|hr|img|li|ol|p|pre|section|table|td|"
    r"th|tr|ul)\b)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_ANGLES = re.compile(r"<(/?[a-zA-Z][^<>]*)(?:>|$)")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")


def read_text(value: Any, limit: int, *, plain: bool = False) -> str:
    """Return a field as one line of plain text of at most `limit` characters.

    `plain` says that the feed declares the field as text: then only well-known HTML tags are taken for markup, so that
    a headline on the "<dialog>" element keeps its subject.
    """
    if not isinstance(value, str) or not value:
        return ""
    text = value[:MAX_HTML]
    text = _strip_tags(text) if not plain or _MARKUP.search(text) else html.unescape(text)
    # Feeds escape markup twice, some three times.
    for _ in range(3):
        if _MARKUP.search(text):
            text = _strip_tags(text)
        elif _REFERENCE.search(text):
            text = html.unescape(text)
        else:
            break
    return clean_text(text, limit)


def read_summary(value: Any, *, plain: bool = False) -> str:
    """Return a summary or content as plain text, in which what still looks like a tag is shown as ‹such›."""
    return _ANGLES.sub(r"‹\1›", read_text(value, MAX_SUMMARY, plain=plain)).replace("<!", "‹!").replace("<?", "‹?")


def read_link(value: Any, base: str) -> str:
    """Return an absolute http or https URL, or "" where the field holds none."""
    if not isinstance(value, str):
        return ""
    value = value.strip()
    if not value or len(value) > MAX_URL:
        return ""
    try:
        url = urljoin(base, value)
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return ""
    return "".join(_quote_unsafe(c) for c in url) if usable else ""


def read_date(value: Any, now: datetime) -> datetime | None:
    """Return a date a feed may have meant, in UTC, or None: too old, too far ahead, or no date at all.

    Takes feedparser's time tuples (in UTC) and the RFC 3339 strings of JSON Feed.
    """
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value.strip()[:40])
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        elif value:
            at = datetime.fromtimestamp(calendar.timegm(value), UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return at if EARLIEST <= at <= now + LATEST_AHEAD else None


def _strip_tags(text: str) -> str:
    """Take the markup out of HTML and undo its character references; scripts and styles go with their content."""
    text = _BLOCK.sub(" <", _CDATA.sub(" ", text))
    return html.unescape(nh3.clean(text, tags=set()))


def _quote_unsafe(c: str) -> str:
    """Percent-encode what could end an attribute, break a line or hide."""
    if c in "<>\"'`{}|\\^" or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Co", "Cn"):
        return quote(c, safe="", errors="replace")
    return c
