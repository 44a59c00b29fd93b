"""Candidates as the weeks pass: phases that move and hold, kinds of press crossed, every change dated."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.records import KINDS, PHASES, Candidate, CandidateChange, Crossing, Kind, Phase, Report
from radar.watch.discover import Discovery
from radar.watch.follow import Course, find_crossings, judge_phase, list_changes
from radar.watch.panel import Panel
from radar.watch.terms import index_terms
from tests.building import make_candidate
from tests.watch.streams import FIRST, make_rise, make_stream

WEEK = timedelta(weeks=1)
RISE = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8]
FALL = [4, 2, 1, 0, 1, 0, 0, 0, 0, 0]


def of_kind(kind: Kind, reports: list[Report]) -> list[Report]:
    return [replace(report, kind=kind, source=f"{report.source} {kind}") for report in reports]


def follow(reports: list[Report], term: str = "quorvex") -> tuple[list[Candidate], list[CandidateChange]]:
    """One candidate at the end of every week since it was raised, and what happened to it."""
    discovery = Discovery(Panel(index_terms(reports, FIRST)))
    weekly: list[Candidate] = []
    changes: list[CandidateChange] = []
    for _ in range(discovery.index.weeks):
        for one in (*discovery.decide_week(), *discovery.follow_week()):
            if one.term == term:
                changes += list_changes(weekly[-1] if weekly else None, one)
                weekly.append(one)
    return weekly, changes


def make_course(titles: int, **more: float) -> Course:
    fields = {"before": titles, "usual": 0.5, "height": titles, "active": 8, "general": 0, "publishers": 9}
    return Course(titles=titles, **({**fields, "publishers_year": 9} | more))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def course() -> tuple[list[Candidate], list[CandidateChange]]:
    """A name that rises for four months, holds for half a year, and is forgotten."""
    return follow(make_stream() + make_rise("Quorvex", 70, RISE + [8] * 20 + FALL))


def test_a_candidate_is_looked_at_every_week(course: tuple[list[Candidate], list[CandidateChange]]) -> None:
    """Its numbers are the week's; what it was raised with stays."""
    weekly, _ = course
    days = sorted({one.as_of for one in weekly})
    assert all(later - earlier == WEEK for earlier, later in pairwise(days))
    assert days[-1] == FIRST + 130 * WEEK
    assert len({(one.raised_on, one.first_seen_on) for one in weekly}) == 1
    assert max(one.publishers for one in weekly) == 12
    assert weekly[-1].titles == 0
    assert weekly[-1].active_weeks == 0


def test_its_phase_moves_and_every_change_is_dated(course: tuple[list[Candidate], list[CandidateChange]]) -> None:
    """A weak signal, then surging while it climbs, rising while it holds its height, fading; none of them twice."""
    weekly, changes = course
    assert [change.what for change in changes] == ["raised", "confirmed", "surging", "rising", "fading"]
    assert [change.on for change in changes] == sorted(change.on for change in changes)
    assert all(change.sentence for change in changes)
    last = weekly[-1]
    assert (last.phase, last.since, last.level) == ("fading", changes[-1].on, "confirmed")
    assert FIRST + 106 * WEEK < last.since < FIRST + 115 * WEEK
    assert "at its height" in last.sentence


def test_a_burst_of_a_month_that_was_never_confirmed_fades_as_well() -> None:
    weekly, changes = follow(make_stream(110) + make_rise("Quorvex", 80, [6, 6, 6, 3]))
    assert (weekly[-1].level, weekly[-1].phase) == ("early", "fading")
    assert [change.what for change in changes] == ["raised", "fading"]


def test_what_the_whole_press_writes_of_every_week_is_mainstream() -> None:
    """And known as that on the day."""
    trade = of_kind("trade", make_rise("Quorvex", 70, RISE + [9] * 40, seed=3))
    general = of_kind("general", make_rise("Quorvex", 84, [1, 2, 3] + [4] * 37, seed=4))
    weekly, changes = follow(make_stream() + of_kind("general", make_stream(seed=6)) + trade + general)
    assert weekly[-1].phase == "mainstream"
    assert changes[-1].what == "mainstream"


def test_the_sentence_says_which_press_it_has_crossed() -> None:
    """Since when, too; and no longer when that is no news."""
    press = make_stream() + of_kind("research", make_stream(seed=6)) + of_kind("trade", make_stream(seed=7))
    research = of_kind("research", make_rise("Quorvex", 70, RISE, seed=3))
    weekly, _ = follow(press + research + of_kind("trade", make_rise("Quorvex", 80, [2] * 12, seed=4)))
    last = weekly[-1]
    assert [crossing.kind for crossing in last.crossed] == ["research", "trade"]
    assert last.crossed[1].on == FIRST + 80 * WEEK
    before = next(one for one in weekly if one.as_of <= last.crossed[1].on)
    after = next(one for one in weekly if one.as_of > last.crossed[1].on)
    assert "from research" not in before.sentence
    assert "from research to the trade press since July" in after.sentence
    assert "from research" not in last.sentence


