"""The advisor's desk, one for every face: candidates become topics, are merged into one or muted; the ledger."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from radar.config import LONGEST_DEFINITION, find_mistake, join_topics, load_shipped_topics, load_topics
from radar.errors import ConfigError, Conflict, UnknownName, Unusable
from radar.judge.ledger import measure_reliability, write_ledger
from radar.listen.agenda import check_statement, find_stale
from radar.listen.fields import FIRST_DAY
from radar.listen.register import READERS, Format, OnFile, Register
from radar.records import Candidate, CandidateChange, LedgerLine, Raised, Reliability, Stale, Topic
from radar.store import Store
from radar.store.names import unknown_name
from radar.text import clean_text
from radar.topic_file import edit_topics, put_topic
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


def read_ledger(store: Store) -> tuple[list[LedgerLine], list[Reliability]]:
    """Return how what was flagged or raised was warned of, topics and candidates; how far confidence can be trusted."""
    histories = {topic.slug: store.signal_history(topic.slug) for topic in store.list_topics()}
    issues, raised = store.list_issues(limit=100_000), store.list_raised()
    lines = write_ledger(histories, issues, raised, store.list_candidates(), store.list_candidate_changes())
    return lines, measure_reliability(lines)


def list_stale(store: Store, today: date) -> list[Stale]:
    """Return what ought to be renewed about the agendas: no statements, no talk, statements past their review."""
    people = store.list_executives()
    agendas = {person.slug: store.list_statements(person.slug) for person in people}
    return find_stale(people, agendas, store.last_talks(), today)


def read_register(store: Store) -> Register:
    """Return every executive and every statement, ended ones too."""
    people = store.list_executives()
    return Register(
        tuple(people),
        tuple(words for person in people for words in store.list_statements(person.slug, ended=True)),
    )


def join_register(
    store: Store, text: str, path: Path, form: Format, now: datetime
) -> tuple[Register, dict[str, list[str]]]:
    """Return what a file adds to the register and changes in it, and the names: "added", "changed", "unchanged".

    What the file does not name stays as it is. Raises ConfigError.
    """
    mine = read_register(store)
    people = {one.slug: one for one in mine.executives}
    statements = {one.id: one for one in mine.statements}
    topics = {topic.slug for topic in store.list_topics()}
    topics |= {slug for one in mine.statements for slug in (*one.topics, *one.dismissed)}  # also what is listed no more
    owners = {one.id: one.executive for one in mine.statements}
    given = READERS[form](text, path, OnFile(people, topics, owners))
    # Who is new is enrolled now: no issue is due for a slot before it.
    enrolled = tuple(
        replace(one, enrolled_at=now) if one.slug not in people and one.enrolled_at is None else one
        for one in given.executives
    )
    for one in given.statements:
        try:
            check_statement(one, now.date())
        except Unusable as error:
            raise ConfigError(f"{path}: {one.id}: {error}") from None
    told: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    pairs: list[tuple[str, object, object]] = [(one.slug, people.get(one.slug), one) for one in enrolled]
    pairs += [(one.id, statements.get(one.id), one) for one in given.statements]
    for name, before, after in pairs:
        told["added" if before is None else "unchanged" if before == after else "changed"].append(name)
    return replace(given, executives=enrolled), told


def take_back_raised(store: Store, topic: str, executive: str) -> date:
    """Take back that an executive raised a topic; return the day that was noted. Raises UnknownName."""
    gone = store.remove_raised(topic, executive)
    if gone is None:
        raise UnknownName(f"{topic}: nothing is noted as raised by {executive}; `radar ledger` lists what is")
    return gone


def note_raised(store: Store, noted: Raised, today: date) -> date | None:
    """Note the day on which an executive raised a topic; return the later day that it replaces.

    Raises UnknownName; Unusable for a day to come or before 1990; Conflict where an earlier day is on file.
    """
    if noted.raised_on > today:
        raise Unusable("on", f"{noted.raised_on} lies in the future; note what was raised, when it was")
    if noted.raised_on < FIRST_DAY:
        raise Unusable("on", f"{noted.raised_on} is too long ago; name a day from {FIRST_DAY} on")
    before = store.save_raised(noted)
    if before is not None and before < noted.raised_on:
        raise Conflict(
            f"{noted.topic}: {noted.executive} raised it on {before} already, and the first day stands; to take that "
            f"back: radar ledger raised {noted.topic} --by {noted.executive} --undo"
        )
    return None if before == noted.raised_on else before


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
