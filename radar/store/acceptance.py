"""The steps that the advisor noted with each executive and topic, and what they were said to know."""

from dataclasses import replace

from sqlalchemy import Connection, select

from radar.records import Step, Taught
from radar.store.engine import Database, columns_of, dump, insert_into, load, upsert
from radar.store.listen import check_executive
from radar.store.tables import step, taught
from radar.store.tagging import check_topics

_STEP = columns_of(step, Step)
_TAUGHT = columns_of(taught, Taught)


class Steps(Database):
    """What the advisor noted by hand. What issues and answers say is derived from them, and stored nowhere else."""

    def save_step(self, one: Step) -> Step:
        """Add a step and return it with its number; earlier ones never change. Raises UnknownName."""
        with self._keep() as connection:
            check_executive(connection, one.executive)
            check_topics(connection, [one.topic])
            return write_step(connection, one)

    def list_steps(self, executive: str | None = None) -> list[Step]:
        """Return the noted steps in the order of their time, of one executive if named. Raises UnknownName."""
        query = select(*_STEP).order_by(step.c.at, step.c.number)
        if executive is not None:
            query = query.where(step.c.executive == executive)
        with self._read() as connection:
            if executive is not None:
                check_executive(connection, executive)
            return [load(Step, row) for row in connection.execute(query)]

    def save_taught(self, one: Taught) -> None:
        """Store the advisor's word on what an executive knows, in the place of an earlier one. Raises UnknownName."""
        with self._keep() as connection:
            check_executive(connection, one.executive)
            check_topics(connection, [one.topic])
            upsert(connection, taught, [dump(one, taught)], ["executive", "topic"])

    def list_taught(self, executive: str | None = None) -> list[Taught]:
        """Return the advisor's words, by executive and topic, of one executive if named."""
        query = select(*_TAUGHT).order_by(taught.c.executive, taught.c.topic)
        if executive is not None:
            query = query.where(taught.c.executive == executive)
        with self._read() as connection:
            return [load(Taught, row) for row in connection.execute(query)]


def write_step(connection: Connection, one: Step) -> Step:
    """Add a step within a transaction and return it with its number."""
    row = dump(one, step)
    del row["number"]
    number = connection.scalar(insert_into(connection, step).values(row).returning(step.c.number))
    return replace(one, number=number or 0)
