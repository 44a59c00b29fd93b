"""Keep every term's counts as the weeks pass, and measure the terms that may be worth a warning."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radar.watch.context import Floats, score_terms, weigh_words
from radar.watch.evidence import PAST, weigh_counts
from radar.watch.naming import Naming, name_terms
from radar.watch.terms import NAMED, SLUG, SMALL, Ints, TermIndex

WINDOWS = (4, 8, 13, 26, 52)  # weeks
REFRESH = 26  # weeks after which the weights of words are learned anew

# What lets a term in at all. Low, so that the threshold on merit decides.
MIN_TITLES, MIN_RECENT, MIN_WEEKS = 4, 2, 2  # in 52 weeks, in 8 weeks, weeks of 13 with a title
MIN_PUBLISHERS = 3  # independent ones, in 52 weeks
NAME_CASED, NAME_SEEN = 0.7, 3  # a plain word is a name when so written, of so many that tell
PAIR_CASED, PAIR_SEEN = 0.65, 2
PERSON = 0.15  # a word that is part of people's names in so much of its titles is one
LEAST_STRENGTH = 2.0
COHESION = 0.35  # two words that stand together so often, of all titles with the rarer one, are one term


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known at the end of a week of the terms that passed the gate; all arrays have the same length."""

    week: int
    term: Ints
    strength: Floats  # -log10 of the chance, in the window where it is least likely
    window: Ints  # that window, in weeks
    count: Floats  # titles in it, of feeds with a past
    expected: Floats
    growth: Floats  # times the expectation, over 13 weeks
    growth8: Floats  # over 8 weeks
    before: Floats  # titles more than 52 weeks ago
    titles: Floats  # in 52 weeks
    recent: Floats  # in 8 weeks
    active4: Floats  # weeks with a title, of the last 4, 8 and 13
    active8: Floats
    active13: Floats
    publishers: Floats  # independent ones in 52 weeks, and in 8
    publishers8: Floats
    cased: Floats  # share of titles that write it as a name, of those that tell
    affinity: Floats  # to the trade: mean weight of the words beside it


class _Rolling:
    """For each of `size` things, the sum over the weeks (week - far, week - near]."""

    def __init__(self, size: int, events: "_Events", near: int, far: int) -> None:
        self.sums = np.zeros(size)
        self._events, self._near, self._far = events, near, far

    def close(self, week: int) -> None:
        self._events.add(self.sums, week - self._near, 1.0)
        self._events.add(self.sums, week - self._far, -1.0)


class _Events:
    """Things that happen in weeks, sorted by week."""

    def __init__(self, week: NDArray[np.int32], thing: Ints, weeks: int, amount: Floats | None = None) -> None:
        order = np.argsort(week.astype(np.int16), kind="stable")  # small numbers are sorted by their digits
        self._bounds = np.searchsorted(week[order], np.arange(weeks + 1))
        # Half the memory: 280,000 titles have 4 million such events in seven lists, twice while the past is shuffled.
        self._thing = thing.astype(np.int32)[order]
        self._amount = None if amount is None else amount.astype(np.int8)[order]

    def add(self, sums: Floats, week: int, sign: float) -> None:
        if week < 0:
            return
        at = slice(self._bounds[week], self._bounds[week + 1])
        np.add.at(sums, self._thing[at].astype(np.intp), sign if self._amount is None else sign * self._amount[at])


