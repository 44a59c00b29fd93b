"""Agendas: the topics that may serve a statement, what was decided on them, and what has gone stale."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from radar.errors import Unusable
from radar.listen.fields import FIRST_DAY, MOST_WORDS
from radar.records import Executive, Proposal, Stale, Statement, Topic
from radar.text import fold_phrase

#: How likely it is that a statement is about a topic whose name, a phrase that hints at it, or a single word that does
#: stands in it. Names are rarely wrong; of single words ("donor", "machine") less than half are right.
_NAMED, _PHRASE, _WORD = 0.95, 0.55, 0.3
#: Likeness in meaning from which it says something, how fast its word gains weight, and what it never exceeds.
#: Measured on statements of our own (benchmarks/agendas.toml): at .35 a quarter is right, at .5 six in ten.
_LIKE, _GAIN, _MOST_LIKE = 0.25, 2.4, 0.9
#: Proposed from this chance on: about one in three of the least sure is right.
_PROPOSED = 0.35
#: A talk longer ago than this, and the agenda is what they wanted then.
TALK_EVERY = timedelta(days=90)
#: When a statement is to be reviewed that names no day.
REVIEW_AFTER = timedelta(days=90)


def propose_links(
    statement: Statement, topics: Sequence[Topic], tagged: Mapping[str, float], limit: int = 5
) -> tuple[Proposal, ...]:
    """Return the topics a statement may be about, the surest first, each with what suggests it.

    Three witnesses count, each as a chance on its own: names and hints among the statement's words, likeness in meaning
    between it and what each topic is, and what the tagger makes of it (`tagged`: topic → confidence). What is linked
    or was dismissed is not proposed.
    """
    decided = {*statement.topics, *statement.dismissed}
    words = f" {fold_phrase(statement.text)} "
    meanings = _compare_meanings(statement.text, topics)
    proposals = []
    for topic, meaning in zip(topics, meanings, strict=True):
        if topic.slug in decided:
            continue
        spoken, reasons = _find_words(words, topic)
        near = min(_MOST_LIKE, max(0.0, _GAIN * (meaning - _LIKE)))
        seen = 0.0 if spoken == _NAMED else tagged.get(topic.slug, 0.0)  # the tagger knows it by the same name
        score = 1 - (1 - spoken) * (1 - near) * (1 - seen)
        if score < _PROPOSED:
            continue
        reasons += ["close in meaning"] * (near >= 0.2) + ["the tagger takes it for that"] * (seen > 0)
        proposals.append(Proposal(topic.slug, round(score, 2), ", ".join(reasons)))
    return tuple(sorted(proposals, key=lambda p: (-p.score, p.topic))[:limit])


def _find_words(padded: str, topic: Topic) -> tuple[float, list[str]]:
    """Return the chance that the words of a folded text, padded with blanks, are about a topic, and which they are."""
    held_off = [miss for phrase in topic.not_terms if (miss := f" {fold_phrase(phrase)} ") in padded]
    for name in (topic.name, *topic.aliases):
        folded = f" {fold_phrase(name)} "
        if folded.strip() and folded in padded and not any(folded in miss for miss in held_off):
            return _NAMED, [f"names “{name}”"]
    hints = [seed for seed in topic.seeds if (folded := fold_phrase(seed)) and f" {folded} " in padded]
    otherwise = 1.0
    for hint in hints[:3]:
        otherwise *= 1 - (_PHRASE if " " in hint else _WORD)
    return 1 - otherwise, [f"mentions “{hints[0]}”"] if hints else []


def _compare_meanings(text: str, topics: Sequence[Topic]) -> list[float]:
    """Return the likeness of a text to each topic in words, both seen from the middle of all topics."""
    from radar.vectors import embed_texts, scale_rows  # numpy and the table: only proposals need them

    if not topics:
        return []
    rows = embed_texts([text, *(_describe_topic(topic) for topic in topics)])
    if not rows[0].any():
        return [0.0] * len(topics)
    rows = scale_rows(rows - rows[1:].mean(axis=0))
    return [float(likeness) for likeness in rows[1:] @ rows[0]]


def _describe_topic(topic: Topic) -> str:
    return " . ".join(filter(None, [topic.name, topic.definition, ", ".join(topic.seeds), topic.primer]))


# -- what is decided --------------------------------------------------------------------------------------------------


def link_topics(statement: Statement, topics: Sequence[str]) -> Statement:
    """Return the statement about these topics, too: confirmed, whatever was proposed or dismissed before."""
    return replace(
        statement,
        topics=tuple(dict.fromkeys((*statement.topics, *topics))),
        dismissed=_without(statement.dismissed, topics),
        proposed=_drop_proposals(statement, topics),
    )


def unlink_topics(statement: Statement, topics: Sequence[str]) -> Statement:
    """Return the statement without these links. Raises Unusable for a topic it is not linked to."""
    _check_among(topics, statement.topics)
    return replace(statement, topics=_without(statement.topics, topics))


def dismiss_topics(statement: Statement, topics: Sequence[str]) -> Statement:
    """Return the statement as not about these topics: neither linked nor proposed, now or later."""
    return replace(
        statement,
        topics=_without(statement.topics, topics),
        dismissed=tuple(dict.fromkeys((*statement.dismissed, *topics))),
        proposed=_drop_proposals(statement, topics),
    )


def _without(words: Sequence[str], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in gone)


def _drop_proposals(statement: Statement, topics: Collection[str]) -> tuple[Proposal, ...]:
    return tuple(proposal for proposal in statement.proposed if proposal.topic not in topics)


def _check_among(topics: Iterable[str], linked: Collection[str]) -> None:
    if any(topic not in linked for topic in topics):
        raise Unusable("topic", f"it is not linked to that; it is about {', '.join(linked) or 'no topic yet'}")


def check_statement(statement: Statement, today: date) -> None:
    """Raise Unusable for words too long to be quoted, and for a day on which they cannot have been said.

    Somewhere it is tomorrow already when it is still today by UTC.
    """
    lines = {"text": [statement.text], "occasion": [statement.occasion]}
    for name, texts in (lines | {"include": [*statement.include], "mute": [*statement.mute]}).items():
        if any(len(text) > MOST_WORDS for text in texts):
            raise Unusable(name, f"has more than {MOST_WORDS} characters; say it shorter")
    noted_on = statement.noted_on
    if noted_on is not None and not FIRST_DAY <= noted_on <= today + timedelta(days=1):
        raise Unusable("noted_on", f"is no day on which it can have been said; name one from {FIRST_DAY} to today")


def number_statement(executive: str, known: Iterable[Statement]) -> str:
    """Return the id for an executive's next statement: one that ended keeps its own."""
    tails = (words.id.rpartition("-")[2] for words in known)
    return f"{executive}-{max((int(tail) for tail in tails if tail.isdigit()), default=0) + 1}"


