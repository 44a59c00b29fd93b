"""Read TOML as structs; the first mistake is told as `file:line: key: what`."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from radar.errors import ConfigError
from radar.records import KINDS, RINGS, STAGES, WEEKDAYS

T = TypeVar("T")


def read_text(path: Path) -> str:
    """Return the text of a file. Raises ConfigError."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def decode(text: str, shape: type[T], path: Path) -> T:
    """Return TOML text as the given struct; the first mistake becomes `file:line: key: what`."""
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        message = re.sub(r" \(at .*\)$", "", str(error))
        line = f":{place[1]}" if place else f":{text.count(chr(10)) + 1}"
        raise ConfigError(f"{path}{line}: not valid TOML: {message}") from None
    except RecursionError:
        raise ConfigError(f"{path}: not valid TOML: brackets within brackets, too deep to be read") from None
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        key = where.rstrip("`")
        unknown = re.search(r"unknown field `([^`]*)`|missing required field `([^`]*)`", message)
        if unknown:
            field = unknown[1] or unknown[2]
            key = f"{key}.{field}" if key else field
            message = (
                f"unknown key {field!r}; correct or remove it"
                if unknown[1]
                else f"the key {field!r} is missing; add it"
            )
        # tuples of rows are reported as $.feed[3].kind: found again by counting the [[feed]] headers
        row = re.match(r"(\w+)\[(\d+)\](?:\.(\w+))?", key)
        if row:
            line_number = find_line(text, row[1], int(row[2]), row[3] or "")
        else:
            table, _, name = key.partition(".")
            line_number = find_line(text, table, None, name.partition("[")[0])
        raise ConfigError(f"{path}:{line_number}: {key}: {_plain(message, key)}") from None


_ALLOWED = {"kind": KINDS, "ring": RINGS, "day": WEEKDAYS, "tls": ("starttls", "tls", "none"), "stage": STAGES,
            "answer": ("still right", "ended")}  # fmt: skip
_TYPES = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
          "object": "a table"}  # fmt: skip


def _plain(message: str, key: str) -> str:
    """Return msgspec's words as an operator reads them."""
    if enum := re.fullmatch(r"Invalid enum value '(.*)'", message):
        return f"{enum[1]!r} is not one of {', '.join(_ALLOWED.get(key.rpartition('.')[2], ()))}"
    if types := re.fullmatch(r"Expected `(\w+)`(.*), got `(\w+)`", message):
        return f"expected {_TYPES.get(types[1], types[1])}{types[2]}, found {_TYPES.get(types[3], types[3])}"
    return re.sub(r"^Expected `(\w+)` ", lambda found: f"expected {_TYPES.get(found[1], found[1])} ", message)


def find_line(text: str, table: str, index: int | None, key: str) -> int:
    """Return the line of a key in a table (or the index-th [[table]]); the table's own where it has no such key."""
    brackets = (r"\[\[", r"\]\]") if index is not None else (r"\[\[?", r"\]")
    header = re.compile(rf"\s*{brackets[0]}\s*{re.escape(table)}\s*{brackets[1]}")
    assignment = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=") if key else None
    seen, start = -1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header.match(line):
            seen += 1
            if seen == (index or 0):
                start = number
            elif start:
                break
        elif start and re.match(r"\s*\[", line):
            break
        elif start and assignment and assignment.match(line):
            return number
    return start or 1
