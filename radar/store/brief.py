"""Issues, claimed once and stored whole; the outbox; keys to the API."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from radar.records import Issue, Key, Outgoing, Trouble
from radar.store.engine import Database, columns_of, dump, insert_into, load, upsert
from radar.store.listen import check_executive
from radar.store.names import unknown_name
from radar.store.tables import alarm, api_key, issue, outbox

_KEY = columns_of(api_key, Key)
_OUTGOING = columns_of(outbox, Outgoing)
#: States in which a worker has the message in hand.
_IN_HAND = ("sending", "handing over")


class Brief(Database):
    """What composing and sending read and write. Every commit here is on disk when the call returns."""

    def claim_issue(self, executive: str, week: str, now: datetime, lease: timedelta = timedelta(minutes=15)) -> bool:
        """Claim the making of an issue; true for exactly one caller.

        A claim whose issue was never saved can be taken over after its lease. Raises UnknownName.
        """
        claim = {"state": "claimed", "claimed_at": now, "lease_until": now + lease}
        with self._keep() as connection:
            check_executive(connection, executive)
            claimed = connection.scalar(
                insert_into(connection, issue)
                .values(executive=executive, week=week, **claim)
                .on_conflict_do_update(
                    index_elements=["executive", "week"],
                    set_=claim,
                    where=and_(issue.c.state == "claimed", issue.c.lease_until <= now),
                )
                .returning(issue.c.executive)  # the row count cannot tell on PostgreSQL
            )
        return claimed is not None

    def save_issue(self, composed: Issue, outgoing: Sequence[Outgoing] = ()) -> bool:
        """Store an issue and its messages together; false, and nothing stored, if that issue already was.

        Two workers can both compose an issue when the first outlives its claim: only one of them gets it mailed.
        """
        saved = {
            "state": "saved",
            "lease_until": None,
            "token": composed.token,
            "composed_at": composed.composed_at,
            "document": composed,
        }
        with self._keep() as connection:
            check_executive(connection, composed.executive)
            stored = connection.scalar(
                insert_into(connection, issue)
                .values(executive=composed.executive, week=composed.week, **saved)
                .on_conflict_do_update(index_elements=["executive", "week"], set_=saved, where=issue.c.state != "saved")
                .returning(issue.c.executive)
            )
            if stored is None:
                return False
            if outgoing:
                connection.execute(insert(outbox), [dump(message, outbox) for message in outgoing])
        return True

    def find_issue(self, executive: str, week: str) -> Issue | None:
        """Return the issue of an executive and week, if it is stored."""
        with self._read() as connection:
            found: Issue | None = connection.scalar(
                select(issue.c.document).where(issue.c.executive == executive, issue.c.week == week)
            )
        return found

    def find_issue_by_token(self, token: str) -> Issue | None:
        """Return the issue a link opens, if there is one."""
        with self._read() as connection:
            found: Issue | None = connection.scalar(select(issue.c.document).where(issue.c.token == token))
        return found

    def list_issues(self, executive: str | None = None, limit: int = 50) -> list[Issue]:
        """Return stored issues, newest first, of one executive if named. Raises UnknownName."""
        query = select(issue.c.document).where(issue.c.state == "saved").limit(limit)
        if executive is not None:
            query = query.where(issue.c.executive == executive)
        with self._read() as connection:
            if executive is not None:
                check_executive(connection, executive)
            order = (issue.c.composed_at.desc(), issue.c.week.desc(), issue.c.executive)
            return list(connection.scalars(query.order_by(*order)))

    def take_outgoing(self, now: datetime, lease: timedelta, executive: str | None = None) -> Outgoing | None:
        """Lease the message (to one executive, if named) that has waited longest, its attempt counted; None: none due.

        A survey's many mails wait for all others: no digest stands behind a thousand invitations.
        A message whose worker vanished comes again, byte for byte. Had that worker begun to hand it over, `reply` says
        that it may have arrived.
        """
        due = or_(
            and_(outbox.c.state == "queued", or_(outbox.c.next_attempt_at.is_(None), outbox.c.next_attempt_at <= now)),
            and_(outbox.c.state.in_(_IN_HAND), outbox.c.lease_until <= now),
        )
        if executive is not None:
            due = and_(due, outbox.c.executive == executive)
        chosen = (
            select(outbox.c.message_id, outbox.c.state)
            .where(due)
            .order_by(outbox.c.message_id.startswith("<radar.survey-"), outbox.c.queued_at, outbox.c.message_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._keep() as connection:
            row = connection.execute(chosen).one_or_none()
            if row is None:
                return None
            changes = {"state": "sending", "attempts": outbox.c.attempts + 1, "lease_until": now + lease}
            if row.state == "handing over":
                changes["reply"] = "the last attempt ended during the hand-over: this may be a second copy"
            taken = connection.execute(
                update(outbox).where(outbox.c.message_id == row.message_id, due).values(changes).returning(*_OUTGOING)
            ).one_or_none()
        return None if taken is None else load(Outgoing, taken)

    def mark_handing_over(self, message_id: str, now: datetime) -> bool:
        """Note that the message goes to the server now; false if the lease ran out: then do not send it.

        Raises UnknownName.
        """
        changes = {"state": "handing over", "handed_over_at": now}
        return self._mark(message_id, changes, ("sending",), lease_after=now)

    def mark_sent(self, message_id: str, now: datetime, reply: str) -> bool:
        """Note that the server took the message; false if that was known. Raises UnknownName."""
        changes = {"state": "sent", "sent_at": now, "reply": reply, "lease_until": None, "next_attempt_at": None}
        return self._mark(message_id, changes, ("queued", *_IN_HAND, "failed"))

    def mark_failed(self, message_id: str, reply: str, retry_at: datetime | None) -> bool:
        """Note why the message did not go: queued again for `retry_at`, or failed for good when that is None.

        False if it is in nobody's hands any more (sent meanwhile). Raises UnknownName.
        """
        changes = {
            "state": "failed" if retry_at is None else "queued",
            "reply": reply,
            "lease_until": None,
            "next_attempt_at": retry_at,
        }
        return self._mark(message_id, changes, _IN_HAND)

    def find_outgoing(self, message_id: str) -> Outgoing:
        """Return one message. Raises UnknownName."""
        with self._read() as connection:
            row = connection.execute(select(*_OUTGOING).where(outbox.c.message_id == message_id)).first()
        if row is None:
            raise unknown_name("message", message_id)
        return load(Outgoing, row)

    def list_outbox(self, limit: int = 50) -> list[Outgoing]:
        """Return messages, latest queued first."""
        order = (outbox.c.queued_at.desc(), outbox.c.message_id)
        with self._read() as connection:
            rows = connection.execute(select(*_OUTGOING).order_by(*order).limit(limit))
            return [load(Outgoing, row) for row in rows]

    def list_told(self) -> dict[str, tuple[datetime, datetime]]:
        """Return what the advisor was last told of: a trouble's subject → (since when it lasts, when it was told)."""
        with self._read() as connection:
            rows = connection.execute(select(alarm.c.about, alarm.c.since_at, alarm.c.told_at))
            return {about: (since_at, told_at) for about, since_at, told_at in rows}

    def save_alarm(self, troubles: Iterable[Trouble], outgoing: Outgoing, again_before: datetime) -> bool:
        """Store an alarm and put its mail into the outbox; false, and nothing stored, if one of it was told already.

        The same outage may be told once more when it was last told at or before `again_before`.
        """
        with self._keep() as connection:
            queued = insert_into(connection, outbox).values(dump(outgoing, outbox)).on_conflict_do_nothing()
            if connection.scalar(queued.returning(outbox.c.message_id)) is None:
                return False
            for trouble in sorted(troubles, key=lambda one: one.about):  # in one order: no deadlocks
                told = {
                    "since_at": trouble.since_at,
                    "told_at": outgoing.queued_at,
                    "message_id": outgoing.message_id,
                }
                stored = connection.scalar(
                    insert_into(connection, alarm)
                    .values(about=trouble.about, **told)
                    .on_conflict_do_update(
                        index_elements=["about"],
                        set_=told,
                        where=or_(alarm.c.since_at < trouble.since_at, alarm.c.told_at <= again_before),
                    )
                    .returning(alarm.c.about)
                )
                if stored is None:
                    connection.rollback()
                    return False
        return True

    def save_key(self, key: Key) -> None:
        """Insert or update an API key."""
        with self._keep() as connection:
            if key.executive:
                check_executive(connection, key.executive)
            upsert(connection, api_key, [dump(key, api_key)], ["prefix"])

    def find_key(self, prefix: str) -> Key | None:
        """Return the key with that prefix, revoked or not."""
        with self._read() as connection:
            row = connection.execute(select(*_KEY).where(api_key.c.prefix == prefix)).one_or_none()
            return None if row is None else load(Key, row)

    def list_keys(self) -> list[Key]:
        """Return every key, oldest first."""
        with self._read() as connection:
            rows = connection.execute(select(*_KEY).order_by(api_key.c.created_at, api_key.c.prefix))
            return [load(Key, row) for row in rows]

    def revoke_key(self, prefix: str, now: datetime) -> None:
        """End a key; the first time counts. Raises UnknownName."""
        with self._keep() as connection:
            ended = connection.scalar(
                update(api_key)
                .where(api_key.c.prefix == prefix)
                .values(revoked_at=func.coalesce(api_key.c.revoked_at, now))
                .returning(api_key.c.prefix)
            )
            if ended is None:
                raise unknown_name("key", prefix, connection.scalars(select(api_key.c.prefix)))

    def _mark(
        self, message_id: str, changes: Mapping[str, object], states: Sequence[str], lease_after: datetime | None = None
    ) -> bool:
        held: ColumnElement[bool] = outbox.c.state.in_(states)
        if lease_after is not None:
            held = and_(held, outbox.c.lease_until > lease_after)
        change = update(outbox).where(outbox.c.message_id == message_id, held).values(changes)
        with self._keep() as connection:
            if connection.scalar(change.returning(outbox.c.message_id)) is not None:
                return True
            if connection.scalar(select(outbox.c.message_id).where(outbox.c.message_id == message_id)) is None:
                raise unknown_name("message", message_id)
        return False
