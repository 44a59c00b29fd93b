"""What a replay raises, as its lines say it, and how much of it there is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from radar.records import Candidate


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning as a replay raises it."""

    on: date
    level: str
    terms: tuple[str, ...]
    kind: str
    phase: str
    confidence: float
    evidence: dict[str, object]


@dataclass(frozen=True, slots=True)
class ReplayScore:
    """What a replay raised; whether it was right is for those to say who know what came."""

    titles: int
    weeks: int
    early: int
    confirmed: int
    early_a_week: float
    confirmed_a_week: float


def describe_candidate(candidate: Candidate) -> Alert:
    """Return a candidate as a line of a replay says it."""
    return Alert(
        on=candidate.confirmed_on or candidate.raised_on,
        level=candidate.level,
        terms=candidate.names,
        kind=candidate.novelty,
        phase=candidate.phase,
        confidence=candidate.confidence,
        evidence={
            "sentence": candidate.sentence,
            "strength": candidate.strength,
            "weeks": candidate.weeks,
            "titles": candidate.titles,
            "expected": candidate.expected,
            "publishers": candidate.publishers,
            "active_weeks": candidate.active_weeks,
            "affinity": candidate.affinity,
            "first_seen_on": candidate.first_seen_on,
            "raised_on": candidate.raised_on,
        },
    )


def score_alerts(alerts: Sequence[Alert], titles: int, start: date, end: date) -> ReplayScore:
    """Count what was raised, by level and week."""
    weeks = max(1, ((end - start).days + 1) // 7)
    levels = Counter(alert.level for alert in alerts)
    early, confirmed = levels["early"], levels["confirmed"]
    return ReplayScore(titles, weeks, early, confirmed, round(early / weeks, 2), round(confirmed / weeks, 2))
