"""`radar query`: a question, answered from the stories on file, for one executive if named.

Quick on purpose: nothing here imports SQLAlchemy, scikit-learn or a web framework, and numpy only where words do not
suffice.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, say, say_block, say_json, say_position, to_plain
from radar.records import KINDS, Executive, Kind, Position, Signal, Statement, Topic

if TYPE_CHECKING:
    from radar.store.search import Found

_DAY = click.DateTime(["%Y-%m-%d"])
#: Candidates weighed for an executive, for each story shown.
_CANDIDATES = 5
_AGE_TAKES, _HALF_LIFE = 0.2, timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """A story that answers, with its standing for the one who asks."""

    found: "Found"
    score: float  # 0..2: how well it answers, raised by how well it serves the agenda
    why: tuple[str, ...]


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="QUESTION")
@click.option("--for", "slug", metavar="EXECUTIVE", help="Rank for this executive's agenda, and say why.")
@click.option("--topic", metavar="SLUG", help="Only stories on this topic.")
@click.option("--publisher", metavar="DOMAIN", help="Only stories this publisher reports.")
@click.option("--kind", type=click.Choice(KINDS), help="Only stories this kind of press reports.")
@click.option("--since", type=_DAY, help="Only stories last reported on this day (YYYY-MM-DD, UTC) or later.")
@click.option("--until", type=_DAY, help="Only stories last reported before this day.")
@click.option("--days", type=click.IntRange(1, 36_500), help="Only stories of the last so many days.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Stories at most.")
@json_option
@pass_house
def query(
    house: House,
    words: tuple[str, ...],
    slug: str | None,
    topic: str | None,
    publisher: str | None,
    kind: Kind | None,
    since: datetime | None,
    until: datetime | None,
    days: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Answer a question from the stories on file: what was reported, by whom, and the advice there is.

    \b
    Example: radar query "mobile payments"
             radar query "mobile payments" --for president --days 30
             radar query "mobile payments" --kind research --since 2026-09-01
    """
    question = " ".join(words).strip()
    if not question:
        raise click.UsageError("no question given; write some words")
    if days and since:
        raise click.UsageError("--days and --since both say when to begin; give one")
    asked_for = {"topic": topic, "publisher": publisher, "kind": kind, "since": since, "until": until, "days": days}
    # Where meaning is asked, numpy's library would start threads for every core: a third of its loading.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from radar.store.match import Filters

    begin = house.now() - timedelta(days=days) if days else _to_utc(since)
    filters = Filters(topic, publisher, kind, begin, _to_utc(until))
    with house.lookup() as lookup:
        person = lookup.find_executive(slug) if slug else None
        statements = lookup.statements(slug) if slug else []
        topics = {known.slug: known for known in lookup.topics()}
        candidates = limit * _CANDIDATES if statements else limit
        found = lookup.search_stories(question, limit=candidates, filters=filters)
        signals = {signal.topic: signal for signal in lookup.signals()}
        asked = topics[topic] if topic else find_topic(question, topics)
        advice = next((one for one in lookup.positions() if asked and one.topic == asked.slug), None)
    answers = rank_answers(found, statements, topics, house.now())[:limit]
    if as_json:
        say_json(
            {
                "query": question,
                "executive": slug,
                "topic": asked,
                "signal": signals.get(asked.slug) if asked else None,
                "position": advice,
                "stories": [_to_story(answer, signals) for answer in answers],
            }
        )
    else:
        if asked:  # what there is to say comes before what there is to read
            _say_topic(asked, signals.get(asked.slug), advice)
            say()
        _say_answers(question, person, answers, signals)
        if not answers:
            from radar.store.search import suggest

            say(suggest([f"--{name}" for name, value in asked_for.items() if value is not None]))


def _to_utc(day: datetime | None) -> datetime | None:
    return day and day.replace(tzinfo=UTC)


def find_topic(question: str, topics: Mapping[str, Topic]) -> Topic | None:
    """Return the topic whose name, alias or slug the question is, else the one whose longest name it contains."""
    from radar.text import fold_phrase

    folded = fold_phrase(question)
    words, within = f" {folded} ", (0, "")
    for topic in topics.values():
        for name in (topic.name, *topic.aliases, topic.slug.replace("-", " ")):
            # Folding keeps a first letter, and folding every name there is takes longer than the rest of the answer.
            maybe = name[:1].lower() == folded[:1] or not name[:1].isalnum()
            if maybe and fold_phrase(name) == folded:
                return topic
            # Folding keeps how a word begins, so this is asked of few names; one short word may mean anything.
            begins = name[:3].lower()
            if len(name) > max(within[0], 4) and f" {begins}" in words and f" {fold_phrase(name)} " in words:
                within = (len(name), topic.slug)
    return topics.get(within[1])


