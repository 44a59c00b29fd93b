"""Remove an executive: every row that is theirs, in whatever table, and its bytes from the database's files."""

import email
import email.policy
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select, tuple_, update

from radar.records import Erased, Letter
from radar.store.engine import Database
from radar.store.listen import check_executive
from radar.store.tables import alarm, executive, letter, metadata, outbox, statement

#: A table with a column of this name holds rows of one executive; tables that refer to such rows follow.
_OWNER = "executive"
LETTERS = "letters to the advisor"
#: Seconds to wait for readers to let go of the write-ahead log; what lingers after that is said.
PATIENCE = 5.0


class Erasing(Database):
    """What ends an executive."""

    def erase_executive(self, slug: str) -> Erased:
        """Remove every row of an executive, and say how many of which table.

        Messages to them that wait are never sent. Messages to the advisor that speak of them, since those quote
        agendas, are removed while they wait and emptied when they were sent. Raises UnknownName.
        """
        rows: dict[str, int] = {}
        with self._keep() as connection:
            check_executive(connection, slug)
            _lock_owned(connection, slug)
            if self._address.path is not None:
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            if emptied := _empty_letters(connection, slug):
                rows[LETTERS] = emptied
            for table in reversed(metadata.sorted_tables):
                owned = find_owned(table, slug)
                if owned is not None and (gone := connection.execute(delete(table).where(owned)).rowcount):
                    rows[table.name] = gone
        return Erased(slug, dict(sorted(rows.items())), lingering=self._scrub(rows))

    def _scrub(self, tables: Iterable[str]) -> str:
        """Rewrite what held the rows; return why that was not possible, or "".

        Databases mark deleted rows as free and leave their bytes where they were; so they do with the versions before
        a row was changed. On SQLite, VACUUM copies what is alive into a new file, and the checkpoint cuts the WAL to
        nothing; on PostgreSQL, VACUUM FULL does the former for a table.
        """
        sqlite = self._address.path is not None
        names = sorted({*tables, outbox.name, letter.name} & set(metadata.tables))
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            if not sqlite:
                driver: Any = raw.driver_connection
                driver.autocommit = True
            commands = [f"PRAGMA busy_timeout = {int(1000 * PATIENCE)}", "VACUUM"]
            for command in commands if sqlite else [f'VACUUM FULL "{name}"' for name in names]:
                cursor.execute(command)
            if sqlite and cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return "the write-ahead log is in use: it goes when the last program that has the database open ends"
        except self._engine.dialect.loaded_dbapi.Error as error:
            return str(error).strip().partition("\n")[0]
        finally:
            raw.invalidate()
        return ""


def find_owned(table: Table, slug: str) -> ColumnElement[bool] | None:
    """Return which rows of a table are an executive's: named so, or referring to rows that are; None: none can be.

    Read off the schema, so that a table made tomorrow cannot be forgotten.
    """
    if table is executive:
        return executive.c.slug == slug
    if _OWNER in table.c:
        return table.c[_OWNER] == slug
    referring = []
    for constraint in table.foreign_key_constraints:
        owned = find_owned(constraint.referred_table, slug)
        if owned is not None:
            there = select(*(key.column for key in constraint.elements)).where(owned)
            referring.append(tuple_(*(key.parent for key in constraint.elements)).in_(there))
    return or_(*referring) if referring else None


def _lock_owned(connection: Connection, slug: str) -> None:
    """Keep an executive's rows from being changed and referred to until the transaction ends, as PostgreSQL allows it.

    Parents first, as everybody locks them: what is written meanwhile waits, and then finds nobody to belong to.
    """
    for table in metadata.sorted_tables:
        owned = find_owned(table, slug)
        if owned is not None:
            connection.execute(select(*table.primary_key).where(owned).with_for_update())


def _empty_letters(connection: Connection, slug: str) -> int:
    """Empty the sent messages to the advisor that speak of an executive, remove those that wait; return how many."""
    person = connection.execute(select(executive).where(executive.c.slug == slug)).one()
    wishes = connection.execute(select(statement.c.id, statement.c.text).where(statement.c.executive == slug))
    names = {slug, person.name, person.email, *(word for wish in wishes for word in wish)}
    rows = connection.execute(select(outbox.c.message_id, outbox.c.body).where(outbox.c.executive.is_(None)))
    found = [message_id for message_id, body in rows if body and _mentions(body, names)]
    for row in connection.execute(select(letter.c.week, letter.c.message_id, letter.c.document)).all():
        # A letter of which nothing is left but what the next one is told against: topics, no names.
        if row.message_id in found or any(f" {flat} " in _tell(row.document) for flat in map(_flatten, names) if flat):
            emptied = replace(row.document, subject="", preheader="", parts=(), notes=())
            kept = None if row.message_id in found else row.message_id
            changes = {"document": emptied, "message_id": kept}
            connection.execute(update(letter).where(letter.c.week == row.week).values(changes))
    if found:
        waiting = select(outbox.c.message_id).where(outbox.c.message_id.in_(found), outbox.c.state != "sent")
        # An alarm whose mail goes is told anew.
        connection.execute(delete(alarm).where(alarm.c.message_id.in_(waiting)))
        connection.execute(delete(outbox).where(outbox.c.message_id.in_(found), outbox.c.state != "sent"))
        connection.execute(update(outbox).where(outbox.c.message_id.in_(found)).values(body=b""))
    return len(found)


def _tell(document: Letter) -> str:
    lines = [line for part in document.parts for line in part.lines]
    return f" {_flatten(' '.join(f'{one.what} {one.more} {one.command}' for one in lines))} "


def _mentions(body: bytes, names: Collection[str]) -> bool:
    """Tell whether a message has one of the names or sentences in it, as whole words and however it is wrapped."""
    message = email.message_from_bytes(body, policy=email.policy.default)
    told = [str(message["subject"] or "")]
    told += [str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"]
    text = f" {_flatten(' '.join(told))} "
    return any(f" {flat} " in text for flat in map(_flatten, names) if flat)


def _flatten(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
