"""Find the names and the hints of topics in running text."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from radar.records import Topic
from radar.text import fold_phrase, fold_plural, split_tokens

Span = tuple[int, int]
Words = list[str]


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: Words
    topic: str
    proves: bool  # an alias; otherwise a near-miss, which only takes its words away from aliases


class PhraseFinder:
    """Finds the names of topics in running text, longest name first.

    The words of a match are used up, so that "decentralised social network" is not also a "social network". Phrases
    and text are compared as folded tokens: hyphens, capitals and plurals do not matter, word boundaries do.
    """

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._names: dict[str, list[_Phrase]] = defaultdict(list)
        self._seeds: dict[str, list[tuple[Words, str]]] = defaultdict(list)
        for topic in topics:
            for names, proves in (((topic.name, *topic.aliases), True), (topic.not_terms, False)):
                for phrase in sorted({fold_phrase(name) for name in names} - {""}):
                    words = phrase.split()
                    self._names[words[0]].append(_Phrase(words, topic.slug, proves))
            for phrase in sorted({fold_phrase(seed) for seed in topic.seeds} - {""}):
                self._seeds[phrase.split()[0]].append((phrase.split(), topic.slug))
        for phrases in self._names.values():
            phrases.sort(key=lambda phrase: (-len(phrase.words), phrase.topic))

    def find_names(self, words: Words) -> dict[str, list[Span]]:
        """Return topic → spans (start, end) at which folded words prove it."""
        found: dict[str, list[Span]] = {}
        names, end = self._names, 0
        for at in [at for at, word in enumerate(words) if word in names]:
            if at < end:
                continue
            length = 1
            for phrase in names[words[at]]:
                if len(phrase.words) < length:
                    break
                if words[at : at + len(phrase.words)] == phrase.words:
                    length = len(phrase.words)
                    if phrase.proves:
                        found.setdefault(phrase.topic, []).append((at, at + length))
            end = at + length
        return found

    def find_seeds(self, words: Words) -> dict[str, dict[str, Span]]:
        """Return topic → the distinct seeds present, each with the span where it first stands."""
        found: dict[str, dict[str, Span]] = {}
        seeds = self._seeds
        for at in [at for at, word in enumerate(words) if word in seeds]:
            for seed, topic in seeds[words[at]]:
                if words[at : at + len(seed)] == seed:
                    found.setdefault(topic, {}).setdefault(" ".join(seed), (at, at + len(seed)))
        return found


def fold_words(text: str) -> Words:
    """Return the folded tokens of a text, stop words included, as PhraseFinder reads them."""
    return list(map(fold_plural, split_tokens(text)))
