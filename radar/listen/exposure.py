"""The exposure list: topics that move, touch somebody, and have no current advice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from radar.listen.advice import WEEK, Gap, find_gap
from radar.records import Exposure, Phase, Position, Signal, Statement

MOVING: tuple[Phase, ...] = ("rising", "surging")
_URGENCY: dict[Phase, float] = {"surging": 1.0, "rising": 0.7}
_DEADLINE: dict[Phase, timedelta] = {"surging": timedelta(days=7), "rising": timedelta(days=14)}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the exposure list is made from: agendas by executive, versions of advice by topic, oldest first."""

    agendas: Mapping[str, Sequence[Statement]]
    positions: Mapping[str, Sequence[Position]]
    parents: Mapping[str, str]  # topic → the broader one
    linked: Mapping[tuple[str, str], date]  # (statement, topic) → since when


def find_exposures(histories: Mapping[str, Sequence[Signal]], desk: Desk, today: date) -> list[Exposure]:
    """Return rising topics on someone's agenda, and surging ones anywhere, that lack current advice.

    The worst first, and after them those that are on nobody's agenda. `histories` has a topic's signals, oldest first.
    """
    found = []
    for topic, history in histories.items():
        signal = history[-1]
        gap = find_gap(desk.positions.get(topic, ()), signal, today) if signal.phase in MOVING else None
        touched = tuple(find_touched(topic, desk)) if gap else ()
        if gap and (touched or signal.phase == "surging"):
            found.append(_write_exposure(history, gap, touched, today))
    return sorted(found, key=lambda one: (not one.executives, -one.score, one.topic))


def _write_exposure(
    history: Sequence[Signal], gap: Gap, touched: Sequence[tuple[Statement, date]], today: date
) -> Exposure:
    signal = history[-1]
    assert signal.phase is not None
    weights: dict[str, int] = {}
    for statement, _ in touched:
        weights[statement.executive] = max(weights.get(statement.executive, 0), statement.weight)
    since_on, due_on = min(_find_starts(history, gap, [day for _, day in touched]), key=lambda pair: pair[1])
    return Exposure(
        topic=signal.topic,
        executives=tuple(sorted(weights)),
        phase=signal.phase,
        reason=gap.reason,
        score=round(_URGENCY[signal.phase] * (1 + sum(weights.values()) / 5) * (0.5 + signal.confidence), 2),
        due_on=due_on,
        since_on=since_on,
        overdue=due_on < today,
        confirmed=signal.confirmed,
        statements=tuple(statement.id for statement, _ in touched),
        command=gap.command,
    )


def _find_starts(history: Sequence[Signal], gap: Gap, linked: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield since when a topic has been exposed, and when advice was due: as one that moves, and as one that surges.

    What a week brought is known when it has ended. Nothing counts from before the advice lapsed.
    """
    lapsed = gap.since_on or date.min
    if linked:
        since = max(_find_rise(history) + WEEK, min(linked), lapsed)
        yield since, since + _DEADLINE["rising"]
    if history[-1].phase == "surging":
        since = max(history[-1].since + WEEK, lapsed)
        yield since, since + _DEADLINE["surging"]


def _find_rise(history: Sequence[Signal]) -> date:
    """Return the Monday since when a topic has moved without a break."""
    rise = history[-1].since
    for signal in reversed(history):
        if signal.phase not in MOVING:
            break
        rise = min(rise, signal.since)
    return rise


def find_touched(topic: str, desk: Desk) -> Iterator[tuple[Statement, date]]:
    """Yield the statements linked to a topic or to a broader one, the heaviest first, and since when they are."""
    line = _list_line(topic, desk.parents)
    statements = [statement for agenda in desk.agendas.values() for statement in agenda]
    for statement in sorted(statements, key=lambda one: (-one.weight, one.executive, one.id)):
        days = [
            desk.linked.get((statement.id, slug), statement.noted_on or date.min)
            for slug in statement.topics
            if slug in line
        ]
        if days:
            yield statement, min(days)


def _list_line(topic: str, parents: Mapping[str, str]) -> list[str]:
    """Return a topic and every broader one."""
    line = [topic]
    while (parent := parents.get(line[-1], "")) and parent not in line:
        line.append(parent)
    return line
