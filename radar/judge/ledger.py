"""Keep the ledger: what was flagged, briefed and raised, and when; how early, how often in vain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from radar.records import PHASES, Candidate, CandidateChange, Issue, LedgerLine, Raised, Reliability, Signal, Verdict

WEEK = timedelta(weeks=1)
HALF_YEAR = timedelta(weeks=26)
IN_TIME = timedelta(weeks=4)  # before mainstream
_BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class _Course:
    """What the records say of one topic or candidate."""

    first_seen_on: date | None = None
    flagged_on: date | None = None
    confirmed_on: date | None = None
    mainstream_on: date | None = None
    faded_on: date | None = None
    confidence: float | None = None
    lasted: bool | None = None


def write_ledger(
    histories: Mapping[str, Sequence[Signal]],
    issues: Iterable[Issue],
    raised: Iterable[Raised],
    candidates: Iterable[Candidate] = (),
    changes: Iterable[CandidateChange] = (),
) -> list[LedgerLine]:
    """Return a line for each topic that was ever flagged, mainstream after that, or raised; the latest flag first.

    `histories` maps topics to their signals, oldest first; `changes` are in order of time. A candidate has a line of
    its own once it was confirmed, told or mainstream (what was only early is the desk's business); one that was
    promoted begins its topic's, and one that was merged adds nothing to a topic that was listed before.
    """
    told: dict[tuple[str, str], dict[str, date]] = {}  # (topic, term) → executive → day
    for issue in sorted(issues, key=lambda one: one.composed_at):
        for item in issue.items:
            if item.topic or item.term:
                told.setdefault((item.topic, item.term), {}).setdefault(issue.executive, issue.composed_at.date())
    spoken: dict[str, list[Raised]] = {}
    for one in sorted(raised, key=lambda one: (one.raised_on, one.executive)):
        spoken.setdefault(one.topic, []).append(one)
    turns: dict[str, list[CandidateChange]] = {}
    for change in changes:
        turns.setdefault(change.term, []).append(change)
    lines = []
    promoted: dict[str, tuple[str, _Course]] = {}
    for candidate in sorted(candidates, key=lambda one: (one.raised_on, one.term)):
        course = _read_changes(candidate, turns.get(candidate.term, []))
        if candidate.standing == "promoted":
            promoted.setdefault(candidate.topic, (candidate.term, course))
        elif candidate.standing != "merged":
            briefed = told.get(("", candidate.term), {})
            if course.confirmed_on or course.mainstream_on or briefed:
                lines.append(_write_line("", candidate.term, course, briefed, ()))
    for topic in sorted({*histories, *spoken, *promoted}):
        course, briefed, term = _read_signals(histories.get(topic, ())), told.get((topic, ""), {}), ""
        if topic in promoted:
            term, before = promoted[topic]
            course = _join(before, course)
            earlier = told.get(("", term), {})
            briefed = {
                who: min(day for day in (earlier.get(who), briefed.get(who)) if day) for who in {*earlier, *briefed}
            }
        lines.append(_write_line(topic, term, course, briefed, spoken.get(topic, [])))
    kept = [line for line in lines if line.flagged_on or line.raised]
    return sorted(kept, key=lambda line: (-(line.flagged_on or date.min).toordinal(), line.topic, line.term))


def _read_signals(history: Sequence[Signal]) -> _Course:
    flagged = next((one for one in history if one.phase in ("rising", "surging")), None)
    confirmed = next((one for one in history if one.confirmed), None)
    # What has been mainstream from the beginning came before Radar did.
    mainstream = next((one for one in history[1:] if one.phase == "mainstream" and one.previous is not None), None)
    flagged_on, confirmed_on, mainstream_on = (
        one.week + WEEK if one else None for one in (flagged, confirmed, mainstream)
    )
    last = history[-1] if history else None
    return _Course(
        first_seen_on=last.evidence.first_seen_on if last else None,
        flagged_on=flagged_on,
        confirmed_on=confirmed_on,
        mainstream_on=mainstream_on,
        faded_on=last.since + WEEK if last and confirmed and last.phase == "fading" else None,
        confidence=confirmed.confidence if confirmed else None,
        lasted=_has_lasted(history, confirmed),
    )


def _read_changes(one: Candidate, changes: Sequence[CandidateChange]) -> _Course:
    """Return a candidate's course: what it was first counts, also where it was raised anew a year later."""
    first: dict[str, date] = {}
    for change in changes:
        first.setdefault(change.what, change.on)
    confirmed_on = first.get("confirmed", one.confirmed_on)
    lasted = None
    if confirmed_on and one.as_of >= confirmed_on + HALF_YEAR:
        phases = [change.what for change in changes if change.what in PHASES and change.on <= confirmed_on + HALF_YEAR]
        lasted = (phases[-1] if phases else one.phase) != "fading"
    return _Course(
        first_seen_on=one.first_seen_on,
        flagged_on=first.get("raised", one.raised_on),
        confirmed_on=confirmed_on,
        mainstream_on=first.get("mainstream"),
        faded_on=one.since if confirmed_on and one.phase == "fading" else None,
        confidence=one.confidence if confirmed_on else None,
        lasted=lasted,
    )


def _join(before: _Course, after: _Course) -> _Course:
    """Return the course of a topic that was a candidate: whichever came first; how it ended, its own signals say."""
    from_candidate = before.confirmed_on is not None
    return _Course(
        first_seen_on=_first(before.first_seen_on, after.first_seen_on),
        flagged_on=_first(before.flagged_on, after.flagged_on),
        confirmed_on=_first(before.confirmed_on, after.confirmed_on),
        mainstream_on=_first(before.mainstream_on, after.mainstream_on),
        faded_on=after.faded_on,
        confidence=before.confidence if from_candidate else after.confidence,
        lasted=before.lasted if from_candidate and after.lasted is None else after.lasted,
    )


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day), default=None)


