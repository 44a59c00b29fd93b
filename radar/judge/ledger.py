"""Keep the ledger: what was flagged, briefed and raised, and when; how early, how often in vain."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from radar.records import Issue, LedgerLine, Raised, Reliability, Signal, Verdict

WEEK = timedelta(weeks=1)
HALF_YEAR = timedelta(weeks=26)
IN_TIME = timedelta(weeks=4)  # before mainstream
_BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def write_ledger(
    histories: Mapping[str, Sequence[Signal]], issues: Iterable[Issue], raised: Iterable[Raised]
) -> list[LedgerLine]:
    """Return a line for each topic that was ever flagged, mainstream after that, or raised; the latest flag first.

    `histories` maps topics to their signals, oldest first.
    """
    told: dict[str, dict[str, date]] = {}
    for issue in sorted(issues, key=lambda one: one.composed_at):
        for item in issue.items:
            if item.topic:
                told.setdefault(item.topic, {}).setdefault(issue.executive, issue.composed_at.date())
    spoken: dict[str, list[Raised]] = {}
    for one in sorted(raised, key=lambda one: (one.raised_on, one.executive)):
        spoken.setdefault(one.topic, []).append(one)
    lines = [
        _write_line(topic, histories.get(topic, ()), told.get(topic, {}), spoken.get(topic, []))
        for topic in sorted({*histories, *spoken})
    ]
    kept = [line for line in lines if line.flagged_on or line.raised]
    return sorted(kept, key=lambda line: (-(line.flagged_on or date.min).toordinal(), line.topic))


def _write_line(
    topic: str, history: Sequence[Signal], briefed: Mapping[str, date], raised: Sequence[Raised]
) -> LedgerLine:
    flagged = next((one for one in history if one.phase in ("rising", "surging")), None)
    confirmed = next((one for one in history if one.confirmed), None)
    # What has been mainstream from the beginning came before Radar did.
    mainstream = next((one for one in history[1:] if one.phase == "mainstream" and one.previous is not None), None)
    flagged_on, confirmed_on, mainstream_on = (
        one.week + WEEK if one else None for one in (flagged, confirmed, mainstream)
    )
    lead = (mainstream_on - flagged_on).days if mainstream_on and flagged_on else None
    raised_first = bool(raised) and (flagged_on is None or raised[0].raised_on < flagged_on)
    lasted = _has_lasted(history, confirmed)
    verdict: Verdict = "open"
    if raised_first:
        verdict = "missed"
    elif mainstream_on:
        verdict = "missed" if lead is None or lead < 0 else "in time" if lead >= IN_TIME.days else "late"
    elif lasted is False or (history and history[-1].phase == "fading" and confirmed):
        verdict = "faded"
    return LedgerLine(
        topic=topic,
        first_seen_on=history[-1].evidence.first_seen_on if history else None,
        flagged_on=flagged_on,
        confirmed_on=confirmed_on,
        briefed=tuple(sorted(briefed.items(), key=lambda pair: (pair[1], pair[0]))),
        mainstream_on=mainstream_on,
        raised=tuple(raised),
        lead=lead,
        confidence=confirmed.confidence if confirmed else None,
        lasted=lasted,
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
