"""Read the dates of feeds: the two usual spellings at once, all others as feedparser does."""

import calendar
import functools
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from feedparser.datetimes import _parse_date
from feedparser.datetimes.rfc822 import months, timezone_names

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(hours=48)
MAX_DATE = 1_000

# RFC 822 with a year of four digits, and RFC 3339, whose zone some leave out.
_TIME = r"(?:[01]\d|2[0-3]):\d\d:\d\d"
_MAIL_DATE = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?(\d{1,2}) ([a-z]{3}) (\d{4}) "
    rf"({_TIME}) ([+-]\d{{4}}|[a-z]{{1,4}})",
    re.IGNORECASE | re.ASCII,
)
_WEB_DATE = re.compile(rf"\d{{4}}-\d\d-\d\d[T ]{_TIME}(?:\.\d{{1,9}})?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


def read_date(value: Any, now: datetime) -> datetime | None:
    """Return a date a feed may have meant, in UTC, or None: too old, too far ahead, or no date at all.

    Takes text, or the time tuples (in UTC) that feedparser makes of it.
    """
    if not value:
        return None
    try:
        at = _read_text(value) if isinstance(value, str) else _read_tuple(value)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return at if at and EARLIEST <= at <= now + LATEST_AHEAD else None


def _read_text(text: str) -> datetime | None:
    text = text.strip()[:MAX_DATE]
    try:
        if _WEB_DATE.fullmatch(text):
            at = datetime.fromisoformat(text)
            if at.tzinfo is not UTC:
                at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
            return at.replace(microsecond=0) if at.microsecond else at
        if found := _MAIL_DATE.fullmatch(text):
            return _read_mail_date(found)
    except (ValueError, KeyError):
        pass  # hour 25, a month called Foo: feedparser knows some of them
    return _read_tuple(_parse_date(text))


def _read_mail_date(found: re.Match[str]) -> datetime:
    # Spelled as RFC 3339, which is read in a tenth of the time that so many numbers take.
    day, month, year, time, zone = found.groups()
    local = datetime.fromisoformat(f"{year}-{months[month.lower()]:02}-{day:0>2}T{time}+00:00")
    ahead = _find_offset(zone)
    return local - ahead if ahead else local


@functools.lru_cache(maxsize=256)  # a feed has one or two
def _find_offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return timedelta(hours=timezone_names.get(zone.lower(), 0))
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    return -ahead if zone[0] == "-" else ahead


def _read_tuple(value: Any) -> datetime | None:
    return datetime.fromtimestamp(calendar.timegm(value), UTC) if value else None
