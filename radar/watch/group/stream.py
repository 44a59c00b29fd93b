"""The stories under construction: entries join in order of time, then stories that turn out to be one are merged.

Two texts are compared by their words (TF-IDF over what is open) and by their meaning (the shipped embedding), and a
story stands for the sum of its members' rows. Writing s for the sum of likenesses between two stories of n and m
entries, s / (n·m) is how alike their entries are on average; each story's own average says how alike entries of that
story are. Stories are one when the first comes close enough to the second. So a wide affair may be wide, a narrow
happening stays narrow, and no threshold has to know which of the two a reader had in mind.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from radar.records import Entry, Story
from radar.vectors import TfidfSpace, embed_texts
from radar.vectors.embedding import rank_word
from radar.watch.group.bonds import Bonds
from radar.watch.group.copies import CopyIndex
from radar.watch.group.lead import entry_text

#: How long after its last entry a story still takes in another one.
STORY_LIFE = timedelta(days=5)
#: Likeness of an entry to a story (a cosine, decayed) from which both report one happening. See docs/benchmarks.md.
SAME_STORY = 0.47
#: The same where the entry's owner is in the story already: an owner rarely reports one happening twice, but often
#: writes two headlines on one pattern ("Security update for A", "Security update for B").
SAME_OWNER = 0.70
#: What likeness loses over a story's life: the same words a day later mean less than within the hour.
DECAY = 0.3
#: How alike the entries of two stories must be, on average, as a share of how alike entries are within each.
SAME_AFFAIR = 0.4
#: How alike all entries must be in the end: below it a "story" is a topic ("phones"), which grows by taking in others.
COHESION = 0.21
#: What two stories' likeness is halved by: the time between their middles. An affair is a burst; what a topic brings
#: next week is another happening.
HALVING = timedelta(days=1)
#: Pairs of entries that the average is shrunk by: a few pairs prove little.
DOUBT = 20
#: What is believed of a story before its pairs tell: entries within it are this alike, as if so many pairs had said it.
WITHIN, WITHIN_PAIRS = 0.3, 10
_WORDS, _MEANING = 0.6, 0.4  # shares of the two in likeness
_ELSEWHERE = 10_000  # texts, not read, of which only the ranks of their words are known
_COMMON = 4.0
_MEAN_OF = 2_000  # the mean that meaning is measured from is as if so many other texts had been read, whose mean is 0
_BLOCK = 64  # stories compared with all others at a time
_FEWEST_TERMS = 3  # a text with fewer is alike to nothing: short titles meet by chance

_Floats = NDArray[np.float32]


class Stream:
    """Stories by number, the oldest first; entries by row, those of known stories first."""

    def __init__(self, known: Sequence[Story], arriving: Sequence[Entry], bonds: Bonds, *, alike: bool) -> None:
        self._ids = [story.id for story in known]
        self._entries = [*(entry for story in known for entry in story.entries), *arriving]
        self._home = np.repeat(np.arange(len(known)), [len(story.entries) for story in known])  # row → story
        self._home = np.concatenate((self._home, np.full(len(arriving), -1)))
        self._since = len(self._entries) - len(arriving)
        self._at = np.array([entry.published_at.timestamp() for entry in self._entries])
        self._alike, self._bonds = alike, bonds
        self._members: list[list[int]] = [[] for _ in known]
        self._first: list[float] = []
        self._last: list[float] = []
        self._owners: list[set[str]] = []
        self._units: list[set[int]] = []
        self._changed: set[int] = set()
        self._same: list[tuple[int, int]] = []  # stories that one entry showed to be the same
        self._merged: dict[int, int] = {}  # younger story → the older one it went into
        self._index = CopyIndex()
        self._by_unit: dict[int, int] = {}  # unit of bound entries → story
        for _ in known:
            self._open()
        for row in range(self._since):
            self._enter(row, int(self._home[row]))
        self._rows = _Rows(self._entries if alike else ())

    def place_all(self) -> None:
        """Put every arriving entry into the story it belongs to, or open a new one."""
        count = len(self._entries) - self._since
        capacity = len(self._ids) + count
        at = self._at[self._since :]
        first, last = np.full(capacity, np.inf), np.full(capacity, -np.inf)
        first[: len(self._ids)], last[: len(self._ids)] = self._first, self._last
        if self._alike:
            sums = self._rows.add_up(self._home[: self._since], len(self._ids))
            norm = np.zeros(capacity)
            norm[: len(self._ids)] = sums.products_with_self()
            new = self._rows.cut(self._since)
            dots = np.zeros((count, capacity), dtype=np.float32)
            new.multiply(sums, into=dots)
            among = np.zeros((count, count), dtype=np.float32)
            new.multiply(new, into=among)
        for i in range(count):
            row, entry = self._since + i, self._entries[self._since + i]
            open_now = self._ask_open(at[i], first, last)
            number = self._find_bound(entry)
            if number is None:
                number = self._find_copy(entry, open_now)
            if number is None and self._alike:
                gaps = np.maximum(np.maximum(at[i] - last, first - at[i]), 0) / STORY_LIFE.total_seconds()
                likeness = dots[i] / np.sqrt(np.maximum(norm, 1e-9)) * (1 - DECAY * np.minimum(gaps, 1))
                number = self._find_alike(entry, np.where(open_now, likeness, 0))
            if number is None:
                number = len(self._ids)
                self._ids.append(entry.id)
                self._members.append([])
                self._open()
            self._home[row] = number
            self._enter(row, number)
            self._changed.add(number)
            first[number], last[number] = self._first[number], self._last[number]
            if self._alike:
                norm[number] += 2 * float(dots[i, number]) + float(among[i, i])
                dots[:, number] += among[:, i]

    def merge_all(self) -> None:
        """Merge stories that turn out to be one: first those that share a text, then the most alike, until none are."""
        for one, other in self._same:
            self._merge(*sorted((self._find_last(one), self._find_last(other))))
        changed = {number for number in self._changed if self._members[number]} if self._alike else set()
        while changed:
            pairs = self._find_affairs(sorted(changed))
            changed = set()
            for older, younger in pairs:
                if older not in changed and younger not in changed and self._merge(older, younger):
                    changed |= {older, younger}
            changed = {number for number in changed if self._members[number]}

    def list_changed(self) -> Iterator[tuple[str, list[Entry]]]:
        """Yield the id and the entries of every story that is new or has changed, the oldest first."""
        for number in sorted(self._changed):
            if self._members[number]:
                yield self._ids[number], [self._entries[row] for row in self._members[number]]

    def _open(self) -> None:
        self._first.append(float("inf"))
        self._last.append(float("-inf"))
        self._owners.append(set())
        self._units.append(set())

    def _enter(self, row: int, number: int) -> None:
        entry = self._entries[row]
        at = float(self._at[row])
        self._members[number].append(row)
        self._first[number] = min(self._first[number], at)
        self._last[number] = max(self._last[number], at)
        self._owners[number].add(entry.publisher)
        self._index.add(entry, number)
        unit = self._bonds.unit_of(entry.id)
        if unit is not None:
            self._units[number].add(unit)
            self._by_unit[unit] = number

    def _find_bound(self, entry: Entry) -> int | None:
        """Return the story that holds what the advisor put together with an entry."""
        unit = self._bonds.unit_of(entry.id)
        return None if unit is None else self._by_unit.get(unit)

    def _find_copy(self, entry: Entry, open_now: NDArray[np.bool_]) -> int | None:
        """Return the oldest story with the same text; where one has its page and another its title, they are one."""
        found = [n for n in self._index.find(entry) if open_now[n] and not self._is_barred(entry, n)]
        oldest = min(found, default=None)
        self._same += [(oldest, number) for number in found if oldest is not None and number != oldest]
        return oldest

    def _find_alike(self, entry: Entry, likeness: _Floats) -> int | None:
        near = np.flatnonzero(likeness >= SAME_STORY)
        for number in near[np.argsort(-likeness[near], kind="stable")].tolist():
            if likeness[number] < SAME_OWNER and entry.publisher in self._owners[number]:
                continue
            if not self._is_barred(entry, number):
                return int(number)
        return None

    def _is_barred(self, entry: Entry, number: int) -> bool:
        unit = self._bonds.unit_of(entry.id)
        return unit is not None and self._bonds.forbid([unit], self._units[number])

    @staticmethod
    def _ask_open(at: float, first: NDArray[np.float64], last: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which stories' lives an entry falls into; a feed read late may tell of a story's beginning."""
        life = STORY_LIFE.total_seconds()
        return (first - life <= at) & (at <= last + life)

    def _find_affairs(self, changed: Sequence[int]) -> list[tuple[int, int]]:
        """Return pairs of one of these stories and any other that seem to be one, (older, younger), best first."""
        sums, when = self._rows.add_up(self._home, len(self._ids)), self._find_middles()
        # Two entries, each alone in its story, are never joined here: DOUBT forbids it.
        several = np.flatnonzero(sums.mass > 1.5)
        everyone = np.arange(len(self._ids))
        large = [number for number in changed if sums.mass[number] > 1.5]
        single = [number for number in changed if sums.mass[number] <= 1.5]
        found: set[tuple[float, int, int]] = set()
        for rows, columns in ((large, everyone), (single, several)):
            others = sums.cut(columns)
            for start in range(0, len(rows), _BLOCK):
                block = rows[start : start + _BLOCK]
                likeness = _compare_stories(sums.cut(block), others)
                likeness *= np.exp2(-np.abs(when[block][:, None] - when[columns]) / HALVING.total_seconds())
                for row, column in np.argwhere(likeness >= SAME_AFFAIR).tolist():
                    one, other = sorted((block[row], int(columns[column])))
                    if one != other:
                        found.add((-float(likeness[row, column]), one, other))
        return [(one, other) for _, one, other in sorted(found)]

    def _find_middles(self) -> NDArray[np.float64]:
        """Return the mean time of each story's entries; those of a story that went into another do not matter."""
        count = len(self._ids)
        sizes = np.bincount(self._home, minlength=count)
        return np.bincount(self._home, weights=self._at - self._at[0], minlength=count) / np.maximum(sizes, 1)

    def _merge(self, older: int, younger: int) -> bool:
        """Move all entries of a story to an older one, unless the advisor keeps them apart; tell whether they moved."""
        if older == younger or self._bonds.forbid(self._units[older], self._units[younger]):
            return False
        for row in self._members[younger]:
            self._enter(row, older)
            self._home[row] = older
        self._members[younger], self._first[younger], self._last[younger] = [], float("inf"), float("-inf")
        self._merged[younger] = older
        self._changed |= {older, younger}
        return True

    def _find_last(self, number: int) -> int:
        """Return the story that a story has become."""
        while number in self._merged:
            number = self._merged[number]
        return number


