"""The agenda register as a file, TOML or CSV: executives and statements, out and in without loss."""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from radar.config.toml import decode, find_line
from radar.errors import ConfigError
from radar.listen.fields import (
    FieldError,
    read_address,
    read_day,
    read_detail,
    read_line,
    read_slug,
    read_time,
    read_weekday,
    read_weight,
    read_zone,
)
from radar.records import WEEKDAYS, Executive, Proposal, Statement

Format = Literal["toml", "csv"]
FORMATS: tuple[Format, ...] = ("toml", "csv")
#: What spreadsheets take for the beginning of a formula, behind any quotes that say it is none.
_FORMULA = re.compile(r"'*(?:[@+\-=%]|\\?\|)")


@dataclass(frozen=True, slots=True)
class Register:
    """Executives and their statements, ended ones too."""

    executives: tuple[Executive, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class OnFile:
    """What a register may refer to."""

    executives: Collection[str] = ()
    topics: Collection[str] = ()
    owners: Mapping[str, str] = field(default_factory=dict)  # statement id → its executive


# -- fields as text ---------------------------------------------------------------------------------------------------


def _read_moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise FieldError(text, "names no time zone; write it as 2026-11-30T07:30:00Z")
        return at.astimezone(UTC)
    except FieldError:
        raise
    except (ValueError, OverflowError):  # the latter: year 1 or 9999, in the middle of some zone's day
        raise FieldError(text, "is no time; write it as 2026-11-30T07:30:00Z") from None


def _read_truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise FieldError(text, "is neither true nor false")
    return text.lower() == "true"


def _read_proposal(text: str) -> Proposal:
    found = re.fullmatch(r"(\S+) (0|1|[01]?\.\d+|1\.0+) (.+)", text)
    if not found or not 0 <= float(found[2]) <= 1:
        raise FieldError(text, "is no proposal; write topic, score and reason: passkeys .9 names “passkey”")
    return Proposal(read_slug(found[1]), float(found[2]), read_line(found[3]))


_ONE: dict[str, Callable[[str], Any]] = {
    "slug": read_slug, "name": read_line, "role": read_line, "email": read_address, "tz": read_zone,
    "day": read_weekday, "time": read_time, "detail": read_detail, "paused": _read_truth, "enrolled_at": _read_moment,
    "id": read_slug, "executive": read_slug, "text": read_line, "weight": read_weight, "noted_on": read_day,
    "occasion": read_line, "review_on": read_day, "ended_on": read_day,
}  # fmt: skip
_MANY: dict[str, Callable[[str], Any]] = {
    "topics": read_slug, "dismissed": read_slug, "include": read_line, "mute": read_line, "proposed": _read_proposal,
}  # fmt: skip
_NEEDED = {"executive": ("slug", "name"), "statement": ("id", "executive", "text")}
_RECORDS: dict[str, type] = {"executive": Executive, "statement": Statement}
_FIELDS = {kind: [one.name for one in fields(record)] for kind, record in _RECORDS.items()}


def _write_field(name: str, value: Any) -> Any:
    """Return a field as TOML has it: weekdays by name, proposals as a line each."""
    if name == "day":
        return WEEKDAYS[value]
    if name == "proposed":
        return [f"{one.topic} {one.score} {one.reason}" for one in value]
    return list(value) if name in _MANY else value


def _read_row(kind: str, cells: Mapping[str, Any], refuse: Callable[[str, str], ConfigError]) -> Any:
    """Return a row as a record; a field that is left empty has its default."""
    given: dict[str, Any] = {}
    for name, cell in cells.items():
        if name not in _FIELDS[kind]:
            if cell in ("", None, []):  # the columns of a table are those of both kinds
                continue
            raise refuse(name, f"is no field of {kind}s; correct or remove it")
        if cell in ("", None, []):
            continue
        if isinstance(cell, list) is not (name in _MANY):
            raise refuse(name, "has to be a list" if name in _MANY else "has to be a single value")
        try:
            given[name] = tuple(_MANY[name](str(one)) for one in cell) if name in _MANY else _ONE[name](_spell(cell))
        except FieldError as error:
            raise refuse(name, error.reason) from None
        except ValueError as error:
            raise refuse(name, str(error)) from None
    for name in _NEEDED[kind]:
        if name not in given:
            raise refuse(name, "is missing; add it")
    return _RECORDS[kind](**({"role": "", "email": ""} | given if kind == "executive" else given))


def _spell(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


class _Joining:
    """A register in the reading: what is checked of each row in view of those before it, and of what is on file."""

    def __init__(self, on_file: OnFile) -> None:
        self.on_file = on_file
        self.executives: dict[str, Executive] = {}
        self.statements: dict[str, Statement] = {}
        self._places: dict[str, Callable[[str, str], ConfigError]] = {}

    def add(self, kind: str, cells: Mapping[str, Any], refuse: Callable[[str, str], ConfigError]) -> None:
        one = _read_row(kind, cells, refuse)
        if isinstance(one, Executive):
            if one.slug in self.executives:
                raise refuse("slug", "stands in the file twice")
            self.executives[one.slug] = one
            return
        if one.id in self.statements:
            raise refuse("id", "stands in the file twice")
        if self.on_file.owners.get(one.id, one.executive) != one.executive:
            raise refuse("id", "is the id of another executive's statement")
        for name in ("topics", "dismissed"):
            for topic in getattr(one, name):
                if topic not in self.on_file.topics:
                    raise refuse(name, f"{topic} is no topic; `radar topics` lists them")
        self.statements[one.id] = one
        self._places[one.id] = refuse

    def finish(self) -> Register:
        for one in self.statements.values():
            if one.executive not in self.executives and one.executive not in self.on_file.executives:
                raise self._places[one.id]("executive", "is neither in the file nor on file; add them")
        return Register(tuple(self.executives.values()), tuple(self.statements.values()))


# -- TOML -------------------------------------------------------------------------------------------------------------


def write_toml(register: Register) -> str:
    """Return a register as TOML."""
    import tomli_w

    def spell(one: Executive | Statement, kind: str) -> dict[str, Any]:
        found = {name: _write_field(name, getattr(one, name)) for name in _FIELDS[kind]}
        return {name: value for name, value in found.items() if value not in ("", None, [])}

    tables = {
        "executive": [spell(one, "executive") for one in register.executives],
        "statement": [spell(one, "statement") for one in register.statements],
    }
    return tomli_w.dumps({kind: rows for kind, rows in tables.items() if rows})


def read_toml(text: str, path: Path, on_file: OnFile) -> Register:
    """Read a register from TOML; `path` only names it. Raises ConfigError with file, line, field and reason."""
    document = decode(text, dict[str, Any], path)
    joining = _Joining(on_file)
    for kind, rows in document.items():
        if kind not in _RECORDS:
            raise ConfigError(f"{path}:{find_line(text, kind, None, '')}: {kind} is neither executive nor statement")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ConfigError(f"{path}: {kind}: write each as [[{kind}]]")
        for index, row in enumerate(rows):

            def refuse(name: str, reason: str, kind: str = kind, index: int = index) -> ConfigError:
                place = f"{find_line(text, kind, index, name)}: {kind}[{index}]"
                return ConfigError(f"{path}:{place}: {name}: {reason}")

            joining.add(kind, row, refuse)
    return joining.finish()


# -- CSV --------------------------------------------------------------------------------------------------------------

_COLUMNS = list(dict.fromkeys(("record", *_FIELDS["executive"], *_FIELDS["statement"])))


def write_csv(register: Register) -> str:
    """Return a register as CSV, a row a record; cells that a spreadsheet would run as formulas are quoted."""
    import defusedcsv.csv

    text = io.StringIO()
    table = defusedcsv.csv.writer(text)
    table.writerow(_COLUMNS)
    for kind, records in (("executive", register.executives), ("statement", register.statements)):
        for one in records:
            found = {name: _write_field(name, getattr(one, name)) for name in _FIELDS[kind]}
            row = {name: _write_cell(value) for name, value in found.items()} | {"record": kind}
            table.writerow([_quote_quoted(row.get(name, "")) for name in _COLUMNS])
    return text.getvalue()


def read_csv(text: str, path: Path, on_file: OnFile) -> Register:
    """Read a register from CSV, with commas or semicolons; otherwise as `read_toml`."""
    head = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head and "," not in head else ",")
    joining = _Joining(on_file)
    try:
        columns = [name.strip() for name in next(rows, [])]
        if "record" not in columns or len(set(columns)) < len(columns):
            raise ConfigError(f"{path}: row 1: the columns are not named, or twice; `radar agenda export` shows how")
        for number, row in enumerate(rows, 2):
            cells = dict(zip(columns, map(_unquote_cell, row), strict=False))

            def refuse(name: str, reason: str, number: int = number) -> ConfigError:
                return ConfigError(f"{path}: row {number}: {name}: {reason}")

            if len(row) > len(columns):
                raise ConfigError(f"{path}: row {number}: has more cells than there are columns")
            kind = cells.pop("record", "").strip().lower()
            if not kind and not any(cells.values()):
                continue
            if kind not in _RECORDS:
                raise refuse("record", "is neither executive nor statement")
            joining.add(kind, {name: _split_cell(cell) if name in _MANY else cell.strip()
                               for name, cell in cells.items()}, refuse)  # fmt: skip
    except csv.Error as error:
        raise ConfigError(f"{path}: row {rows.line_num}: is no CSV: {error}") from None
    return joining.finish()


def _write_cell(value: Any) -> str:
    """Return a field as a cell; several words are a row of CSV in themselves, so that commas survive."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return _join_words(value) if isinstance(value, list) else _spell(value)


def _join_words(words: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(words)
    return text.getvalue()


def _split_cell(cell: str) -> list[str]:
    return [word.strip() for row in csv.reader([cell], skipinitialspace=True) for word in row if word.strip()]


def _quote_quoted(cell: str) -> str:
    """Mark a cell that reads like a marked one, so that `_unquote_cell` can tell them apart."""
    return f"'{cell}" if cell.startswith("'") and _FORMULA.match(cell) else cell


def _unquote_cell(cell: str) -> str:
    """Undo what defusedcsv and `_quote_quoted` do."""
    if not cell.startswith("'") or not _FORMULA.match(cell):
        return cell
    return cell[1:] if cell[1] == "'" else cell[1:].replace("\\|", "|")


WRITERS: dict[Format, Callable[[Register], str]] = {"toml": write_toml, "csv": write_csv}
READERS: dict[Format, Callable[[str, Path, OnFile], Register]] = {"toml": read_toml, "csv": read_csv}
