"""Detect what is emerging: [Series] → [Signal], each topic's phase with the evidence for it.

Each closed week, a topic's reports are held against what its own past leads one to expect, source by source, over
windows of 1 to 52 weeks and as a share of all reports, so that a week in which everybody publishes more is no news.
Numbers alone never warn: independent owners, kinds of press crossed and persistence gate every phase, and phases change
with hysteresis. Walking forward, a week's phase depends on that week and the weeks before it only.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from radar.records import KINDS, Crossing, Evidence, Kind, Phase, Series, Signal
from radar.watch.evidence import PAST, Floats, weigh_counts
from radar.watch.wording import describe_crossing

Ints = NDArray[np.int64]

WINDOWS = (1, 2, 4, 8, 13, 26, 52)  # weeks; the longest finds what creeps
NEWS = 13  # weeks: the longest window that may confirm
USUAL = 26  # weeks that make a habit; older ones no longer tell what readers are used to
CAMPAIGN = 3  # reports by which one owner may exceed all others together in a week and still count in full
MIN_HISTORY = 6  # weeks watched before anything beyond a weak signal is said
MIN_WEEK = 10  # reports on anything that make a week count as watched

# Strength, -log10 of the chance. Within its first year a topic must prove more: the seasons are not known yet.
WEAK, RISING, YOUNG_WEAK, YOUNG_RISING, SURGING, CONFIRMED = 1.3, 1.7, 2.0, 3.0, 5.0, 4.0
YEAR = 52
MIN_OWNERS = 3  # independent owners without which there is no warning
BUSIEST_SHARE = 0.6  # one owner writing more than this share is that owner's campaign
PATIENCE = 3  # weeks a condition must fail before a phase is left
FADED = 0.5  # of the peak, two weeks in a row
ROUTINE_WEEKS, ROUTINE_SHARE = 8, 0.75  # mainstream: covered in most weeks of at least this many


def detect_signals(series: Iterable[Series]) -> list[Signal]:
    """Return one signal a topic for the last week of its series.

    A topic with no phase is reported with `phase` None, so that "watched, and quiet" is known as well.
    """
    found = []
    for one in sorted(series, key=lambda s: s.topic):
        history = walk_weeks(one)
        if history:
            found.append(history[-1])
    return found


def walk_weeks(series: Series) -> list[Signal]:
    """Return a topic's signal at the end of each week, each decided on the weeks up to it."""
    start = next((week for week, total in enumerate(series.totals) if total >= MIN_WEEK), len(series.weeks))
    if start == len(series.weeks):
        return []
    walk = _Walk(series, start)
    return [walk.step(week) for week in range(start, len(series.weeks))]


@dataclass(slots=True)
class _Walk:
    """The state of one topic's phase as the weeks pass."""

    series: Series
    start: int
    phase: Phase | None = None
    previous: Phase | None = None
    since: int = 0
    unmet: int = 0  # weeks in a row in which the phase's own condition failed
    peak: float = 0.0  # highest four-week mean of reports in this rise; without one, the present mean
    seen: set[str] = field(default_factory=set)
    crossed: dict[Kind, int] = field(default_factory=dict)
    first: int | None = None
    low_weeks: int = 0

    need: int = 2  # kinds of press to be crossed, where more than one is read
    measured: tuple[Floats, Ints, Floats, Floats] = field(init=False)  # strength, window, count, expected by week
    counted: tuple[int, ...] = ()  # reports as evidence: an owner's campaign is cut to a little more than the others'

    def __post_init__(self) -> None:
        # One owner's thousand items must neither warn nor, as part of the past, hide a rise for the next two years.
        self.counted = tuple(
            reports - busiest + min(busiest, reports - busiest + CAMPAIGN)
            for reports, busiest in zip(self.series.reports, self.series.busiest, strict=True)
        )
        self.since = self.start
        self.need = min(2, len(self.series.press))
        rows = (self.series.by_source, self.series.source_totals) if self.series.by_source else None
        by_source, totals = rows or ((self.counted,), (self.series.totals,))
        reports = np.array(by_source, float).reshape(-1, len(self.series.weeks))[:, self.start :]
        if rows:  # the same cut as above, source by source
            others = reports.sum(axis=0) - reports
            reports = np.minimum(reports, others + CAMPAIGN)
        sizes = np.array(totals, float).reshape(-1, len(self.series.weeks))[:, self.start :]
        spread = np.array(
            [_dispersion(self.counted[self.start : week + 1]) for week in range(self.start, len(self.series.weeks))]
        )
        self.measured = measure_weeks(reports, sizes, spread)
        # What was published before watching began counts as seen, not as counted.
        for week in range(self.start):
            self._look(week)

    def _look(self, week: int) -> None:
        self.seen.update(self.series.publishers[week])
        for kind in self.series.kinds[week]:
            self.crossed.setdefault(kind, week)
        if self.series.reports[week] and self.first is None:
            self.first = week

    def step(self, week: int) -> Signal:
        """Close a week."""
        self._look(week)
        evidence = self._gather(week)
        wanted = self._judge(week, evidence)
        if wanted != self.phase:
            self._enter(wanted, week)
        confirmed = (
            self.phase in ("rising", "surging")
            and self.low_weeks == 0
            and evidence.strength >= CONFIRMED
            and evidence.window <= NEWS  # what was new half a year ago is no warning now
            and len(evidence.publishers) > MIN_OWNERS
            and len(evidence.crossed) >= self.need
            and evidence.largest_share <= BUSIEST_SHARE
            and (self.phase == "surging" or week > self.since or self.previous == "weak signal")  # two weeks at least
        )
        return Signal(
            topic=self.series.topic,
            week=self.series.weeks[week],
            phase=self.phase,
            since=self.series.weeks[self.since],
            previous=self.previous,
            confirmed=confirmed,
            confidence=_confidence(evidence),
            evidence=evidence,
            sentence=describe_evidence(self.phase, evidence, self.series.weeks[week]),
        )

    def _enter(self, phase: Phase | None, week: int) -> None:
        self.previous, self.phase, self.since, self.unmet = self.phase, phase, week, 0
        if phase in (None, "weak signal"):
            self.low_weeks = 0

    def _gather(self, week: int) -> Evidence:
        reports, counted = self.series.reports, self.counted
        strength, windows, counts, expectations = self.measured
        at = week - self.start
        recent = range(max(self.start, week - 3), week + 1)
        past = counted[max(self.start, week - USUAL) : max(self.start, week - 3)]
        level = sum(counted[w] for w in recent) / len(recent)
        # Only a rise has a height: an old burst of one owner must not make every later rise look low.
        self.peak = max(self.peak, level) if self.phase in ("rising", "surging", "fading") else level
        return Evidence(
            reports=reports[week],
            usual=round(sum(past) / max(1, len(past)), 1),
            reports_recent=round(float(counts[at])),
            expected_recent=round(float(expectations[at]), 1),
            window=int(windows[at]),
            strength=round(float(strength[at]), 2),
            publishers=tuple(sorted({owner for w in recent for owner in self.series.publishers[w]})),
            publishers_all=len(self.seen),
            largest_share=round(self._largest_share(recent), 2),
            crossed=tuple(
                Crossing(kind, self.series.weeks[self.crossed[kind]])
                for kind in sorted(self.crossed, key=lambda k: (self.crossed[k], KINDS.index(k)))
            ),
            first_seen_on=self.series.weeks[self.first] if self.first is not None else None,
            peak=round(self.peak, 1),
        )

    def _largest_share(self, weeks: Iterable[int]) -> float:
        """Return an upper bound of the busiest owner's share: nobody wrote more than the busiest in any week."""
        most: Counter[str] = Counter()
        total = 0
        for week in weeks:
            total += self.series.reports[week]
            for owner in self.series.publishers[week]:
                most[owner] += self.series.busiest[week]
        return min(1.0, max(most.values(), default=0) / max(1, total))

    def _judge(self, week: int, evidence: Evidence) -> Phase | None:
        """Return the phase this week calls for, the present one where the evidence does not force a change."""
        watched = week - self.start + 1
        active = [w for w in range(max(self.start, week - 3), week + 1) if self.series.reports[w]]
        inside = range(max(self.start, week - min(max(evidence.window, 4), NEWS) + 1), week + 1)
        owners = {owner for w in inside for owner in self.series.publishers[w]}
        slow = len(owners) >= MIN_OWNERS and self._largest_share(inside) <= BUSIEST_SHARE
        level = sum(self.counted[max(self.start, week - 1) : week + 1]) / min(2, watched)
        independent = len(evidence.publishers) >= MIN_OWNERS and evidence.largest_share <= BUSIEST_SHARE
        # A long window still holds a burst that is over: growth must show in the last two weeks as well.
        growing = (
            evidence.reports_recent >= 1.5 * evidence.expected_recent
            and level >= 1.3 * evidence.usual
            and level > FADED * self.peak
        )

        if self.phase in ("rising", "surging", "fading"):
            # Low is low against the height reached, not against the calm before it; holidays are low for everybody.
            self.low_weeks = self.low_weeks + 1 if level < FADED * self.peak * self._pace(week) else 0
        if self.phase in ("rising", "surging") and self.low_weeks >= 2:
            return "fading"
        if self.phase == "fading" and (self.low_weeks >= 12 or not active):
            return None

        surging = (
            independent
            and watched >= MIN_HISTORY
            and evidence.strength >= SURGING
            and evidence.window <= 4
            and growing
            and evidence.reports_recent >= 2.5 * evidence.expected_recent
            and len(evidence.publishers) >= 2 * MIN_OWNERS
        )
        rising = (
            slow  # what comes slowly takes longer to be heard from three sides
            and watched >= MIN_HISTORY
            and growing
            and evidence.strength >= (RISING if watched > YEAR else YOUNG_RISING)
            and sum(bool(self.series.reports[w]) for w in inside) >= 2
            and len(evidence.crossed) >= self.need
        )
        weak = (
            len(evidence.publishers) >= 2
            and evidence.largest_share <= BUSIEST_SHARE
            and len(active) >= 2
            and growing
            and evidence.strength >= (WEAK if watched > YEAR else YOUNG_WEAK)
        )
        routine = self._is_routine(week)

        if surging and self.phase != "surging":
            return "surging"
        if rising and self.phase in (None, "weak signal", "fading"):
            return "rising"
        if routine and not growing and not self.low_weeks and self.phase in (None, "weak signal", "fading"):
            return "mainstream"
        if weak and self.phase is None:
            return "weak signal"
        return self._keep(surging=surging, rising=rising, weak=weak, routine=routine)

    def _keep(self, *, surging: bool, rising: bool, weak: bool, routine: bool) -> Phase | None:
        """Return the present phase until its condition has failed for PATIENCE weeks, then the next lower one."""
        holds: dict[Phase, bool] = {
            "surging": surging,
            "rising": rising or surging,
            "weak signal": weak or rising,
            "mainstream": routine,
            "fading": self.low_weeks > 0,
        }
        if self.phase is None or holds[self.phase]:
            self.unmet = 0
            return self.phase
        self.unmet += 1
        if self.unmet < PATIENCE:
            return self.phase
        if self.phase == "surging":
            return "surging" if self.low_weeks else "rising"  # one more low week, and it fades
        if self.phase == "rising":
            return "mainstream" if routine else "rising"  # a rise that holds its height is still news to some
        return None

    def _pace(self, week: int) -> float:
        """Return how much is published on anything in these two weeks, next to the quarter before; at most 1."""
        totals = self.series.totals
        now, before = totals[max(self.start, week - 1) : week + 1], totals[max(self.start, week - 14) : week - 1]
        if not sum(before):
            return 1.0
        return min(1.0, (sum(now) / len(now)) / (sum(before) / len(before)))

    def _is_routine(self, week: int) -> bool:
        """Tell whether the topic is part of the ordinary news: most weeks, many owners, the general press included."""
        weeks = range(max(self.start, week - 12), week + 1)
        if len(weeks) < ROUTINE_WEEKS:
            return False
        active = sum(bool(self.series.reports[w]) for w in weeks) / len(weeks)
        general = sum("general" in self.series.kinds[w] for w in weeks) / len(weeks)
        owners = {owner for w in weeks for owner in self.series.publishers[w]}
        return active >= 0.9 and general >= ROUTINE_SHARE and len(owners) >= 2 * MIN_OWNERS


def measure_weeks(reports: Floats, totals: Floats, spread: Floats) -> tuple[Floats, Ints, Floats, Floats]:
    """Return (strength, window, count, expected) at the end of each week: how surprising the last weeks are.

    `reports` and `totals` have a row a source and a column a week. Each source is held against its own past: it counts
    in a window only if it published at least half as much in the up to PAST weeks before, so that one that joins or
    leaves is no burst. Reports come in bursts, so counts are first divided by `spread`, the past's variance-to-mean
    ratio. strength is that of the least likely window; where none stands out, four weeks.
    """
    weeks = reports.shape[1]
    counts, sizes = (np.pad(np.cumsum(rows, axis=1), ((0, 0), (1, 0))) for rows in (reports, totals))
    end = np.arange(1, weeks + 1)
    strength, chosen = np.zeros(weeks), np.full(weeks, 4)
    seen, usual = np.zeros(weeks), np.zeros(weeks)
    for window in WINDOWS:
        low, far = np.maximum(0, end - window), np.maximum(0, end - window - PAST)
        size, past_size = sizes[:, end] - sizes[:, low], sizes[:, low] - sizes[:, far]
        steady = (past_size > 0) & (past_size >= size / 2)
        ratio = np.where(steady, size / np.maximum(past_size, 1), 0.0)
        count = ((counts[:, end] - counts[:, low]) * steady).sum(axis=0)
        past_by = (counts[:, low] - counts[:, far]) * steady
        past = past_by.sum(axis=0)
        prior = 0.5 * (size * steady).sum(axis=0) / np.maximum((past_size * steady).sum(axis=0), 1)
        expected = (past_by * ratio).sum(axis=0) + prior
        known = end > window
        if window == 4:
            seen, usual = np.where(known, count, 0.0), np.where(known, expected, 0.0)
        found = np.where(known, weigh_counts(count, past, expected, spread), 0.0)
        better = found > strength
        strength[better], chosen[better] = found[better], window
        seen[better], usual[better] = count[better], expected[better]
    return strength, chosen, seen, usual


def _dispersion(reports: tuple[int, ...]) -> float:
    """Return the variance-to-mean ratio of the weeks before the last four, between 1.5 and 4.

    Robust against the rise itself: the recent weeks are left out. Of a thin past (fewer than eight reports) nothing can
    be told: 2.5, or 1.5 after a year in which a topic that bursts would have done so.
    """
    past = reports[:-4][-YEAR:]
    total = sum(past)
    if len(past) < 6 or total < 8:
        return 1.5 if len(past) == YEAR else 2.5
    mean = total / len(past)
    variance = sum((count - mean) ** 2 for count in past) / (len(past) - 1)
    return min(4.0, max(1.5, variance / mean))


def _confidence(evidence: Evidence) -> float:
    """Return a score in 0..1 that grows with strength, owners and kinds; not yet a calibrated chance."""
    logit = (
        -3.0
        + 0.35 * min(evidence.strength, 10.0)
        + 0.15 * min(len(evidence.publishers), 10)
        + 0.35 * len(evidence.crossed)
        - 1.5 * max(0.0, evidence.largest_share - 0.3)
    )
    return round(1 / (1 + math.exp(-logit)), 2)


def describe_evidence(phase: Phase | None, evidence: Evidence, week: date) -> str:
    """Return the evidence in one line: counts against expectation, owners, and how far it has travelled."""
    parts = [f"{_count(evidence.reports, 'report')} this week, usually {_round(evidence.usual)}"]
    if evidence.publishers:
        parts.append(f"{_count(len(evidence.publishers), 'publisher')} in four weeks")
    if phase == "fading":
        parts.append(f"at its height {_round(evidence.peak)} reports a week")
    elif crossing := describe_crossing(evidence.crossed, week):
        parts.append(crossing)
    elif evidence.first_seen_on:
        parts.append(f"first seen in {evidence.first_seen_on.strftime('%B %Y')}")
    return " · ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _round(value: float) -> str:
    return "none" if value < 0.2 else "less than one" if value < 1 else f"{value:.0f}"
