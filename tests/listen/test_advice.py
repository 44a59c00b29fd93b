"""Advice on file: what is current, and the list of moving topics without it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from radar.listen.advice import find_exposures, find_gap
from tests.building import NOW, make_position, make_signal, make_statement

TODAY = NOW.date()
RISING, SURGING = make_signal("passkeys"), make_signal("passkeys", "surging")
AGENDA = {
    "president": [make_statement("Painless sign in", "passkeys", weight=4)],
    "cfo": [make_statement("Spend less")],
}
GOOD = make_position("passkeys", review_on=TODAY)

# -- current advice ---------------------------------------------------------------------------------------------------


def test_an_approved_position_within_its_review_date_is_current() -> None:
    """On the last day too, and without any date."""
    assert find_gap(GOOD, RISING, TODAY) == ""
    assert find_gap(make_position("passkeys"), None, TODAY) == ""


@pytest.mark.parametrize(
    ("position", "gap"),
    [
        (None, "no position"),
        (replace(GOOD, approved_by=""), "position is a draft"),
        (replace(GOOD, review_on=TODAY - timedelta(days=1)), "position past its review date"),
        (replace(GOOD, written_at=NOW - timedelta(days=200)), "position written before the topic was rising"),
    ],
)
def test_a_gap_is_named(position: object, gap: str) -> None:
    """Missing, unapproved, overdue, or of another season."""
    assert find_gap(position, RISING, TODAY) == gap  # type: ignore[arg-type]


def test_old_advice_on_a_calm_topic_stays_current() -> None:
    """Only a move since makes it old."""
    old = replace(GOOD, written_at=NOW - timedelta(days=900))
    assert find_gap(old, None, TODAY) == ""
    assert find_gap(old, make_signal("passkeys", "mainstream", confirmed=False), TODAY) == ""


# -- the exposure list ------------------------------------------------------------------------------------------------


def test_a_rising_topic_on_an_agenda_without_advice_is_an_exposure() -> None:
    """It says whose agenda, why, and until when advice is due; only those whose statements link it."""
    (exposure,) = find_exposures([RISING], AGENDA, {}, TODAY)
    assert (exposure.topic, exposure.executives, exposure.reason) == ("passkeys", ("president",), "no position")
    assert exposure.due_on == TODAY + timedelta(days=14)


def test_current_advice_ends_the_exposure() -> None:
    """The goal is an empty list."""
    assert find_exposures([RISING, SURGING], AGENDA, {"passkeys": GOOD}, TODAY) == []


def test_a_surging_topic_is_an_exposure_on_nobodys_agenda_too() -> None:
    """And more urgent; a rising one on nobody's agenda is not yet."""
    elsewhere = {"cfo": AGENDA["cfo"]}
    (exposure,) = find_exposures([SURGING], elsewhere, {}, TODAY)
    assert (exposure.executives, exposure.due_on) == ((), TODAY + timedelta(days=7))
    assert find_exposures([RISING], elsewhere, {}, TODAY) == []


@pytest.mark.parametrize("phase", [None, "weak signal", "mainstream", "fading"])
def test_a_topic_that_does_not_move_is_no_exposure(phase: object) -> None:
    """Whatever the agenda."""
    assert find_exposures([make_signal("passkeys", phase, confirmed=False)], AGENDA, {}, TODAY) == []  # type: ignore[arg-type]


def test_the_worst_exposure_comes_first() -> None:
    """Surging before rising, more and heavier agendas before fewer; equal ones by name."""
    agendas = AGENDA | {
        "coo": [make_statement("Radios", "radio", weight=1), make_statement("Keys", "passkeys", weight=5)]
    }
    signals = [make_signal("radio"), make_signal("alpha", "surging"), make_signal("beta", "surging"), RISING]
    exposures = find_exposures(signals, agendas, {}, TODAY)
    assert [exposure.topic for exposure in exposures] == ["passkeys", "alpha", "beta", "radio"]
    assert exposures[0].executives == ("coo", "president")
    assert find_exposures(signals[::-1], agendas, {}, TODAY) == exposures
    assert all(isinstance(exposure.due_on, date) for exposure in exposures)
