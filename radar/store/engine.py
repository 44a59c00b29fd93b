"""Connections and transactions, on SQLite and PostgreSQL alike."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Table,
    create_engine,
    event,
    exc,
    make_url,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite

from radar.errors import StoreError
from radar.store.address import BUSY_SECONDS, Address, say_failure

R = TypeVar("R")
T = TypeVar("T")


def create_database_engine(address: Address) -> Engine:
    """Return an engine whose transactions begin as radar.store needs them; connects to nothing yet."""
    if address.path is None:
        try:
            import psycopg  # noqa: F401  # only whether it is there
        except ImportError:
            raise StoreError("PostgreSQL needs one more package: pip install 'radar[postgres]'") from None
        try:
            url = make_url(address.postgresql).set(drivername="postgresql+psycopg")
        except exc.ArgumentError:
            raise StoreError(f"cannot read the database URL {address}") from None
        # A restarted server must not cost a job: a dead connection is replaced before it is used.
        return create_engine(url, pool_pre_ping=True, max_overflow=25, hide_parameters=True)
    if sqlite3.sqlite_version_info < (3, 35):
        raise StoreError(f"this Python has SQLite {sqlite3.sqlite_version}; Radar needs 3.35 or newer, or PostgreSQL")
    engine = create_engine(
        URL.create("sqlite", database=str(address.path)),
        max_overflow=25,
        hide_parameters=True,  # SQLAlchemy's messages would carry agendas into the log
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    # The driver's own idea of when a transaction begins is switched off; _begin_sqlite says it.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    # The entries of a first crawl land all over their indexes: 16 MB each for pages in memory (2 by default) and for
    # the WAL between checkpoints (4 by default) make storing a feed of 30 take 0.41 instead of 0.50 ms CPU.
    cursor.execute("PRAGMA cache_size = -16000")
    cursor.execute("PRAGMA wal_autocheckpoint = 4000")
    # Readers never wait for the writer. A file keeps this, but a restored backup comes without it.
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except connection.OperationalError as error:
            if "locked" not in str(error):  # else somebody else is just setting it
                raise
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin for reading (a snapshot), for writing, or for writing what must survive a power cut.

    Writers take the lock at once: a transaction that reads first and writes later fails with "locked" where the
    waiting cannot help (640 of 800 tried). NORMAL syncs the disk at checkpoints only: after a power cut (never after
    a crash of ours) the last commits may be gone, which for crawls means crawling once more. What people wrote and
    what went out cannot be had again, so those commits are synced (FULL).
    """
    intent = connection.get_execution_options().get("radar_intent", "read")
    if intent != "read":
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if intent == 'keep' else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN" if intent == "read" else "BEGIN IMMEDIATE")


class Database:
    """An open database: the transactions every room of the store is made of."""

    def __init__(self, address: Address, engine: Engine) -> None:
        self._address = address
        self._engine = engine
        if address.path is None:
            # Several selects of one question see one snapshot.
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            self._reader = engine.execution_options(radar_intent="read")
        self._writer = engine.execution_options(radar_intent="write")
        self._keeper = engine.execution_options(radar_intent="keep")

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _begin(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except exc.OperationalError as error:
            raise say_failure(self._address, error) from error

    def _read(self) -> AbstractContextManager[Connection]:
        return self._begin(self._reader)

    def _write(self) -> AbstractContextManager[Connection]:
        """Begin to write what a next crawl would bring again."""
        return self._begin(self._writer)

    def _keep(self) -> AbstractContextManager[Connection]:
        """Begin to write what people wrote or what goes out: on disk when it returns."""
        return self._begin(self._keeper)


def columns_of(table: Table, record: type) -> list[ColumnElement[Any]]:
    """Return the columns of a table that are fields of a record."""
    return [table.c[field.name] for field in fields(record) if field.name in table.c]


def load(record: type[R], row: Row[*tuple[Any, ...]]) -> R:
    """Return a row as a record of that kind."""
    return record(**row._mapping)


def dump(record: Any, table: Table, **extra: Any) -> dict[str, Any]:
    """Return the fields of a record for which the table has a column, and what else to store."""
    row = {field.name: getattr(record, field.name) for field in fields(record) if field.name in table.c}
    return row | extra


def insert_into(database: Connection | Engine, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    return postgresql.insert(table) if database.dialect.name == "postgresql" else sqlite.insert(table)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    keep: Collection[str] = (),
) -> None:
    """Insert rows, or update those that differ; `keep` names columns that an update leaves alone.

    Rows that are equal are not written at all: most of what a crawl brings is already there.
    """
    if not rows:
        return
    statement = insert_into(connection, table)
    changing = [name for name in rows[0] if name not in key and name not in keep]
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=list(key),
        set_={name: new[name] for name in changing},
        where=or_(*(table.c[name].is_distinct_from(new[name]) for name in changing)),
    )
    connection.execute(statement, list(rows))


def in_chunks(items: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Cut a sequence into lists short enough for one IN (…)."""
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
