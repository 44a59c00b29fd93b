"""One-on-one talks on file."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, func, select

from radar.records import Outcomes, Statement, Talk
from radar.store.acceptance import write_step
from radar.store.engine import Database, columns_of, dump, load, upsert
from radar.store.listen import check_executive, read_agenda, write_raised, write_statement
from radar.store.tables import talk as talk_table
from radar.store.tagging import check_topics

_TALK = columns_of(talk_table, Talk)


class Talks(Database):
    """What is read and written of talks."""

    def save_talk(self, held: Talk) -> Talk:
        """Insert or update the talk of an executive and day; return it with the number of times its date moved.

        Raises UnknownName.
        """
        with self._keep() as connection:
            check_executive(connection, held.executive)
            return write_talk(connection, held)

    def save_outcomes(self, outcomes: Outcomes, agenda: Iterable[Statement]) -> Outcomes | None:
        """Store what came of a talk, all of it or nothing; return it as it was stored. Raises UnknownName.

        `agenda` are the statements it was settled against; None, and nothing stored, if they have changed since: new
        ones were numbered, and old ones written, in view of these.
        """
        held = outcomes.talk
        topics = {one.topic for one in outcomes.steps} | {one.topic for one in outcomes.raised}
        topics |= {topic for words in outcomes.statements for topic in words.topics}
        with self._keep() as connection:
            check_executive(connection, held.executive, lock=True)  # two talks noted at once are noted in turn
            if read_agenda(connection, held.executive) != {words.id: words for words in agenda}:
                return None
            check_topics(connection, topics)
            talk = write_talk(connection, held)
            for words in outcomes.statements:
                write_statement(connection, words, held.noted_at, held.by)
            steps = tuple(write_step(connection, one) for one in outcomes.steps)
            for one in outcomes.raised:
                write_raised(connection, one)
        return replace(outcomes, talk=talk, steps=steps)

    def list_talks(self, executive: str) -> list[Talk]:
        """Return an executive's talks, latest first. Raises UnknownName."""
        with self._read() as connection:
            check_executive(connection, executive)
            query = select(*_TALK).where(talk_table.c.executive == executive).order_by(talk_table.c.held_on.desc())
            return [load(Talk, row) for row in connection.execute(query)]

    def last_talks(self) -> dict[str, date]:
        """Return executive → the day of their last talk, for those who had any."""
        with self._read() as connection:
            query = select(talk_table.c.executive, func.max(talk_table.c.held_on)).group_by(talk_table.c.executive)
            return {row[0]: row[1] for row in connection.execute(query)}


def write_talk(connection: Connection, held: Talk) -> Talk:
    """Insert or update a talk within a transaction."""
    mine = (talk_table.c.executive == held.executive) & (talk_table.c.held_on == held.held_on)
    stored = connection.execute(
        select(talk_table.c.next_at, talk_table.c.moved).where(mine).with_for_update()
    ).one_or_none()
    moved = 0 if stored is None else stored.moved + (stored.next_at is not None and stored.next_at != held.next_at)
    counted = replace(held, moved=moved)
    upsert(connection, talk_table, [dump(counted, talk_table)], ["executive", "held_on"])
    return counted
