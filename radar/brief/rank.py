"""Rank stories by relevance to one agenda: stories, tags, signals, statements, taste → [Ranked], each with its why."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from radar.brief.relevance import ON_AGENDA, Match, contains_phrase, match_statement, quote_statement
from radar.brief.taste import SWAY, lean_on_topics, measure_leanings
from radar.records import Phase, Ranked, Signal, Statement, Story, Tag, Taste, Topic
from radar.text import fold_phrase
from radar.vectors import Matrix, TfidfSpace

_FULL_COSINE = 0.30  # cosine of a sentence to a headline at which their words agree as well as they can
_FULL_BREADTH = 12  # owners from which more make no difference
_HALF_LIFE = timedelta(days=4)
NO_TASTE = Taste()
_PHASE_WEIGHT: dict[Phase, float] = {
    "surging": 1.0,
    "rising": 0.85,
    "weak signal": 0.4,
    "mainstream": 0.15,
    "fading": 0.1,
}
_OWN_WORDS = 0.15  # of the worth of a story on a linked topic, what words shared with the statement make up
_OFF_AGENDA = 0.2  # what a story nobody asked for is worth, next to 0.6..1.0 for one that serves a statement


def rank_stories(
    stories: Sequence[Story],
    tags: Mapping[str, Sequence[Tag]],
    signals: Mapping[str, Signal],
    statements: Sequence[Statement],
    topics: Mapping[str, Topic],
    now: datetime,
    taste: Taste = NO_TASTE,
) -> list[Ranked]:
    """Return every story that is not muted or done with, the most relevant first.

    `tags` maps story id to tags, `signals` topic to its latest signal. A story's score is its relevance to the
    statement it serves best, weighted, times how much is happening: owners, phase, freshness. A link says that the
    topic is right, so among stories on it those in the statement's own words come first: donors' calls that leaked
    before a hearing, for "protect what donors tell us". Raising a statement's weight never lowers a story that serves
    it. What the reader answered to earlier items (`taste`) at most doubles or halves a score; without answers nothing
    changes. Scores are comparable within one executive only.
    """
    stories = sorted((story for story in stories if story.id not in taste.done), key=lambda story: story.id)
    texts = [fold_phrase(f"{story.title} {story.summary}") for story in stories]
    bodies = [f"{story.title} {story.title} {story.summary[:400]}" for story in stories]
    space = TfidfSpace(bodies)
    cosines = _compare_words(space, statements)
    leanings = measure_leanings(bodies, space, taste)
    muted = [term for statement in statements for term in statement.mute]
    ranked = []
    for row, story in enumerate(stories):
        if any(contains_phrase(texts[row], term) for term in muted):
            continue
        own = tags.get(story.id, ())
        best: tuple[float, Match, Statement] | None = None
        for column, statement in enumerate(statements):
            agreement = min(1.0, float(cosines[row, column]) / _FULL_COSINE)
            match = match_statement(statement, texts[row], own, topics, agreement)
            own_words = 1.0 if match.relevance == 1.0 else agreement  # a term asked for decides alone
            value = match.relevance * (1 - _OWN_WORDS * (1 - own_words)) * (0.5 + statement.weight / 10)
            if match.relevance >= ON_AGENDA and (best is None or value > best[0]):
                best = (value, match, statement)
        value, match, statement_served = best or (_OFF_AGENDA, Match(0.0, ""), None)
        leaning, liking = lean_on_topics(float(leanings[row]), own, taste, topics)
        ranked.append(
            Ranked(
                story=story,
                score=round(value * measure_news(story, own, signals, now) * SWAY**leaning, 4),
                statement=statement_served,
                topics=tuple(tag.topic for tag in own),
                relevance=round(match.relevance, 3),
                why=_explain(statement_served, match.reason, story, liking),
            )
        )
    return sorted(ranked, key=lambda r: (-r.score, r.story.id))


def _compare_words(space: TfidfSpace, statements: Sequence[Statement]) -> Matrix:
    """Return cosines of stories (rows) to statements (columns); words the stories never use count for nothing."""
    cosines = space.matrix @ space.encode([statement.text for statement in statements]).T
    return np.asarray(cosines.toarray(), dtype=np.float32)


def measure_news(story: Story, tags: Sequence[Tag], signals: Mapping[str, Signal], now: datetime) -> float:
    """Return how much is happening in 0..1: owners that cover it, the phase of its topic, how fresh it is."""
    breadth = min(1.0, math.log1p(len(story.publishers)) / math.log1p(_FULL_BREADTH))
    moving = 0.0
    for tag in tags:
        signal = signals.get(tag.topic)
        if signal and signal.phase:
            moving = max(moving, _PHASE_WEIGHT[signal.phase] * tag.confidence * (1.0 if signal.confirmed else 0.8))
    age = max(timedelta(0), now - story.last_at)
    fresh: float = 0.5 ** (age / _HALF_LIFE)
    return 0.30 + 0.30 * breadth + 0.30 * moving + 0.10 * fresh


def _explain(statement: Statement | None, reason: str, story: Story, liking: str) -> tuple[str, ...]:
    lines = []
    if statement:
        lines.append(f"{quote_statement(statement)} · {reason}")
    owners = len(story.publishers)
    if owners > 1:
        lines.append(f"{owners} publishers report it")
    if liking:
        lines.append(liking)
    return tuple(lines)
