"""Advice on file: which positions still hold, and the exposure list of moving topics without one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from radar.records import Exposure, Phase, Position, Signal, Statement

_URGENCY: dict[Phase, float] = {"surging": 1.0, "rising": 0.7}
_DEADLINE: dict[Phase, timedelta] = {"surging": timedelta(days=7), "rising": timedelta(days=14)}
MAX_SAY_WORDS = 60  # what can be said from memory when asked in a corridor


def find_gap(position: Position | None, signal: Signal | None, today: date) -> str:
    """Return why a topic's advice does not count as current, or "" when it does."""
    if position is None:
        return "no position"
    if not position.approved_by:
        return "position is a draft"
    if position.review_on and position.review_on < today:
        return "position past its review date"
    if (
        signal
        and signal.phase in ("rising", "surging")
        and position.written_at.date() < signal.since - timedelta(days=90)
    ):
        # Written in another season: the facts it rests on have moved.
        return f"position written before the topic was {signal.phase}"
    return ""


def find_exposures(
    signals: Iterable[Signal],
    statements: Mapping[str, Sequence[Statement]],
    positions: Mapping[str, Position],
    today: date,
) -> list[Exposure]:
    """Return rising topics on someone's agenda, and surging ones anywhere, that lack current advice; worst first.

    `statements` maps executive to agenda, `positions` topic to its latest version.
    """
    exposures = []
    for signal in signals:
        if signal.phase not in ("rising", "surging"):
            continue
        gap = find_gap(positions.get(signal.topic), signal, today)
        if not gap:
            continue
        touched = {
            executive: max(statement.weight for statement in agenda if signal.topic in statement.topics)
            for executive, agenda in statements.items()
            if any(signal.topic in statement.topics for statement in agenda)
        }
        if not touched and signal.phase != "surging":
            continue
        score = _URGENCY[signal.phase] * (1 + sum(touched.values()) / 5) * (0.5 + signal.confidence)
        exposures.append(
            Exposure(
                signal.topic,
                tuple(sorted(touched)),
                signal.phase,
                gap,
                round(score, 2),
                today + _DEADLINE[signal.phase],
            )
        )
    return sorted(exposures, key=lambda e: (-e.score, e.topic))
