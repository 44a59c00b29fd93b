"""Desk letters, one a week, stored with their message."""

from sqlalchemy import select

from radar.records import Letter, Outgoing
from radar.store.engine import Database, dump, insert_into
from radar.store.tables import letter, outbox


class Letters(Database):
    """What the advisor was written; every commit is on disk when the call returns."""

    def save_letter(self, written: Letter, outgoing: Outgoing | None) -> bool:
        """Store a letter and put its mail into the outbox; false, and nothing stored, if that week has one.

        The week is the key: of two who wrote it at once one finds the row. Composing has no effects, so nothing has to
        be claimed before.
        """
        row = {"week": written.week, "composed_at": written.composed_at, "document": written}
        with self._keep() as connection:
            if outgoing is not None:
                queued = insert_into(connection, outbox).values(dump(outgoing, outbox)).on_conflict_do_nothing()
                if connection.scalar(queued.returning(outbox.c.message_id)) is None:
                    return False
                row["message_id"] = outgoing.message_id
            kept = insert_into(connection, letter).values(row).on_conflict_do_nothing()
            if connection.scalar(kept.returning(letter.c.week)) is None:
                connection.rollback()
                return False
        return True

    def last_letter(self, before: str = "9999") -> Letter | None:
        """Return the newest letter of the weeks before one."""
        query = select(letter.c.document).where(letter.c.week < before).order_by(letter.c.week.desc()).limit(1)
        with self._read() as connection:
            found: Letter | None = connection.scalar(query)
        return found
