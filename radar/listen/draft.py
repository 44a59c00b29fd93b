"""Draft advice on a topic: facts from the evidence, and sentences whose blanks a person has to fill in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from radar.listen.advice import choose_approved
from radar.records import AdviceDraft, LedgerLine, Phase, Position, Ring, Signal, Statement, Topic

_PRESS = {
    "research": "research", "community": "developers' pages", "vendor": "vendors", "trade": "the trade press",
    "general": "the general press",
}  # fmt: skip
_NAMED = 6  # publishers told by name


@dataclass(frozen=True, slots=True)
class _Template:
    """What advice in a phase has to answer, and how long it may stand."""

    ring: Ring
    so_what: str
    say: str
    next_step: str
    days: int  # until the next step; 0: it has no day
    review: timedelta


_TEMPLATES: dict[Phase | None, _Template] = {
    "weak signal": _Template(
        "assess",
        "It is early. If it comes, for us it would change ___.",
        "We have noticed it, and it is too early to decide. We look at it again ___.",
        "",
        0,
        timedelta(weeks=13),
    ),
    "rising": _Template(
        "assess",
        "If we do nothing, ___. If we use it well, ___.",
        "We know of it and are looking at ___. Until ___, our rule is: ___.",
        "___",
        14,
        timedelta(weeks=13),
    ),
    "surging": _Template(
        "assess",
        "People will ask us about it now. For us it changes ___.",
        "Yes, everybody writes about it. For us it means ___. Until ___, please ___.",
        "___",
        7,
        timedelta(weeks=6),
    ),
    "mainstream": _Template(
        "trial",
        "Others take it for granted by now. Where we stand: ___. What being late costs us: ___.",
        "It is everyday technology. We ___.",
        "___",
        30,
        timedelta(weeks=26),
    ),
    "fading": _Template(
        "hold",
        "Interest has fallen. What we have begun, and whether it still pays: ___.",
        "We looked at it, and interest has fallen since. We ___.",
        "",
        0,
        timedelta(weeks=26),
    ),
    None: _Template(
        "hold",
        "For us it would change ___.",
        "Nothing is moving there. We ___.",
        "",
        0,
        timedelta(weeks=26),
    ),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a topic when advice on it is drafted. Versions of advice oldest first."""

    topic: Topic
    signal: Signal | None
    versions: Sequence[Position]
    touched: Sequence[Statement]  # the heaviest first
    executives: Mapping[str, str]  # slug → name
    ledger: LedgerLine | None


def draft_advice(known: Known, today: date) -> AdviceDraft:
    """Return the draft for the topic's present phase. Where advice was approved before, ring and owner stay."""
    phase = known.signal.phase if known.signal else None
    template, approved = _TEMPLATES[phase], choose_approved(known.versions)
    return AdviceDraft(
        topic=known.topic.slug,
        phase=phase,
        facts=tuple(_list_facts(known)),
        ring=approved.ring if approved else template.ring,
        so_what=template.so_what,
        say=template.say,
        next_step=template.next_step,
        due_on=today + timedelta(days=template.days) if template.days else None,
        owner=approved.owner if approved else "",
        review_on=today + template.review,
    )


def _list_facts(known: Known) -> Iterator[str]:
    yield f"What it is: {known.topic.definition}"
    yield from _tell_signal(known.signal) if known.signal else ("No closed week of press tells of it.",)
    for statement in known.touched:
        name = known.executives.get(statement.executive, statement.executive)
        yield f"Touches {name}: {statement.id}, weight {statement.weight}"  # not their words: a draft is passed on
    if not known.touched:
        yield "Touches nobody's agenda."
    yield from _tell_past(known)


def _tell_signal(signal: Signal) -> Iterator[str]:
    grade = ", confirmed" if signal.confirmed else ""
    yield f"Phase: {f'{signal.phase} since {_write_day(signal.since)}' if signal.phase else 'none'}{grade}"
    evidence = signal.evidence
    if signal.sentence:
        yield f"Evidence: {signal.sentence}"
    owners = evidence.publishers
    names = ", ".join(owners[:_NAMED]) + (f" and {len(owners) - _NAMED} more" if len(owners) > _NAMED else "")
    yield f"Publishers in four weeks: {len(owners)}" + (f" ({names})" if owners else "")
    if evidence.largest_share > 0.5:
        yield f"Of the reports, {evidence.largest_share:.0%} are one publisher's."
    if evidence.crossed:
        crossed = ", ".join(f"{_PRESS[one.kind]} since {_write_day(one.on)}" for one in evidence.crossed)
        yield f"Press it has crossed: {crossed}"
    if evidence.first_seen_on:
        yield f"First seen: {_write_day(evidence.first_seen_on)}"


def _tell_past(known: Known) -> Iterator[str]:
    line = known.ledger
    if line and line.flagged_on:
        told = ", ".join(f"{known.executives.get(who, who)} on {_write_day(day)}" for who, day in line.briefed)
        yield f"Flagged on {_write_day(line.flagged_on)}; " + (f"told to {told}" if told else "told to nobody yet")
    for one in line.raised if line else ():
        yield f"Raised by {known.executives.get(one.executive, one.executive)} on {_write_day(one.raised_on)}"
    if line and line.verdict in ("missed", "faded"):
        yield "An earlier warning of it faded." if line.verdict == "faded" else "We missed it: it came before our flag."
    approved = choose_approved(known.versions)
    if approved:
        by = f"{approved.approved_by} on {_write_day(approved.settled_at.date())}"
        yield f"Advice so far: {approved.ring}, approved by {by} (version {approved.version})"
        yield f"So what, then: {approved.so_what}"
        yield f"To say, then: “{approved.say}”"
    newest = known.versions[-1] if known.versions else None
    if newest and not newest.approved_by:
        yield f"Version {newest.version} is a draft of {_write_day(newest.written_at.date())}: “{newest.say}”"


def _write_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
