"""Group entries that report the same happening into one story: new [Entry] + open [Story] → [Story].

First what is exactly equal (canonical URL, normalised title), then what reads alike: a stream of story centroids over
TF-IDF rows. Single-link is never used: one loose pair would chain whole weeks together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
from scipy import sparse

from radar.records import Entry, Story
from radar.text import canonicalise_url, normalise_title, split_terms
from radar.vectors import Matrix, TfidfSpace

#: How long after its last entry a story still takes in another one.
STORY_LIFE = timedelta(days=5)
#: Cosine of an entry to a story's centroid from which both report one happening. See docs/benchmarks.md.
SAME_STORY = 0.35
#: The same where the entry's owner is in the story already: an owner rarely reports one happening twice, but often
#: writes two headlines on one pattern ("Security update for A", "Security update for B").
SAME_OWNER = 0.60
#: Words an entry must share with the story's words, whatever the cosine: short titles meet by chance.
SHARED_WORDS = 3
_TITLE_WORDS = 4  # shorter titles ("Weekly roundup") repeat without being one story


def group_entries(new: Iterable[Entry], open_stories: Iterable[Story]) -> list[Story]:
    """Return the stories that are new or have changed, each with all its entries.

    Every new entry ends up in exactly one story. The outcome does not depend on the order of either argument: entries
    are taken by time, then by id. A story keeps its id for life.
    """
    known = sorted(open_stories, key=lambda story: (story.first_at, story.id))
    already = {entry.id for story in known for entry in story.entries}
    arriving = sorted(
        {entry.id: entry for entry in new if entry.id not in already}.values(), key=lambda e: (e.published_at, e.id)
    )
    if not arriving:
        return []
    stream = _Stream(known, arriving)
    for row, entry in enumerate(arriving):
        stream.place(row, entry)
    return [_build_story(stream.ids[number], members) for number, members in sorted(stream.changed.items())]


class _Stream:
    """The stories under construction; entries join in order of time."""

    def __init__(self, known: Sequence[Story], arriving: Sequence[Entry]) -> None:
        self.ids = [story.id for story in known]
        self.members = [list(story.entries) for story in known]
        self.first_at = [story.first_at for story in known]
        self.last_at = [story.last_at for story in known]
        self.changed: dict[int, list[Entry]] = {}
        self._by_url: dict[str, int] = {}
        self._by_title: dict[str, int] = {}
        for number, members in enumerate(self.members):
            for entry in members:
                self._index(number, entry)

        member_texts = [entry_text(entry) for members in self.members for entry in members]
        space = TfidfSpace(member_texts + [entry_text(entry) for entry in arriving])
        rows = space.matrix[len(member_texts) :]
        # Sums of member rows, one a known story: a 0/1 matrix (stories × members) times the member rows.
        sums = _sum_rows(space.matrix[: len(member_texts)], [len(members) for members in self.members])
        self._to_known = (rows @ sums.T).tocsr()  # arriving × known: dot with each story's sum
        self._to_arriving = (rows @ rows.T).tocsr()  # arriving × arriving
        self._norm2 = [float(value) for value in sums.multiply(sums).sum(axis=1).A1] if known else []
        self._joined: dict[int, int] = {}  # arriving row → story number
        self._owners = [{entry.publisher for entry in members} for members in self.members]
        self._words = [{word for entry in members for word in entry_words(entry)} for members in self.members]

    def place(self, row: int, entry: Entry) -> None:
        """Put one entry into the story it belongs to, or open a new one."""
        dots = self._measure(row)
        number = self._find_equal(entry)
        if number is None:
            number = self._find_alike(entry, dots)
        if number is None:
            number = len(self.ids)
            self.ids.append(entry.id)
            self.members.append([])
            self.first_at.append(entry.published_at)
            self.last_at.append(entry.published_at)
            self._norm2.append(0.0)
            self._words.append(set())
            self._owners.append(set())
        self._join(row, entry, number, dots.get(number, 0.0))

    def _find_equal(self, entry: Entry) -> int | None:
        if entry.url:
            number = self._by_url.get(canonicalise_url(entry.url))
            if number is not None and self._is_open(number, entry):
                return number
        number = self._by_title.get(normalise_title(entry.title))
        return number if number is not None and self._is_open(number, entry) else None

    def _find_alike(self, entry: Entry, dots: Mapping[int, float]) -> int | None:
        words = set(entry_words(entry))
        best, best_cosine = None, SAME_STORY
        for number in sorted(dots):
            norm2 = self._norm2[number]
            cosine = dots[number] / norm2**0.5 if norm2 > 0 else 0.0
            if cosine < best_cosine or not self._is_open(number, entry):
                continue
            if cosine < SAME_OWNER and entry.publisher in self._owners[number]:
                continue
            if len(words & self._words[number]) >= SHARED_WORDS:
                best, best_cosine = number, cosine
        return best

    def _join(self, row: int, entry: Entry, number: int, dot: float) -> None:
        self._norm2[number] += 2 * dot + float(self._to_arriving[row, row])
        self._joined[row] = number
        self.members[number].append(entry)
        self.first_at[number] = min(self.first_at[number], entry.published_at)
        self.last_at[number] = max(self.last_at[number], entry.published_at)
        self._words[number].update(entry_words(entry))
        self._owners[number].add(entry.publisher)
        self._index(number, entry)
        self.changed[number] = self.members[number]

    def _measure(self, row: int) -> dict[int, float]:
        """Return story number → dot product of an arriving entry with the sum of the story's rows, where not 0."""
        dots: dict[int, float] = defaultdict(float)
        for number, dot in _read_row(self._to_known, row):
            dots[number] += dot
        for other, dot in _read_row(self._to_arriving, row):
            joined = self._joined.get(other)
            if joined is not None:
                dots[joined] += dot
        return dots

    def _is_open(self, number: int, entry: Entry) -> bool:
        """Tell whether an entry falls into a story's life; a feed read late may tell of its beginning."""
        return self.first_at[number] - STORY_LIFE <= entry.published_at <= self.last_at[number] + STORY_LIFE

    def _index(self, number: int, entry: Entry) -> None:
        if entry.url:
            self._by_url[canonicalise_url(entry.url)] = number
        title = normalise_title(entry.title)
        if title.count(" ") >= _TITLE_WORDS - 1:
            self._by_title[title] = number


