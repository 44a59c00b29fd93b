"""The exposure list: what moves, whom it touches, since when and until when advice is due."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.listen.exposure import Desk, find_exposures
from radar.records import Exposure, Signal, Statement
from tests.building import DAY, NOW, make_position, make_signal, make_statement

TODAY = NOW.date()
WEEK = timedelta(weeks=1)
MONDAY = date(2026, 11, 16)  # of the last closed week
RISING, SURGING = make_signal("passkeys"), make_signal("passkeys", "surging", since=MONDAY)
KEYS = make_statement("Painless sign in", "passkeys", weight=4)
AGENDAS: dict[str, Sequence[Statement]] = {
    "president": [KEYS],
    "cfo": [make_statement("Spend less", executive="cfo")],
}
GOOD = make_position("passkeys", approved_at=NOW)


def find(*signals: Signal, today: date = TODAY, **more: Any) -> list[Exposure]:
    """The exposures of topics whose histories are these signals."""
    histories: dict[str, list[Signal]] = {}
    for signal in signals:
        histories.setdefault(signal.topic, []).append(signal)
    desk: dict[str, Any] = {"agendas": AGENDAS, "positions": {}, "parents": {}, "linked": {}}
    return find_exposures(histories, Desk(**(desk | more)), today)


def test_a_rising_topic_on_an_agenda_without_advice_is_an_exposure() -> None:
    """It says whose agenda and which statement, why, and what to do."""
    (one,) = find(RISING)
    assert (one.topic, one.executives, one.statements) == ("passkeys", ("president",), (KEYS.id,))
    assert (one.reason, one.command) == ("no position", "radar position draft passkeys --out passkeys.toml")
    assert one.confirmed


def test_current_advice_ends_the_exposure() -> None:
    """The goal is an empty list."""
    assert find(SURGING, positions={"passkeys": [GOOD]}) == []


def test_a_surging_topic_is_an_exposure_on_nobodys_agenda_too_and_stands_last() -> None:
    """A rising one on nobody's agenda is not yet."""
    loud = make_signal("drones", "surging", confidence=1.0)
    assert [(one.topic, one.executives) for one in find(loud, RISING)] == [
        ("passkeys", ("president",)),
        ("drones", ()),
    ]
    assert find(make_signal("drones")) == []


@pytest.mark.parametrize("phase", [None, "weak signal", "mainstream", "fading"])
def test_a_topic_that_does_not_move_is_no_exposure(phase: Any) -> None:
    """Whatever the agenda."""
    assert find(make_signal("passkeys", phase, confirmed=False)) == []


def test_a_link_to_a_broader_topic_touches_the_narrower_one_and_not_the_other_way_round() -> None:
    """At any distance, and a ring of parents ends."""
    child = make_signal("device-bound-passkeys")
    parents = {
        "device-bound-passkeys": "roaming-passkeys",
        "roaming-passkeys": "passkeys",
        "passkeys": "roaming-passkeys",
    }
    (one,) = find(child, parents=parents)
    assert one.executives == ("president",)
    assert find(make_signal("sign-in"), parents={"passkeys": "sign-in"}) == []


# -- the deadline -----------------------------------------------------------------------------------------------------


def test_the_deadline_counts_from_the_end_of_the_week_that_brought_it_and_stays() -> None:
    """Fourteen days for what rises; the day after the last it is overdue."""
    due = date(2026, 11, 9) + 2 * WEEK  # rising since the week of 2 November
    for today in (TODAY - WEEK, due, due + DAY):
        (one,) = find(RISING, today=today)
        assert (one.since_on, one.due_on, one.overdue) == (date(2026, 11, 9), due, today > due)


