"""Agendas: what each executive wants, in their own words, and the topics that may serve it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from radar.records import Statement, Topic
from radar.text import fold_phrase, split_terms


@dataclass(frozen=True, slots=True)
class Proposal:
    """A topic that may serve a statement; a person confirms or drops it."""

    topic: str
    topic_name: str
    score: float
    reason: str


def propose_links(text: str, topics: Sequence[Topic], limit: int = 5) -> list[Proposal]:
    """Return the topics a statement seems to be about, best first, each with the words that suggest it.

    A name or alias in the statement counts most, then seeds, then words shared with the definition. Words that many
    topics share say little, so each weighs by its rarity among the topics.
    """
    padded = f" {fold_phrase(text)} "
    words = set(split_terms(text))
    described = {topic.slug: set(split_terms(f"{topic.name} {topic.definition}")) for topic in topics}
    seeded = {topic.slug: {word for seed in topic.seeds for word in split_terms(seed)} for topic in topics}
    spread = {word: sum(word in described[slug] or word in seeded[slug] for slug in described) or 1 for word in words}
    proposals = []
    for topic in topics:
        named = [name for name in (topic.name, *topic.aliases) if f" {fold_phrase(name)} " in padded]
        hinted = [seed for seed in topic.seeds if f" {fold_phrase(seed)} " in padded]
        shared = sorted(word for word in words & (described[topic.slug] | seeded[topic.slug]) if spread[word] <= 8)
        score = 3.0 * bool(named) + 1.5 * len(hinted) + sum(1.0 / spread[word] ** 0.5 for word in shared)
        if score < 0.7:
            continue
        if named:
            reason = f"names “{named[0]}”"
        elif hinted:
            reason = f"mentions “{hinted[0]}”"
        else:
            reason = "shares " + ", ".join(f"“{word}”" for word in shared[:3])
        proposals.append(Proposal(topic.slug, topic.name, round(score, 2), reason))
    return sorted(proposals, key=lambda p: (-p.score, p.topic))[:limit]


def number_statement(executive: str, known: Iterable[Statement]) -> str:
    """Return the id for an executive's next statement: one that ended keeps its own."""
    tails = (words.id.rpartition("-")[2] for words in known)
    return f"{executive}-{max((int(tail) for tail in tails if tail.isdigit()), default=0) + 1}"
