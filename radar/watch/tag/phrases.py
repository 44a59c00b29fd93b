"""Find the names and the hints of topics in running text."""

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
        # First word → second word ("" for names of one word) → phrases: most words of a text begin nothing.
        self._names: dict[str, dict[str, list[_Phrase]]] = {}
        self._seeds: dict[str, dict[str, list[_Phrase]]] = {}
        for topic in topics:
            for names, proves in (((topic.name, *topic.aliases), True), (topic.not_terms, False)):
                _file_phrases(self._names, names, topic.slug, proves)
            _file_phrases(self._seeds, topic.seeds, topic.slug, False)

    def find_names(self, words: Words) -> dict[str, list[Span]]:
        """Return topic → spans (start, end) at which folded words prove it."""
        found: dict[str, list[Span]] = {}
        names, end = self._names, 0
        for at in [at for at, word in enumerate(words) if word in names]:
            if at < end:
                continue
            end, matching = at + 1, _match_phrases(names[words[at]], words, at)
            for phrase in matching:
                if len(phrase.words) < len(matching[0].words):
                    break
                end = at + len(phrase.words)
                if phrase.proves:
                    found.setdefault(phrase.topic, []).append((at, end))
        return found

    def find_seeds(self, words: Words) -> dict[str, dict[str, Span]]:
        """Return topic → the distinct seeds present, each with the span where it first stands."""
        found: dict[str, dict[str, Span]] = {}
        seeds = self._seeds
        for at in [at for at, word in enumerate(words) if word in seeds]:
            for phrase in _match_phrases(seeds[words[at]], words, at):
                span = (at, at + len(phrase.words))
                found.setdefault(phrase.topic, {}).setdefault(" ".join(phrase.words), span)
        return found


def _file_phrases(index: dict[str, dict[str, list[_Phrase]]], texts: Iterable[str], topic: str, proves: bool) -> None:
    for folded in sorted({fold_phrase(text) for text in texts} - {""}):
        words = folded.split()
        phrases = index.setdefault(words[0], {}).setdefault(words[1] if len(words) > 1 else "", [])
        phrases.append(_Phrase(words, topic, proves))
        phrases.sort(key=lambda phrase: (-len(phrase.words), phrase.topic))


def _match_phrases(beginning: dict[str, list[_Phrase]], words: Words, at: int) -> list[_Phrase]:
    """Return the phrases that stand at a place, longest first."""
    following = beginning.get(words[at + 1], ()) if at + 1 < len(words) else ()
    longer = [phrase for phrase in following if phrase.words == words[at : at + len(phrase.words)]]
    return longer + beginning[""] if "" in beginning else longer


def fold_words(text: str) -> Words:
    """Return the folded tokens of a text, stop words included, as PhraseFinder reads them."""
    return list(map(fold_plural, split_tokens(text)))
