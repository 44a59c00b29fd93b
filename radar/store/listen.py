"""Executives, what they said they want, and what they raised first."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, delete, select

from radar.errors import Conflict
from radar.records import Executive, Raised, Statement, StatementChange
from radar.store.engine import Database, columns_of, dump, insert_into, load, upsert
from radar.store.names import unknown_name
from radar.store.tables import executive, raised, statement, statement_change
from radar.store.tagging import check_topics

_EXECUTIVE = columns_of(executive, Executive)
_STATEMENT = columns_of(statement, Statement)
_RAISED = columns_of(raised, Raised)


class Listen(Database):
    """What the advisor's desk reads and writes."""

    def save_executive(self, person: Executive) -> None:
        """Insert or update an executive."""
        with self._keep() as connection:
            upsert(connection, executive, [dump(person, executive)], ["slug"])

    def list_executives(self) -> list[Executive]:
        """Return every executive, by slug."""
        with self._read() as connection:
            rows = connection.execute(select(*_EXECUTIVE).order_by(executive.c.slug))
            return [load(Executive, row) for row in rows]

    def find_executive(self, slug: str) -> Executive:
        """Return one executive. Raises UnknownName."""
        with self._read() as connection:
            row = connection.execute(select(*_EXECUTIVE).where(executive.c.slug == slug)).one_or_none()
            if row is None:
                raise unknown_name("executive", slug, connection.scalars(select(executive.c.slug)))
            return load(Executive, row)

    def save_raised(self, one: Raised) -> date | None:
        """Note the day on which an executive raised a topic, unless an earlier one is on file: the first day stands.

        Returns the day that was on file. Raises UnknownName.
        """
        with self._keep() as connection:
            check_executive(connection, one.executive)
            check_topics(connection, [one.topic])
            return write_raised(connection, one)

    def remove_raised(self, topic: str, executive: str) -> date | None:
        """Take back what an executive was noted to have raised; return its day, None if nothing was noted.

        Raises UnknownName.
        """
        mine = (raised.c.topic == topic) & (raised.c.executive == executive)
        with self._keep() as connection:
            check_executive(connection, executive)
            check_topics(connection, [topic])
            before: date | None = connection.scalar(delete(raised).where(mine).returning(raised.c.raised_on))
        return before

    def list_raised(self) -> list[Raised]:
        """Return what executives raised, by day."""
        order = (raised.c.raised_on, raised.c.topic, raised.c.executive)
        with self._read() as connection:
            return [load(Raised, row) for row in connection.execute(select(*_RAISED).order_by(*order))]

    def save_statement(self, words: Statement, at: datetime, by: str) -> None:
        """Insert or update a statement and keep the version; nothing happens when nothing changed.

        Raises UnknownName for an executive or a topic that does not exist.
        """
        with self._keep() as connection:
            check_executive(connection, words.executive)
            write_statement(connection, words, at, by)

    def add_statement(self, words: Statement, at: datetime, by: str) -> Statement:
        """Insert a statement under the next number of its executive, "president-3", and return it so.

        Raises UnknownName for an executive or a topic that does not exist.
        """
        with self._keep() as connection:
            check_executive(connection, words.executive, lock=True)  # two added at once get two numbers
            known = set(connection.scalars(select(statement.c.id)))
            number = 1
            while f"{words.executive}-{number}" in known:  # an ended one keeps its own
                number += 1
            numbered = replace(words, id=f"{words.executive}-{number}")
            write_statement(connection, numbered, at, by)
        return numbered

    def change_statement(
        self,
        id: str,  # noqa: A002
        change: Callable[[Statement], Statement],
        at: datetime,
        by: str,
    ) -> Statement:
        """Change a statement as it stands now, keep the version, and return it. Raises UnknownName."""
        with self._keep() as connection:
            changed = change(_find_statement(connection, id, lock=True))
            write_statement(connection, changed, at, by)
        return changed

    def save_register(
        self, people: Iterable[Executive], statements: Iterable[Statement], at: datetime, by: str
    ) -> None:
        """Insert or update executives and statements, all or none. Raises UnknownName."""
        with self._keep() as connection:
            upsert(connection, executive, [dump(person, executive) for person in people], ["slug"])
            for words in statements:
                check_executive(connection, words.executive)
                write_statement(connection, words, at, by)

    def list_statements(self, executive: str, *, ended: bool = False) -> list[Statement]:
        """Return an executive's statements, weightiest first; with `ended` also those that ended.

        Raises UnknownName.
        """
        query = select(*_STATEMENT).where(statement.c.executive == executive)
        if not ended:
            query = query.where(statement.c.ended_on.is_(None))
        with self._read() as connection:
            check_executive(connection, executive)
            rows = connection.execute(query.order_by(statement.c.weight.desc(), statement.c.noted_on, statement.c.id))
            return [load(Statement, row) for row in rows]

    def find_statement(self, id: str) -> Statement:  # noqa: A002
        """Return one statement. Raises UnknownName."""
        with self._read() as connection:
            return _find_statement(connection, id)

    def statement_changes(self, id: str) -> list[StatementChange]:  # noqa: A002
        """Return every version of a statement, oldest first. Raises UnknownName."""
        change = statement_change.c
        with self._read() as connection:
            rows = connection.execute(
                select(change.statement, change.at, change.by).where(change.statement_id == id).order_by(change.number)
            ).all()
            if not rows:
                raise unknown_name("statement", id, connection.scalars(select(statement.c.id)))
            return [load(StatementChange, row) for row in rows]


