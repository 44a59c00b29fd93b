"""Compose the desk letter: what waits for the advisor → one mail a week, in our own words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from radar.brief.relevance import format_day
from radar.brief.render import Rendered, print_html, print_text
from radar.brief.slot import name_week
from radar.records import (
    Acceptance,
    Candidate,
    Exposure,
    Health,
    LedgerLine,
    Letter,
    LetterLine,
    LetterPart,
    Position,
    Reminder,
    Signal,
)
from radar.text import clean_text

#: Lines of a part; the rest is counted.
MOST = 6
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a letter is made from; everything may be empty."""

    topics: Mapping[str, str]  # slug → name
    executives: Mapping[str, str]  # slug → name
    signals: Mapping[str, Signal]
    exposures: Sequence[Exposure] = ()  # worst first
    approved: Mapping[str, Position] | None = None  # topic → the version that counts
    advice: Sequence[Reminder] = ()  # reviews, next steps, drafts: what to do about positions
    agendas: Sequence[Reminder] = ()  # gone stale
    candidates: Sequence[Candidate] = ()  # open ones
    ideas: Sequence[Acceptance] = ()
    wishes: Sequence[Reminder] = ()  # to talk about what is no topic; a topic's is among the ideas
    surveys: Sequence[Reminder] = ()
    ledger: Sequence[LedgerLine] = ()
    feeds: int = 0  # listed and not paused
    failing: Sequence[Health] = ()
    last: Letter | None = None  # the letter before


def compose_letter(week: str, waiting: Waiting, now: datetime) -> Letter:
    """Return the letter of a week. The same arguments give the same letter."""
    return _Composer(week, waiting, now).compose()


def render_letter(letter: Letter, advisor: str = "") -> Rendered:
    """Return the letter as HTML and text."""
    html = print_html("letter.html.j2", _gather_words(letter, advisor))
    return Rendered(html, render_letter_text(letter, advisor))


def render_letter_text(letter: Letter, advisor: str = "", *, colour: bool = False) -> str:
    """Return the letter as plain text, for a terminal with ANSI colours on request."""
    return print_text("letter.txt.j2", _gather_words(letter, advisor), colour=colour)


def _gather_words(letter: Letter, advisor: str) -> dict[str, object]:
    return {"letter": letter, "week": f"Week {letter.week[-2:].lstrip('0')}", "advisor": clean_text(advisor)}


