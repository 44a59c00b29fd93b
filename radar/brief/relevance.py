"""How one agenda statement meets one story: the relevance, and the reason in words.

Kept apart from rank.py, and free of numpy, because `radar query` answers with it before scikit-learn could be imported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from radar.records import Statement, Tag, Topic
from radar.text import fold_phrase, split_terms

#: Relevance from which a story counts as on the agenda.
ON_AGENDA = 0.45
_PARENT_LINK = 0.8  # a statement linked to a broad topic is served by a narrower one nearly as well
_PROPOSED_LINK = 0.6  # a topic that was proposed and nobody confirmed, times the proposal's own score
_WORDS_ALONE = 0.6  # words in common, without a confirmed link, never say more than this


@dataclass(frozen=True, slots=True)
class Match:
    """How well a story serves a statement (0..1), and why."""

    relevance: float
    reason: str


def match_statement(
    statement: Statement, text: str, tags: Sequence[Tag], topics: Mapping[str, Topic], agreement: float
) -> Match:
    """Return how a story serves a statement.

    `text` is the story's folded text (`fold_phrase`). `agreement` says in 0..1 how well their words agree. A term the
    executive asked for decides alone; otherwise a confirmed link to one of the story's topics, or to a parent of it,
    counts, raised by agreement. A link that was only proposed counts for little more than half, the less the less sure
    the proposal, and the reason says that nobody confirmed it. Words without a confirmed link need two in common, and
    most of the statement's: "spend less on field connectivity" is not about people who spend less at Christmas.
    """
    included = next((term for term in statement.include if contains_phrase(text, term)), "")
    if included:
        return Match(1.0, f"contains “{included}”, a word you asked for")
    words = _WORDS_ALONE * min(1.0, agreement)
    link, linked, confirmed = 0.0, "", True
    proposed = {proposal.topic: proposal.score for proposal in statement.proposed}
    for tag in tags:
        if (value := _PROPOSED_LINK * proposed.get(tag.topic, 0.0) * tag.confidence) > link:
            link, linked, confirmed = value, tag.topic, False
        parents = list_parents(tag.topic, topics)
        for slug in statement.topics:
            value = tag.confidence if slug == tag.topic else _PARENT_LINK * tag.confidence if slug in parents else 0.0
            if value > link:
                link, linked, confirmed = value, tag.topic, True
    name = topics[linked].name if linked in topics else linked
    if link and confirmed:
        return Match(1 - (1 - link) * (1 - words), f"about {name}, one of its topics")
    shared = find_shared_words(statement.text, text)
    if len(shared) < 2 or 2 * len(shared) <= len(set(split_terms(statement.text))):
        words = 0.0
    if link:
        return Match(1 - (1 - link) * (1 - words), f"may be about {name}, not confirmed yet")
    if not words:
        return Match(0.0, "")
    return Match(words, "shares the words " + ", ".join(f"“{word}”" for word in shared))


def find_shared_words(statement: str, text: str) -> tuple[str, ...]:
    """Return the statement's words that the folded text contains, each once, in the statement's order."""
    padded = f" {text} "
    return tuple(word for word in dict.fromkeys(split_terms(statement)) if f" {word} " in padded)


def contains_phrase(text: str, phrase: str) -> bool:
    """Tell whether a folded text contains a phrase as whole words."""
    folded = fold_phrase(phrase)
    return bool(folded) and f" {folded} " in f" {text} "


def quote_statement(statement: Statement) -> str:
    """Return the statement as the executive said it, with the day it was noted."""
    noted = f", {format_day(statement.noted_on)}" if statement.noted_on else ""
    return f"Your words{noted}: “{statement.text}”"


def format_day(day: date) -> str:
    """Return a day as a person writes it: 5 December."""
    return f"{day.day} {day.strftime('%B')}"


def list_parents(slug: str, topics: Mapping[str, Topic]) -> tuple[str, ...]:
    """Return the parents of a topic, nearest first; a circle ends the walk."""
    line: list[str] = []
    parent = topics[slug].parent if slug in topics else ""
    while parent in topics and parent not in line and parent != slug:
        line.append(parent)
        parent = topics[parent].parent
    return tuple(line)
