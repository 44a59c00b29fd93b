"""The ledger: leads, misses and false alarms, as the records tell them."""

from dataclasses import replace
from datetime import timedelta

from radar.judge.ledger import measure_reliability, write_ledger
from radar.records import CandidateChange, ChangeKind, Item, Phase, Raised, Signal
from tests.building import MONDAY, NOW, make_candidate, make_issue, make_signal

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


# -- candidates -------------------------------------------------------------------------------------------------------


def turn(what: ChangeKind, week: int) -> CandidateChange:
    return CandidateChange("quorvex", MONDAY + week * WEEK, what)


TOLD = make_issue(Item("i1", "blindsided", "Quorvex digs", topic_name="Quorvex", term="quorvex"), at=NOW)


def test_a_candidate_is_a_line_from_its_first_day_to_mainstream() -> None:
    """Raised in week 2, told to the president, mainstream in week 9: seven weeks."""
    one = make_candidate("quorvex", raised_on=MONDAY + 2 * WEEK, confirmed_on=MONDAY + 4 * WEEK, phase="mainstream")
    turns = [turn("raised", 2), turn("confirmed", 4), turn("rising", 4), turn("mainstream", 9)]
    [line] = write_ledger({}, [TOLD], [], [one], turns)
    assert (line.topic, line.term) == ("", "quorvex")
    assert (line.first_seen_on, line.flagged_on) == (one.first_seen_on, MONDAY + 2 * WEEK)
    assert (line.confirmed_on, line.mainstream_on) == (MONDAY + 4 * WEEK, MONDAY + 9 * WEEK)
    assert line.briefed == (("president", NOW.date()),)
    assert (line.lead, line.verdict) == (49, "in time")


def test_an_early_candidate_that_nobody_was_told_of_is_no_line() -> None:
    """Seven a week, most of them in vain: the desk's business. One that was merged is another topic's."""
    early = make_candidate("quorvex")
    assert write_ledger({}, [], [], [early], [turn("raised", 2)]) == []
    merged = replace(early, standing="merged", topic="passkeys", confirmed_on=MONDAY)
    assert write_ledger({"passkeys": []}, [], [], [merged], [turn("raised", 2)]) == []
    [line] = write_ledger({}, [TOLD], [], [early], [turn("raised", 2)])
    assert (line.confidence, line.verdict) == (None, "open")


def test_a_confirmed_candidate_that_fades_has_faded() -> None:
    """Since the day on which it did, though it was muted after that; half a year on it is known not to have lasted."""
    fading = make_candidate(
        "quorvex", level="confirmed", confirmed_on=MONDAY, phase="fading", since=MONDAY + 9 * WEEK,
        as_of=MONDAY + 9 * WEEK, standing="muted", confidence=0.7,
    )  # fmt: skip
    turns = [turn("confirmed", 0), turn("rising", 0), turn("fading", 9)]
    [line] = write_ledger({}, [], [], [fading], turns)
    assert (line.faded_on, line.lasted, line.verdict) == (MONDAY + 9 * WEEK, None, "faded")
    later = replace(fading, as_of=MONDAY + 26 * WEEK)
    [line] = write_ledger({}, [], [], [later], turns)
    assert line.lasted is False
    [band] = measure_reliability([line])
    assert (band.low, band.warnings, band.lasted) == (0.6, 1, 0)
    [line] = write_ledger({}, [], [], [later], [turn("confirmed", 0), turn("rising", 0), turn("fading", 30)])
    assert line.lasted is True


def test_promotion_keeps_the_history() -> None:
    """A topic that was a candidate was flagged, confirmed and told when the candidate was; its own signals go on."""
    one = make_candidate(
        "quorvex", raised_on=MONDAY, level="confirmed", confirmed_on=MONDAY + WEEK, standing="promoted",
        topic="tunnels", first_seen_on=MONDAY - 9 * WEEK, confidence=0.4,
    )  # fmt: skip
    turns = [turn("raised", 0), turn("confirmed", 1), turn("rising", 1), turn("promoted", 2)]
    own = make_issue(Item("i2", "matters", "Tunnels", topic="tunnels"), at=NOW + WEEK)
    own = replace(own, executive="field")
    history = [replace(signal, topic="tunnels") for signal in walk(None, None, "rising", "rising", confirmed_at=3)]
    [line] = write_ledger(
        {"tunnels": history}, [TOLD, own], [Raised("tunnels", "field", MONDAY + 2 * WEEK)], [one], turns
    )
    assert (line.topic, line.term) == ("tunnels", "quorvex")
    assert (line.first_seen_on, line.flagged_on, line.confirmed_on) == (MONDAY - 9 * WEEK, MONDAY, MONDAY + WEEK)
    assert line.briefed == (("president", NOW.date()), ("field", (NOW + WEEK).date()))
    assert (line.confidence, line.verdict) == (0.4, "open")  # raised by an executive after Radar had
    [alone] = write_ledger({"tunnels": []}, [], [], [one], turns)
    assert (alone.flagged_on, alone.term) == (MONDAY, "quorvex")


def test_what_was_raised_twice_was_flagged_the_first_time() -> None:
    """A year later the row begins anew; the changes remember."""
    one = make_candidate("quorvex", raised_on=MONDAY + 60 * WEEK, confirmed_on=MONDAY + 61 * WEEK)
    turns = [turn("raised", 0), turn("fading", 9), turn("raised", 60), turn("confirmed", 61)]
    [line] = write_ledger({}, [], [], [one], turns)
    assert line.flagged_on == MONDAY
