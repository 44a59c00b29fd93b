"""Advice on file: what may be filed, what is current, what is due, when topics moved."""

from dataclasses import replace
from typing import Any

import pytest

from radar.errors import Conflict, Unusable
from radar.listen.advice import check_advice, check_blanks, find_blanks, find_due, find_gap, find_moves
from radar.records import Position
from tests.building import DAY, NOW, make_position, make_signal

TODAY = NOW.date()
RISING = make_signal("passkeys")  # since 2 November
GOOD = make_position("passkeys", review_on=TODAY, approved_at=NOW - 8 * DAY)

# -- what may be filed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"say": " ".join(["word"] * 61)}, "say: it has 61 words; at most 60"),
        ({"say": "  "}, "say: it must not be empty"),
        ({"so_what": ""}, "so_what: it must not be empty"),
        ({"so_what": "x" * 1_001}, "so_what: it has 1,001 characters"),
        ({"ring": "maybe"}, "ring: it has to be one of adopt"),
        ({"due_on": TODAY - DAY}, "due_on: 2026-11-23 has passed"),
        ({"review_on": TODAY - DAY}, "review_on: 2026-11-23 has passed"),
    ],
)
def test_advice_that_cannot_be_filed_is_refused_with_the_reason(wrong: dict[str, Any], why: str) -> None:
    """The parameter and what is wrong with it, in a line."""
    with pytest.raises(Unusable, match=why):
        check_advice(replace(GOOD, **wrong), TODAY)


def test_sixty_words_and_today_are_fine() -> None:
    """The limits themselves."""
    advice = replace(GOOD, say=" ".join(["word"] * 60), due_on=TODAY)
    assert check_advice(advice, TODAY) == advice


def test_a_day_that_stood_before_may_have_passed() -> None:
    """Changing a word of advice whose step is overdue must not need another date; a new date must be to come."""
    before = replace(GOOD, due_on=TODAY - DAY)
    assert check_advice(replace(before, say="Other words."), TODAY, before).due_on == TODAY - DAY
    with pytest.raises(Unusable, match="due_on"):
        check_advice(replace(before, due_on=TODAY - 2 * DAY), TODAY, before)


def test_texts_are_cleaned() -> None:
    """They reach terminals, mails and pages."""
    assert check_advice(replace(GOOD, say="We\x1b[31m wait.\n"), TODAY).say == "We [31m wait."


def test_words_with_blanks_are_never_approved() -> None:
    """A draft may have them; three underscores are a blank, wherever they stand."""
    draft = replace(GOOD, approved_by="", so_what="It would change ___.", owner="____")
    assert find_blanks(check_advice(draft, TODAY)) == ["so_what", "owner"]
    with pytest.raises(Conflict, match=r"still has blanks \(___\) in so_what, owner"):
        check_blanks(draft)
    with pytest.raises(Conflict, match="blanks"):
        check_advice(replace(draft, approved_by="Ida"), TODAY)
    assert find_blanks(replace(GOOD, say="snake_case and __init__")) == []


# -- what is current --------------------------------------------------------------------------------------------------


def reason(*versions: Position, signal: Any = RISING) -> str:
    gap = find_gap(versions, signal, TODAY)
    return gap.reason if gap else ""


def test_an_approved_position_within_its_review_date_is_current() -> None:
    """On the last day too, and without any date."""
    assert reason(GOOD) == ""
    assert reason(make_position("passkeys"), signal=None) == ""


@pytest.mark.parametrize(
    ("versions", "gap", "command"),
    [
        ((), "no position", "radar position draft passkeys --out passkeys.toml"),
        ((replace(GOOD, approved_by=""),), "position is a draft", "radar position approve passkeys --by NAME"),
        (
            (replace(GOOD, approved_by="", say="We ___."),),
            "position is a draft with blanks",
            "radar position draft passkeys --out passkeys.toml",
        ),
        (
            (replace(GOOD, review_on=TODAY - DAY),),
            "position past its review date",
            "radar position draft passkeys --out passkeys.toml",
        ),
        (
            (replace(GOOD, approved_at=NOW - 23 * DAY),),
            "position written before the topic was rising",
            "radar position draft passkeys --out passkeys.toml",
        ),
        (
            (replace(GOOD, approved_at=NOW - 23 * DAY), replace(GOOD, version=2, approved_by="")),
            "position written before the topic was rising",
            "radar position approve passkeys --by NAME",
        ),
    ],
)
def test_a_gap_is_named_with_the_command_that_mends_it(versions: tuple[Position, ...], gap: str, command: str) -> None:
    """Missing, unapproved, overdue, or from before the climb."""
    found = find_gap(versions, RISING, TODAY)
    assert found is not None
    assert (found.reason, found.command) == (gap, command)


