"""Executives, statements and what was raised, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from radar.errors import UnknownName
from radar.records import Proposal, Raised, Statement, StatementChange
from radar.store import Store
from tests.store.store_samples import DAY, NOW, PRESIDENT, make_topic, race

DONORS = Statement(
    "s1",
    "president",
    "protect what donors tell us",
    weight=5,
    noted_on=date(2026, 10, 12),
    review_on=date(2027, 1, 12),
    topics=("ai",),
    include=("donor data",),
    mute=("crypto",),
)


def test_executives_come_back_whole_and_can_change(store: Store) -> None:
    """By slug; saving again updates."""
    store.save_executive(PRESIDENT)
    store.save_executive(replace(PRESIDENT, slug="board", name="The board"))
    changed = replace(PRESIDENT, paused=True, day=4)
    store.save_executive(changed)
    assert store.list_executives() == [replace(PRESIDENT, slug="board", name="The board"), changed]
    assert store.find_executive("president") == changed


def test_an_unknown_executive_gets_a_line_with_the_closest(store: Store) -> None:
    """Wherever an executive is named."""
    store.save_executive(PRESIDENT)
    line = r"^no executive is called 'presidant': did you mean president\? `radar executives` lists them$"
    for ask in (store.find_executive, store.list_statements, store.list_issues):
        with pytest.raises(UnknownName, match=line):
            ask("presidant")
    with pytest.raises(UnknownName, match=line):
        store.save_statement(replace(DONORS, executive="presidant"), NOW, "advisor")
    with pytest.raises(UnknownName, match=line):
        store.claim_issue("presidant", "2026-W48", NOW)


def test_every_version_of_a_statement_is_kept(store: Store) -> None:
    """With who wrote it and when; saving it unchanged is no version."""
    store.save_executive(PRESIDENT)
    store.save_topics([make_topic("ai")])
    store.save_statement(DONORS, NOW, "advisor")
    store.save_statement(DONORS, NOW + DAY, "advisor")
    softer = replace(DONORS, weight=3)
    store.save_statement(softer, NOW + 2 * DAY, "deputy")
    assert store.find_statement("s1") == softer
    assert store.statement_changes("s1") == [
        StatementChange(DONORS, NOW, "advisor"),
        StatementChange(softer, NOW + 2 * DAY, "deputy"),
    ]


def test_ended_statements_are_listed_on_request(store: Store) -> None:
    """The weightiest comes first; nobody sees another's."""
    store.save_executive(PRESIDENT)
    store.save_executive(replace(PRESIDENT, slug="board"))
    light = Statement("s2", "president", "spend less on field connectivity", weight=2)
    heavy = Statement("s3", "president", "reach young donors where they are", weight=4)
    ended = Statement("s4", "president", "move offices", weight=5, ended_on=date(2026, 11, 1))
    others = Statement("s5", "board", "secret", weight=5)
    for statement in (light, heavy, ended, others):
        store.save_statement(statement, NOW, "advisor")
    assert store.list_statements("president") == [heavy, light]
    assert store.list_statements("president", ended=True) == [ended, heavy, light]


def test_statements_name_existing_topics(store: Store) -> None:
    """A link to nowhere is refused, and nothing is kept."""
    store.save_executive(PRESIDENT)
    with pytest.raises(UnknownName, match="no topic is called 'ai'"):
        store.save_statement(DONORS, NOW, "advisor")
    for ask in (store.find_statement, store.statement_changes):
        with pytest.raises(UnknownName, match="no statement is called 's1'"):
            ask("s1")


def test_the_first_day_on_which_a_topic_was_raised_stands_until_it_is_taken_back(store: Store) -> None:
    """Each note returns the day that was on file; nobody else's is touched."""
    store.save_topics([make_topic("ai")])
    for slug in ("president", "board"):
        store.save_executive(replace(PRESIDENT, slug=slug))
    today, before = NOW.date(), (NOW - DAY).date()
    first, later = Raised("ai", "president", before), Raised("ai", "president", today)
    board = Raised("ai", "board", today)
    assert [store.save_raised(one) for one in (later, first, later, board)] == [None, today, before, None]
    assert store.list_raised() == [first, board]
    assert [store.remove_raised("ai", "president") for _ in range(2)] == [before, None]
    assert store.list_raised() == [board]
    with pytest.raises(UnknownName):
        store.remove_raised("ai", "nobody")


# -- the register -----------------------------------------------------------------------------------------------------


def test_proposals_and_dismissals_come_back_as_they_were(store: Store) -> None:
    """For the store, and for the quick look-up that answers questions."""
    store.save_topics([make_topic("ai")])
    store.save_executive(replace(PRESIDENT, detail="technical"))
    words = replace(DONORS, topics=(), proposed=(Proposal("ai", 0.66, "names “AI”"),), dismissed=("ai",))
    store.save_statement(words, NOW, "advisor")
    assert store.find_statement("s1") == words
    assert store.statement_changes("s1")[0].statement == words
    assert store.find_executive("president").detail == "technical"


def test_statements_added_at_once_get_numbers_of_their_own(store: Store) -> None:
    """Eight advisors, one executive; a number that is taken is passed over."""
    store.save_topics([make_topic("ai")])
    store.save_executive(PRESIDENT)
    store.save_statement(replace(DONORS, id="president-3", topics=(), ended_on=NOW.date()), NOW, "advisor")
    draft = Statement("", "president", "x")
    added = race([lambda: store.add_statement(draft, NOW, "advisor")] * 8)
    assert {one.id for one in added} == {f"president-{n}" for n in (1, 2, 4, 5, 6, 7, 8, 9)}
    with pytest.raises(UnknownName):
        store.add_statement(replace(draft, executive="nobody"), NOW, "advisor")


def test_changes_made_at_once_are_all_kept(store: Store) -> None:
    """Each is made to what the others left."""
    topics = [f"t{n}" for n in range(6)]
    store.save_topics([make_topic(topic) for topic in topics])
    store.save_executive(PRESIDENT)
    store.save_statement(Statement("s1", "president", "x"), NOW, "advisor")

    def link(topic: str) -> Statement:
        return store.change_statement("s1", lambda one: replace(one, topics=(*one.topics, topic)), NOW, topic)

    race([partial(link, topic) for topic in topics])
    assert set(store.find_statement("s1").topics) == set(topics)
    assert len(store.statement_changes("s1")) == 7
    with pytest.raises(UnknownName, match="did you mean s1"):
        store.change_statement("s11", lambda one: one, NOW, "advisor")


def test_a_register_is_saved_whole_or_not_at_all(store: Store) -> None:
    """An unknown topic in the last statement, and neither executive nor statement is there."""
    store.save_topics([make_topic("ai")])
    good, bad = Statement("s1", "president", "x", topics=("ai",)), Statement("s2", "president", "y", topics=("ia",))
    with pytest.raises(UnknownName):
        store.save_register([PRESIDENT], [good, bad], NOW, "advisor")
    assert store.list_executives() == []
    store.save_register([PRESIDENT], [good], NOW, "advisor")
    store.save_register([PRESIDENT], [good], NOW, "advisor")
    assert store.list_statements("president") == [good]
    assert len(store.statement_changes("s1")) == 1
