"""The advice on file, version by version; and since when statements have been linked to topics."""

from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from radar.errors import Conflict
from radar.records import Position
from radar.store.engine import Database, columns_of, dump, insert_into, load
from radar.store.tables import position, statement_change, topic
from radar.store.tagging import check_topics

_POSITION = columns_of(position, Position)


class Positions(Database):
    """What the advisor wrote and who approved it; rows are only ever added."""

    def save_position(self, advice: Position, after: int | None = None) -> Position:
        """Add a version to a topic's advice and return it with its number; earlier ones never change.

        With `after`, the version the writer has read (0: none), nothing is added where another is the newest: Conflict.
        Raises UnknownName for an unknown topic.
        """
        with self._keep() as connection:
            # On PostgreSQL the topic's row is held, so that two versions written at once get two numbers.
            held = select(topic.c.slug).where(topic.c.slug == advice.topic).with_for_update()
            if connection.scalar(held) is None:
                check_topics(connection, [advice.topic])
            newest = select(func.max(position.c.version)).where(position.c.topic == advice.topic)
            last = connection.scalar(newest) or 0
            if after is not None and after != last:
                raise Conflict(f"{advice.topic}: version {last or 'none'} is the newest, not {after}: read it first")
            approved_at = (advice.approved_at or advice.written_at) if advice.approved_by else None
            numbered = replace(advice, version=last + 1, approved_at=approved_at)
            connection.execute(insert_into(connection, position), [dump(numbered, position)])
        return numbered

    def list_positions(self) -> list[Position]:
        """Return the latest version of the advice on every topic that has any, by topic."""
        return [versions[-1] for versions in self.list_versions().values()]

    def list_versions(self) -> dict[str, list[Position]]:
        """Return every version of the advice on file, oldest first, by topic."""
        found: dict[str, list[Position]] = {}
        with self._read() as connection:
            for row in connection.execute(select(*_POSITION).order_by(position.c.topic, position.c.version)):
                found.setdefault(row.topic, []).append(load(Position, row))
        return found

    def position_history(self, topic: str) -> list[Position]:
        """Return every version of the advice on a topic, oldest first. Raises UnknownName."""
        with self._read() as connection:
            check_topics(connection, [topic])
            query = select(*_POSITION).where(position.c.topic == topic).order_by(position.c.version)
            return [load(Position, row) for row in connection.execute(query)]

    def list_links(self) -> dict[tuple[str, str], date]:
        """Return for each (statement, topic) the day since when the statement has been linked to it without a break."""
        change = statement_change.c
        found: dict[tuple[str, str], date] = {}
        linked: dict[str, set[str]] = {}
        with self._read() as connection:
            rows = connection.execute(select(change.statement, change.at).order_by(change.number))
            for words, at in rows:
                before, now = linked.get(words.id, set()), set(words.topics)
                for slug in before - now:
                    del found[words.id, slug]
                for slug in now - before:
                    found[words.id, slug] = at.date()
                linked[words.id] = now
        return found
