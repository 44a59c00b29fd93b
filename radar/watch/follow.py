"""Follow a candidate once it was raised: (its titles up to a week, its phase) → its phase now, with the evidence.

Every threshold comes in pairs: what a phase is entered by lies well above what it is left by, so that a phase does not
flip with the luck of a week. Shares of all titles are compared, not counts: neither a holiday nor a feed that left is a
decline.
"""

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radar.records import KINDS, Candidate, CandidateChange, Crossing, Kind, Phase
from radar.watch.evidence import PAST
from radar.watch.terms import TermIndex
from radar.watch.wording import describe_rise

SPAN = 8  # weeks whose titles say how a term fares now
QUARTER, YEAR = 13, 52  # weeks
FADED, RECOVERED = 0.5, 0.75  # of its height: fading begins clearly below, and ends above
SURGE = 5.0  # times its past
CLIMB, LEVEL = 1.5, 1.0  # times the weeks before: a surge begins by the first and ends below the second
ROUTINE_WEEKS, ROUTINE_GENERAL, ROUTINE_PUBLISHERS = 12, 10, 6  # of a quarter's weeks: mainstream


@dataclass(frozen=True, slots=True)
class Course:
    """How a term fares at the end of a week."""

    titles: int  # in SPAN weeks
    before: float  # in the SPAN weeks before those, at today's number of titles on anything; so are the next two
    usual: float  # in so many weeks of its past
    height: float  # in the SPAN weeks in which it had most since it was raised
    active: int  # weeks of a quarter
    general: int  # weeks of a quarter in which the general press wrote of it
    publishers: int  # in a quarter
    publishers_year: int


def find_crossings(index: TermIndex, term: int, week: int) -> tuple[Crossing, ...]:
    """Return the kinds of press that have written of a term by the end of a week, in order of their first title."""
    weeks, titles = _read_titles(index, term, week)
    kinds = index.source_kind[index.title_source[titles]]
    first = {kind: int(weeks[kinds == kind].min()) for kind in np.unique(kinds).tolist()}
    return tuple(
        Crossing(KINDS[kind], index.day_of(first[kind])) for kind in sorted(first, key=lambda kind: (first[kind], kind))
    )


def trace_course(index: TermIndex, term: int, raised: int, week: int) -> Course:
    """Measure a term, raised in one week, at the end of another."""
    weeks, titles = _read_titles(index, term, week)
    counts = np.concatenate(([0], np.cumsum(np.bincount(weeks, minlength=week + 1))))
    totals = np.concatenate(([0], np.cumsum(index.totals[:, : week + 1].sum(axis=0))))
    end = week + 1
    size = float(totals[end] - totals[max(0, end - SPAN)])

    def scale(low: int, high: int) -> float:
        """Return the titles of the weeks [low, high) as they would be among those on anything of today's SPAN."""
        low, high = max(0, low), max(0, high)
        return float(counts[high] - counts[low]) * size / max(1.0, float(totals[high] - totals[low]))

    quarter = weeks > week - QUARTER
    general = index.source_kind[index.title_source[titles[quarter]]] == KINDS.index("general")
    return Course(
        titles=int(counts[end] - counts[max(0, end - SPAN)]),
        before=scale(end - 2 * SPAN, end - SPAN),
        usual=scale(end - SPAN - PAST, end - SPAN),
        height=max(scale(at - SPAN, at) for at in range(min(max(raised, 0) + 1, end), end + 1)),
        active=len(np.unique(weeks[quarter])),
        general=len(np.unique(weeks[quarter][general])),
        publishers=len(np.unique(index.title_publisher[titles[quarter]])),
        publishers_year=len(np.unique(index.title_publisher[titles[weeks > week - YEAR]])),
    )


def judge_phase(phase: Phase, course: Course, lasting: bool) -> Phase:
    """Return the phase after a week: the present one unless the week calls for another.

    `lasting` is discovery's word that a term persists far above its past: what can be confirmed.
    """
    # Clearly below: by more than the luck of so few titles.
    if not course.titles or course.titles + math.sqrt(course.titles) < FADED * course.height:
        return "fading"
    if phase == "fading":
        if course.titles < RECOVERED * course.height:
            return phase
        phase = "rising"
    if course.titles >= SURGE * course.usual and (
        (lasting and course.titles >= CLIMB * course.before)
        or (phase == "surging" and course.titles >= LEVEL * course.before)
    ):
        return "surging"
    if course.active >= ROUTINE_WEEKS and course.general >= ROUTINE_GENERAL and course.publishers >= ROUTINE_PUBLISHERS:
        return "mainstream"
    if phase == "surging" or (phase == "weak signal" and lasting):
        return "rising"
    return phase


def follow_candidate(one: Candidate, index: TermIndex, week: int, now: Candidate | None, lasting: bool) -> Candidate:
    """Return a candidate as it stands at the end of a week.

    `now` is the term as discovery measures it then, None where it no longer passes.
    """
    term = index.number(one.term)
    day = index.day_of(week + 1)
    course = trace_course(index, term, (one.raised_on - index.first).days // 7 - 1, week)
    phase = judge_phase(one.phase, course, lasting)
    since = day if phase != one.phase else one.since
    numbers: dict[str, Any] = {
        "weeks": SPAN,
        "titles": course.titles,
        "expected": round(course.usual, 1),
        "publishers": course.publishers_year,
        "active_weeks": course.active,
    }
    strength = now.strength if now else 0.0
    if now is not None and phase != "fading":  # the window in which it stands out most, as when it was raised
        numbers = {name: getattr(now, name) for name in numbers}
    first: dict[Kind, date] = {}  # what was seen before the weeks that are read stays seen
    for crossing in sorted((*one.crossed, *find_crossings(index, term, week)), key=lambda crossing: crossing.on):
        first.setdefault(crossing.kind, crossing.on)
    crossed = tuple(
        Crossing(kind, on) for kind, on in sorted(first.items(), key=lambda pair: (pair[1], KINDS.index(pair[0])))
    )
    after = replace(one, phase=phase, since=since, as_of=day, strength=strength, crossed=crossed, **numbers)
    return replace(after, sentence=describe_rise(after, course.height))


def list_changes(before: Candidate | None, after: Candidate) -> list[CandidateChange]:
    """Return what has happened to a candidate between two looks at it, in order; `before` is None for a new one."""
    changes = []
    if before is None or before.raised_on != after.raised_on:
        changes.append(CandidateChange(after.term, after.raised_on, "raised", sentence=after.sentence))
        before = None
    if after.confirmed_on and (before is None or before.confirmed_on != after.confirmed_on):
        changes.append(CandidateChange(after.term, after.confirmed_on, "confirmed", sentence=after.sentence))
    if before is not None and before.phase != after.phase:
        changes.append(CandidateChange(after.term, after.since, after.phase, sentence=after.sentence))
    return changes


def _read_titles(index: TermIndex, term: int, week: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return (week, title) of a term's titles up to the end of a week; none where the term is not indexed."""
    low, high = (index.start[term], index.start[term + 1]) if term >= 0 else (0, 0)
    weeks = index.week[low:high]
    size = int(np.searchsorted(weeks, week, side="right"))
    return weeks[:size], index.title[low : low + size]
