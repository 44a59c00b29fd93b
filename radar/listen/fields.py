"""The words an agenda register is written in, each read with a reason and an example when it is refused."""

import re
from contextlib import suppress
from datetime import date

from radar.records import DETAILS, WEEKDAYS, Detail
from radar.text import clean_text, split_mailbox

FIRST_DAY = date(1990, 1, 1)  # before that, a year is mistyped
#: Characters of somebody's words.
MOST_WORDS = 500
#: Characters of any line: a primer of 120 words has some 900.
_MOST_LINE = 2_000
_MOST_SLUG = 64
_TAKEN = ("alarm", "letter", "survey")  # files in the out folder begin with these


class FieldError(ValueError):
    """A text that cannot be a field; `reason` says why and repeats nothing of it."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text!r} {reason}")
        self.reason = reason


def read_day(text: str) -> date:
    """Read a day."""
    with suppress(ValueError):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    raise FieldError(text, "is no day; write it as 2026-11-30")


def read_weekday(text: str) -> int:
    """Read a weekday, or three or more letters of it: 0 for monday."""
    found = [number for number, name in enumerate(WEEKDAYS) if len(text) >= 3 and name.startswith(text.lower())]
    if not found:
        raise FieldError(text, "is no weekday; write monday … sunday")
    return found[0]


def read_time(text: str) -> str:
    """Read a time of day."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise FieldError(text, "is no time; write it as 07:30")
    return text


def read_zone(text: str) -> str:
    """Read the IANA name of a time zone."""
    from zoneinfo import ZoneInfo, available_timezones

    known = available_timezones()
    with suppress(ValueError, OSError, KeyError):  # what ZoneInfo raises for a name it has no file for
        if text in known and ZoneInfo(text):
            return text
    from difflib import get_close_matches

    close = get_close_matches(text, known, n=2, cutoff=0.6)
    hint = f"did you mean {' or '.join(close)}?" if close else "write an IANA name like Europe/Zurich"
    raise FieldError(text, f"is no time zone; {hint}")


def read_address(text: str) -> str:
    """Read an e-mail address; "" stands for none."""
    if not text:
        return ""
    try:
        return split_mailbox(text)[1]
    except ValueError:
        raise FieldError(text, "is no e-mail address; write it as name@example.org") from None


def read_slug(text: str) -> str:
    """Read a name that commands are given; files and addresses are called by it, so it is short."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise FieldError(text, "is no short name; use lower-case words joined by hyphens")
    if len(text) > _MOST_SLUG:
        raise ValueError(f"has {len(text):,} characters; use at most {_MOST_SLUG}")
    if text in _TAKEN:
        raise ValueError(f"is what Radar calls its own mails; use another word than {text!r}")
    return text


def read_line(text: str) -> str:
    """Read one line of text."""
    cleaned = clean_text(text)
    if not cleaned:
        raise ValueError("no words given; write some")
    if len(cleaned) > _MOST_LINE:
        raise ValueError(f"has {len(cleaned):,} characters; write at most {_MOST_LINE:,}")
    return cleaned


def read_detail(text: str) -> Detail:
    """Read how much detail a digest carries."""
    found = [detail for detail in DETAILS if detail == text]
    if not found:
        raise FieldError(text, f"is no level of detail; write {', '.join(DETAILS[:-1])} or {DETAILS[-1]}")
    return found[0]


def read_weight(text: str) -> int:
    """Read a weight."""
    if not re.fullmatch("[1-5]", text):
        raise FieldError(text, "is no weight; write a number from 1 to 5")
    return int(text)
