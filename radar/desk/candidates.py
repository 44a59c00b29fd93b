"""Candidates at the desk, for every face: they become topics, are merged into one, or muted."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from radar.config import LONGEST_DEFINITION, find_mistake, join_topics, load_shipped_topics, load_topics
from radar.errors import Conflict, Unusable
from radar.files.topics import edit_topics, put_topic
from radar.records import Candidate, CandidateChange, Topic
from radar.store import Store
from radar.store.names import unknown_name
from radar.text import clean_text
from radar.watch.context import propose_seeds

#: Titles in which a candidate's company is looked for.
_SEED_WEEKS = timedelta(weeks=26)


def show_candidate(store: Store, term: str, today: date) -> tuple[Candidate, tuple[str, ...]]:
    """Return a candidate, by its term or one of its names, and the seeds proposed for it. Raises UnknownName."""
    one = store.find_candidate(term)
    titles = [report.title for report in store.list_reports(today - _SEED_WEEKS, today + timedelta(days=1))]
    return one, propose_seeds(titles, one.names)


def promote_candidate(store: Store, home: Path, term: str, draft: Topic, today: date, by: str) -> Candidate:
    """Make a candidate a topic of topics.toml, as drafted, and return it as it stands then.

    Slug and name may be left empty, and seeds out. Raises UnknownName; Conflict where it is a topic's already; Unusable
    for words that make no topic, or a slug that is taken.
    """
    one, proposed = show_candidate(store, term, today)
    topic = complete_topic(draft, one, proposed)

    def decide(topics: Mapping[str, Topic]) -> Topic:
        _check_free(one, topics)
        if topic.slug in topics:
            raise Unusable("slug", "there is such a topic: merge the candidate into it, or choose another slug")
        return topic

    _edit_topic(home, decide)
    return _decide(store, one, "promoted", topic.slug, today, by)


def merge_candidate(store: Store, home: Path, term: str, slug: str, today: date, by: str) -> Candidate:
    """Give a candidate's names to a topic, as aliases in topics.toml, and return it as it stands then.

    Raises UnknownName for a candidate or a topic; Conflict where it is a topic's already; Unusable where a name is.
    """
    one = store.find_candidate(term)

    def decide(topics: Mapping[str, Topic]) -> Topic:
        if slug not in topics:
            raise unknown_name("topic", slug, topics)
        _check_free(one, topics)
        known = topics[slug]
        return replace(known, aliases=tuple(dict.fromkeys((*known.aliases, *one.names))))

    _edit_topic(home, decide)
    return _decide(store, one, "merged", slug, today, by)


def mute_candidate(store: Store, home: Path, term: str, today: date, by: str) -> Candidate:
    """Never raise a candidate again; return it as it stands then. Raises UnknownName; Conflict where it is decided."""
    one = store.find_candidate(term)
    if one.standing == "muted":
        raise Conflict(f"{one.term} is muted already")
    if one.topic:
        _check_free(one, {topic.slug: topic for topic in load_topics(home)})
    return _decide(store, one, "muted", "", today, by)


def complete_topic(draft: Topic, one: Candidate, proposed: tuple[str, ...]) -> Topic:
    """Return the topic a candidate becomes: what the draft leaves open comes from it. Raises Unusable."""
    slug = draft.slug or re.sub(r"[^a-z0-9]+", "-", one.term.lower()).strip("-")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise Unusable("slug", "it has to be lower-case words joined by hyphens")
    name, definition = clean_text(draft.name) or one.term, clean_text(draft.definition)
    if not 0 < len(definition) <= LONGEST_DEFINITION:
        raise Unusable("definition", f"it has to be a sentence of at most {LONGEST_DEFINITION} characters")
    aliases = (name, *(alias for alias in one.names if alias != name.lower()))
    seeds = tuple(seed for seed in map(clean_text, draft.seeds) if seed) or proposed
    return Topic(slug, name, draft.quadrant, definition, aliases=aliases, seeds=seeds)


def _check_free(one: Candidate, topics: Mapping[str, Topic]) -> None:
    """A candidate whose topic has been taken out since may be decided on anew."""
    if one.topic in topics:
        raise Conflict(f"{one.term} is {one.standing} already: it is the topic {one.topic}'s")


def _edit_topic(home: Path, decide: Callable[[Mapping[str, Topic]], Topic]) -> None:
    """Put the topic into topics.toml that is decided on in view of those there are while nobody else edits."""
    shipped = load_shipped_topics()

    def change(text: str, path: Path) -> str:
        topics = {topic.slug: topic for topic in join_topics(shipped, text, path)}
        topic = decide(topics)
        if mistake := find_mistake([topic], topics | {topic.slug: topic}, {known.quadrant for known in shipped}):
            raise Unusable(mistake.key, mistake.reason)
        return put_topic(text, topic, path)

    edit_topics(home, change)


def _decide(
    store: Store, one: Candidate, standing: Literal["promoted", "merged", "muted"], topic: str, today: date, by: str
) -> Candidate:
    decided = replace(one, standing=standing, topic=topic)
    store.decide_candidate(decided, CandidateChange(one.term, today, standing, by, topic, one.sentence))
    return decided
