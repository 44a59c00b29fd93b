"""Answers to a question: the newest stories that hold its words, ranked by words and by meaning.

The databases only look words up; what is read and how it is ranked is decided here, so that both give one order. Every
step is bounded: a common word costs as much as a rare one. Free of SQLAlchemy, like the lookups.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from radar.records import KINDS, Kind
from radar.store.glance import Ask, read_time
from radar.store.index import BLOCK, WORD_LENGTH, mark_kind, mark_publisher, mark_times, mark_topic
from radar.store.names import unknown_name
from radar.text import fold_phrase, split_terms

#: Words of a question that count.
ASKED = 16
#: Stories looked up for each word: the newest. How close together they lie tells how common the word is.
EACH = 400
#: Stories read and ranked: those that seem to hold the most of the question.
READ = 600
#: With fewer stories than this holding every word, stories holding some of them are welcome.
ENOUGH = 5
#: Entries named of a story, and read in search of them.
NAMED, ENTRIES_READ = 3, 40
#: A story's terms begin with its title, and words there weigh double.
_TITLE_WORDS = 12
#: What a certain tag adds to the score, when the question is a topic's name: about half of one rare word.
_TAG_WEIGHT = 2.0
#: Blocks of story numbers asked one after another on PostgreSQL, until there are enough; then all.
_NEWEST_BLOCKS = (2, 10)

By = Literal["words", "topic", "meaning"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What an answer is narrowed to: `since` includes, `until` excludes the time of a story's last entry."""

    topic: str | None = None
    publisher: str | None = None
    kind: Kind | None = None
    since: datetime | None = None
    until: datetime | None = None

    def names(self) -> list[str]:
        """Return which filters are set."""
        return [name for name in self.__dataclass_fields__ if getattr(self, name) is not None]


ANYTHING = Filters()


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry that holds words of the question."""

    id: str
    title: str
    url: str
    publisher: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A story that answers a question."""

    id: str
    title: str
    url: str
    summary: str
    last_at: datetime
    publishers: tuple[str, ...]
    kinds: tuple[Kind, ...]
    topics: tuple[tuple[str, str, float], ...]  # (slug, name, confidence), most confident first
    entries: tuple[FoundEntry, ...]  # those with most of the words first; none if it was not found by its words
    by: By  # what it was found by: it holds words, is on the topic that the question names, or means something near
    score: float  # higher answers better; comparable within one answer only


@dataclass(slots=True)
class _Candidate:
    """A story on its way into the answer."""

    number: int
    held: int = 0  # words of the question that occur
    score: float = 0.0
    by: By = "words"
    terms: Counter[str] = field(default_factory=Counter)


def search_stories(ask: Ask, sqlite: bool, question: str, limit: int, filters: Filters) -> list[Found]:
    """Return the stories that answer a question best.

    Stories with every word come first to mind; when fewer than five have them all, some suffice. If the question is
    the name of a topic, stories tagged with it join. Operators and quotes are plain text. Raises UnknownName.
    """
    words = [word for word in dict.fromkeys(split_terms(question)) if len(word) <= WORD_LENGTH][:ASKED]
    search = _Search(ask, sqlite, filters)
    if search.impossible:
        return []
    found = search.rank(words, search.find_named(fold_phrase(question)))
    return search.describe(found[:limit], words)


