"""The words commands accept, each checked with a reason and an example when it is refused."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import click

from radar.listen.fields import read_address, read_day, read_line, read_slug, read_time, read_weekday, read_zone


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


def read_week(text: str) -> str:
    """Read an ISO week."""
    match = re.fullmatch(r"(\d{4})-W(\d\d)", text)
    with suppress(ValueError):
        if match and date.fromisocalendar(int(match[1]), int(match[2]), 1):
            return text
    raise ValueError(f"{text!r} is no week; write it as 2026-W48")


DAY = Word("YYYY-MM-DD", read_day)
WEEK = Word("YYYY-Wnn", read_week)
WEEKDAY = Word("weekday", read_weekday)
TIME = Word("HH:MM", read_time)
ZONE = Word("zone", read_zone)
ADDRESS = Word("address", read_address)
SLUG = Word("slug", read_slug)
LINE = Word("text", read_line)
