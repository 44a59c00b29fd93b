"""The tagger: [Story] → [Tag]; works with no labels, from the topic list alone."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from radar.records import Story, Tag, TagCorrection, Topic
from radar.vectors import sum_words
from radar.watch.tag.evidence import Reading, gather_examples, gather_labelled, is_named, read_text, story_texts
from radar.watch.tag.learn import Examples, learn_model
from radar.watch.tag.model import CHUNK, Model
from radar.watch.tag.phrases import PhraseFinder
from radar.watch.tag.rows import Vocabulary

#: Confidence from which a topic with names is tagged; below it the tagger abstains.
TAGGED = 0.55
_NAME_IN_TITLE, _NAME_IN_SUMMARY = 0.97, 0.88
_MOST_WITHOUT_NAME = 0.85  # company is never as sure as a name


class Guess(NamedTuple):
    """A topic a text is about, how surely, and the words that decided."""

    topic: str
    confidence: float
    terms: tuple[str, ...]


class Tagger:
    """Recognises the topics of stories: by what the advisor said, by name, by hints, by what it has learnt."""

    def __init__(
        self, topics: Sequence[Topic], corrections: Sequence[TagCorrection] = (), model: Model | None = None
    ) -> None:
        self._topics = {topic.slug: topic for topic in sorted(topics, key=lambda topic: topic.slug)}
        self._corrections = sorted(corrections, key=lambda one: (one.entry_id, one.topic))
        self._said: dict[str, dict[str, bool]] = {}
        for one in self._corrections:
            if one.wanted is not None:
                self._said.setdefault(one.entry_id, {})[one.topic] = one.wanted
        self._finder = PhraseFinder(self._topics.values())
        self._sorts = True  # a text that reaches no threshold gets its best topic of those without names
        self.use_model(model)

    def use_model(self, model: Model | None) -> None:
        """Take what was learnt into service; what it says of topics that are not listed is passed over."""
        self.model = model
        self._columns = (
            {} if model is None else {slug: column for column, slug in enumerate(model.topics) if slug in self._topics}
        )
        # Guesses teach where F1 is best among guesses; a tag has to be more likely right than wrong.
        self._least = 0.0 if model is None else max(0.0, model.find_score(TAGGED))
        self._sorting = [slug for slug in self._columns if not is_named(self._topics[slug])]

    def fit(self, stories: Sequence[Story]) -> "Tagger":
        """Learn from stories (a few thousand of the newest); the same stories give the same tagger."""
        self.use_model(learn_from_stories(list(self._topics.values()), stories, self._corrections)[0])
        return self

    def fit_texts(self, texts: Sequence[tuple[str, str]]) -> "Tagger":
        """Learn from texts (headline, support) that nobody labelled."""
        self.use_model(_learn(gather_examples(list(self._topics.values()), texts, self._corrections)))
        return self

    def fit_labelled(self, texts: Sequence[str], labels: Sequence[Collection[str]]) -> "Tagger":
        """Learn from texts that somebody labelled with slugs. Where each of them has a label, so will others."""
        self.use_model(_learn(gather_labelled(list(self._topics.values()), texts, labels)))
        self._sorts, self._least = all(labels), 0.0
        return self

    def tag_stories(self, stories: Sequence[Story]) -> list[Tag]:
        """Return the tags of stories, per story the most confident first."""
        tags: list[Tag] = []
        found = self.tag_texts([story_texts(story) for story in stories])
        for story, guesses in zip(stories, found, strict=True):
            if any(entry.id in self._said for entry in story.entries):
                guesses = self._follow(story, guesses)
            tags += [Tag(story.id, topic, confidence, terms) for topic, confidence, terms in guesses]
        return tags

    def _follow(self, story: Story, guesses: Sequence[Guess]) -> list[Guess]:
        """Return the guesses as the advisor put them right; what was said of a story stays with its first entry."""
        said: dict[str, bool] = {}
        for entry in story.entries:
            said |= self._said.get(entry.id, {})
        wanted = [Guess(topic, 1.0, ()) for topic in sorted(said) if said[topic] and topic in self._topics]
        return wanted + [guess for guess in guesses if guess.topic not in said]

    def tag_texts(self, texts: Sequence[tuple[str, str]], *, why: bool = True) -> list[list[Guess]]:
        """Return the topics of each text (headline, support), best first; without `why` no words are sought."""
        tagged: list[list[Guess]] = []
        for start in range(0, len(texts), CHUNK):
            readings = [read_text(title, support, self._finder) for title, support in texts[start : start + CHUNK]]
            found = self._score(readings)
            tagged += [self._weigh(reading, own, why) for reading, own in zip(readings, found, strict=True)]
        return tagged

    def _score(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        """Return for each text the scores that count: those above the threshold, and those of topics it hints at."""
        found: list[dict[str, float]] = [{} for _ in readings]
        if self.model is None:
            return found
        scores = self.model.score([reading.whole for reading in readings])
        rows, columns = (scores > self._least).nonzero()
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if self.model.topics[column] in self._columns:
                found[row][self.model.topics[column]] = float(scores[row, column])
        sorts = self._sorts and bool(self._sorting)
        for row, reading in enumerate(readings):
            # Topics known by their seeds alone were learnt by sorting all texts among them: nothing says "none".
            if sorts and not found[row] and not reading.names and sum_words([reading.whole.plain]).any():
                best = max(self._sorting, key=lambda topic: float(scores[row, self._columns[topic]]))
                found[row][best] = float(scores[row, self._columns[best]])
            for topic in reading.seeds:
                if topic in self._columns and topic not in self._sorting:
                    found[row][topic] = float(scores[row, self._columns[topic]])
        return found

    def _weigh(self, reading: Reading, scores: Mapping[str, float], why: bool) -> list[Guess]:
        names, seeds = reading.names, reading.seeds
        in_title = (
            names if reading.title is reading.whole or not names else self._finder.find_names(reading.title.folded)
        )
        guesses = []
        for topic in {*names, *seeds, *scores}:
            terms: tuple[str, ...] = ()
            if topic in names:
                confidence, least = _NAME_IN_TITLE if topic in in_title else _NAME_IN_SUMMARY, TAGGED
                terms = _quote_words(reading, names[topic])
            elif topic in self._sorting:
                confidence, least = (self._trust(scores[topic]) if topic in scores else 0.0), 0.0
            else:
                if topic in seeds:
                    confidence, least = _weigh_hints(seeds[topic], scores.get(topic)), TAGGED
                    terms = tuple(sorted(seeds[topic]))
                else:
                    confidence, least = min(self._trust(scores[topic]), _MOST_WITHOUT_NAME), TAGGED
                if in_title:  # the headline names another topic: that is what the story is about
                    confidence *= 0.8
            if confidence >= least and confidence > 0:
                if why and not terms and self.model:
                    terms = self.model.explain(reading.whole, topic)
                guesses.append(Guess(topic, round(confidence, 3), terms))
        guesses.sort(key=lambda guess: (-guess.confidence, guess.topic))
        return guesses

    def _trust(self, score: float) -> float:
        return self.model.to_confidence(score) if self.model else 0.0


def learn_from_stories(
    topics: Sequence[Topic], stories: Sequence[Story], corrections: Sequence[TagCorrection]
) -> tuple[Model | None, Examples]:
    """Return what stories and corrections teach, if anything, and the examples made of them; order does not matter."""
    topics = sorted(topics, key=lambda topic: topic.slug)
    stories = sorted(stories, key=lambda story: story.id)
    examples = gather_examples(topics, [story_texts(story) for story in stories], corrections)
    return _learn(examples), examples


def _learn(examples: Examples) -> Model | None:
    if not examples.topics:
        return None
    return learn_model(examples, Vocabulary.learn([words.folded for words in examples.documents]))


def _weigh_hints(hints: Collection[str], score: float | None) -> float:
    """Return the confidence that seeds give, with the score of what was learnt where there is one."""
    # A phrase hints more than a single word, which may be at home in any story of the sector.
    by_seeds = 1 - 0.55 ** sum(1.0 if " " in hint else 0.6 for hint in hints)
    if score is None:
        return by_seeds
    chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    if chance >= 0.5:
        return 1 - (1 - by_seeds) * (1 - 0.6 * (2 * chance - 1))
    return by_seeds * (0.3 + 1.4 * chance)


def _quote_words(reading: Reading, spans: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    found = (" ".join(reading.whole.folded[start:end]) for start, end in spans)
    return tuple(dict.fromkeys(found))[:3]