def test_a_newer_draft_takes_nothing_from_the_approved_version() -> None:
    """Digests speak from it until the draft is approved."""
    assert reason(GOOD, replace(GOOD, version=2, approved_by="")) == ""


def test_advice_approved_on_the_day_a_phase_began_is_current_and_the_day_before_it_is_not() -> None:
    """By the approval, not by when the words were written."""
    since = RISING.since
    on = NOW.replace(year=since.year, month=since.month, day=since.day)
    assert reason(replace(GOOD, approved_at=on, written_at=on - 90 * DAY)) == ""
    assert reason(replace(GOOD, approved_at=on - DAY)) == "position written before the topic was rising"


@pytest.mark.parametrize(
    ("previous", "phase", "stale"),
    [
        ("weak signal", "rising", True),
        ("fading", "rising", True),
        ("rising", "surging", True),
        ("mainstream", "surging", True),
        ("surging", "mainstream", True),
        ("surging", "rising", False),
        ("rising", "fading", False),
        ("surging", "fading", False),
        (None, "mainstream", False),
        (None, "weak signal", False),
        ("fading", None, False),
    ],
)
def test_a_climb_makes_older_advice_stale_and_a_descent_does_not(previous: Any, phase: Any, stale: bool) -> None:
    """What was advised of something larger still holds when it gets smaller."""
    signal = make_signal("passkeys", phase, confirmed=False, previous=previous)
    assert bool(reason(replace(GOOD, approved_at=NOW - 300 * DAY), signal=signal)) == stale


# -- what is due ------------------------------------------------------------------------------------------------------


def test_reviews_steps_and_drafts_are_due_the_longest_first() -> None:
    """A fortnight ahead; what is settled and far off is left alone."""
    positions = {
        "lapsed": [make_position("lapsed", review_on=TODAY - DAY, next_step="")],
        "step": [make_position("step", due_on=TODAY - 3 * DAY, owner="Ida", review_on=TODAY + 90 * DAY)],
        "soon": [make_position("soon", review_on=TODAY + 14 * DAY, next_step="")],
        "later": [make_position("later", review_on=TODAY + 15 * DAY, due_on=TODAY + 15 * DAY)],
        "draft": [make_position("draft", approved_by="")],
        "blank": [make_position("blank", approved_by="", say="We ___.")],
    }
    found = find_due(positions, {}, {"step": "The step"}, TODAY)
    assert [(one.about, one.line) for one in found] == [
        ("The step", "next step: Approve the trial (Ida)"),
        ("lapsed", "position past its review date"),
        ("soon", "review"),
        ("blank", "version 1, a draft of 2026-10-25, has blanks to fill in"),
        ("draft", "version 1, a draft of 2026-10-25, waits for approval"),
    ]
    assert all(one.command.startswith("radar position") for one in found)


# -- moves ------------------------------------------------------------------------------------------------------------


def test_moves_are_the_approvals_that_changed_the_ring() -> None:
    """Drafts move nothing; the day is the approval's."""
    at = [NOW - days * DAY for days in (40, 30, 20, 10)]
    versions = [
        make_position("ai", version=1, ring="assess", approved_by=""),
        make_position("ai", version=2, ring="assess", written_at=at[0], approved_at=at[1]),
        make_position("ai", version=3, ring="adopt", approved_by=""),
        make_position("ai", version=4, ring="assess", say="Other words.", approved_at=at[2]),
        make_position("ai", version=5, ring="hold", approved_at=at[3]),
    ]
    assert [(one.moved_on, one.previous, one.ring, one.version) for one in find_moves(versions)] == [
        (at[1].date(), None, "assess", 2),
        (at[3].date(), "assess", "hold", 5),
    ]
    assert find_moves(versions[:1]) == []