def _find_statement(connection: Connection, id_: str, *, lock: bool = False) -> Statement:
    query = select(*_STATEMENT).where(statement.c.id == id_)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise unknown_name("statement", id_, connection.scalars(select(statement.c.id)))
    return load(Statement, row)


def check_executive(connection: Connection, slug: str, *, lock: bool = False) -> None:
    """Raise UnknownName unless the executive exists."""
    query = select(executive.c.slug).where(executive.c.slug == slug)
    if connection.scalar(query.with_for_update() if lock else query) is None:
        raise unknown_name("executive", slug, connection.scalars(select(executive.c.slug)))


def read_agenda(connection: Connection, slug: str) -> dict[str, Statement]:
    """Return an executive's statements by id, ended ones too, kept from changing until the transaction ends."""
    query = select(*_STATEMENT).where(statement.c.executive == slug).with_for_update()
    return {row.id: load(Statement, row) for row in connection.execute(query)}


def write_statement(connection: Connection, words: Statement, at: datetime, by: str) -> None:
    """Insert or update a statement within a transaction and keep the version, unless nothing changed.

    Raises UnknownName for a topic that does not exist, Conflict for an id that is another executive's.
    """
    check_topics(connection, {*words.topics, *words.dismissed})
    stored = connection.execute(select(*_STATEMENT).where(statement.c.id == words.id)).one_or_none()
    if stored is not None and load(Statement, stored) == words:
        return
    if stored is not None and load(Statement, stored).executive != words.executive:
        raise Conflict(f"statement {words.id} is another executive's")
    upsert(connection, statement, [dump(words, statement)], ["id"])
    version = {"statement_id": words.id, "at": at, "by": by, "statement": words}
    connection.execute(insert_into(connection, statement_change), [version])


def write_raised(connection: Connection, one: Raised) -> date | None:
    """Note within a transaction when a topic was raised, unless earlier; return the day that was on file."""
    mine = (raised.c.topic == one.topic) & (raised.c.executive == one.executive)
    before: date | None = connection.scalar(select(raised.c.raised_on).where(mine).with_for_update())
    if before is None or one.raised_on < before:
        upsert(connection, raised, [dump(one, raised)], ["topic", "executive"])
    return before
