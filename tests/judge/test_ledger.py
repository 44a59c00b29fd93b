"""The ledger: leads, misses and false alarms, as the records tell them."""

from dataclasses import replace
from datetime import timedelta

from radar.judge.ledger import measure_reliability, write_ledger
from radar.records import Phase, Raised, Signal
from tests.building import MONDAY, make_signal

WEEK = timedelta(weeks=1)


def walk(*phases: Phase | None, confirmed_at: int = -1, confidence: float = 0.7) -> list[Signal]:
    """A topic's history, a phase a week."""
    history = []
    for number, phase in enumerate(phases):
        previous = history[-1].phase if history else None
        signal = make_signal("passkeys", phase, confirmed=number == confirmed_at, confidence=confidence)
        history.append(replace(signal, week=MONDAY + number * WEEK, previous=previous))
    return history


def test_the_lead_is_counted_from_the_flag_to_mainstream() -> None:
    """Flagged in week 2 of 0 to 9, mainstream in week 9: seven weeks."""
    history = walk(None, "weak signal", *["rising"] * 7, "mainstream", confirmed_at=3)  # type: ignore[list-item]
    [line] = write_ledger({"passkeys": history}, [], [])
    assert line.flagged_on == MONDAY + 3 * WEEK
    assert line.confirmed_on == MONDAY + 4 * WEEK
    assert line.mainstream_on == MONDAY + 10 * WEEK
    assert (line.lead, line.verdict) == (49, "in time")


def test_a_lead_of_less_than_four_weeks_is_late() -> None:
    [line] = write_ledger({"passkeys": walk(None, "rising", "mainstream")}, [], [])
    assert (line.lead, line.verdict) == (7, "late")


def test_what_an_executive_raised_first_was_missed() -> None:
    """Whether Radar flagged it a week later, or never; also where it took long to be mainstream after that."""
    raised = Raised("passkeys", "president", MONDAY)
    [after] = write_ledger({"passkeys": walk(None, "rising")}, [], [raised])
    [never] = write_ledger({"passkeys": walk(None, None)}, [], [raised])
    [led] = write_ledger({"passkeys": walk(None, *["rising"] * 6, "mainstream")}, [], [raised])  # type: ignore[list-item]
    assert (after.lead, after.verdict) == (None, "missed")
    assert (never.lead, never.verdict) == (None, "missed")
    assert (led.lead, led.verdict) == (42, "missed")


def test_what_an_executive_raised_after_the_flag_is_no_miss_and_not_late() -> None:
    """On the day of the flag or a week after it; the lead is against mainstream alone."""
    flagged = MONDAY + 2 * WEEK
    for day in (flagged, flagged + WEEK):
        raised = Raised("passkeys", "president", day)
        [line] = write_ledger({"passkeys": walk(None, "rising", "rising")}, [], [raised])
        assert (line.flagged_on, line.lead, line.verdict) == (flagged, None, "open")
        known = walk(None, *["rising"] * 6, "mainstream")  # type: ignore[list-item]
        [line] = write_ledger({"passkeys": known}, [], [raised])
        assert (line.lead, line.verdict) == (42, "in time")


def test_what_was_confirmed_and_did_not_last_has_faded() -> None:
    history = walk("rising", *["fading"] * 3, *[None] * 26, confirmed_at=0)
    [line] = write_ledger({"passkeys": history}, [], [])
    assert (line.lasted, line.verdict) == (False, "faded")
    [young] = write_ledger({"passkeys": history[:3]}, [], [])
    assert (young.lasted, young.verdict) == (None, "faded")


def test_what_was_mainstream_from_the_beginning_is_no_line() -> None:
    """Radar cannot be blamed for what everybody knew before it began, nor praised."""
    assert write_ledger({"passkeys": walk("mainstream", "mainstream")}, [], []) == []


def test_reliability_counts_confirmed_warnings_by_their_confidence() -> None:
    """Two of about 70 %, one of which lasted; one that is too young is left out."""
    lasting = walk("rising", *["rising"] * 27, confirmed_at=0)  # type: ignore[list-item]
    fading = walk("rising", *[None] * 27, confirmed_at=0)
    lines = write_ledger({"a": lasting, "b": fading, "c": lasting[:5]}, [], [])
    [band] = measure_reliability(lines)
    assert (band.low, band.high, band.warnings, band.lasted) == (0.6, 0.8, 2, 1)


def test_an_unflagged_topic_is_no_line() -> None:
    assert write_ledger({"passkeys": walk(None, "weak signal", None)}, [], []) == []
