"""One-on-one talks on file."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, func, select

from radar.records import Talk
from radar.store.engine import Database, columns_of, dump, load, upsert
from radar.store.listen import check_executive
from radar.store.tables import talk

_TALK = columns_of(talk, Talk)


class Talks(Database):
    """What is read and written of talks."""

    def save_talk(self, held: Talk) -> Talk:
        """Insert or update the talk of an executive and day; return it with the number of times its date moved.

        Raises UnknownName.
        """
        with self._keep() as connection:
            check_executive(connection, held.executive)
            return write_talk(connection, held)

    def list_talks(self, executive: str) -> list[Talk]:
        """Return an executive's talks, latest first. Raises UnknownName."""
        with self._read() as connection:
            check_executive(connection, executive)
            query = select(*_TALK).where(talk.c.executive == executive).order_by(talk.c.held_on.desc())
            return [load(Talk, row) for row in connection.execute(query)]

    def last_talks(self) -> dict[str, date]:
        """Return executive → the day of their last talk, for those who had any."""
        with self._read() as connection:
            query = select(talk.c.executive, func.max(talk.c.held_on)).group_by(talk.c.executive)
            return dict(connection.execute(query).tuples().all())


def write_talk(connection: Connection, held: Talk) -> Talk:
    """Insert or update a talk within a transaction."""
    mine = (talk.c.executive == held.executive) & (talk.c.held_on == held.held_on)
    stored = connection.execute(select(talk.c.next_at, talk.c.moved).where(mine).with_for_update()).one_or_none()
    moved = 0 if stored is None else stored.moved + (stored.next_at is not None and stored.next_at != held.next_at)
    counted = replace(held, moved=moved)
    upsert(connection, talk, [dump(counted, talk)], ["executive", "held_on"])
    return counted
