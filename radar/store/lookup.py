"""Quick questions, answered straight by the database's driver: SQLAlchemy alone would take longer than an answer may.

The SQL is portable. Nothing here writes: SQLite is opened read-only.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

from radar.errors import StoreError
from radar.records import Activity, Executive, Feed, Position, Proposal, Signal, Statement, Status, Topic
from radar.store.address import Address, check_revision, read_address, say_failure
from radar.store.glance import read_activity, read_status, read_time
from radar.store.match import ANYTHING, Filters
from radar.store.names import unknown_name
from radar.store.search import Found, search_stories

R = TypeVar("R")


def open_lookup(url: str) -> "Lookup":
    """Open the database for questions. Raises StoreError as `open_store` does."""
    address = read_address(url)
    if address.path is not None:
        if not address.path.exists():
            check_revision(address, None)
        lookup = Lookup(address, lambda: _connect_sqlite(address), sqlite3.Error)
    else:
        try:
            import psycopg
        except ImportError:
            raise StoreError("PostgreSQL needs one more package: pip install 'radar[postgres]'") from None
        connect = psycopg.connect
        lookup = Lookup(address, lambda: connect(address.postgresql, autocommit=True), psycopg.Error)
    try:
        lookup.check()
    except BaseException:
        lookup.close()
        raise
    return lookup


def _connect_sqlite(address: Address) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(address.path))}?mode=ro", uri=True, timeout=5, isolation_level=None)


class Lookup:
    """An open database that answers; use it as a context manager, from one thread."""

    def __init__(self, address: Address, connect: Callable[[], Any], failure: type[Exception]) -> None:
        self._address = address
        self._failure = failure
        self._connection: Any = None
        try:
            self._connection = connect()
        except failure as error:
            raise say_failure(address, error) from error

    def __enter__(self) -> "Lookup":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def check(self) -> None:
        """Raise StoreError unless the database has the schema this code reads."""
        master = "sqlite_master WHERE name" if self._address.path else "information_schema.tables WHERE table_name"
        there = self._ask(f"SELECT 1 FROM {master} = 'alembic_version'")
        stored = self._ask("SELECT version_num FROM alembic_version") if there else []
        check_revision(self._address, stored[0][0] if stored else None)

    def search_stories(self, question: str, *, limit: int = 20, filters: Filters = ANYTHING) -> list[Found]:
        """Return the stories that answer a question best, as `radar.store.search` says. Raises UnknownName."""
        return search_stories(self._ask, self._address.path is not None, question, limit, filters)

    def find_executive(self, slug: str) -> Executive:
        """Return one executive. Raises UnknownName."""
        found = self._records(Executive, "executive", "WHERE slug = ?", slug)
        if not found:
            raise unknown_name("executive", slug, (row[0] for row in self._ask("SELECT slug FROM executive")))
        return found[0]

    def statements(self, executive: str) -> list[Statement]:
        """Return an executive's living statements, weightiest first. Raises UnknownName."""
        self.find_executive(executive)
        order = "ORDER BY weight DESC, noted_on, id"
        return self._records(Statement, "statement", f"WHERE executive = ? AND ended_on IS NULL {order}", executive)

    def signals(self) -> list[Signal]:
        """Return the latest signal of every topic, by topic."""
        latest = (
            "JOIN (SELECT topic AS t, max(week) AS w FROM signal GROUP BY topic) AS latest ON topic = t AND week = w"
        )
        return self._records(Signal, "signal", f"{latest} ORDER BY topic")

    def positions(self) -> list[Position]:
        """Return the latest version of the advice on every topic that has any, by topic."""
        latest = (
            'JOIN (SELECT topic AS t, max(version) AS v FROM "position" GROUP BY topic) AS latest '
            "ON topic = t AND version = v"
        )
        return self._records(Position, "position", f"{latest} ORDER BY topic")

    def topics(self) -> list[Topic]:
        """Return every listed topic, by slug."""
        return self._records(Topic, "topic", "WHERE listed ORDER BY slug")

    def list_feeds(self) -> list[Feed]:
        """Return the listed feeds, by URL."""
        return self._records(Feed, "feed", "WHERE listed ORDER BY url")

    def measure_feeds(self, now: datetime) -> dict[str, Activity]:
        """Return what each feed has published lately, by URL; a feed without entries is left out."""
        return read_activity(self._ask, now)

    def status(self) -> Status:
        """Return the installation at a glance."""
        return read_status(self._ask)

    def _ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        if self._address.path is None:
            sql = sql.replace("?", "%s")
        # What no text column can hold matches nothing, rather than breaking the driver.
        values = tuple(
            value.replace("\0", "\ufffd").encode("utf-8", "replace").decode() if isinstance(value, str) else value
            for value in values
        )
        try:
            return list(self._connection.execute(sql, values).fetchall())
        except self._failure as error:
            raise say_failure(self._address, error) from error

    def _records(self, record: type[R], table: str, rest: str, *values: object) -> list[R]:
        # What was seen of a feed's entries is long, and for the crawler only.
        names = [field.name for field in fields(record) if field.name != "seen"]  # type: ignore[arg-type]
        readers = [_reader_of(name) or _as_is for name in names]
        columns = ", ".join(f'"{name}"' for name in names)
        return [
            record(*(None if value is None else read(value) for read, value in zip(readers, row, strict=True)))
            for row in self._ask(f'SELECT {columns} FROM "{table}" {rest}', *values)
        ]


def _as_is(value: object) -> object:
    return value


def _read_day(value: "str | date") -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _read_words(value: str) -> tuple[str, ...]:
    return tuple(json.loads(value))


def _read_evidence(value: str) -> object:
    import msgspec  # only signals need it

    from radar.records import Evidence

    return msgspec.json.decode(value, type=Evidence)


def _read_proposals(value: str) -> tuple[Proposal, ...]:
    return tuple(Proposal(**one) for one in json.loads(value))


_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("aliases", "seeds", "not_terms", "topics", "include", "mute", "dismissed"), _read_words),
    **dict.fromkeys(("week", "since"), _read_day),
    **dict.fromkeys(("paused", "confirmed"), bool),
    "evidence": _read_evidence,
    "proposed": _read_proposals,
}


def _reader_of(name: str) -> Callable[[Any], Any] | None:
    """Return what turns a stored value into the field of that name; the house's suffixes say what it is."""
    if name.endswith("_at"):
        return read_time
    if name.endswith("_on"):
        return _read_day
    return _READERS.get(name)
