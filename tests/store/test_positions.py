"""Advice on file and desk letters, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from radar.errors import Conflict, UnknownName
from radar.records import Letter, LetterLine, LetterPart, Outgoing, Position, Statement
from radar.store import Store, open_store
from tests.store.store_samples import DAY, NOW, PRESIDENT, make_topic, race

ADVICE = Position("ai", "assess", "Calls may be recorded elsewhere.", "We are testing two tools.", NOW)


def test_positions_are_numbered_and_immutable(store: Store) -> None:
    """Each save is a version; the latest is listed, all are kept, the approval with its time."""
    store.save_topics([make_topic("ai"), make_topic("drones")])
    first = store.save_position(replace(ADVICE, drafted_by="Ida"))
    second = store.save_position(
        replace(ADVICE, ring="trial", approved_by="director", approved_at=NOW + DAY, due_on=date(2026, 12, 4))
    )
    assert (first.version, second.version) == (1, 2)
    assert store.list_positions() == [second]
    assert store.position_history("ai") == [first, second]
    assert store.list_versions() == {"ai": [first, second]}
    assert store.position_history("drones") == []
    assert (first.settled_at, second.settled_at) == (NOW, NOW + DAY)


def test_advice_approved_as_it_is_written_was_approved_then(store: Store) -> None:
    """And a draft has no time of approval, whatever its record says."""
    store.save_topics([make_topic("ai")])
    assert store.save_position(replace(ADVICE, approved_by="director")).approved_at == NOW
    assert store.save_position(replace(ADVICE, approved_at=NOW)).approved_at is None


def test_positions_written_at_once_get_different_numbers(database_url: str) -> None:
    """Eight writers, versions 1 to 8."""
    stores = [open_store(database_url) for _ in range(8)]
    stores[0].save_topics([make_topic("ai")])
    saved = race([partial(store.save_position, ADVICE) for store in stores])
    for store in stores:
        store.close()
    assert sorted(position.version for position in saved) == list(range(1, 9))


def test_of_many_who_have_read_the_same_version_one_writes_the_next(database_url: str) -> None:
    """The others are told which is the newest: nobody approves, or writes over, what they have not read."""
    stores = [open_store(database_url) for _ in range(6)]
    stores[0].save_topics([make_topic("ai")])
    stores[0].save_position(ADVICE, after=0)

    def approve(store: Store) -> str:
        try:
            return str(store.save_position(replace(ADVICE, approved_by="director"), after=1).version)
        except Conflict as error:
            return str(error)

    said = race([partial(approve, store) for store in stores])
    assert len(stores[0].position_history("ai")) == 2
    for store in stores:
        store.close()
    assert sorted(said) == ["2"] + ["ai: version 2 is the newest, not 1: read it first"] * 5


def test_positions_need_their_topic(store: Store) -> None:
    """Unknown topics are named, in writing and asking."""
    with pytest.raises(UnknownName, match="no topic is called 'ai'"):
        store.save_position(ADVICE)
    with pytest.raises(UnknownName, match="no topic is called 'ai'"):
        store.position_history("ai")


def test_links_are_dated_by_the_version_that_brought_them(store: Store) -> None:
    """A link taken away and set again counts from the second time; what stayed, from the first."""
    store.save_executive(PRESIDENT)
    store.save_topics([make_topic("ai"), make_topic("drones")])
    words = Statement("s1", "president", "protect what donors tell us")
    for days, topics in enumerate([("ai",), ("ai", "drones"), ("drones",), ("drones", "ai")]):
        store.save_statement(replace(words, topics=topics), NOW + days * DAY, "advisor")
    today = NOW.date()
    assert store.list_links() == {("s1", "ai"): today + 3 * DAY, ("s1", "drones"): today + DAY}


# -- letters ----------------------------------------------------------------------------------------------------------


def make_letter(week: str = "2026-W48", **more: Any) -> Letter:
    part = LetterPart("Feeds failing", (LetterLine("The Herald: failing", "since 15 November"),), 2, "radar feeds")
    return Letter(week, NOW, "1 feed fails", "", "", (part,), **({"exposed": ("ai",)} | more))


def make_mail(week: str = "2026-W48") -> Outgoing:
    return Outgoing(f"<letter-{week}@x>", None, week, "radar@x", "ida@x", b"Subject: x", NOW, next_attempt_at=NOW)


def test_a_letter_is_stored_with_its_mail_and_never_twice(store: Store) -> None:
    """The second finds the week taken: nothing of it is stored, whatever its mail is called."""
    assert store.save_letter(make_letter(), make_mail())
    assert not store.save_letter(make_letter(exposed=()), make_mail())
    assert not store.save_letter(make_letter(), replace(make_mail(), message_id="<another@x>"))
    [outgoing] = store.list_outbox()
    assert (outgoing.name, outgoing.state) == ("letter 2026-W48", "queued")
    assert store.last_letter() == make_letter()
    taken = store.take_outgoing(NOW, timedelta(minutes=5))
    assert taken is not None
    assert taken.name == "letter 2026-W48"


def test_the_letter_before_a_week_is_found(store: Store) -> None:
    """What is new and what closed is told against it; one without a mail counts too."""
    assert store.last_letter() is None
    for week in ("2026-W47", "2026-W46"):
        assert store.save_letter(make_letter(week), None)
    assert store.list_outbox() == []
    assert store.last_letter() == make_letter("2026-W47")
    assert store.last_letter(before="2026-W47") == make_letter("2026-W46")


def test_of_five_who_write_the_letter_at_once_one_gets_it_mailed(database_url: str) -> None:
    """One row, one message."""
    stores = [open_store(database_url) for _ in range(5)]
    kept = race([partial(store.save_letter, make_letter(), make_mail()) for store in stores])
    assert sorted(kept) == [False] * 4 + [True]
    assert len(stores[0].list_outbox()) == 1
    for store in stores:
        store.close()
