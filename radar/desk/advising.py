"""Advice, one for every face: what is missing, a draft to start from, new versions and their approval."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from radar.errors import Conflict, Unusable
from radar.judge.ledger import write_ledger
from radar.listen.advice import check_advice, check_blanks, find_gap, find_moves
from radar.listen.draft import Known, draft_advice
from radar.listen.exposure import MOVING, Desk, find_exposures, find_touched
from radar.records import AdviceDraft, Exposure, Position, RingMove
from radar.store import Store
from radar.store.names import unknown_name
from radar.text import clean_text


def list_exposures(store: Store, today: date) -> list[Exposure]:
    """Return the topics that move while no current advice is on file, worst first."""
    moving = [signal.topic for signal in store.list_signals() if signal.phase in MOVING]
    return find_exposures({topic: store.signal_history(topic) for topic in moving}, read_desk(store), today)


def read_desk(store: Store) -> Desk:
    """Return agendas and advice as the exposure list needs them."""
    return Desk(
        agendas={person.slug: store.list_statements(person.slug) for person in store.list_executives()},
        positions=store.list_versions(),
        parents={topic.slug: topic.parent for topic in store.list_topics()},
        linked=store.list_links(),
    )


def draft_position(store: Store, slug: str, today: date) -> AdviceDraft:
    """Return what advice on a topic starts from, for its present phase. Raises UnknownName."""
    topics = {topic.slug: topic for topic in store.list_topics()}
    if slug not in topics:
        raise unknown_name("topic", slug, topics)
    history, raised = store.signal_history(slug), [one for one in store.list_raised() if one.topic == slug]
    ledger = write_ledger({slug: history}, store.list_issues(limit=100_000), raised)
    known = Known(
        topic=topics[slug],
        signal=history[-1] if history else None,
        versions=store.position_history(slug),
        touched=[statement for statement, _ in find_touched(slug, read_desk(store))],
        executives={person.slug: person.name for person in store.list_executives()},
        ledger=next((line for line in ledger if line.topic == slug), None),
    )
    return draft_advice(known, today)


def file_position(
    store: Store, topic: str, changes: Mapping[str, Any], now: datetime, *, drafted_by: str = "", approved_by: str = ""
) -> Position:
    """Add a version of the advice on a topic: what `changes` does not name stays as it was, but for the approval.

    Raises UnknownName; Unusable for words or days that cannot be filed; Conflict where nothing has changed, blanks are
    left in what is to be approved, or somebody has written another version meanwhile.
    """
    history = store.position_history(topic)
    if missing := [name for name in ("ring", "so_what", "say") if not history and name not in changes]:
        raise Unusable(missing[0], f"the first advice on {topic} also needs {', '.join(missing)}")
    before = history[-1] if history else None
    base = before or Position(topic, "assess", "", "", now)
    fresh = {"written_at": now, "drafted_by": drafted_by, "approved_by": approved_by, "approved_at": None}
    advice = check_advice(replace(base, **{**changes, **fresh}), now.date(), before)
    if not approved_by and before and _words_of(advice) == _words_of(before):
        raise Conflict(f"{topic}: nothing has changed since version {before.version}")
    return store.save_position(advice, after=before.version if before else 0)


def approve_position(
    store: Store, topic: str, by: str, now: datetime, *, version: int | None = None, review_on: date | None = None
) -> Position:
    """Add the version that has the words of the newest one and the approval; return it.

    `version` is the one that was read: where another is the newest, Conflict. What was approved before can be approved
    again when it is not current any more. Raises UnknownName; Unusable; Conflict where blanks are left.
    """
    history, today = store.position_history(topic), now.date()
    if not history:
        raise Conflict(f"no advice on {topic} is on file: radar position draft {topic}")
    newest, by = history[-1], clean_text(by)
    if not by:
        raise Unusable("by", "name who approves")
    if version is not None and version != newest.version:
        raise Conflict(f"{topic}: version {newest.version} is the newest, not {version}: read it first")
    signal = next((signal for signal in store.list_signals() if signal.topic == topic), None)
    if newest.approved_by and review_on is None and find_gap(history, signal, today) is None:
        raise Conflict(f"{topic}: version {newest.version} was approved by {newest.approved_by} already")
    check_blanks(newest)
    review_on = review_on or newest.review_on
    if review_on and review_on < today:
        raise Unusable("review", f"{review_on} has passed; name the day to look at it again")
    advice = replace(newest, approved_by=by, approved_at=now, review_on=review_on)
    return store.save_position(advice, after=newest.version)


def list_moves(store: Store, topic: str | None = None, since: date = date.min) -> list[RingMove]:
    """Return the moves between rings since a day, the latest first; of one topic if named. Raises UnknownName."""
    versions = store.list_versions() if topic is None else {topic: store.position_history(topic)}
    moves = [move for one in versions.values() for move in find_moves(one) if move.moved_on >= since]
    return sorted(moves, key=lambda move: (-move.moved_on.toordinal(), move.topic, -move.version))


def _words_of(advice: Position) -> tuple[object, ...]:
    return tuple(getattr(advice, name) for name in _WORDS)


_WORDS = ("ring", "so_what", "say", "next_step", "due_on", "owner", "review_on")
