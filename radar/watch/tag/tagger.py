"""Tag stories with topics: [Story] → [Tag]; works with no labels, from the topic list alone.

Aliases prove a topic, seeds hint at it. Stories proven by an alias become pseudo-labels for one logistic regression a
topic over TF-IDF rows, so that a story that uses neither an alias nor a seed can still be recognised by its company.
Nothing is loaded from a file: the tagger is trained from the stories in the store, the same way every time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from radar.records import Story, Tag, Topic
from radar.text import fold_phrase, fold_plural, split_tokens
from radar.vectors import Matrix, TfidfSpace

#: Confidence from which a topic is tagged; below it the tagger abstains.
TAGGED = 0.55
_ALIAS_IN_TITLE, _ALIAS_IN_SUMMARY = 0.97, 0.88
_MIN_PROVEN = 6  # stories proven by an alias before a topic gets a model of its own
_MAX_NEGATIVES = 500  # per topic; taken at even steps, so the choice is the same in every run
_MODEL_ALONE = 0.93  # probability from which the model may tag without any seed
_MODEL_ALONE_CONFIDENCE = 0.62


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    topic: str
    proves: bool  # an alias; otherwise a near-miss, which only takes its words away from aliases


class PhraseFinder:
    """Finds the names of topics in running text, longest name first.

    The words of a match are used up, so that "decentralised social network" is not also a "social network". Phrases
    and text are compared as folded tokens: hyphens, capitals and plurals do not matter, word boundaries do.
    """

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._names: dict[str, list[_Phrase]] = defaultdict(list)
        self._seeds: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for topic in topics:
            for names, proves in (((topic.name, *topic.aliases), True), (topic.not_terms, False)):
                for words in {tuple(fold_phrase(name).split()) for name in names} - {()}:
                    self._names[words[0]].append(_Phrase(words, topic.slug, proves))
            for words in {tuple(fold_phrase(seed).split()) for seed in topic.seeds} - {()}:
                self._seeds[words[0]].append((words, topic.slug))
        for phrases in self._names.values():
            phrases.sort(key=lambda phrase: (-len(phrase.words), phrase.topic))

    def find_names(self, words: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        """Return topic → spans (start, end) at which folded words prove it."""
        found: dict[str, list[tuple[int, int]]] = {}
        at = 0
        while at < len(words):
            length = 1
            for phrase in self._names.get(words[at], ()):
                if len(phrase.words) < length:
                    break
                if tuple(words[at : at + len(phrase.words)]) == phrase.words:
                    length = len(phrase.words)
                    if phrase.proves:
                        found.setdefault(phrase.topic, []).append((at, at + length))
            at += length
        return found

    def find_seeds(self, words: Sequence[str]) -> dict[str, set[str]]:
        """Return topic → the distinct seeds present."""
        found: dict[str, set[str]] = {}
        for at, word in enumerate(words):
            for seed, topic in self._seeds.get(word, ()):
                if tuple(words[at : at + len(seed)]) == seed:
                    found.setdefault(topic, set()).add(" ".join(seed))
        return found


def fold_words(text: str) -> list[str]:
    """Return the folded tokens of a text, stop words included, as PhraseFinder reads them."""
    return [fold_plural(token) for token in split_tokens(text)]


def story_texts(story: Story) -> tuple[str, str]:
    """Return a story's headline text and its supporting text: other members' titles and the summaries."""
    titles = [entry.title for entry in story.entries if entry.title != story.title][:4]
    summaries = [story.summary[:600], *(e.summary[:200] for e in story.entries[:3] if e.summary != story.summary)]
    return story.title, " . ".join([*titles, *summaries])


class Tagger:
    """Recognises the topics of stories. `trained_on` tells from how many stories it learnt."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = {topic.slug: topic for topic in sorted(topics, key=lambda topic: topic.slug)}
        self._finder = PhraseFinder(self._topics.values())
        self.trained_on = 0
        self._space: TfidfSpace | None = None
        self._modelled: list[str] = []
        self._weights = np.zeros((0, 0), dtype=np.float32)  # words × modelled topics
        self._bias = np.zeros(0, dtype=np.float32)

    def fit(self, stories: Sequence[Story]) -> "Tagger":
        """Learn from stories (a few thousand of the newest); the same stories give the same tagger."""
        stories = sorted(stories, key=lambda story: story.id)
        self.trained_on = len(stories)
        texts, stripped, proven, hinted = [], [], defaultdict(list), defaultdict(set)
        for row, story in enumerate(stories):
            title, support = story_texts(story)
            words = fold_words(f"{title} . {support}")
            texts.append(" ".join(words))
            names = self._finder.find_names(words)
            used = {at for spans in names.values() for start, end in spans for at in range(start, end)}
            stripped.append(" ".join(word for at, word in enumerate(words) if at not in used))
            for topic in names:
                proven[topic].append(row)
            for topic in (*names, *self._finder.find_seeds(words)):
                hinted[topic].add(row)
        self._modelled = [topic for topic in self._topics if len(proven[topic]) >= _MIN_PROVEN]
        if not self._modelled:
            return self
        # Each proven story is shown twice, with and without its proof, or the model would learn the alias alone.
        described = [self._describe(topic) for topic in self._modelled]
        self._space = TfidfSpace([*texts, *stripped, *described])
        rows, count = self._space.matrix, len(texts)
        weights, biases = [], []
        for number, topic in enumerate(self._modelled):
            positive = [*proven[topic], *(count + row for row in proven[topic]), 2 * count + number]
            others = [row for row in range(count) if row not in hinted[topic]]
            negative = others[:: max(1, len(others) // _MAX_NEGATIVES)]
            if not negative:
                weights.append(np.zeros(rows.shape[1], dtype=np.float32))
                biases.append(-9.0)
                continue
            model = LogisticRegression(C=4.0, class_weight="balanced", solver="liblinear", random_state=0)
            model.fit(rows[[*positive, *negative]], [1] * len(positive) + [0] * len(negative))
            weights.append(model.coef_[0].astype(np.float32))
            biases.append(float(model.intercept_[0]))
        self._weights = np.ascontiguousarray(np.stack(weights, axis=1))
        self._bias = np.array(biases, dtype=np.float32)
        return self

    def tag_stories(self, stories: Sequence[Story]) -> list[Tag]:
        """Return every tag at or above TAGGED, per story the most confident first."""
        if not stories:
            return []
        texts = [story_texts(story) for story in stories]
        both = [fold_words(f"{title} . {support}") for title, support in texts]
        chances: Matrix = np.zeros((len(stories), len(self._modelled)), dtype=np.float32)
        rows = None
        if self._space is not None:
            rows = self._space.encode([" ".join(words) for words in both])
            chances = 1 / (1 + np.exp(-(np.asarray(rows @ self._weights) + self._bias)))
        tags: list[Tag] = []
        for number, story in enumerate(stories):
            in_title = self._finder.find_names(fold_words(texts[number][0]))
            names = self._finder.find_names(both[number])
            seeds = self._finder.find_seeds(both[number])
            likely = dict(zip(self._modelled, map(float, chances[number]), strict=True))
            found = []
            for topic in sorted({*names, *seeds, *(slug for slug, chance in likely.items() if chance >= _MODEL_ALONE)}):
                confidence, terms = self._weigh(topic, in_title, names, seeds, likely)
                if confidence >= TAGGED:
                    if not terms and rows is not None:
                        terms = self._decisive_words(rows[number], topic)
                    found.append(Tag(story.id, topic, round(confidence, 3), terms))
            tags += sorted(found, key=lambda tag: (-tag.confidence, tag.topic))
        return tags

    def _weigh(
        self,
        topic: str,
        in_title: dict[str, list[tuple[int, int]]],
        names: dict[str, list[tuple[int, int]]],
        seeds: dict[str, set[str]],
        likely: dict[str, float],
    ) -> tuple[float, tuple[str, ...]]:
        if topic in in_title:
            return _ALIAS_IN_TITLE, (self._topics[topic].name,)
        if topic in names:
            return _ALIAS_IN_SUMMARY, (self._topics[topic].name,)
        chance = likely.get(topic)
        hints = tuple(sorted(seeds.get(topic, ())))
        if not hints:
            return (_MODEL_ALONE_CONFIDENCE, ()) if chance is not None and chance >= _MODEL_ALONE else (0.0, ())
        # A phrase hints more than a single word, which may be at home in any story of the sector.
        weight = sum(1.0 if " " in hint else 0.6 for hint in hints)
        by_seeds = 1 - 0.55**weight
        if chance is None:
            confidence = by_seeds
        elif chance >= 0.5:
            confidence = 1 - (1 - by_seeds) * (1 - 0.6 * (2 * chance - 1))
        else:
            confidence = by_seeds * (0.3 + 1.4 * chance)
        if in_title:  # the headline names another topic: that is what the story is about
            confidence *= 0.8
        return confidence, hints

    def _decisive_words(self, row: Matrix, topic: str) -> tuple[str, ...]:
        assert self._space is not None
        column = self._weights[:, self._modelled.index(topic)]
        pairs = zip(row.indices, row.data, strict=True)
        gains = sorted(((float(value * column[at]), int(at)) for at, value in pairs), reverse=True)
        return tuple(str(self._space.words[at]) for gain, at in gains[:3] if gain > 0)

    def _describe(self, slug: str) -> str:
        topic = self._topics[slug]
        return " ".join([topic.name, topic.definition, *topic.seeds, topic.primer])