class _Composer:
    """One letter in the making."""

    def __init__(self, week: str, waiting: Waiting, now: datetime) -> None:
        self.week, self.waiting, self.now, self.today = week, waiting, now, now.date()
        last = waiting.last
        self.since = last.composed_at.date() if last else self.today - WEEK
        self.exposed = {one.topic for one in waiting.exposures}

    def compose(self) -> Letter:
        waiting = self.waiting
        open_parts = [part for part in self._list_open() if part.lines]
        news = [part for part in self._list_news() if part.lines]
        waits = sum(len(part.lines) + part.left for part in open_parts)
        counted = [_count_part(part) for part in (*open_parts, *news)]
        return Letter(
            week=self.week,
            composed_at=self.now,
            subject=self._write_subject(waits),
            preheader=" · ".join(counted) or "Radar reads on.",
            scope=self._write_scope(),
            parts=(*open_parts, *news),
            notes=tuple(self._write_notes(waits)),
            exposed=tuple(one.topic for one in waiting.exposures),
            verdicts=tuple(_verdict_of(line) for line in waiting.ledger if line.verdict in ("faded", "missed")),
        )

    # -- what waits ---------------------------------------------------------------------------------------------------

    def _list_open(self) -> Iterator[LetterPart]:
        waiting = self.waiting
        touching = [one for one in waiting.exposures if one.executives]
        elsewhere = [one for one in waiting.exposures if not one.executives]
        yield _cut("Topics without advice", map(self._write_exposure, touching), "radar exposure")
        yield _cut("Surging on nobody’s agenda", map(self._write_exposure, elsewhere), "radar exposure")
        exposed = {self._name(topic) for topic in self.exposed}
        advice = [one for one in waiting.advice if one.about not in exposed]
        yield _cut("Advice to look at", map(self._write_reminder, advice), "radar position")
        yield _cut("Candidates to judge", map(self._write_candidate, self._choose_candidates()), "radar candidates")
        yield _cut("Stale agendas", map(self._write_reminder, waiting.agendas), "radar agenda")
        yield _cut("Ideas to bring up again", self._write_ideas(), "radar acceptance")
        yield _cut("They want to talk", map(self._write_reminder, waiting.wishes), "radar feedback")
        yield _cut("Surveys", map(self._write_reminder, waiting.surveys), "radar survey")
        yield _cut("Feeds failing", map(self._write_feed, waiting.failing), "radar feeds")

    def _write_exposure(self, one: Exposure) -> LetterLine:
        signal = self.waiting.signals.get(one.topic)
        known = self.waiting.last.exposed if self.waiting.last else ()
        new = one.topic not in known and one.since_on > self.today - WEEK
        due = f"overdue since {format_day(one.due_on)}" if one.overdue else f"due {format_day(one.due_on)}"
        level = "" if one.confirmed else ", not confirmed yet"
        since = f" since {format_day(signal.since)}" if signal else ""
        touched = [self.waiting.executives.get(slug, slug) for slug in one.executives]
        agenda = f"On the agenda of {_join(touched)}. " if touched else ""
        return LetterLine(
            what=f"{self._name(one.topic)}: {one.phase}{since}{level}",
            note=f"new · {due}" if new else due,
            more=f"{agenda}{one.reason[0].upper()}{one.reason[1:]}.",
            command=one.command,
        )

    def _write_reminder(self, one: Reminder) -> LetterLine:
        due = ""
        if one.due_on:
            due = f"{'overdue since' if one.due_on < self.today else 'due'} {format_day(one.due_on)}"
        return LetterLine(f"{clean_text(one.about)}: {clean_text(one.line, 300)}", due, "", one.command)

    def _choose_candidates(self) -> list[Candidate]:
        """Return those that are confirmed, and the early ones of the week; the likeliest to last first."""
        wanted = [c for c in self.waiting.candidates if c.level == "confirmed" or c.raised_on > self.since]
        return sorted(wanted, key=lambda c: (c.level != "confirmed", -c.confidence, c.term))

    def _write_candidate(self, one: Candidate) -> LetterLine:
        term = clean_text(one.term, 80)
        on = one.confirmed_on or one.raised_on
        return LetterLine(
            f"“{term}”: {one.confidence:.0%} likely to last half a year",
            f"{one.level} {format_day(on)}",
            clean_text(one.sentence, 300),
            f"radar candidates show {_quote(term)}",
        )

    def _write_ideas(self) -> Iterator[LetterLine]:
        for one in self.waiting.ideas:
            who = self.waiting.executives.get(one.executive, one.executive)
            what = f"{self._name(one.topic)}, with {who}: {one.stage} since {format_day(one.since_on)}"
            due = one.nudge_on is not None and one.nudge_on <= self.today
            if one.shelved:
                times = "once" if one.floated == 1 else "twice" if one.floated == 2 else f"{one.floated} times"
                yield LetterLine(
                    what, "on the shelf", f"Floated {times}, last on {format_day(one.last_on)}; no answer."
                )
            elif due and one.nudge_on:
                yield LetterLine(what, f"to be brought up since {format_day(one.nudge_on)}")

    def _write_feed(self, feed: Health) -> LetterLine:
        since = f"since {format_day(feed.failing_since_at.date())}" if feed.failing_since_at else ""
        name = clean_text(feed.title or feed.publisher, 80)
        return LetterLine(f"{name}: {feed.state}", since, clean_text(feed.reason, 200))

    # -- what is news -------------------------------------------------------------------------------------------------

    def _list_news(self) -> Iterator[LetterPart]:
        yield _cut("Closed since the last letter", self._write_closed())
        known = self.waiting.last.verdicts if self.waiting.last else ()
        fresh = [line for line in self.waiting.ledger if line.verdict in ("faded", "missed")]
        fresh = [line for line in fresh if _verdict_of(line) not in known]
        yield _cut("News from the ledger", map(self._write_verdict, fresh), "radar ledger")

    def _write_closed(self) -> Iterator[LetterLine]:
        for topic in self.waiting.last.exposed if self.waiting.last else ():
            if topic in self.exposed:
                continue
            position, signal = (self.waiting.approved or {}).get(topic), self.waiting.signals.get(topic)
            if position and position.settled_at.date() >= self.since:
                day = format_day(position.settled_at.date())
                said = f"{position.ring}, approved by {clean_text(position.approved_by, 80)} on {day}"
            else:
                phase = signal.phase if signal else None
                said = "advised on" if phase in ("rising", "surging") and position else f"{phase or 'quiet'} now"
            yield LetterLine(f"{self._name(topic)}: {said}")

    def _write_verdict(self, line: LedgerLine) -> LetterLine:
        name = self._name(line.topic) if line.topic else f"“{clean_text(line.term, 80)}”"
        flagged = f" on {format_day(line.flagged_on)}" if line.flagged_on else ""
        if line.verdict == "faded":
            told = [self.waiting.executives.get(who, who) for who, _ in line.briefed]
            return LetterLine(
                f"{name}: we warned{flagged}, and it faded", more=f"Told to {_join(told)}." if told else ""
            )
        if line.raised and (line.flagged_on is None or line.raised[0].raised_on < line.flagged_on):
            first = line.raised[0]
            who = self.waiting.executives.get(first.executive, first.executive)
            return LetterLine(f"{name}: missed. {who} raised it on {format_day(first.raised_on)}, before we did")
        return LetterLine(f"{name}: missed. It was mainstream before we flagged it")

    # -- the lines around ---------------------------------------------------------------------------------------------

    def _write_subject(self, waits: int) -> str:
        exposed = [one for one in self.waiting.exposures if one.executives] or self.waiting.exposures
        if exposed:
            number = len(self.waiting.exposures)
            needs = "1 topic needs advice" if number == 1 else f"{number} topics need advice"
            overdue = sum(one.overdue for one in self.waiting.exposures)
            late = f", {overdue} overdue" if overdue else ""
            return f"{needs}{late}: {self._name(exposed[0].topic)} {exposed[0].phase}"
        if waits:
            return f"Nobody is exposed; {waits} {'thing waits' if waits == 1 else 'things wait'} for you"
        return "Nothing needs you this week"

    def _write_scope(self) -> str:
        moving = sum(signal.phase in ("rising", "surging") for signal in self.waiting.signals.values())
        parts = [f"{moving} {'topic moves' if moving == 1 else 'topics move'}, {len(self.exposed)} without advice"]
        if self.waiting.feeds:
            parts.append(f"{self.waiting.feeds - len(self.waiting.failing)} of {self.waiting.feeds} feeds are read")
        return " · ".join(parts)

    def _write_notes(self, waits: int) -> Iterator[str]:
        if not self.waiting.signals:
            yield "No week of press has been read yet: nobody can tell what moves. See `radar status`."
        elif not waits:
            yield (
                "Nothing needs you this week: every topic that moves and touches an agenda has current advice, no "
                "review or next step is due, and every feed is read."
            )
        missed = name_week(date.fromisocalendar(int(self.week[:4]), int(self.week[-2:]), 1) - WEEK)
        if self.waiting.last and self.waiting.last.week < missed:
            yield f"No letter went out in week {missed[-2:].lstrip('0')}: Radar was not running."

    def _name(self, topic: str) -> str:
        return clean_text(self.waiting.topics.get(topic, topic), 80)


