"""Answers to a question: the newest stories that hold its words, ranked by words and by meaning.

The databases only look words up; what is read and how it is ranked is decided here, so that both give one order. Every
step is bounded: a common word costs as much as a rare one. Free of SQLAlchemy, like the lookups.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from radar.records import KINDS, Kind
from radar.store.glance import Ask, read_time
from radar.store.index import WORD_LENGTH, mark_topic
from radar.store.match import Filters, Matcher
from radar.text import fold_phrase, split_terms

#: Words of a question that count.
ASKED = 32
#: Stories looked up for each word: the newest. How close together they lie tells how common the word is.
EACH = 300
#: Stories read and ranked: those that seem to hold the most of the question.
READ = 400
#: With fewer stories than this holding every word, stories holding some of them are welcome.
ENOUGH = 5
#: Of these, the best by words are ranked by meaning too.
BLENDED = 80
#: Where few stories hold every word: words near the question, and stories looked up for each and for a near topic.
NEAR_WORDS, NEAR_EACH = 8, 10
#: Whether meaning counts at all; benchmarks switch it off.
MEANING = True
#: Entries named of a story, and read in search of them.
NAMED, ENTRIES_READ = 3, 40
#: A story's terms begin with its title, and words there weigh double.
_TITLE_WORDS = 6
#: What a certain tag adds to the score of 0..1, when the question is a topic's name.
_TAG_WEIGHT = 0.5
#: Words of a question whose meaning is read.
_LONGEST_QUESTION = 200

By = Literal["words", "topic", "meaning"]


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

    When fewer than five hold every word, some words suffice, and stories join that hold none but mean something near.
    If the question is the name of a topic, stories tagged with it join too. Operators and quotes are plain text.
    Raises UnknownName.
    """
    words = [word for word in dict.fromkeys(split_terms(question)) if _is_word(word)][:ASKED]
    matcher = Matcher(ask, sqlite, filters)
    if matcher.impossible:
        return []
    search = _Search(ask, matcher)
    named = search.find_named(fold_phrase(question))
    found = search.rank(words, named)
    if not named and MEANING and words and sum(1 for one in found if one.held == len(words)) < ENOUGH:
        found = search.blend(" ".join(question.split()[:_LONGEST_QUESTION]), found)
    search.raise_tagged(found, named)
    return search.describe(found[:limit], words)


def suggest(filters: Sequence[str]) -> str:
    """Return what to try when nothing was found; `filters` names those that are set, as the reader knows them."""
    narrower = f", or leave out {' and '.join(filters)}" if filters else ""
    return f"Try other or fewer words{narrower}."