def test_a_rise_that_becomes_a_surge_is_due_in_seven_days_and_never_later_than_it_was() -> None:
    """A long overdue rise stays overdue when it surges."""
    early = make_signal("passkeys", week=date(2026, 10, 5), since=date(2026, 10, 5))
    (one,) = find(early, SURGING)
    assert (one.since_on, one.due_on) == (date(2026, 10, 12), date(2026, 10, 26))
    late = make_signal("passkeys", week=date(2026, 11, 9), since=date(2026, 11, 9))
    (one,) = find(late, SURGING)
    assert one.due_on == min(date(2026, 11, 16) + 2 * WEEK, MONDAY + 2 * WEEK)


def test_a_pause_between_two_rises_starts_the_clock_anew() -> None:
    """What rose in summer and rises again was not exposed all the time."""
    summer = make_signal("passkeys", week=date(2026, 6, 1), since=date(2026, 6, 1))
    calm = make_signal("passkeys", "fading", confirmed=False, week=date(2026, 8, 3), since=date(2026, 8, 3))
    (one,) = find(summer, calm, RISING)
    assert one.since_on == RISING.since + WEEK


def test_a_link_confirmed_today_is_exposed_since_today() -> None:
    """Nobody can be late with what touched nobody; the earliest of several links counts."""
    (one,) = find(RISING, linked={(KEYS.id, "passkeys"): TODAY})
    assert (one.since_on, one.due_on) == (TODAY, TODAY + 2 * WEEK)
    other = make_statement("Safer sign in", "passkeys", executive="cfo")
    (one,) = find(RISING, agendas={"president": [KEYS], "cfo": [other]}, linked={(KEYS.id, "passkeys"): TODAY})
    assert one.since_on == max(date(2026, 11, 9), other.noted_on or date.min)


def test_advice_that_lapsed_is_due_from_the_day_it_lapsed() -> None:
    """The day after its review date."""
    lapsed = make_position("passkeys", approved_at=NOW - 20 * DAY, review_on=TODAY - 2 * DAY)
    (one,) = find(RISING, positions={"passkeys": [lapsed]})
    assert (one.reason, one.since_on) == ("position past its review date", TODAY - DAY)


@given(st.lists(st.tuples(st.sampled_from(["rising", "surging"]), st.integers(1, 5)), min_size=1, max_size=8))
def test_no_day_that_passes_moves_a_deadline_of_the_same_evidence(weeks: list[tuple[Any, int]]) -> None:
    """The same history, looked at on any later day, is due on the same day."""
    history, monday = [], date(2026, 1, 5)
    for phase, length in weeks:
        since = history[-1].since if history and history[-1].phase == phase else monday
        for _ in range(length):
            history.append(make_signal("passkeys", phase, week=monday, since=since))
            monday += WEEK
    looks = [find(*history, today=monday + timedelta(days=days)) for days in (0, 1, 50)]
    assert len({(one.since_on, one.due_on) for (one,) in looks}) == 1


# -- the order --------------------------------------------------------------------------------------------------------


def test_the_worst_exposure_comes_first() -> None:
    """Surging before rising, more and heavier agendas before fewer; equal ones by name."""
    agendas = AGENDAS | {
        "coo": [
            make_statement("Radios", "radio", executive="coo", weight=1),
            make_statement("Keys", "passkeys", executive="coo", weight=5),
        ]
    }
    signals = [make_signal("radio"), make_signal("alpha", "surging"), make_signal("beta", "surging"), RISING]
    found = find(*signals, agendas=agendas)
    assert [one.topic for one in found] == ["passkeys", "radio", "alpha", "beta"]
    assert found[0].executives == ("coo", "president")
    assert find(*signals[::-1], agendas=agendas) == found


@given(st.integers(1, 4))
def test_a_heavier_statement_never_lowers_the_score(weight: int) -> None:
    """Raising a weight raises what it touches."""
    scores = [
        find(RISING, agendas={"president": [make_statement("Keys", "passkeys", weight=w)]})[0].score
        for w in (weight, weight + 1)
    ]
    assert scores[0] < scores[1]
