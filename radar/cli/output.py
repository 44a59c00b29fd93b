"""What commands print: lines, tables that fit 100 columns, JSON; never a control character from a feed."""

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from radar.errors import RadarError

if TYPE_CHECKING:
    from radar.records import Need, Position

WIDTH = 100
_LEAST = 6  # columns that a cell keeps, however wide its neighbours
# C0 but newline and tab, DEL, C1, and the marks that reorder or hide text. Records are clean already.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_COLOUR = re.compile("(\x1b\\[[0-9;]*m)")


def strip_controls(text: str, *, colour: bool = False) -> str:
    """Return text without control characters; with `colour`, the sequences that only set colours stay."""
    if not colour:
        return _CONTROLS.sub("", text)
    return "".join(part if number % 2 else _CONTROLS.sub("", part) for number, part in enumerate(_COLOUR.split(text)))


def say(text: str = "", *, err: bool = False) -> None:
    """Print text."""
    click.echo(strip_controls(text), err=err)


def say_json(value: object) -> None:
    """Print records, or what is made of them, as JSON: fields by their names, times in ISO 8601."""
    import json

    click.echo(strip_controls(json.dumps(to_plain(value), ensure_ascii=False, indent=2)))


def write_text(path: Path, text: str) -> None:
    """Write a file that only its owner can read, as it may quote an agenda. Raises RadarError where that fails."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise RadarError(f"{path} cannot be written: {error.strerror}") from None


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file, a line each, as `write_text` does."""
    write_text(path, "".join(f"{line}\n" for line in lines))


def write_records(path: Path, records: Iterable[object]) -> None:
    """Write records as JSON Lines. Raises RadarError where that fails."""
    import json

    write_lines(path, (json.dumps(to_plain(record), ensure_ascii=False) for record in records))


def to_plain(value: Any, *, without: Iterable[str] = ()) -> Any:
    """Return records as dicts, times and days as ISO text; at the top, fields named in `without` are left out."""
    if hasattr(value, "__dataclass_fields__"):
        names = [name for name in value.__dataclass_fields__ if name not in without]
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item, without=without) for item in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value


def say_table(headers: Sequence[str], rows: Iterable[Sequence[object]], notes: Sequence[str] = ()) -> None:
    """Print rows under headers, aligned; the widest columns are cut until a line fits.

    `notes` has a text for each row, printed whole below it where it is not empty.
    """
    cells = [[_write_cell(cell) for cell in row] for row in rows]
    table = [list(headers), *cells]
    widths = [max(map(_measure, column)) for column in zip(*table, strict=True)]
    gaps = 2 * (len(widths) - 1)
    while sum(widths) + gaps > WIDTH and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    for number, row in enumerate(table):
        line = "  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True))
        say(line.rstrip())
        if notes and number and notes[number - 1]:
            say_block(notes[number - 1], "    ")


def _write_cell(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, datetime):
        return format_at(cell)
    return " ".join(strip_controls(str(cell)).split())


def _measure(text: str) -> int:
    """Return how many columns a terminal takes for a text."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _fit(text: str, width: int) -> str:
    if _measure(text) > width:
        while _measure(text) > width - 1:
            text = text[:-1]
        text = text.rstrip() + "…"
    return text + " " * (width - _measure(text))


def say_block(text: str, indent: str = "", hang: str = "") -> None:
    """Print a paragraph, wrapped; `hang` indents all lines but the first."""
    import textwrap

    plain = " ".join(strip_controls(text).split()) if not hang else strip_controls(text)
    lines = textwrap.wrap(
        plain,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=hang or indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        say(line)


def say_position(advice: "Position", topic_name: str) -> None:
    """Print a position in full."""
    drafted = f", drafted by {advice.drafted_by}" if advice.drafted_by else ""
    if advice.approved_by:
        standing = f"approved by {advice.approved_by} on {format_on(advice.settled_at.date())}"
    else:
        standing = f"a draft{drafted}, not approved"
    say(f"Advice on {topic_name}: {advice.ring} (version {advice.version}, {standing})")
    say_block(f"So what: {advice.so_what}", "    ")
    say_block(f"If asked, say: “{advice.say}”", "    ")
    if advice.next_step:
        due = f" by {format_on(advice.due_on)}" if advice.due_on else ""
        owner = f" ({advice.owner})" if advice.owner else ""
        say_block(f"Next: {advice.next_step}{due}{owner}", "    ")
    if advice.review_on:
        say(f"    Review: {format_on(advice.review_on)}")


def say_need(need: "Need | None") -> None:
    """Print what staff ask for and how satisfied they are, as far as it is known."""
    if need is None:
        return
    if need.sentence:
        say_block(need.sentence, "    ")
    if need.satisfaction is not None:
        was = f" (was {need.before:.1f})" if need.before is not None else ""
        say(f"    satisfaction with {need.label} {need.satisfaction:.1f} of 5{was}")


def format_at(at: datetime | None) -> str:
    """Return a moment as tables show it, in UTC: 24 Nov 08:00."""
    return f"{at.day} {at:%b %H:%M}" if at else "never"


def format_on(day: date | None) -> str:
    """Return a day as tables show it: 24 Nov 2026."""
    return f"{day.day} {day:%b %Y}" if day else "–"


def format_age(at: datetime, now: datetime) -> str:
    """Return how long ago something was, in one unit: 5 hours ago."""
    seconds = max(0, int((now - at).total_seconds()))
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{count(seconds // size, name)} ago"
    return "just now"


def count(number: int, thing: str, many: str = "") -> str:
    """Return a number with its noun: 1 feed, 1,234 feeds."""
    return f"{number:,} {thing if number == 1 else many or thing + 's'}"


def name_command(folder: Path) -> str:
    """Return how to call Radar from a folder: "radar", or the way there when no shell would find it."""
    import shlex
    import shutil

    called = Path(sys.argv[0])
    found = shutil.which("radar")
    if called.name != "radar" or not called.exists() or (found and Path(found).samefile(called)):
        return "radar"
    return shlex.quote(os.path.relpath(called, folder))
