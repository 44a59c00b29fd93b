"""Executives, what they said they want, and what they raised first."""

from datetime import date, datetime

from sqlalchemy import Connection, delete, select

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
        mine = (raised.c.topic == one.topic) & (raised.c.executive == one.executive)
        with self._keep() as connection:
            check_executive(connection, one.executive)
            check_topics(connection, [one.topic])
            before: date | None = connection.scalar(select(raised.c.raised_on).where(mine).with_for_update())
            if before is None or one.raised_on < before:
                upsert(connection, raised, [dump(one, raised)], ["topic", "executive"])
        return before

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
            check_topics(connection, set(words.topics))
            stored = connection.execute(select(*_STATEMENT).where(statement.c.id == words.id)).one_or_none()
            if stored is not None and load(Statement, stored) == words:
                return
            upsert(connection, statement, [dump(words, statement)], ["id"])
            version = {"statement_id": words.id, "at": at, "by": by, "statement": words}
            connection.execute(insert_into(connection, statement_change), [version])

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
            row = connection.execute(select(*_STATEMENT).where(statement.c.id == id)).one_or_none()
            if row is None:
                raise unknown_name("statement", id, connection.scalars(select(statement.c.id)))
            return load(Statement, row)

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


def check_executive(connection: Connection, slug: str) -> None:
    """Raise UnknownName unless the executive exists."""
    if connection.scalar(select(executive.c.slug).where(executive.c.slug == slug)) is None:
        raise unknown_name("executive", slug, connection.scalars(select(executive.c.slug)))