#: What the line beside the subject calls the things of a part: one, several.
_THINGS = {
    "Topics without advice": ("topic without advice", "topics without advice"),
    "Surging on nobody’s agenda": ("surges on nobody’s agenda", "surge on nobody’s agenda"),
    "Advice to look at": ("position to look at", "positions to look at"),
    "Candidates to judge": ("candidate to judge", "candidates to judge"),
    "Stale agendas": ("stale agenda", "stale agendas"),
    "Ideas to bring up again": ("idea to bring up again", "ideas to bring up again"),
    "They want to talk": ("wish to talk", "wishes to talk"),
    "Surveys": ("survey", "surveys"),
    "Feeds failing": ("feed fails", "feeds fail"),
    "Closed since the last letter": ("closed", "closed"),
    "News from the ledger": ("entry in the ledger", "entries in the ledger"),
}


def _count_part(part: LetterPart) -> str:
    number = len(part.lines) + part.left
    return f"{number} {_THINGS[part.heading][number != 1]}"


def _verdict_of(line: LedgerLine) -> str:
    return f"{line.topic or line.term} {line.verdict}"


def _cut(heading: str, lines: Iterable[LetterLine], command: str = "") -> LetterPart:
    told = tuple(lines)
    return LetterPart(heading, told[:MOST], max(0, len(told) - MOST), command)


def _join(names: Sequence[str]) -> str:
    cleaned = [clean_text(name, 80) for name in names]
    return " and ".join(filter(None, (", ".join(cleaned[:-1]), *cleaned[-1:])))


def _quote(term: str) -> str:
    import shlex

    return shlex.quote(term)
