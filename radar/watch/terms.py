"""Index the terms of dated titles: which one- and two-word terms stand in which title, week by week."""

import functools
import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from radar.records import KINDS, Report
from radar.text import STOP_WORDS, fold_phrase

Ints = NDArray[np.int64]
Flags = NDArray[np.int8]

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9+#]*(?:[.\-'][A-Za-z0-9+#]+)*")
_VERSION = re.compile(r"v?\d+(\.\d+)*|\d+(st|nd|rd|th|k|m|bn|s|x)?")
_LOWER, _CAPITAL, _MARKED = 0, 1, 2  # how a token is written; marked: with a capital or a digit inside

NAMED, SMALL, UNTOLD, SLUG = 1, -1, 0, 2  # what the writing of a term in a title says

MIN_TITLES = 3  # rarer terms are never a candidate: without them the index is a tenth of its size
COPY_WEEKS = 8  # the same words again within so many weeks are a copy
CAMPAIGN = 3  # titles a publisher may add to a term's count in a week
SENTENCE_CASE = 0.6  # share of capitalised words from which a title is in headline case: its capitals say nothing


@dataclass(frozen=True)
class TermIndex:
    """Terms and the titles they stand in: posting n is one term in one title, sorted by term, then week.

    Weeks are numbered from `first`; `start[t]:start[t + 1]` are term t's postings.
    """

    first: date  # first day of week 0
    weeks: int
    terms: tuple[str, ...]
    words: Ints  # terms × 2: the token numbers, -1 where there is no second
    tokens: tuple[str, ...]
    sources: tuple[str, ...]
    source_kind: Flags  # of each, as its place in KINDS
    start: Ints
    title: NDArray[np.int32]  # of a posting
    week: NDArray[np.int32]
    cased: Flags  # of a posting: NAMED, SMALL, UNTOLD or, in a title without any capital, SLUG
    title_week: NDArray[np.int32]
    title_source: NDArray[np.int32]
    title_publisher: NDArray[np.int32]
    title_start: Ints  # `title_tokens[title_start[i]:title_start[i + 1]]` are the tokens of title i
    title_tokens: NDArray[np.int32]
    totals: Ints  # sources × weeks: titles

    def number(self, term: str) -> int:
        """Return a term's number, or -1."""
        return self._numbers.get(term, -1)

    def day_of(self, week: int) -> date:
        """Return the first day of a week."""
        return self.first + timedelta(weeks=week)

    def variants(self, term: int) -> list[int]:
        """Return the numbers of the terms that differ from this one in the number (singular, plural) only."""
        return [other for other in self._folded[fold_phrase(self.terms[term])] if other != term]

    @functools.cached_property
    def _numbers(self) -> dict[str, int]:
        return {term: number for number, term in enumerate(self.terms)}

    @functools.cached_property
    def _folded(self) -> dict[str, list[int]]:
        folded: dict[str, list[int]] = {}
        for number, term in enumerate(self.terms):
            folded.setdefault(fold_phrase(term), []).append(number)
        return folded


def split_title(text: str) -> list[str]:
    """Return the tokens of a title as they are written, accents gone."""
    if not text.isascii():
        text = text.replace("\u2019", "'").replace("\u2010", "-").replace("\u2011", "-")
        # No accent that combines comes before U+0300.
        text = "".join([c for c in unicodedata.normalize("NFD", text) if c < "\u0300" or not unicodedata.combining(c)])
    return _TOKEN.findall(text)


def is_number(token: str) -> bool:
    """Tell whether a token is only a number, a version or an ordinal."""
    return _VERSION.fullmatch(token) is not None