class _Search:
    """One question to one database."""

    def __init__(self, ask: Ask, matcher: Matcher) -> None:
        self._ask = ask
        self._matcher = matcher

    def find_named(self, folded: str) -> list[str]:
        """Return the topics that go by a name."""
        rows = self._ask("SELECT DISTINCT topic FROM topic_name WHERE folded = ? ORDER BY topic", folded)
        return [row[0] for row in rows]

    def rank(self, words: Sequence[str], named: Sequence[str]) -> list[_Candidate]:
        """Return the stories that hold words, or are on a topic named by them, best first."""
        hits = self._matcher.match([[word] for word in words] + [[mark_topic(slug)] for slug in named], EACH)
        total = self._matcher.newest
        of_words, of_topics = hits[: len(words)], hits[len(words) :]
        holding = [self._estimate(numbers) for numbers in of_words]
        rarity = [math.log1p((total - many + 0.5) / (many + 0.5)) if many else 0.0 for many in holding]
        # Of a rare word every story is known by now; those that hold several common ones are still to be found.
        common = sorted((n for n in range(len(words)) if len(of_words[n]) == EACH), key=lambda n: (-rarity[n], n))
        together = []
        while len(common) > 1:
            together.append(common)
            common = common[: (len(common) + 1) // 2] if len(common) > 2 else common[:1]
        promise: defaultdict[int, float] = defaultdict(float)
        seen: set[tuple[int, int]] = set()
        sets = [([n], numbers) for n, numbers in enumerate(of_words)]
        sets += list(
            zip(together, self._matcher.match([[words[n] for n in group] for group in together], EACH), strict=True)
        )
        for group, numbers in sets:
            for number in numbers:
                for n in group:
                    if (number, n) not in seen:
                        seen.add((number, n))
                        promise[number] += rarity[n]
        tagged = {number for numbers in of_topics for number in numbers}
        for number in tagged:
            promise[number] += 1.0
        best = sorted(promise, key=lambda number: (-promise[number], -number))[:READ]
        candidates = self._read(best)
        _score(candidates, words, rarity)
        for one in candidates:
            one.by = "words" if one.held else "topic"
        if sum(1 for one in candidates if one.held == len(words)) >= ENOUGH and words:
            candidates = [one for one in candidates if one.held == len(words) or one.number in tagged]
        return sorted(candidates, key=lambda one: (-one.score, -one.number))

    def raise_tagged(self, ranked: list[_Candidate], topics: Sequence[str]) -> None:
        """Put the stories that are on one of the topics further up, in place."""
        confidence = self._read_tags(topics, [one.number for one in ranked]) if topics else {}
        for one in ranked:
            one.score += _TAG_WEIGHT * confidence.get(one.number, 0.0)
        ranked.sort(key=lambda one: (-one.score, -one.number))

    def blend(self, question: str, ranked: list[_Candidate]) -> list[_Candidate]:
        """Return the stories ranked by words and meaning, joined by some that hold no word but mean something near."""
        from radar.store import meaning  # numpy takes as long to load as the rest of `radar query`

        first, rest = ranked[:BLENDED], ranked[BLENDED:]
        known = {one.number for one in ranked}
        first += [_Candidate(number, by="meaning") for number in self._match_near(question) if number not in known]
        texts = self._read_texts([one.number for one in first])
        first = [one for one in first if one.number in texts]
        if not first:
            return []
        near = meaning.measure_nearness(question, [texts[one.number] for one in first])
        kept = [place for place, one in enumerate(first) if one.by != "meaning" or near[place] >= meaning.NEAR_STORY]
        if not kept:
            return rest
        blended = meaning.blend(
            [first[place].score for place in kept],
            [near[place] for place in kept],
            [texts[first[place].number] for place in kept],
        )
        found = []
        for place, score in zip(kept, blended, strict=True):
            first[place].score = score
            found.append(first[place])
        found.sort(key=lambda one: (-one.score, -one.number))
        if rest:
            # Below the last of those, in the order their words gave them.
            scale = found[-1].score / (rest[0].score or 1.0)
            for one in rest:
                one.score *= scale
        return found + rest

    def _match_near(self, question: str) -> list[int]:
        """Return stories that hold words near the question, or are on topics near it."""
        from radar.store.meaning import find_near_topics
        from radar.vectors.embedding import find_near_words

        topics = self._ask("SELECT slug, name, definition FROM topic WHERE listed ORDER BY slug")
        marks = [
            mark_topic(topics[place][0])
            for place in find_near_topics(question, [f"{name}\n{definition}" for _, name, definition in topics])
        ]
        asked = [[word] for word in find_near_words(question, NEAR_WORDS) if _is_word(word)] + [
            [mark] for mark in marks
        ]
        return list(dict.fromkeys(number for hits in self._matcher.match(asked, NEAR_EACH) for number in hits))

    def _read_texts(self, numbers: Sequence[int]) -> dict[int, str]:
        if not numbers:
            return {}
        marks = ", ".join("?" * len(numbers))
        rows = self._ask(f"SELECT number, title, summary FROM story WHERE number IN ({marks})", *numbers)
        return {number: f"{title}\n{summary}" for number, title, summary in rows}

    def _estimate(self, numbers: Sequence[int]) -> int:
        """Return in about how many stories a word occurs, by how far back its newest ones reach."""
        if len(numbers) < EACH:
            return len(numbers)
        newest = self._matcher.newest
        return round(EACH * newest / (newest - numbers[-1] + 1))

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


def _is_word(word: str) -> bool:
    return len(word) <= WORD_LENGTH


def _score(candidates: Sequence[_Candidate], words: Sequence[str], rarity: Sequence[float]) -> None:
    """Score by BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75), the best with 1."""
    if not candidates or not words:
        return
    lengths = [one.terms.total() for one in candidates]
    usual = sum(lengths) / len(candidates) or 1.0
    for one, length in zip(candidates, lengths, strict=True):
        damp = 1.2 * (0.25 + 0.75 * length / usual)
        counts = [one.terms[word] for word in words]
        one.held = sum(1 for count in counts if count)
        one.score = sum(
            rare * count * 2.2 / (count + damp) for rare, count in zip(rarity, counts, strict=True) if count
        )
    best = max(one.score for one in candidates) or 1.0
    for one in candidates:
        one.score /= best


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