class Panel:
    """All terms of an index, week by week. Each week's measures rest on that week and those before it only."""

    def __init__(self, index: TermIndex, general: Iterable[str] = (), naming: Naming | None = None) -> None:
        self.index = index
        self._general_sources = frozenset(general)
        self.week = -1
        self.naming = name_terms(index.terms) if naming is None else naming
        size, weeks = len(index.terms), index.weeks
        term = np.repeat(np.arange(size), np.diff(index.start))
        source = index.title_source[index.title]
        keys, pair = np.unique(term * max(1, len(index.sources)) + source, return_inverse=True)
        self._pair_term, self._pair_source = keys // max(1, len(index.sources)), keys % max(1, len(index.sources))
        pairs = _Events(index.week, pair, weeks)
        self._now = {window: _Rolling(len(keys), pairs, 0, window) for window in WINDOWS}
        self._then = {window: _Rolling(len(keys), pairs, window, window + PAST) for window in WINDOWS}
        titles = _Events(index.week, term, weeks)
        self._titles = {window: _Rolling(size, titles, 0, window) for window in (8, 26, 52, weeks + 1)}
        self._cased, self._small, self._slugs = (
            _Rolling(size, _Events(index.week[index.cased == look], term[index.cased == look], weeks), 0, 52)
            for look in (NAMED, SMALL, SLUG)
        )
        first = np.ones(len(term), bool)
        first[1:] = (term[1:] != term[:-1]) | (index.week[1:] != index.week[:-1])
        active = _Events(index.week[first], term[first], weeks)
        self._active = {window: _Rolling(size, active, 0, window) for window in (4, 8, 13)}
        self._publishers = {window: _count_publishers(index, term, window) for window in (8, 52)}
        is_general = np.isin(np.array(index.sources, dtype=object), list(self._general_sources))
        press = is_general[source]
        self._general = _Rolling(size, _Events(index.week[press], term[press], weeks), 0, 26)
        self._is_general = is_general
        self._totals = np.concatenate((np.zeros((len(index.sources), 1)), np.cumsum(index.totals, axis=1)), axis=1)
        alone = {int(a): number for number, (a, b) in enumerate(index.words.tolist()) if b < 0}
        parts = [[alone.get(a, -1), alone.get(b, -1)] for a, b in index.words.tolist()]
        self._parts = np.array(parts, np.int64).reshape(-1, 2)
        # A name of a person makes its parts names of people too; "Julia language" does not.
        plain = self.naming.plain[self._parts[:, 1]] if size else np.zeros(0, bool)
        people = np.flatnonzero(self.naming.person & (self._parts >= 0).all(axis=1) & ~plain)
        self._people = np.concatenate((people, people)), self._parts[people].T.ravel()
        self._weights: Floats | None = None
        self._weighed = -REFRESH

    def with_index(self, index: TermIndex) -> "Panel":
        """Return a panel of the same terms at its beginning, over other titles."""
        return Panel(index, self._general_sources, self.naming)

    def close_week(self) -> None:
        """Take in one more week."""
        self.week += 1
        for group in (self._now, self._then, self._titles, self._active, self._publishers):
            for rolling in group.values():
                rolling.close(self.week)
        for rolling in (self._cased, self._small, self._slugs, self._general):
            rolling.close(self.week)

    def count_watched(self) -> int:
        """Return the weeks of history that count: since one first had a tenth of the busiest week's titles."""
        totals = self.index.totals[:, : self.week + 1].sum(axis=0)
        return self.week + 1 - int(np.argmax(totals * 10 >= totals.max(initial=0)))

    def measure(self) -> Measures:
        """Measure the terms that pass the gate at the end of the present week."""
        titles, recent = self._titles[52].sums, self._titles[8].sums
        terms = np.flatnonzero(np.logical_and.reduce(list(self._gates().values())))
        strength, window, count, expected, growths = self._weigh(terms)
        keep = strength >= LEAST_STRENGTH
        terms, until = terms[keep], self.week + 1
        if self._weights is None or until - self._weighed >= REFRESH:
            self._weights, self._weighed = weigh_words(self.index, until), until
        every = self._titles[self.index.weeks + 1].sums
        return Measures(
            week=self.week,
            term=terms,
            strength=strength[keep],
            window=window[keep],
            count=count[keep],
            expected=expected[keep],
            growth=growths[13][keep],
            growth8=growths[8][keep],
            before=every[terms] - titles[terms],
            titles=titles[terms],
            recent=recent[terms],
            active4=self._active[4].sums[terms],
            active8=self._active[8].sums[terms],
            active13=self._active[13].sums[terms],
            publishers=self._publishers[52].sums[terms],
            publishers8=self._publishers[8].sums[terms],
            cased=(self._cased.sums[terms] + 1) / (self._cased.sums[terms] + self._small.sums[terms] + 2),
            affinity=score_terms(self.index, self._weights, terms, until - 52, until),
        )

    def list_obstacles(self, term: int) -> list[str]:
        """Return the gates that keep a term out at the end of the present week."""
        return [reason for reason, passed in self._gates().items() if not passed[term]]

    def _gates(self) -> dict[str, NDArray[np.bool_]]:
        """Return for each reason to keep a term out whether each term passes."""
        return {
            f"fewer than {MIN_TITLES} titles in a year": self._titles[52].sums >= MIN_TITLES,
            f"fewer than {MIN_RECENT} titles in eight weeks": self._titles[8].sums >= MIN_RECENT,
            f"titles in fewer than {MIN_WEEKS} weeks of 13": self._active[13].sums >= MIN_WEEKS,
            f"fewer than {MIN_PUBLISHERS} independent publishers": self._publishers[52].sums >= MIN_PUBLISHERS,
            "a plain word, a person, a place or a date": self.may_be_name(),
            "as frequent in the general press": ~self._is_world_news(),
        }

    def may_be_name(self) -> NDArray[np.bool_]:
        """Tell which terms may name something: not a plain word, or one that is written as a name, or a fixed pair."""
        naming = self.naming
        told = self._cased.sums + self._small.sums
        cased = (self._cased.sums + 1) / (told + 2)
        every = self._titles[self.index.weeks + 1].sums
        parts = np.where(self._parts >= 0, every[self._parts], 0).astype(float)
        parts[self._parts < 0] = np.inf
        rarer = parts.min(axis=1) if len(parts) else np.zeros(0)
        cohesion = np.where(np.isfinite(rarer), every / np.maximum(rarer, 1), 1.0)
        people, theirs = self._people
        of_person = ~naming.pair & (np.bincount(theirs, every[people], len(every)) >= PERSON * every)
        # Where titles are written without capitals (slugs), they cannot tell a name from a word.
        slug = self._slugs.sums >= 0.9 * self._titles[52].sums
        single = ~naming.pair & (~naming.plain | ((cased >= NAME_CASED) & (told >= NAME_SEEN)) | slug)
        pair = naming.pair & (((cased >= PAIR_CASED) & (told >= PAIR_SEEN)) | (cohesion >= COHESION))
        return (single | pair) & ~naming.ruled_out & ~of_person

    def _is_world_news(self) -> NDArray[np.bool_]:
        """Tell which terms the general press writes of at least as much as the others, in 26 weeks."""
        if not self._is_general.any():
            return np.zeros(len(self.index.terms), bool)
        low = max(0, self.week - 25)
        size = self._totals[:, self.week + 1] - self._totals[:, low]
        general, others = size[self._is_general].sum(), size[~self._is_general].sum()
        in_general = self._general.sums
        in_others = self._titles[26].sums - in_general
        frequent: NDArray[np.bool_] = in_general * max(others, 1) >= in_others * max(general, 1)
        return frequent & (in_general > 0)

    def _weigh(self, terms: Ints) -> tuple[Floats, Ints, Floats, Floats, dict[int, Floats]]:
        """Return (strength, window, count, expected) of the least likely window, and by window count / expected.

        Each feed is held against its own past: of a window it counts only if it published at least half as much in the
        weeks before, and what is expected of it is its own past rate. So a feed that joins adds nothing at first, and
        one that left is not missed.
        """
        place = np.full(len(self.index.terms), -1)
        place[terms] = np.arange(len(terms))
        chosen = np.flatnonzero(place[self._pair_term] >= 0)
        where, source = place[self._pair_term[chosen]], self._pair_source[chosen]
        size = len(terms)
        strength, window = np.zeros(size), np.full(size, WINDOWS[0])
        count, expected = np.zeros(size), np.zeros(size)
        growths = {}
        end = self.week + 1
        for span in WINDOWS:
            low, far = max(0, end - span), max(0, end - span - PAST)
            fresh = self._totals[:, end] - self._totals[:, low]
            past = self._totals[:, low] - self._totals[:, far]
            steady = (past >= fresh / 2) & (past > 0) & (fresh > 0)
            ratio = np.where(steady, fresh / np.maximum(past, 1), 0.0)
            seen_now: Floats = np.bincount(where, self._now[span].sums[chosen] * steady[source], size).astype(float)
            old = self._then[span].sums[chosen] * steady[source]
            seen_then: Floats = np.bincount(where, old, size).astype(float)
            prior = 0.5 * fresh[steady].sum() / max(past[steady].sum(), 1.0)
            usual = np.bincount(where, old * ratio[source], size) + prior
            growths[span] = seen_now / np.maximum(usual, 0.1)
            weighed = weigh_counts(seen_now, seen_then, usual)
            better = weighed > strength
            strength[better], window[better] = weighed[better], span
            count[better], expected[better] = seen_now[better], usual[better]
        return strength, window, count, expected, growths


def _count_publishers(index: TermIndex, term: Ints, window: int) -> _Rolling:
    """Return the distinct publishers of each term in the trailing weeks.

    A publisher's title counts from its week until the window has passed or the publisher's next title on the term.
    """
    publisher = index.title_publisher[index.title]
    # The weeks of a term ascend already.
    order = np.argsort(term * (int(publisher.max(initial=0)) + 1) + publisher, kind="stable")
    terms, publishers, week = term[order], publisher[order], index.week[order].astype(np.int64)
    follows = np.zeros(len(order), bool)
    follows[1:] = (terms[1:] == terms[:-1]) & (publishers[1:] == publishers[:-1])
    ends = week + window
    ends[:-1][follows[1:]] = np.minimum(ends[:-1], week[1:])[follows[1:]]
    inside = ends < index.weeks
    events = _Events(
        np.concatenate((week, ends[inside])).astype(np.int32),
        np.concatenate((terms, terms[inside])),
        index.weeks,
        np.concatenate((np.ones(len(week)), -np.ones(int(inside.sum())))),
    )
    return _Rolling(len(index.terms), events, 0, index.weeks + 1)