# -- what has changed -------------------------------------------------------------------------------------------------

_NAMES = {"noted_on": "noted", "review_on": "review", "ended_on": "ended", "include": "always", "mute": "never"}


def describe_change(before: Statement | None, after: Statement) -> tuple[str, ...]:
    """Return what a version of a statement changed, a line each: "weight: 3 → 5", "topics: + passkeys"."""
    if before is None:
        blank = Statement(after.id, after.executive, after.text, after.weight, after.noted_on, after.occasion)
        return (f"noted with weight {after.weight}: “{after.text}”", *describe_change(blank, after))
    lines = []
    for name in ("text", "weight", "noted_on", "occasion", "review_on", "ended_on"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            lines.append(f"{_NAMES.get(name, name)}: {_write(old)} → {_write(new)}")
    for name in ("topics", "include", "mute", "dismissed"):
        lines += _compare_words(_NAMES.get(name, name), getattr(before, name), getattr(after, name))
    proposed = [tuple(proposal.topic for proposal in version.proposed) for version in (before, after)]
    return (*lines, *_compare_words("proposed", *proposed))


def _compare_words(name: str, before: Sequence[str], after: Sequence[str]) -> list[str]:
    marked = [f"+ {word}" for word in after if word not in before] + [
        f"− {word}" for word in before if word not in after
    ]
    if not marked and tuple(before) != tuple(after):
        marked = ["in another order"]
    return [f"{name}: {', '.join(marked)}"] if marked else []


def _write(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) and value else str(value or "none")


# -- what has gone stale ----------------------------------------------------------------------------------------------


def find_stale(
    people: Iterable[Executive],
    agendas: Mapping[str, Sequence[Statement]],
    last_talks: Mapping[str, date],
    today: date,
) -> list[Stale]:
    """Return what ought to be renewed: no statements, no talk in 90 days, statements past their review date.

    `agendas` maps executive to living statements, `last_talks` executive to the day of the last talk. An executive is
    given 90 days from enrolment until the first one; who was enrolled nobody knows when is due for one.
    """
    stale = []
    for person in people:
        statements = agendas.get(person.slug, ())
        if not statements:
            stale.append(Stale(person.slug, "no statements", "nothing is on their agenda"))
        talk = last_talks.get(person.slug)
        known = talk or (person.enrolled_at.date() if person.enrolled_at else None)
        if known is None or today - known > TALK_EVERY:
            days = f"no talk for {(today - talk).days} days" if talk else "no talk is on file"
            stale.append(Stale(person.slug, "no talk", days, since=known))
        for one in statements:
            review_on = one.review_on or (one.noted_on + REVIEW_AFTER if one.noted_on else today)
            if review_on < today:
                overdue = (today - review_on).days
                days = f"{one.id} was to be reviewed {overdue} day{'s' * (overdue != 1)} ago"
                stale.append(Stale(person.slug, "past review", days, one.id, review_on))
    return sorted(stale, key=lambda one: (one.executive, one.kind, one.since or date.min, one.statement))