def _write_line(
    topic: str, term: str, course: _Course, briefed: Mapping[str, date], raised: Sequence[Raised]
) -> LedgerLine:
    flagged_on, mainstream_on = course.flagged_on, course.mainstream_on
    lead = (mainstream_on - flagged_on).days if mainstream_on and flagged_on else None
    raised_first = bool(raised) and (flagged_on is None or raised[0].raised_on < flagged_on)
    verdict: Verdict = "open"
    if raised_first:
        verdict = "missed"
    elif mainstream_on:
        verdict = "missed" if lead is None or lead < 0 else "in time" if lead >= IN_TIME.days else "late"
    elif course.lasted is False or course.faded_on:
        verdict = "faded"
    return LedgerLine(
        topic=topic,
        term=term,
        first_seen_on=course.first_seen_on,
        flagged_on=flagged_on,
        confirmed_on=course.confirmed_on,
        briefed=tuple(sorted(briefed.items(), key=lambda pair: (pair[1], pair[0]))),
        mainstream_on=mainstream_on,
        raised=tuple(raised),
        lead=lead,
        confidence=course.confidence,
        lasted=course.lasted,
        faded_on=course.faded_on,
        verdict=verdict,
    )


def _has_lasted(history: Sequence[Signal], confirmed: Signal | None) -> bool | None:
    """Tell whether a topic still had a phase that matters half a year after it was confirmed; None: too early."""
    if confirmed is None:
        return None
    later = next((one for one in history if one.week >= confirmed.week + HALF_YEAR), None)
    return None if later is None else later.phase in ("rising", "surging", "mainstream")


def measure_reliability(lines: Iterable[LedgerLine]) -> list[Reliability]:
    """Return how many of the confirmed warnings lasted, by their confidence then: honest where the shares agree."""
    known = [
        (line.confidence, line.lasted) for line in lines if line.confidence is not None and line.lasted is not None
    ]
    table = []
    for low, high in pairwise(_BANDS):
        inside = [lasted for confidence, lasted in known if low <= confidence < high or confidence == high == 1.0]
        if inside:
            table.append(Reliability(low, high, len(inside), sum(inside)))
    return table