class _Rows:
    """Texts, or sums of texts, as rows: their words, their meaning; the product of two rows is their likeness.

    A text that says too little is a row of zeros: alike to nothing, it joins nothing and pulls nothing together.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        texts = [entry_text(entry) for entry in entries]
        words = _weigh_words(TfidfSpace(texts), len(texts))
        enough = (np.diff(words.indptr) >= _FEWEST_TERMS).astype(np.float32)
        meaning = embed_texts(texts)
        meaning -= meaning.sum(axis=0) / np.float32(len(texts) + _MEAN_OF)
        lengths = np.sqrt(np.einsum("ij,ij->i", meaning, meaning))
        self._words: Any = sparse.diags(enough * np.float32(_WORDS**0.5)).dot(words).tocsr()
        self._meaning: _Floats = meaning * (enough * np.float32(_MEANING**0.5) / np.maximum(lengths, 1e-6))[:, None]
        self.mass: _Floats = self.products_with_self()

    def add_up(self, home: NDArray[np.int64], count: int) -> "_Rows":
        """Return a row for each of `count` stories: the sum of the rows whose home it is."""
        rows = np.arange(len(home))
        picker = sparse.csr_matrix((np.ones(len(home), dtype=np.float32), (home, rows)), (count, len(home)))
        return self._make(
            (picker @ self._words[: len(home)]).tocsr(),
            picker @ self._meaning[: len(home)],
            picker @ self.mass[: len(home)],
        )

    def cut(self, which: int | Sequence[int] | NDArray[np.int64]) -> "_Rows":
        """Return the rows from one on, or those listed."""
        chosen = slice(which, None) if isinstance(which, int) else np.asarray(which)
        return self._make(self._words[chosen], self._meaning[chosen], self.mass[chosen])

    def multiply(self, other: "_Rows", into: _Floats) -> None:
        """Write the products of rows (own × others) into the beginning of each row of `into`."""
        width = other._meaning.shape[0]
        np.matmul(self._meaning, other._meaning.T, out=into[:, :width])
        into[:, :width] += (self._words @ other._columns).toarray()

    @cached_property
    def _columns(self) -> Any:
        return self._words.T.tocsr()  # once, not for every block that is multiplied with it

    def products_with_self(self) -> _Floats:
        """Return each row's product with itself."""
        words = np.asarray(self._words.multiply(self._words).sum(axis=1)).ravel()
        total: _Floats = words + np.einsum("ij,ij->i", self._meaning, self._meaning)
        return total

    @classmethod
    def _make(cls, words: Any, meaning: _Floats, mass: _Floats) -> "_Rows":
        made = cls.__new__(cls)
        made._words, made._meaning, made.mass = words, meaning, mass
        return made