class _Search:
    """One question to one database."""

    def __init__(self, ask: Ask, sqlite: bool, filters: Filters) -> None:
        self._ask = ask
        self._sqlite = sqlite
        self.impossible = False
        self._needed: list[list[str]] = []  # marks: of each list, a story must have one
        self._limits, self._values = "", []  # type: str, list[object]
        self.newest = int(ask("SELECT coalesce(max(number), 0) FROM story")[0][0])
        self._narrow(filters)

    def _narrow(self, filters: Filters) -> None:
        if filters.topic is not None:
            self._check("topic", filters.topic, "SELECT slug FROM topic")
            self._needed.append([mark_topic(filters.topic)])
        if filters.publisher is not None:
            self._check("publisher", filters.publisher.lower(), "SELECT DISTINCT lower(publisher) FROM feed")
            self._needed.append([mark_publisher(filters.publisher)])
        if filters.kind is not None:
            self._needed.append([mark_kind(filters.kind)])
        if filters.since is None and filters.until is None:
            return
        oldest, newest = self._ask("SELECT (SELECT min(last_at) FROM story), (SELECT max(last_at) FROM story)")[0]
        if newest is None:
            self.impossible = True
            return
        first, last = read_time(oldest), read_time(newest) + timedelta(microseconds=1)
        since, until = max(filters.since or first, first), min(filters.until or last, last)
        self.impossible = since >= until
        if (since, until) != (first, last) and not self.impossible:
            self._needed.append(mark_times(since, until))
            self._limits = " AND s.last_at >= ? AND s.last_at < ?"
            self._values = [self._write_time(since), self._write_time(until)]

    def _check(self, what: str, name: str, sql: str) -> None:
        known = {row[0] for row in self._ask(sql)}
        if name not in known:
            raise unknown_name(what, name, sorted(known))

    def _write_time(self, at: datetime) -> object:
        at = at.astimezone(UTC)
        return f"{at:%Y-%m-%d %H:%M:%S.%f}" if self._sqlite else at

    def find_named(self, folded: str) -> list[str]:
        """Return the topics that go by a name."""
        rows = self._ask("SELECT DISTINCT topic FROM topic_name WHERE folded = ? ORDER BY topic", folded)
        return [row[0] for row in rows]

    def rank(self, words: Sequence[str], named: Sequence[str]) -> list[_Candidate]:
        """Return the stories that hold words, or are on a topic named by them, best first."""
        hits = self._match([[word] for word in words] + [[mark_topic(slug)] for slug in named])
        of_words, of_topics = hits[: len(words)], hits[len(words) :]
        holding = [self._estimate(numbers) for numbers in of_words]
        rarity = [math.log1p((self.newest - many + 0.5) / (many + 0.5)) if many else 0.0 for many in holding]
        # Of a rare word every story is known by now; those that hold several common ones are still to be found.
        common = sorted((n for n in range(len(words)) if len(of_words[n]) == EACH), key=lambda n: (-rarity[n], n))
        together = []
        while len(common) > 1:
            together.append(common)
            common = common[: (len(common) + 1) // 2] if len(common) > 2 else common[:1]
        promise: defaultdict[int, float] = defaultdict(float)
        seen: set[tuple[int, int]] = set()
        sets = [([n], numbers) for n, numbers in enumerate(of_words)]
        sets += list(zip(together, self._match([[words[n] for n in group] for group in together]), strict=True))
        for group, numbers in sets:
            for number in numbers:
                for n in group:
                    if (number, n) not in seen:
                        seen.add((number, n))
                        promise[number] += rarity[n]
        tagged = {number for numbers in of_topics for number in numbers}
        for number in tagged:
            promise[number] += _TAG_WEIGHT
        best = sorted(promise, key=lambda number: (-promise[number], -number))[:READ]
        candidates = self._read(best)
        _score(candidates, words, rarity)
        full = [one for one in candidates if one.held == len(words)]
        if len(full) >= ENOUGH and words:
            candidates = [one for one in candidates if one.held == len(words) or one.number in tagged]
        if named and tagged:
            confidence = self._read_tags(named, [one.number for one in candidates if one.number in tagged])
            for one in candidates:
                one.score += _TAG_WEIGHT * confidence.get(one.number, 0.0)
                if not one.held:
                    one.by = "topic"
        return sorted(candidates, key=lambda one: (-one.score, -one.number))

    def _estimate(self, numbers: Sequence[int]) -> int:
        """Return in about how many stories a word occurs, by how far back its newest ones reach."""
        if len(numbers) < EACH:
            return len(numbers)
        return round(EACH * self.newest / (self.newest - numbers[-1] + 1))

    def _match(self, queries: Sequence[Sequence[str]]) -> list[list[int]]:
        """Return, for each list of words, the newest stories that hold them all and pass the filters: numbers."""
        if self._sqlite:
            return [self._match_sqlite(words) for words in queries]
        found: list[list[int]] = [[] for _ in queries]
        left = list(range(len(queries)))
        # Newest first, a part at a time: of a common word PostgreSQL would fetch every story before it could sort.
        for blocks in (*_NEWEST_BLOCKS, 0):
            first = max(0, self.newest // BLOCK - blocks + 1) if blocks else 0
            recent = [f"^{block}" for block in range(first, self.newest // BLOCK + 1)] if first else None
            for place, numbers in zip(left, self._match_postgresql([queries[n] for n in left], recent), strict=True):
                found[place] = numbers
            left = [place for place in left if len(found[place]) < EACH] if recent else []
            if not left:
                break
        return found

    def _match_sqlite(self, words: Sequence[str]) -> list[int]:
        # Quoted, a word is a word and never an operator; neither split_terms nor a mark leaves double quotes.
        wanted = [[word] for word in words] + self._needed
        match = " AND ".join("(" + " OR ".join(f'"{word}"' for word in some) + ")" for some in wanted)
        # CROSS JOIN: the full-text index first, whatever the planner thinks; it walks newest first and stops.
        story = " CROSS JOIN story AS s ON s.number = story_fts.rowid" if self._limits else ""
        sql = (
            f"SELECT story_fts.rowid FROM story_fts{story} WHERE story_fts MATCH ?{self._limits} "
            f"ORDER BY story_fts.rowid DESC LIMIT {EACH}"
        )
        return [row[0] for row in self._ask(sql, match, *self._values)]

    def _match_postgresql(self, queries: Sequence[Sequence[str]], recent: list[str] | None) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in queries]
        needed = [*self._needed, recent] if recent else self._needed
        asked: list[str] = []
        values: list[object] = []
        for place, words in enumerate(queries):
            wanted = [[word] for word in words] + needed
            match = " & ".join("(" + " | ".join(map(_quote, some)) + ")" for some in wanted)
            # Materialised: else the planner may walk all stories newest first in search of a rare word.
            asked.append(
                f"SELECT {place} AS place, number FROM (WITH hit AS MATERIALIZED (SELECT s.number FROM story AS s "
                f"WHERE s.terms_index @@ CAST(? AS tsquery){self._limits}) "
                f"SELECT number FROM hit ORDER BY number DESC LIMIT {EACH}) AS hits_{place}"
            )
            values += [match, *self._values]
        if asked:
            for place, number in self._ask(" UNION ALL ".join(asked) + " ORDER BY place, number DESC", *values):
                found[place].append(number)
        return found

    def _read(self, numbers: Sequence[int]) -> list[_Candidate]:
        if not numbers:
            return []
        marks = ", ".join("?" * len(numbers))
        rows = self._ask(f"SELECT number, terms FROM story WHERE number IN ({marks})", *numbers)
        candidates = []
        for number, terms in rows:
            split = terms.split()
            count = Counter(split)
            # Counted twice where they stand in the title.
            count.update(split[:_TITLE_WORDS])
            candidates.append(_Candidate(number, terms=count))
        return candidates

    def _read_tags(self, topics: Sequence[str], numbers: Sequence[int]) -> dict[int, float]:
        if not numbers:
            return {}
        rows = self._ask(
            # CROSS JOIN: SQLite begins with the few stories, not with all that is tagged.
            "SELECT s.number, max(t.confidence) FROM story AS s CROSS JOIN tag AS t "
            f"WHERE s.number IN ({', '.join('?' * len(numbers))}) AND t.story_id = s.id "
            f"AND t.topic IN ({', '.join('?' * len(topics))}) GROUP BY s.number",
            *numbers,
            *topics,
        )
        return dict(rows)

    def describe(self, candidates: Sequence[_Candidate], words: Sequence[str]) -> list[Found]:
        """Return the stories as a reader needs them, in the order given."""
        if not candidates:
            return []
        stories = {
            number: rest
            for number, *rest in self._ask(
                "SELECT number, id, title, url, summary, last_at FROM story "
                f"WHERE number IN ({', '.join('?' * len(candidates))})",
                *(one.number for one in candidates),
            )
        }
        candidates = [one for one in candidates if one.number in stories]
        ids = [stories[one.number][0] for one in candidates]
        marks = ", ".join("?" * len(ids))
        entries: dict[str, list[tuple[Any, ...]]] = {id_: [] for id_ in ids}
        for id_, *rest in self._ask(
            "SELECT e.story_id, e.id, e.title, e.url, e.summary, e.published_at, f.publisher, f.kind "
            "FROM entry AS e JOIN feed AS f ON f.url = e.feed_url "
            f"WHERE e.story_id IN ({marks}) ORDER BY e.published_at DESC, e.id",
            *ids,
        ):
            entries[id_].append(tuple(rest))
        topics: dict[str, list[tuple[str, str, float]]] = {id_: [] for id_ in ids}
        for id_, slug, name, confidence in self._ask(
            "SELECT t.story_id, p.slug, p.name, t.confidence FROM tag AS t JOIN topic AS p ON p.slug = t.topic "
            f"WHERE t.story_id IN ({marks}) ORDER BY t.confidence DESC, p.slug",
            *ids,
        ):
            topics[id_].append((slug, name, confidence))
        found = []
        for one in candidates:
            id_, title, url, summary, last_at = stories[one.number]
            kinds = {entry[-1] for entry in entries[id_]}
            found.append(
                Found(
                    id_,
                    title,
                    url,
                    summary,
                    read_time(last_at),
                    tuple(sorted({entry[-2] for entry in entries[id_]})),
                    tuple(kind for kind in KINDS if kind in kinds),
                    tuple(topics[id_]),
                    _name_entries(entries[id_], words) if one.held else (),
                    one.by,
                    round(one.score, 6),
                )
            )
        return found


def _quote(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _score(candidates: Sequence[_Candidate], words: Sequence[str], rarity: Sequence[float]) -> None:
    """Score by BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75) times the share of the words that occur."""
    if not candidates or not words:
        return
    lengths = [one.terms.total() for one in candidates]
    usual = sum(lengths) / len(candidates) or 1.0
    for one, length in zip(candidates, lengths, strict=True):
        damp = 1.2 * (0.25 + 0.75 * length / usual)
        counts = [one.terms[word] for word in words]
        one.held = sum(1 for count in counts if count)
        weight = sum(rare * count * 2.2 / (count + damp) for rare, count in zip(rarity, counts, strict=True) if count)
        one.score = weight * one.held / len(words)


def _name_entries(entries: Sequence[tuple[Any, ...]], words: Sequence[str]) -> tuple[FoundEntry, ...]:
    """Return the entries that hold words of the question: most words first, then the newest."""
    wanted = set(words)
    held = []
    for id_, title, url, summary, published_at, publisher, _ in entries[:ENTRIES_READ]:
        shared = len(wanted.intersection(split_terms(f"{title}\n{summary}")))
        if shared:
            held.append((shared, FoundEntry(id_, title, url, publisher, read_time(published_at))))
    held.sort(key=lambda one: -one[0])
    return tuple(entry for _, entry in held[:NAMED])
