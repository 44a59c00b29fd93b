"""Learn from a stream's own past what chance alone would raise (dates shuffled), and how far to trust a confidence."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from radar.watch.context import Floats
from radar.watch.terms import Ints, TermIndex

#: (week, terms, merit of each), week by week.
Passages = Sequence[tuple[int, Ints, Floats]]

TARGET = 0.4  # warnings that chance alone would raise, of all
STEPS = np.arange(2.5, 8.01, 0.125)
REST = 104  # weeks for which a term that was raised is not raised again: as long as evidence looks back
RUN_IN = 8  # weeks at the beginning in which everything is raised for the first time


def shuffle_index(index: TermIndex, until: int, seed: int) -> TermIndex:
    """Return the titles of the weeks before `until` with their weeks shuffled within each source."""
    size = int(np.searchsorted(index.title_week, until))
    dice = np.random.default_rng(seed)
    week = index.title_week[:size].copy()
    source = index.title_source[:size]
    for number in range(len(index.sources)):
        at = np.flatnonzero(source == number)
        week[at] = dice.permutation(week[at])
    order = np.argsort(week, kind="stable")
    place = np.empty(size, np.int32)
    place[order] = np.arange(size, dtype=np.int32)
    lengths = np.diff(index.title_start[: size + 1])[order]
    title_start = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    moved = np.repeat(index.title_start[:size][order] - title_start[:-1], lengths) + np.arange(title_start[-1])
    inside = index.title < size
    title = place[index.title[inside]]
    term = np.repeat(np.arange(len(index.terms)), np.diff(index.start))[inside]
    sort = np.lexsort((title, term))
    return replace(
        index,
        weeks=until,
        start=np.searchsorted(term, np.arange(len(index.terms) + 1)).astype(np.int64),
        title=title[sort],
        week=week[order][title[sort]],
        cased=index.cased[inside][sort],
        title_week=week[order],
        title_source=source[order],
        title_publisher=index.title_publisher[:size][order],
        title_start=title_start,
        title_tokens=index.title_tokens[moved],
        totals=index.totals[:, :until],
    )


def choose_threshold(real: Passages, chance: Passages) -> float:
    """Return the least merit at which chance alone raises at most TARGET of what is raised; infinite if none does.

    Where dates carry no information, both raise as much, and only what neither raises is let through.
    """
    for step in STEPS.tolist():
        if _count_raised(chance, step) <= TARGET * _count_raised(real, step):
            return float(step)
    return float("inf")


def _count_raised(passages: Iterable[tuple[int, Ints, Floats]], step: float) -> int:
    last: dict[int, int] = {}
    begin: int | None = None
    raised = 0
    for week, terms, merit in passages:
        begin = week if begin is None else begin
        for term in terms[merit >= step].tolist():
            if term not in last or week - last[term] >= REST:
                last[term] = week
                raised += week - begin >= RUN_IN
    return raised


def fit_offset(odds: Floats, lasted: Floats) -> float:
    """Return what to add to log odds so that they sum to what lasted; drawn to 0 as if by one standard deviation."""
    offset = 0.0
    for _ in range(20):
        chance = 1 / (1 + np.exp(-(odds + offset)))
        offset -= float((chance.sum() - lasted.sum() + offset) / ((chance * (1 - chance)).sum() + 1))
    return offset
