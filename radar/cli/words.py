"""The words commands accept, each checked with a reason and an example when it is refused."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import click

from radar.records import WEEKDAYS


class Word(click.ParamType[Any]):
    """An option's type, made of a function that reads its text or raises ValueError with the reason."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name, self._read = name, read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what the text stands for; a default comes as it is."""
        try:
            return self._read(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(str(error), param, ctx)


class OutFile(click.Path):
    """The type of a file to write, refused before any work where it is plain that it cannot be written."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        path = super().convert(value, param, ctx)
        folder = os.path.dirname(path) or "."
        if not os.path.isdir(folder):
            self.fail(f"there is no folder {folder!r} to write into", param, ctx)
        if not os.path.lexists(path) and not os.access(folder, os.W_OK):
            self.fail(f"the folder {folder!r} cannot be written to", param, ctx)
        return path


def read_day(text: str) -> date:
    """Read a day."""
    with suppress(ValueError):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    raise ValueError(f"{text!r} is no day; write it as 2026-11-30")


def read_week(text: str) -> str:
    """Read an ISO week."""
    match = re.fullmatch(r"(\d{4})-W(\d\d)", text)
    with suppress(ValueError):
        if match and date.fromisocalendar(int(match[1]), int(match[2]), 1):
            return text
    raise ValueError(f"{text!r} is no week; write it as 2026-W48")


def read_weekday(text: str) -> int:
    """Read a weekday, or three or more letters of it: 0 for monday."""
    found = [number for number, name in enumerate(WEEKDAYS) if len(text) >= 3 and name.startswith(text.lower())]
    if not found:
        raise ValueError(f"{text!r} is no weekday; write monday … sunday")
    return found[0]


def read_time(text: str) -> str:
    """Read a time of day."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f"{text!r} is no time; write it as 07:30")
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
    raise ValueError(f"{text!r} is no time zone; {hint}")


def read_address(text: str) -> str:
    """Read an e-mail address as the mailer will; "" stands for none."""
    if not text:
        return ""
    from radar.brief.mail import read_address as read
    from radar.errors import RadarError

    try:
        return read(text, "").addr_spec
    except RadarError:
        raise ValueError(f"{text!r} is no e-mail address; write it as name@example.org") from None


def read_slug(text: str) -> str:
    """Read a name that commands are given."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        raise ValueError(f"{text!r} is no short name; use lower-case words joined by hyphens")
    return text


def read_line(text: str) -> str:
    """Read one line of text."""
    from radar.text import clean_text

    cleaned = clean_text(text)
    if not cleaned:
        raise ValueError("no words given; write some")
    return cleaned


DAY = Word("YYYY-MM-DD", read_day)
WEEK = Word("YYYY-Wnn", read_week)
WEEKDAY = Word("weekday", read_weekday)
TIME = Word("HH:MM", read_time)
ZONE = Word("zone", read_zone)
ADDRESS = Word("address", read_address)
SLUG = Word("slug", read_slug)
LINE = Word("text", read_line)
