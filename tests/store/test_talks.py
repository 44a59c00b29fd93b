"""One-on-one talks, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from radar.errors import UnknownName
from radar.records import Talk
from radar.store import Store
from tests.store.store_samples import DAY, NOW, PRESIDENT

TALK = Talk("president", NOW.date(), NOW, "ida", "She spoke of donors.", NOW + 30 * DAY)


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