def test_a_kind_that_once_wrote_of_it_stays_crossed() -> None:
    """Also when those titles are older than the weeks that are read; the earlier day counts."""
    reports = make_stream() + make_rise("Quorvex", 80, RISE)
    discovery = Discovery(Panel(index_terms(reports, FIRST)))
    long_ago = (Crossing("research", FIRST - 9 * WEEK), Crossing("trade", FIRST - 5 * WEEK))
    discovery.resume(
        [make_candidate("quorvex", raised_on=FIRST + 85 * WEEK, as_of=FIRST + 85 * WEEK, crossed=long_ago)]
    )
    discovery.catch_up(FIRST + 90 * WEEK)
    discovery.watch_week()
    [one] = discovery.follow_week()
    assert one.crossed == long_ago


def test_a_candidate_nobody_writes_of_any_more_has_faded() -> None:
    """None of its titles is left in the weeks that are read."""
    discovery = Discovery(Panel(index_terms(make_stream(70), FIRST)))
    discovery.resume([make_candidate("quorvex", raised_on=FIRST, as_of=FIRST, phase="rising", level="confirmed")])
    discovery.catch_up(FIRST + 69 * WEEK)
    discovery.watch_week()
    [one] = discovery.follow_week()
    assert (one.phase, one.since) == ("fading", FIRST + 70 * WEEK)
    assert (one.titles, one.strength, one.active_weeks) == (0, 0.0, 0)
    assert one.first_seen_on == make_candidate("quorvex").first_seen_on


def test_crossings_are_in_the_order_of_the_first_titles() -> None:
    """Of those up to the week that is asked about."""
    titles = [
        Report(FIRST + day * timedelta(days=1), kind, f"{kind}.example", f"Quorvex {kind} {day} again", kind)
        for kind, days in (("vendor", (1, 30)), ("community", (9, 31)), ("general", (40, 41)))
        for day in days
    ]  # fmt: skip
    index = index_terms(titles, FIRST)  # type: ignore[arg-type]
    found = find_crossings(index, index.number("quorvex"), 4)
    assert found == (Crossing("vendor", FIRST), Crossing("community", FIRST + WEEK))
    assert find_crossings(index, -1, 4) == ()


@given(
    phase=st.sampled_from(PHASES),
    titles=st.integers(0, 60),
    before=st.integers(0, 60),
    height=st.integers(0, 60),
    usual=st.integers(0, 20),
    weeks=st.tuples(st.integers(0, 13), st.integers(0, 13)),
    lasting=st.booleans(),
)
def test_a_week_like_the_last_changes_no_phase(
    phase: Phase, titles: int, before: int, height: int, usual: int, weeks: tuple[int, int], lasting: bool
) -> None:
    """Whatever the numbers are: judged again on the same, a phase holds, and it does not come back to where it was."""
    course = make_course(
        titles, before=before, height=max(height, titles), usual=usual, active=max(weeks), general=min(weeks)
    )
    after = judge_phase(phase, course, lasting)
    again = judge_phase(after, course, lasting)
    assert judge_phase(again, course, lasting) == again
    assert again in (after, "rising", "surging", "mainstream")


def test_phases_hold_where_numbers_waver() -> None:
    """What is neither high enough to enter a phase nor low enough to leave it leaves everything as it is."""
    climbing, level, falling = (make_course(20, before=before) for before in (10, 18, 30))
    assert judge_phase("rising", climbing, True) == "surging"
    assert [judge_phase(phase, level, True) for phase in ("rising", "surging")] == ["rising", "surging"]
    assert judge_phase("surging", falling, True) == "rising"
    half, most = make_course(12, height=20), make_course(15, height=20)
    assert [judge_phase(phase, half, True) for phase in ("rising", "fading")] == ["rising", "fading"]
    assert judge_phase("fading", most, True) == "rising"
    assert judge_phase("rising", make_course(5, height=20), True) == "fading"


def test_what_is_raised_anew_after_a_year_begins_again() -> None:
    """The first time stays in the record of changes."""
    old = make_candidate("quorvex", phase="fading")
    new = replace(old, raised_on=old.raised_on + 60 * WEEK, phase="weak signal")
    assert [change.what for change in list_changes(old, new)] == ["raised"]
    assert list_changes(new, new) == []
    assert set(KINDS) >= {crossing.kind for crossing in new.crossed}
