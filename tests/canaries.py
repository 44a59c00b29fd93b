"""A word planted in everything personal of one executive, to be searched for wherever it must not be."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from radar.records import Feedback, Issue, Key, Outgoing, Raised, Statement, Step, Talk, Taught
from radar.store import Store
from radar.store.engine import dump
from radar.store.erase import find_owned
from radar.store.tables import metadata, outbox

DAY = timedelta(days=1)


def plant_canary(store: Store, slug: str, canary: str, issue: Issue, topic: str, now: datetime) -> None:
    """Give an executive who is on file a row in every table that can hold one, the canary in every text of theirs.

    `issue` is stored with a mail to them; one of its items and `topic` are what they answered, heard and asked about.
    """
    stamp = f"{canary} {slug}"
    first = Statement(f"{slug}-90", slug, f"first {stamp}", 2, now.date(), f"talk {stamp}", topics=(topic,))
    for words in (first, replace(first, text=f"then {stamp}"), replace(first, id=f"{slug}-91", ended_on=now.date())):
        store.save_statement(words, now, f"author {stamp}")
    body = f"Subject: your digest {stamp}\r\n\r\n{stamp}\r\n".encode()
    mail = Outgoing(f"<{slug}@radar.example>", slug, issue.week, "r@x.example", f"{canary}@x.example", body, now)
    if not store.save_issue(issue, [mail]):
        with store._write() as connection:
            connection.execute(insert(outbox), [dump(mail, outbox)])
    letter = replace(
        mail, message_id=f"<desk-{slug}@radar.example>", executive=None, week=None, recipient="a@x.example"
    )
    store.save_alarm((), letter, now)
    item = issue.items[0]
    store.save_feedback(Feedback(slug, issue.week, item.id, "useful", now, "mail", topic, "s1", f"claim {stamp}"))
    store.save_step(Step(slug, topic, "interested", now, "talk", f"by {stamp}", f"note {stamp}", nudge_on=now.date()))
    store.save_taught(Taught(slug, topic, "familiar", now, f"by {stamp}"))
    store.save_raised(Raised(topic, slug, now.date()))
    store.save_talk(Talk(slug, now.date() - DAY, now, f"by {stamp}", f"note {stamp}", now + 30 * DAY))
    store.save_key(Key(f"key{slug}"[:8], f"page {stamp}", "executive", "0" * 64, now, slug))


def count_owned(store: Store, slug: str) -> dict[str, int]:
    """Rows of an executive in every table that can hold any."""
    counted = {}
    with store._read() as connection:
        for table in metadata.sorted_tables:
            owned = find_owned(table, slug)
            if owned is not None:
                counted[table.name] = connection.scalar(select(func.count()).select_from(table).where(owned)) or 0
    return counted


def read_everything(store: Store) -> str:
    """Every row of every table, as text."""
    with store._read() as connection:
        return "\n".join(
            repr(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )
