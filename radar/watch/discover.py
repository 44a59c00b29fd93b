"""Discover what nobody listed: a term index, week by week → the candidates raised early and those confirmed.

The recipe, each part measured (docs/benchmarks.md): hard typing of terms, a predictive evidence gate held per feed,
merit = evidence and company kept, a threshold that the stream's own shuffled past sets, clustering before a place is
spent, two years' rest, a cap a week. What is early is a list for the advisor's desk; confirmed is what persists.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from radar.records import Candidate, Novelty, Phase
from radar.text import fold_phrase
from radar.watch.chance import REST, choose_threshold, fit_offset, shuffle_index
from radar.watch.context import Floats
from radar.watch.follow import find_crossings, follow_candidate
from radar.watch.panel import MIN_PUBLISHERS, REFRESH, Measures, Panel
from radar.watch.terms import TermIndex
from radar.watch.wording import describe_rise

EARLY_A_WEEK, CONFIRMED_A_WEEK, CONFIRMED_A_MONTH = 7, 2, 6
MERIT = 4.25  # threshold until the past is long enough to set one: about what news of computing calls for
AFFINITY_WEIGHT, AFFINITY_LEAST, AFFINITY_MOST = 3.0, -0.6, 0.3
MIN_HISTORY, FULL_HISTORY = 6, 26  # weeks without any warning; weeks until the ordinary rules hold
CALIBRATE = 52  # weeks for which a threshold holds
YEAR = 52
OLD = 5  # titles over a year old from which a term is known: its versions are left to it, and it must have grown
OLD_GROWTH = 0.75  # further times the expectation asked of a known term for each tenfold of those titles
FOREIGN = -0.4  # affinity below which nothing is confirmed: the world's news, not the trade's
STEADY, QUICK = (7, 2), (5, 3)  # weeks with a title, of the last 13 and of the last 4: either is persistence
LASTING = (-3.99, 0.67, -0.235, 0.71)  # log odds: base, log titles in 8 weeks, log titles over a year old, persistent
SURER = 0.8  # log odds by which confirmed ones last more than these say: 43 on Hacker News, .15 said and .30 lasted
LASTS_FROM, LASTS_TO = 4, 30  # weeks after a warning in which it must last
NAMES = 8
SAME_TITLES = 0.6  # two terms that share so much of either's titles are names of one thing
WITHIN = 0.5  # a term with so much of its titles on something already raised is a part of it
PART = 0.2  # unless it is less than that much of the other's titles
LOOK_BACK = 26  # weeks of titles in which terms are compared


@dataclass(slots=True)
class Finding:
    """A candidate under observation."""

    terms: tuple[int, ...]
    week: int
    candidate: Candidate
    confirmed: bool = False
    odds: float | None = None  # that it lasts, as score_lasting gave them


@dataclass(slots=True)
class Discovery:
    """Decides week by week; each decision rests on the panel's past only."""

    panel: Panel
    findings: list[Finding] = field(default_factory=list)
    threshold: float = MERIT
    calibrated: int | None = None
    known: frozenset[str] = frozenset()  # folded names that are topics, or that nobody wants to see again
    _owner: dict[int, Finding] = field(default_factory=dict)  # of a term that rests
    _offset: float = 0.0  # what this stream's own warnings have taught about their confidence
    _months: list[int] = field(default_factory=list)  # weeks of the latest confirmations
    _passages: list[tuple[int, NDArray[np.int64], Floats]] = field(default_factory=list)
    latest: Measures | None = None
    _terms_of: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    def resume(self, candidates: Iterable[Candidate]) -> None:
        """Take up candidates that were raised before: none is raised twice, what was early can be confirmed."""
        for candidate in sorted(candidates, key=lambda one: (one.raised_on, one.term)):
            numbers = [self.index.number(name) for name in candidate.names]
            terms = tuple(number for number in numbers if number >= 0)
            week = (candidate.raised_on - self.index.first).days // 7 - 1
            one = Finding(terms, week, candidate, candidate.level == "confirmed")
            self.findings.append(one)
            self._owner |= dict.fromkeys(terms, one)
            if candidate.confirmed_on:
                self._months.append((candidate.confirmed_on - self.index.first).days // 7 - 1)

    @property
    def index(self) -> TermIndex:
        return self.panel.index

    def catch_up(self, until: date) -> None:
        """Take in the weeks that were decided on by a day.

        A week is measured only where that can decide anything: to set a threshold that is due, and to learn the weight
        of words when a walk through all weeks would.
        """
        weeks = max(0, min((until - self.index.first).days // 7, self.index.weeks))
        old = self.calibrated is None or self.index.weeks - 1 - self.calibrated >= CALIBRATE
        due = old and self.index.weeks >= 2 * FULL_HISTORY
        for week in range(weeks):
            if due or week % REFRESH == 0:
                self.watch_week()
            else:
                self.panel.close_week()

    def follow_week(self) -> list[Candidate]:
        """Return every candidate as it stands at the end of the present week, but for those of this very week."""
        found, week = self.latest, self.panel.week
        places = {term: place for place, term in enumerate(found.term.tolist())} if found else {}
        lasting = is_lasting(found) if found else np.zeros(0, bool)
        followed = []
        for one in {one.candidate.term: one for one in self.findings}.values():
            if one.candidate.as_of > self.day_after(week - 1):
                continue
            place = places.get(self.index.number(one.candidate.term))
            now = None if place is None or found is None else self._describe(found, place, one.terms)
            one.candidate = follow_candidate(
                one.candidate, self.index, week, now, place is not None and bool(lasting[place])
            )
            followed.append(one.candidate)
        return followed

    def watch_week(self) -> Measures:
        """Take in a week without deciding anything."""
        self.panel.close_week()
        found = self.latest = self.panel.measure()
        self._passages = [*self._passages[-(CALIBRATE + 7) :], (found.week, found.term, weigh_merit(found))]
        return found

    def decide_week(self) -> list[Candidate]:
        """Take in a week and return what it raises, early ones first; what it confirms comes again as confirmed."""
        found = self.watch_week()
        history = self.panel.count_watched()
        if history < MIN_HISTORY:
            return []
        if history >= 2 * FULL_HISTORY and (self.calibrated is None or found.week - self.calibrated >= CALIBRATE):
            self.calibrate()
        self._owner = {term: one for term, one in self._owner.items() if found.week - one.week < REST}
        self._learn_confidence()
        merit = weigh_merit(found)
        raised: list[Candidate] = []
        eligible = self._select(found, merit, history)
        confirmable = is_lasting(found)
        # The strongest first; ties by name, so that no order of input decides.
        order = sorted(eligible, key=lambda n: (-merit[n], self.index.terms[found.term[n]]))
        for number in order:
            if len(raised) == EARLY_A_WEEK:
                break
            one = self._raise(found, number)
            if one is not None:
                raised.append(one.candidate)
        return raised + self._confirm(found, np.flatnonzero(confirmable), history)

    def explain(self, term: str) -> str:
        """Return in a line where a term stands at the end of the present week, and why."""
        number = self.index.number(term)
        if number < 0:
            return "in fewer than three titles of the whole archive"
        obstacles = self.panel.list_obstacles(number)
        owner = self._owner.get(number)
        if owner is not None:
            level = "confirmed" if owner.confirmed else "early"
            standing = f"raised {owner.candidate.raised_on} as {owner.candidate.term}, {level}"
        elif obstacles:
            standing = "kept out: " + "; ".join(obstacles)
        elif self._is_version(number):
            standing = "a version of something older"
        else:
            standing = "not strong enough"
        found = self.latest
        if found is None or number not in found.term:
            return standing
        place = int(np.flatnonzero(found.term == number)[0])
        return (
            f"{round(float(found.count[place]))} titles in {found.window[place]} weeks, "
            f"{float(found.expected[place]):.1f} expected · strength {float(found.strength[place]):.1f} · affinity "
            f"{float(found.affinity[place]):+.2f} · merit {float(weigh_merit(found)[place]):.1f} of "
            f"{self.threshold:g} · {standing}"
        )

    def has_lasted(self, term: int, week: int) -> bool:
        """Tell whether a term kept, from 4 to 30 weeks after a week, half its rate and three times its past, ten times.

        Rates are shares of all titles: of the 8 weeks up to that week, and of the 52 before those.
        """
        weeks = self.index.week[self.index.start[term] : self.index.start[term + 1]]
        totals = np.concatenate(([0], np.cumsum(self.index.totals.sum(axis=0))))

        def rate(low: int, high: int) -> float:
            a, b = np.searchsorted(weeks, (max(low, 0), high))
            return float(b - a) / max(float(totals[high] - totals[max(low, 0)]), 1.0)

        end = week + 1
        low, high = np.searchsorted(weeks, (end + LASTS_FROM, end + LASTS_TO))
        later = rate(end + LASTS_FROM, end + LASTS_TO)
        return bool(high - low >= 10 and later >= rate(end - 8, end) / 2 and later >= 3 * rate(end - 60, end - 8))

    def _learn_confidence(self) -> None:
        """Draw confidence to what became of this stream's own early warnings that are half a year old by now."""
        known = [
            one for one in self.findings if one.odds is not None and one.week + 1 + LASTS_TO <= self.panel.week + 1
        ]
        if known:
            odds = np.array([one.odds for one in known], float)
            lasted = np.array([self.has_lasted(one.terms[0], one.week) for one in known], float)
            self._offset = fit_offset(odds, lasted)

    def calibrate(self) -> None:
        """Set the threshold to what the shuffled past of this stream calls for."""
        until = self.panel.week + 1
        past = self._passages[-CALIBRATE:]
        shuffled = self.panel.with_index(shuffle_index(self.index, until, seed=until))
        chance = []
        for week in range(until):
            shuffled.close_week()
            if week >= past[0][0]:
                found = shuffled.measure()
                chance.append((week, found.term, weigh_merit(found)))
        self.threshold = choose_threshold(past, chance)
        self.calibrated = self.panel.week

    def _select(self, found: Measures, merit: Floats, history: int) -> list[int]:
        """Return the places of the terms that may be raised."""
        good = merit >= self.threshold
        # The better known, the more is asked.
        good &= (found.before < OLD) | (found.growth >= 1 + OLD_GROWTH * np.log10(1 + found.before))
        if history < FULL_HISTORY:  # almost everything is new to a young installation
            good &= (found.strength >= 5) & (found.publishers8 >= MIN_PUBLISHERS + 2) & (found.window <= 8)
        return [number for number in np.flatnonzero(good).tolist() if not self._is_version(int(found.term[number]))]

    def _is_version(self, term: int) -> bool:
        """Tell whether a term is a version of something older: that one's own count decides."""
        words = self.index.terms[term].split(" ")
        if len(words) == 2:
            parent = words[0] if len(words[1]) <= 2 or any(c.isdigit() for c in words[1]) else ""
        else:
            parent = words[0].rstrip("0123456789.")
            parent = parent if parent != words[0] and len(parent) > 2 else ""
        number = self.index.number(parent) if parent else -1
        if number < 0:
            return False
        weeks = self.index.week[self.index.start[number] : self.index.start[number + 1]]
        return int(np.searchsorted(weeks, self.panel.week - YEAR)) >= OLD

    def _raise(self, found: Measures, number: int) -> Finding | None:
        """Open a finding for a term, unless it belongs to one that is open."""
        term = int(found.term[number])
        if term in self._owner:
            return None
        titles, beside = self._look_around(term)
        for other, shared in sorted(beside.items()):
            inside = shared >= max(2, WITHIN * titles)
            # What is a small part of something large may be news of its own: a currency within its kind.
            if other in self._owner and inside and shared >= PART * len(self._titles(other)):
                return None
        names = self._name(term, titles, beside)
        if any(fold_phrase(self.index.terms[name]) in self.known for name in names):
            return None
        owner = next((self._owner[name] for name in names if name in self._owner), None)
        if owner is not None:
            self._owner[term] = owner
            return None
        odds = float(score_lasting(found)[number])
        one = Finding(names, found.week, self._describe(found, number, names), odds=odds)
        self.findings.append(one)
        for name in names:
            self._owner[name] = one
        return one

    def _confirm(self, found: Measures, lasting: NDArray[np.int64], history: int) -> list[Candidate]:
        """Confirm findings, also ones raised this very week, up to the cap."""
        confirmed: list[Candidate] = []
        if history < FULL_HISTORY:
            return confirmed
        self._months = [week for week in self._months if found.week - week < 4]
        for number in sorted(lasting.tolist(), key=lambda n: (-found.strength[n], self.index.terms[found.term[n]])):
            one = self._owner.get(int(found.term[number]))
            if one is None or one.confirmed:
                continue
            if len(confirmed) >= CONFIRMED_A_WEEK or len(self._months) >= CONFIRMED_A_MONTH:
                break
            term = int(found.term[number])
            names = tuple(dict.fromkeys((one.terms[0], *self._name(term, *self._look_around(term)))))[:NAMES]
            now = self._describe(found, number, names)
            phase: Phase = "surging" if found.window[number] <= 8 and found.growth8[number] >= 5 else "rising"
            one.candidate = replace(
                now,
                term=one.candidate.term,
                raised_on=one.candidate.raised_on,
                level="confirmed",
                confidence=self._estimate(float(score_lasting(found)[number]) + SURER),
                confirmed_on=self.day_after(found.week),
                phase=phase,
                since=now.since if phase != one.candidate.phase else one.candidate.since,
            )
            one.confirmed = True
            self._months.append(found.week)
            confirmed.append(one.candidate)
        return confirmed

    def _look_around(self, term: int) -> tuple[int, Counter[int]]:
        """Return how many titles a term has had lately, and how many of them each other term stands in."""
        if self._terms_of is None:
            order = np.argsort(self.index.title, kind="stable")
            term_of = np.repeat(np.arange(len(self.index.terms)), np.diff(self.index.start))[order]
            starts = np.searchsorted(self.index.title[order], np.arange(len(self.index.title_week) + 1))
            self._terms_of = term_of, starts
        term_of, starts = self._terms_of
        titles = self._titles(term)
        beside: Counter[int] = Counter()
        for title in titles.tolist():
            beside.update(term_of[starts[title] : starts[title + 1]].tolist())
        del beside[term]
        return len(titles), beside

    def _titles(self, term: int) -> NDArray[np.int32]:
        low, high = self.index.start[term], self.index.start[term + 1]
        weeks = self.index.week[low:high]
        a, b = np.searchsorted(weeks, (self.panel.week - LOOK_BACK + 1, self.panel.week + 1))
        return self.index.title[low + a : low + b]

    def _name(self, term: int, titles: int, beside: Counter[int]) -> tuple[int, ...]:
        """Return the terms that name one thing, the given one first: its other number, and its constant company."""
        nameable = self.panel.may_be_name()
        names = [term, *self.index.variants(term)]
        close = [
            (shared, other)
            for other, shared in beside.items()
            if shared >= SAME_TITLES * titles and other not in names and nameable[other]
        ]
        for shared, other in sorted(close, key=lambda pair: (-pair[0], self.index.terms[pair[1]])):
            if shared >= SAME_TITLES * len(self._titles(other)):
                names.append(other)
        return tuple(names[:NAMES])

    def day_after(self, week: int) -> date:
        """Return the day on which a week's decision is due."""
        return self.index.day_of(week + 1)

    def _estimate(self, odds: float) -> float:
        return round(1 / (1 + math.exp(-odds - self._offset)), 2)

    def _describe(self, found: Measures, number: int, names: tuple[int, ...]) -> Candidate:
        term = int(found.term[number])
        first = int(self.index.week[self.index.start[term]])
        window, day = int(found.window[number]), self.day_after(found.week)
        novelty: Novelty = "creep" if window == 52 else "new" if found.before[number] < 1 else "surge"
        one = Candidate(
            term=self.index.terms[term],
            names=tuple(self.index.terms[name] for name in names),
            raised_on=day,
            level="early",
            confirmed_on=None,
            novelty=novelty,
            phase="weak signal",
            since=day,
            as_of=day,
            confidence=self._estimate(float(score_lasting(found)[number])),
            strength=round(float(found.strength[number]), 1),
            weeks=window,
            titles=round(float(found.count[number])),
            expected=round(float(found.expected[number]), 1),
            publishers=round(float(found.publishers[number])),
            active_weeks=round(float(found.active13[number])),
            affinity=round(float(found.affinity[number]), 2),
            first_seen_on=self.index.day_of(first),
            crossed=find_crossings(self.index, term, found.week),
            sentence="",
        )
        return replace(one, sentence=describe_rise(one))


def weigh_merit(found: Measures) -> Floats:
    """Return what a place on the desk is given for: the evidence, growth up to tenfold, and the company a term keeps.

    A name among words of computing is believed on less evidence than one among ministers and minimum wages.
    """
    growth = np.log10(np.clip(found.growth, 1, 10))
    return found.strength + growth + AFFINITY_WEIGHT * np.clip(found.affinity, AFFINITY_LEAST, AFFINITY_MOST)


def is_lasting(found: Measures) -> NDArray[np.bool_]:
    """Tell what has persisted and is the trade's: bursts of a week or two, which most are, never get here."""
    steady, quick = ((found.active13 >= weeks13) & (found.active4 >= weeks4) for weeks13, weeks4 in (STEADY, QUICK))
    strong = (found.strength >= 4) & (weigh_merit(found) >= 6) & (found.growth >= 3)
    return strong & (found.publishers8 > MIN_PUBLISHERS) & (steady | quick) & (found.affinity >= FOREIGN)


def score_lasting(found: Measures) -> Floats:
    """Return the log odds that a term still lasts half a year on, before what this stream has taught is added.

    Fitted on the candidates of two archives (Hacker News 2016-18, TechCrunch and Reddit 2005-09), 8,222 rows.
    """
    base, recent, before, lasting = LASTING
    odds: Floats = (
        base + recent * np.log1p(found.recent) + before * np.log1p(found.before) + lasting * is_lasting(found)
    )
    return odds