def entry_text(entry: Entry) -> str:
    """Return what an entry says: its title, twice as heavy, and the start of its summary."""
    return f"{entry.title} {entry.title} {entry.summary[:300]}"


def entry_words(entry: Entry) -> list[str]:
    """Return the words two reports of one happening share."""
    return split_terms(f"{entry.title} {entry.summary[:300]}")


def _read_row(matrix: Matrix, row: int) -> Iterator[tuple[int, float]]:
    """Yield the (column, value) pairs of a sparse row."""
    start, end = matrix.indptr[row], matrix.indptr[row + 1]
    return zip(matrix.indices[start:end].tolist(), matrix.data[start:end].tolist(), strict=True)


def _sum_rows(rows: Matrix, sizes: Sequence[int]) -> Matrix:
    """Return one summed row per run of `sizes` rows (sparse, runs × columns)."""
    ends = np.cumsum([0, *sizes])
    picker = sparse.csr_matrix(
        (np.ones(ends[-1], dtype=np.float32), np.arange(ends[-1]), ends), shape=(len(sizes), int(ends[-1]))
    )
    return (picker @ rows).tocsr()


def _build_story(story_id: str, members: Sequence[Entry]) -> Story:
    entries = tuple(sorted(members, key=lambda entry: (entry.published_at, entry.id)))
    lead = choose_lead(entries)
    story = Story(story_id, lead.title, lead.url, lead.summary, entries[0].published_at, entries[-1].published_at)
    return replace(story, entries=entries)


def choose_lead(entries: Sequence[Entry]) -> Entry:
    """Return the entry whose title stands for the story: the one whose words the others share most.

    A title no one else echoes is often clickbait; ties go to the earliest.
    """
    counts: dict[str, int] = defaultdict(int)
    words = [set(split_terms(entry.title)) for entry in entries]
    for own in words:
        for word in own:
            counts[word] += 1
    shares = [sum(counts[word] - 1 for word in own) / (len(own) + 2) for own in words]
    best = max(range(len(entries)), key=lambda i: (shares[i], bool(entries[i].summary), -i))
    return entries[best]
