"""What executives answered to the items of their issues, and the key that signs the links they answer by."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import or_, select, update

from radar.records import Feedback
from radar.store.engine import Database, columns_of, dump, insert_into, load
from radar.store.listen import check_executive
from radar.store.names import unknown_name
from radar.store.tables import feedback, issue, secret

_FEEDBACK = columns_of(feedback, Feedback)


class Answers(Database):
    """What a click reads and writes. One row an item: the latest answer counts."""

    def save_feedback(self, given: Feedback) -> bool:
        """Store an answer in the place of an earlier one; false, and nothing changed, if it stands already.

        Raises UnknownName for an issue or an item that is not stored.
        """
        with self._keep() as connection:
            found = connection.scalar(
                select(issue.c.document).where(issue.c.executive == given.executive, issue.c.week == given.week)
            )
            if found is None:
                check_executive(connection, given.executive)
                raise unknown_name("issue", f"{given.executive} {given.week}")
            if not any(item.id == given.item for item in found.items):
                raise unknown_name("item", given.item, [item.id for item in found.items])
            row = dump(given, feedback)
            stored = connection.scalar(
                insert_into(connection, feedback)
                .values(row)
                .on_conflict_do_update(
                    index_elements=["executive", "week", "item"],
                    set_=row,
                    where=or_(feedback.c.answer != given.answer, feedback.c.undone_at.is_not(None)),
                )
                .returning(feedback.c.item)  # the row count cannot tell on PostgreSQL
            )
        return stored is not None

    def undo_feedback(self, executive: str, week: str, item: str, now: datetime) -> bool:
        """Take an answer back; false if none stands."""
        mine = (feedback.c.executive == executive) & (feedback.c.week == week) & (feedback.c.item == item)
        with self._keep() as connection:
            undone = connection.scalar(
                update(feedback)
                .where(mine, feedback.c.undone_at.is_(None))
                .values(undone_at=now)
                .returning(feedback.c.item)
            )
        return undone is not None

    def list_feedback(self, executive: str | None = None) -> list[Feedback]:
        """Return the answers that stand, newest first, of one executive if named. Raises UnknownName."""
        query = select(*_FEEDBACK).where(feedback.c.undone_at.is_(None))
        if executive is not None:
            query = query.where(feedback.c.executive == executive)
        order = (feedback.c.at.desc(), feedback.c.executive, feedback.c.week.desc(), feedback.c.item)
        with self._read() as connection:
            if executive is not None:
                check_executive(connection, executive)
            return [load(Feedback, row) for row in connection.execute(query.order_by(*order))]

    def find_feedback(self, executive: str, week: str, item: str) -> Feedback | None:
        """Return the answer to an item that stands, if there is one."""
        mine = (feedback.c.executive == executive) & (feedback.c.week == week) & (feedback.c.item == item)
        with self._read() as connection:
            row = connection.execute(select(*_FEEDBACK).where(mine, feedback.c.undone_at.is_(None))).one_or_none()
        return None if row is None else load(Feedback, row)

    def keep_secret(self, name: str, make: Callable[[], bytes], now: datetime) -> bytes:
        """Return this installation's secret of a name, made at the first call; every caller gets the same."""
        with self._read() as connection:
            value: bytes | None = connection.scalar(select(secret.c.value).where(secret.c.name == name))
        if value is not None:
            return value
        with self._keep() as connection:
            fresh = {"name": name, "value": make(), "made_at": now}
            connection.execute(insert_into(connection, secret).values(fresh).on_conflict_do_nothing())
            kept: bytes = connection.execute(select(secret.c.value).where(secret.c.name == name)).scalar_one()
        return kept
