"""The demo's organisation, from hand-written records: executives, their statements, the advice on file."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib import resources
from typing import Any

from radar.records import Executive, Position, Statement
from radar.store import Store

BY = "IT director"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who reads, what they want, what is on file (positions oldest first)."""

    executives: tuple[Executive, ...]
    statements: tuple[Statement, ...]
    positions: tuple[Position, ...]


def load_organisation() -> Organisation:
    """Read the shipped organisation."""
    text = resources.files("radar").joinpath("data/demo/organisation.toml").read_text(encoding="utf-8")
    tables: dict[str, list[dict[str, Any]]] = tomllib.loads(text)
    counted: dict[str, int] = {}
    statements = []
    for row in tables["statement"]:
        counted[row["executive"]] = counted.get(row["executive"], 0) + 1
        identity = f"{row['executive']}-{counted[row['executive']]}"
        statements.append(Statement(**{**row, "id": identity, "topics": tuple(row["topics"])}))
    positions = [
        Position(written_at=_at_nine(row.pop("written_on")), **row)
        for row in sorted(tables["position"], key=lambda row: str(row["written_on"]))
    ]
    return Organisation(tuple(Executive(**row) for row in tables["executive"]), tuple(statements), tuple(positions))


def enrol_executives(store: Store, organisation: Organisation) -> None:
    """Store the executives."""
    for executive in organisation.executives:
        store.save_executive(executive)


def note_statements(store: Store, statements: Iterable[Statement], since: datetime, until: datetime) -> None:
    """Store the statements noted on a day after `since`; a demo's past must not know its future."""
    for statement in statements:
        if statement.noted_on and since.date() < statement.noted_on <= until.date():
            store.save_statement(statement, until, BY)


def file_positions(store: Store, positions: Iterable[Position], since: datetime, until: datetime) -> None:
    """Store the advice written in (since, until]."""
    for position in positions:
        if since < position.written_at <= until:
            store.save_position(position)


def _at_nine(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)