def rank_answers(
    found: "Sequence[Found]", statements: Sequence[Statement], topics: Mapping[str, Topic], now: datetime
) -> list[Answer]:
    """Return the stories that are not muted, best first: the better answer, raised by the agenda at most twofold.

    Of two that answer alike the newer comes first: age takes at most a fifth.
    """
    from radar.brief.relevance import ON_AGENDA, contains_phrase, find_shared_words, match_statement, quote_statement
    from radar.records import Tag
    from radar.text import fold_phrase, split_terms

    best_score = max((one.score for one in found), default=0.0) or 1.0
    muted = [term for statement in statements for term in statement.mute]
    lengths = {statement.id: len(set(split_terms(statement.text))) or 1 for statement in statements}
    answers = []
    for one in found:
        why: tuple[str, ...] = ()
        raised, text = 0.0, ""
        if statements:
            text = fold_phrase(f"{one.title} {one.summary}")
            if any(contains_phrase(text, term) for term in muted):
                continue
        tags = [Tag(one.id, slug, confidence) for slug, _, confidence in one.topics]
        for statement in statements:
            agreement = len(find_shared_words(statement.text, text)) / lengths[statement.id]
            match = match_statement(statement, text, tags, topics, agreement)
            value = match.relevance * statement.weight / 5
            if match.relevance >= ON_AGENDA and value > raised:
                raised, why = value, (f"{quote_statement(statement)} · {match.reason}",)
        if len(one.publishers) > 1:
            why = (*why, f"{len(one.publishers)} publishers report it")
        fresh = 1 - _AGE_TAKES * (1 - 0.5 ** (max(timedelta(0), now - one.last_at) / _HALF_LIFE))
        answers.append(Answer(one, round(one.score / best_score * (1 + raised) * fresh, 4), why))
    return sorted(answers, key=lambda answer: -answer.score)


def _to_story(answer: Answer, signals: Mapping[str, Signal]) -> dict[str, object]:
    story: dict[str, object] = to_plain(replace(answer.found, score=answer.score))
    story["topics"] = [
        {
            "slug": slug,
            "name": name,
            "confidence": confidence,
            "phase": signals[slug].phase if slug in signals else None,
        }
        for slug, name, confidence in answer.found.topics
    ]
    return story | {"why": list(answer.why)}


def _say_answers(
    question: str, person: Executive | None, answers: Sequence[Answer], signals: Mapping[str, Signal]
) -> None:
    reader = f", for {person.name}" if person else ""
    if not answers:
        say(f"Nothing on file answers “{question}”{reader}.")
        return
    near = all(answer.found.by == "meaning" for answer in answers)
    about = "near" if near else "on"
    say(f"{count(len(answers), 'story', 'stories')} {about} “{question}”{reader}")
    if near:
        say("None holds these words; this is what comes nearest.")
    for number, answer in enumerate(answers, 1):
        found = answer.found
        say()
        say_block(f"{number}  {found.title}", hang="   ")
        owners = ", ".join(found.publishers[:3]) + (f" +{len(found.publishers) - 3}" if found.publishers[3:] else "")
        say_block(f"{owners} · {found.last_at.day} {found.last_at:%b %Y} · story {found.id}", "   ")
        if found.entries and found.entries[0].title != found.title:
            say_block(f"In: “{found.entries[0].title}” ({found.entries[0].publisher})", "   ")
        if found.topics:
            phases = {slug: signals[slug].phase for slug, _, _ in found.topics if slug in signals}
            named = [f"{name} ({phases[slug]})" if phases.get(slug) else name for slug, name, _ in found.topics[:3]]
            say_block(f"Topics: {', '.join(named)}", "   ")
        if answer.why:
            say_block(f"Why: {' · '.join(answer.why)}", "   ")
        say(f"   {found.url}")


def _say_topic(topic: Topic, signal: Signal | None, advice: Position | None) -> None:
    say_block(f"{topic.name}: {topic.definition}")
    if signal and signal.phase:
        say_block(signal.sentence)
    if advice:
        say_position(advice, topic.name)
    else:
        say(f"No advice on file: radar position set {topic.slug} --ring assess --so-what … --say …")
