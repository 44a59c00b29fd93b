"""Counts that the store and the quick questions share: one SQL for both, plain enough for both databases."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from radar.records import Activity, Status

#: How far back a feed's rate is measured.
LATELY = timedelta(weeks=12)

#: Ask the database: SQL with a ? for each value, and the values.
Ask = Callable[..., list[tuple[Any, ...]]]


def read_activity(ask: Ask, now: datetime, urls: Sequence[str] = ()) -> dict[str, Activity]:
    """Return what feeds have published lately, by URL: of those named, else of all that have entries."""
    # As text it compares with SQLite's text, and PostgreSQL reads it as the moment it is.
    since = f"'{(now - LATELY).astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'"
    marks = ", ".join("?" * len(urls))
    rows = ask(
        f"SELECT feed_url, count(CASE WHEN published_at > {since} THEN 1 END), "
        f"min(CASE WHEN published_at > {since} THEN published_at END), max(published_at) FROM entry "
        f"{f'WHERE feed_url IN ({marks}) ' if urls else ''}GROUP BY feed_url",
        *urls,
    )
    return {
        url: Activity(count, None if first is None else read_time(first), read_time(newest))
        for url, count, first, newest in rows
    }


def read_status(ask: Ask) -> Status:
    """Count what there is, with two questions."""
    counts = ask(
        "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM story), (SELECT count(*) FROM topic WHERE listed), "
        "(SELECT count(*) FROM executive), (SELECT count(*) FROM issue WHERE state = 'saved'), "
        "(SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'failed')), "
        "(SELECT count(*) FROM outbox WHERE state = 'failed'), "
        "(SELECT max(last_crawl_at) FROM feed), (SELECT max(last_success_at) FROM feed), "
        "(SELECT max(composed_at) FROM issue), (SELECT max(at) FROM training WHERE accepted), "
        "(SELECT reason FROM training WHERE number = (SELECT max(number) FROM training) AND NOT accepted)"
    )[0]
    state = "CASE WHEN paused THEN 'paused' ELSE state END"
    states: dict[str, int] = dict(ask(f"SELECT {state} AS s, count(*) FROM feed WHERE listed GROUP BY s ORDER BY s"))
    entries, stories, topics, executives, issues, waiting, failed, *times, refused = counts
    crawled_at, succeeded_at, composed_at, learnt_at = (None if at is None else read_time(at) for at in times)
    return Status(
        feeds=sum(states.values()),
        feeds_by_state=states,
        entries=entries,
        stories=stories,
        topics=topics,
        executives=executives,
        issues=issues,
        outbox_waiting=waiting,
        outbox_failed=failed,
        last_crawl_at=crawled_at,
        last_success_at=succeeded_at,
        last_digest_at=composed_at,
        tagger_learnt_at=learnt_at,
        tagger_refused=refused or "",
    )


def read_time(value: "str | datetime") -> datetime:
    """Return a stored moment: SQLite keeps it as text in UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC)
