"""One-on-one talks, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from radar.errors import UnknownName
from radar.records import Outcomes, Raised, Statement, Step, Talk
from radar.store import Store
from tests.store.store_samples import DAY, NOW, PRESIDENT, make_topic

TALK = Talk("president", NOW.date(), NOW, "ida", "She spoke of donors.", NOW + 30 * DAY)
WISH = Statement("president-1", "president", "reach the young", 4, NOW.date(), topics=("ai",))
OUTCOMES = Outcomes(
    TALK,
    (WISH,),
    (Step("president", "ai", "interested", NOW, "talk", "ida", "wants figures"),),
    (Raised("ai", "president", NOW.date()),),
)


def test_talks_come_back_latest_first_and_the_last_day_is_known(store: Store) -> None:
    """Nobody sees another's; who never had one is not listed."""
    for slug in ("president", "board", "never"):
        store.save_executive(replace(PRESIDENT, slug=slug))
    earlier = replace(TALK, held_on=(NOW - 90 * DAY).date(), note="", next_at=None)
    board = replace(earlier, executive="board")
    for held in (TALK, earlier, board):
        assert store.save_talk(held) == held
    assert store.list_talks("president") == [TALK, earlier]
    assert store.list_talks("never") == []
    assert store.last_talks() == {"president": TALK.held_on, "board": board.held_on}


def test_a_talk_noted_again_is_the_same_talk_and_counts_the_moves_of_its_date(store: Store) -> None:
    """One a day; the first date and one that stays are no moves, another one and none are."""
    store.save_executive(PRESIDENT)
    assert store.save_talk(replace(TALK, next_at=None)).moved == 0
    assert store.save_talk(TALK).moved == 0
    assert store.save_talk(replace(TALK, note="And of phones.")).moved == 0
    later = store.save_talk(replace(TALK, next_at=NOW + timedelta(days=31)))
    assert later.moved == 1
    assert store.save_talk(replace(TALK, next_at=None)).moved == 2
    assert store.save_talk(later).moved == 2
    assert store.list_talks("president") == [replace(later, moved=2)]


def test_a_talk_with_nobody_is_refused(store: Store) -> None:
    """In one line, with where to look."""
    for ask in (lambda: store.save_talk(TALK), lambda: store.list_talks("president")):
        with pytest.raises(UnknownName, match="no executive is called 'president'"):
            ask()


def test_what_came_of_a_talk_is_stored_together(store: Store) -> None:
    """With its author; statements keep their versions, steps get their numbers."""
    store.save_executive(PRESIDENT)
    store.save_topics([make_topic("ai")])
    stored = store.save_outcomes(OUTCOMES, ())
    assert stored is not None
    assert stored.steps[0].number > 0
    assert store.list_talks("president") == [TALK]
    assert store.list_statements("president") == [WISH]
    assert [(change.by, change.at) for change in store.statement_changes("president-1")] == [("ida", NOW)]
    assert store.list_steps("president") == list(stored.steps)
    assert store.list_raised() == list(OUTCOMES.raised)
    store.save_outcomes(replace(OUTCOMES, steps=()), (WISH,))
    assert len(store.statement_changes("president-1")) == 1


@pytest.mark.parametrize("broken", ["statements", "steps", "raised"])
def test_one_thing_that_cannot_be_stored_leaves_all_unstored(store: Store, broken: str) -> None:
    """A topic that is none, wherever it is named."""
    store.save_executive(PRESIDENT)
    store.save_topics([make_topic("ai")])
    (good,) = getattr(OUTCOMES, broken)
    bad = replace(good, topics=("nope",)) if broken == "statements" else replace(good, topic="nope")
    with pytest.raises(UnknownName, match="no topic is called 'nope'"):
        store.save_outcomes(replace(OUTCOMES, **{broken: (bad,)}), ())
    assert store.list_talks("president") == []
    assert store.list_statements("president") == []
    assert store.list_steps("president") == []
    assert store.list_raised() == []


def test_a_talk_settled_against_an_agenda_that_has_changed_is_not_stored(store: Store) -> None:
    """Two advisors note talks at once: the second's new statement does not take the place of the first's."""
    store.save_executive(PRESIDENT)
    store.save_topics([make_topic("ai")])
    theirs = replace(OUTCOMES, statements=(replace(WISH, text="protect the donors"),), steps=())
    assert store.save_outcomes(OUTCOMES, ()) is not None
    assert store.save_outcomes(theirs, ()) is None
    assert store.save_outcomes(theirs, (replace(WISH, weight=1),)) is None
    assert store.list_statements("president") == [WISH]