class _Tokens(dict[str, int]):
    """Written token → 4 × its number + how it is written; learns new ones when asked."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[str, int] = {}

    def __missing__(self, written: str) -> int:
        token = written.lower()
        token = token.removesuffix("'s")
        number = self.numbers.setdefault(token, len(self.numbers))
        inner = written[1:]
        marked = inner.lower() != inner or any(c.isdigit() for c in written)
        look = _MARKED if marked else _CAPITAL if written[0].isupper() else _LOWER
        self[written] = value = 4 * number + look
        return value


def index_terms(reports: Iterable[Report], first: date) -> TermIndex:
    """Index reports by term; those dated before `first` are left out.

    A text that was published in the last COPY_WEEKS weeks is left out as its copy, and of one publisher's titles on a
    term only CAMPAIGN a week are kept: a thousand items of one publisher, or one text on twenty sites, weigh little.
    """
    known = _Tokens()
    sources: dict[str, int] = {}
    publishers: dict[str, int] = {}
    flat, starts = array("i"), array("q", [0])
    week_of, source_of, publisher_of = array("i"), array("i"), array("i")
    seen: dict[int, int] = {}
    origin = first.toordinal()
    look_up, find_all = known.__getitem__, _TOKEN.findall
    kinds: dict[str, int] = {}
    totals: dict[tuple[int, int], int] = {}
    # Sorted, so that neither the order of the archives nor that of a database decides which of two copies counts.
    ordered = sorted(reports, key=lambda r: (r.on, r.source, r.publisher, r.title))
    for report in ordered:
        week = (report.on.toordinal() - origin) // 7
        if week < 0:
            continue
        text = report.title
        found = find_all(text) if text.isascii() else split_title(text)
        codes = list(map(look_up, found))
        copy = hash(tuple([code >> 2 for code in codes]))  # of integers: the same in every run
        last = seen.get(copy)
        seen[copy] = week
        if last is not None and week - last < COPY_WEEKS:
            continue
        flat.extend(codes)
        starts.append(len(flat))
        week_of.append(week)
        source = sources.setdefault(report.source, len(sources))
        source_of.append(source)
        kinds.setdefault(report.source, KINDS.index(report.kind))
        publisher_of.append(publishers.setdefault(report.publisher or f"\0{len(week_of)}", len(publishers)))
        totals[source, week] = totals.get((source, week), 0) + 1
    tokens = tuple(known.numbers)
    codes_all = np.frombuffer(flat, np.int32) if flat else np.zeros(0, np.int32)
    title_start = np.frombuffer(starts, np.int64)
    title_week, title_source, title_publisher = (
        np.array(column, np.int32) for column in (week_of, source_of, publisher_of)
    )
    weeks = int(title_week.max(initial=-1)) + 1
    total = np.zeros((len(sources), weeks), np.int64)
    for (source, week), number in totals.items():
        total[source, week] = number
    keys, titles, cased = _list_postings(codes_all, title_start, tokens)
    keep = _keep_postings(keys, titles, title_week, title_publisher)
    keys, titles, cased = keys[keep], titles[keep], cased[keep]
    enough, sizes = _often(keys)
    chosen = np.repeat(enough, sizes)
    keys, titles, cased, sizes = keys[chosen], titles[chosen], cased[chosen], sizes[enough]
    start = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    unique = keys[start[:-1]]
    size = len(tokens) + 1
    words = np.stack((unique // size, unique % size - 1), axis=1)
    names = tuple(tokens[a] if b < 0 else f"{tokens[a]} {tokens[b]}" for a, b in words.tolist())
    return TermIndex(
        first=first,
        weeks=weeks,
        terms=names,
        words=words,
        tokens=tokens,
        sources=tuple(sources),
        source_kind=np.array(list(kinds.values()), np.int8),
        start=start,
        title=titles.astype(np.int32),
        week=title_week[titles],
        cased=cased,
        title_week=title_week,
        title_source=title_source,
        title_publisher=title_publisher,
        title_start=title_start,
        title_tokens=codes_all >> 2,
        totals=total,
    )


def _list_postings(codes: NDArray[np.int32], title_start: Ints, tokens: tuple[str, ...]) -> tuple[Ints, Ints, Flags]:
    """Return (term key, title, cased) of every term in every title once, sorted by key, then title.

    The key of tokens (a, b) is a × (tokens + 1) + b + 1, with b = -1 for a single one.
    """
    number, look = (codes >> 2).astype(np.int64), codes & 3
    size = len(tokens) + 1
    lengths = np.diff(title_start)
    title = np.repeat(np.arange(len(lengths)), lengths)
    is_first = np.zeros(len(codes), bool)
    is_first[title_start[:-1][lengths > 0]] = True
    long = np.array([len(token) > 3 for token in tokens], bool)
    bad = np.array([t in STOP_WORDS or is_number(t) for t in tokens], bool)
    short = np.array([len(t) < 2 for t in tokens], bool)
    # A title in headline case, or in capitals throughout, has no capitals that say anything.
    counted = long[number] & ~is_first
    words = np.bincount(title[counted], minlength=len(lengths))
    capital = np.bincount(title[counted & (look > 0)], minlength=len(lengths))
    sentence = (capital < SENTENCE_CASE * words) & (words >= 2)
    tells = sentence[title] & ~is_first
    slug = np.bincount(title[look > 0], minlength=len(lengths)) == 0
    cased = np.select(
        (slug[title], look == _MARKED, look == _LOWER, tells), (SLUG, NAMED, SMALL, NAMED), UNTOLD
    ).astype(np.int8)
    alone = ~bad[number] & ~short[number]
    pair = np.zeros(len(codes), bool)
    if len(codes) > 1:
        pair[:-1] = (title[:-1] == title[1:]) & ~bad[number[:-1]] & ~bad[number[1:]]
    at = np.flatnonzero(pair)
    keys = np.concatenate((number[alone] * size, number[at] * size + number[at + 1] + 1))
    where = np.concatenate((title[alone], title[at]))
    one, two = cased[at], cased[at + 1] if len(at) else cased[at]
    both = np.select(
        ((one == SLUG), (one == NAMED) & (two == NAMED), (one == SMALL) | (two == SMALL)), (SLUG, NAMED, SMALL), UNTOLD
    )
    flags = np.concatenate((cased[alone], both)).astype(np.int8)
    order = np.argsort(keys, kind="stable")  # titles ascend within each half, and the halves share no key
    keys, where, flags = keys[order], where[order], flags[order]
    frequent = np.repeat(*_often(keys))
    keys, where, flags = keys[frequent], where[frequent], flags[frequent]
    once = np.ones(len(keys), bool)
    once[1:] = (keys[1:] != keys[:-1]) | (where[1:] != where[:-1])
    return keys[once], where[once], flags[once]


def _often(keys: Ints) -> tuple[NDArray[np.bool_], Ints]:
    """Return for each run of equal keys whether it has MIN_TITLES, and its length."""
    ends = np.flatnonzero(np.append(keys[1:] != keys[:-1], True)) + 1 if len(keys) else np.zeros(0, np.int64)
    sizes = np.diff(ends, prepend=0)
    return sizes >= MIN_TITLES, sizes


def _keep_postings(
    keys: Ints, titles: Ints, title_week: NDArray[np.int32], title_publisher: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Tell which postings count: those of frequent terms, and of a publisher's titles on a term CAMPAIGN a week."""
    keep = np.ones(len(keys), bool)
    week = title_week[titles].astype(np.int64)
    # Few terms have more than CAMPAIGN titles in a week; only those are sorted by publisher.
    first = np.ones(len(keys), bool)
    first[1:] = (keys[1:] != keys[:-1]) | (week[1:] != week[:-1])
    group = np.cumsum(first) - 1
    at = np.flatnonzero(np.bincount(group, minlength=1)[group] > CAMPAIGN)
    group, publisher = group[at], title_publisher[titles[at]].astype(np.int64)
    voice = group * (int(publisher.max(initial=0)) + 1) + publisher
    order = np.argsort(voice, kind="stable")  # titles ascend
    voice, position = voice[order], np.arange(len(order))
    same = np.zeros(len(order), bool)
    same[1:] = voice[1:] == voice[:-1]
    head = np.maximum.accumulate(np.where(same, 0, position))
    keep[at[order[position - head >= CAMPAIGN]]] = False
    return keep