def _compare_stories(some: _Rows, others: _Rows) -> _Floats:
    """Return how alike entries of two stories are, as a share of how alike they are within each (some × others).

    0 where the two together would no longer be one story.
    """
    own, far = some.products_with_self(), others.products_with_self()
    between = np.zeros((len(own), len(far)), dtype=np.float32)
    some.multiply(others, into=between)
    mass = some.mass[:, None]
    together = _average_within(own[:, None] + far + 2 * between, mass + others.mass)
    between /= mass * others.mass + DOUBT
    between /= np.sqrt(_average_within(own, some.mass))[:, None] * np.sqrt(_average_within(far, others.mass))
    between[together < COHESION] = 0
    return between


def _average_within(own: _Floats, mass: _Floats) -> _Floats:
    """Return how alike entries within a story are, from its sum's product with itself and the number of its entries."""
    average: _Floats = (own - mass + WITHIN * WITHIN_PAIRS) / (mass * (mass - 1) + WITHIN_PAIRS)
    return np.maximum(average, 1e-6)


def _weigh_words(space: TfidfSpace, count: int) -> Any:
    """Return the space's matrix with rarity judged as if many other texts had been read as well.

    What is open may be one affair: its own words would count as common ones. How common a word is elsewhere follows
    from its rank among the words of the press (Zipf's law), in which order the shipped embedding lists them.
    """
    matrix = space.matrix
    seen = np.bincount(matrix.indices, minlength=matrix.shape[1])
    own = np.log((1 + count) / (1 + seen)) + 1
    elsewhere = np.array([_COMMON / (rank_word(word) + _COMMON * 2) for word in space.words])
    weight = np.log((1 + count + _ELSEWHERE) / (1 + seen + _ELSEWHERE * elsewhere)) + 1
    matrix = (matrix @ sparse.diags((weight / own).astype(np.float32))).tocsr()
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(lengths, 1e-6)) @ matrix).tocsr()
