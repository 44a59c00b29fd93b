"""What came of a one-on-one talk: the notes an advisor fills in, checked as a whole → Outcomes.

The guided questions, a file and the API all fill in the same notes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from radar.errors import Unusable
from radar.listen.agenda import number_statement
from radar.listen.fields import FIRST_DAY, MOST_WORDS
from radar.records import STAGES, Executive, Outcomes, Raised, Stage, Statement, Step, Talk
from radar.text import clean_text

MOST_NOTE = 2_000
LONGEST_AHEAD = timedelta(days=5 * 366)  # a next talk later than that is a mistyped year
_SET_ASIDE = ("declined", "parked")


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Notes refuse what they do not know: a misspelt key must not lose an answer."""


class HeardStatement(Note, frozen=True):
    """A statement on file, as it was spoken of. Words or a weight other than those on file are a change."""

    id: str
    answer: Literal["", "still right", "ended"] = ""  # "": not spoken of, unless something is changed
    text: str = ""
    weight: int = 0
    review_on: date | None = None


class NewStatement(Note, frozen=True):
    """Something they want that is not on file, in their own words."""

    text: str
    weight: int = 3
    topics: tuple[str, ...] = ()
    review_on: date | None = None


class Outcome(Note, frozen=True):
    """How far an idea came. Without a stage it was not spoken of."""

    topic: str
    stage: Literal["", "floated", "aware", "interested", "trial", "accepted", "declined", "parked"] = ""
    note: str = ""
    nudge_on: date | None = None
    revisit_on: date | None = None


class Question(Note, frozen=True):
    """A topic they asked about of their own accord."""

    topic: str
    on: date | None = None  # None: in this talk


class TalkNotes(Note, frozen=True):
    """The notes of one talk."""

    held_on: date | None = None  # None: today
    note: str = ""
    next_at: datetime | None = None  # without a zone: where the executive is
    statement: tuple[HeardStatement, ...] = ()
    new: tuple[NewStatement, ...] = ()
    outcome: tuple[Outcome, ...] = ()
    raised: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class OnFile:
    """What the notes are held against."""

    person: Executive
    statements: Sequence[Statement]  # those that ended too
    steps: Sequence[Step]
    talks: Sequence[Talk]
    topics: Collection[str]


def find_next_talk(talks: Sequence[Talk]) -> Talk | None:
    """Return the talk in which the next one was agreed, if that is still to come; `talks` are sorted, latest first."""
    last = talks[0].held_on if talks else None
    return next((talk for talk in talks if talk.next_at and last and talk.next_at.date() > last), None)


def settle_talk(notes: TalkNotes, file: OnFile, now: datetime, by: str) -> Outcomes:
    """Return what is to be stored of a talk. Notes of the same day again complete it and repeat nothing.

    Raises Unusable, naming the field: "outcome[0].topic".
    """
    return _Settling(notes, file, now, by).settle()


class _Settling:
    """The notes of one talk, being checked."""

    def __init__(self, notes: TalkNotes, file: OnFile, now: datetime, by: str) -> None:
        self.notes, self.file, self.now, self.by = notes, file, now, by
        self.zone = ZoneInfo(file.person.tz)
        self.today = now.astimezone(self.zone).date()
        self.held_on = notes.held_on or self.today

    def settle(self) -> Outcomes:
        self._check_day("held_on", self.held_on)
        return Outcomes(
            talk=self._settle_talk(),
            statements=(*self._settle_heard(), *self._settle_new()),
            steps=self._settle_steps(),
            raised=tuple(self._settle_raised(number, one) for number, one in enumerate(self.notes.raised)),
        )

    def _settle_talk(self) -> Talk:
        before = next((talk for talk in self.file.talks if talk.held_on == self.held_on), None)
        next_at = self.notes.next_at
        if next_at is not None:
            try:
                next_at = (next_at if next_at.tzinfo else next_at.replace(tzinfo=self.zone)).astimezone(UTC)
                next_on = next_at.astimezone(self.zone).date()
            except OverflowError:  # the years 1 and 9999 end in the middle of some zone's day
                raise Unusable("next_at", "is no time to meet; is the year right?") from None
            if next_on <= self.held_on:
                raise Unusable("next_at", "has to be after the talk")
            if next_at > self.now + LONGEST_AHEAD:
                raise Unusable("next_at", "lies more than five years ahead; is the year right?")
        note = clean_text(self.notes.note)
        if len(note) > MOST_NOTE:
            raise Unusable("note", f"has {len(note):,} characters; at most {MOST_NOTE:,}")
        return Talk(
            executive=self.file.person.slug,
            held_on=self.held_on,
            noted_at=self.now,
            by=self.by,
            note=note or (before.note if before else ""),
            next_at=next_at or (before.next_at if before else None),
        )

    # -- the agenda ---------------------------------------------------------------------------------------------------

    def _settle_heard(self) -> list[Statement]:
        on_file = {words.id: words for words in self.file.statements if words.ended_on is None}
        ended = {words.id for words in self.file.statements if words.ended_on is not None}
        found: dict[str, Statement] = {}
        for number, heard in enumerate(self.notes.statement):
            field = f"statement[{number}]"
            if heard.id in ended and heard.answer == "ended":  # the same notes again
                continue
            if heard.id not in on_file or heard.id in found:
                reason = "is named twice" if heard.id in found else "is none of theirs; `radar agenda` lists them"
                raise Unusable(f"{field}.id", reason)
            words = self._hear(field, heard, on_file[heard.id])
            if words != on_file[heard.id]:
                found[heard.id] = words
        return list(found.values())

    def _hear(self, field: str, heard: HeardStatement, words: Statement) -> Statement:
        """Return a statement as it stands after the talk; one that was not spoken of stays as it is."""
        text = self._read_words(f"{field}.text", heard.text) if heard.text else words.text
        weight = self._read_weight(f"{field}.weight", heard.weight) if heard.weight else words.weight
        review_on = self._read_later(f"{field}.review_on", heard.review_on)
        if not heard.answer and (text, weight, review_on) == (words.text, words.weight, None):
            return words
        # A review whose day has come was this talk.
        kept = words.review_on if words.review_on and words.review_on > self.held_on else None
        return replace(
            words,
            text=text,
            weight=weight,
            noted_on=self.held_on,
            occasion="one-on-one",
            review_on=review_on or kept,
            ended_on=self.held_on if heard.answer == "ended" else None,
        )

    def _settle_new(self) -> list[Statement]:
        known = list(self.file.statements)
        found = []
        for number, new in enumerate(self.notes.new):
            field = f"new[{number}]"
            text = self._read_words(f"{field}.text", new.text)
            for place, topic in enumerate(new.topics):
                self._check_topic(f"{field}.topics[{place}]", topic)
            weight = self._read_weight(f"{field}.weight", new.weight)
            review_on = self._read_later(f"{field}.review_on", new.review_on)
            if any(words.text == text and words.noted_on == self.held_on for words in known):
                continue  # the same notes again
            words = Statement(
                id=number_statement(self.file.person.slug, known),
                executive=self.file.person.slug,
                text=text,
                weight=weight,
                noted_on=self.held_on,
                occasion="one-on-one",
                review_on=review_on,
                topics=tuple(dict.fromkeys(new.topics)),
            )
            known.append(words)
            found.append(words)
        return found

    # -- ideas and questions ------------------------------------------------------------------------------------------

    def _settle_steps(self) -> tuple[Step, ...]:
        at = self.now if self.held_on == self.today else datetime.combine(self.held_on, time(12), self.zone)
        noted = {
            (one.topic, one.stage, one.note, one.revisit_on, one.nudge_on)
            for one in self.file.steps
            if one.channel == "talk" and one.at.astimezone(self.zone).date() == self.held_on
        }
        steps = []
        for number, outcome in enumerate(self.notes.outcome):
            step = self._settle_step(f"outcome[{number}]", outcome, at.astimezone(UTC))
            if step and (step.topic, step.stage, step.note, step.revisit_on, step.nudge_on) not in noted:
                steps.append(step)
        return tuple(steps)

    def _settle_step(self, field: str, outcome: Outcome, at: datetime) -> Step | None:
        self._check_topic(f"{field}.topic", outcome.topic)
        if not outcome.stage:
            if outcome.note or outcome.nudge_on or outcome.revisit_on:
                raise Unusable(f"{field}.stage", f"is missing; write {', '.join(STAGES)}")
            return None
        stage: Stage = outcome.stage
        if outcome.revisit_on and stage not in _SET_ASIDE:
            raise Unusable(f"{field}.revisit_on", "only what was declined or parked is revisited; use nudge_on")
        return Step(
            executive=self.file.person.slug,
            topic=outcome.topic,
            stage=stage,
            at=at,
            channel="talk",
            by=self.by,
            note=clean_text(outcome.note, MOST_WORDS),
            revisit_on=self._read_later(f"{field}.revisit_on", outcome.revisit_on),
            nudge_on=self._read_later(f"{field}.nudge_on", outcome.nudge_on),
        )

    def _settle_raised(self, number: int, one: Question) -> Raised:
        self._check_topic(f"raised[{number}].topic", one.topic)
        if one.on is not None:
            self._check_day(f"raised[{number}].on", one.on)
        return Raised(one.topic, self.file.person.slug, one.on or self.held_on)

    # -- fields -------------------------------------------------------------------------------------------------------

    def _check_day(self, field: str, day: date) -> None:
        if day > self.today:
            raise Unusable(field, "lies in the future; note what was said when it was")
        if day < FIRST_DAY:
            raise Unusable(field, f"is too long ago; name a day from {FIRST_DAY} on")

    def _check_topic(self, field: str, topic: str) -> None:
        if topic not in self.file.topics:
            raise Unusable(field, "is no topic; `radar topics` lists them")

    def _read_later(self, field: str, day: date | None) -> date | None:
        if day is not None and day <= self.held_on:
            raise Unusable(field, "has to be after the talk")
        return day

    @staticmethod
    def _read_words(field: str, text: str) -> str:
        words = clean_text(text)
        if not 0 < len(words) <= MOST_WORDS:
            raise Unusable(field, f"has to be their words, at most {MOST_WORDS} characters")
        return words

    @staticmethod
    def _read_weight(field: str, weight: int) -> int:
        if not 1 <= weight <= 5:
            raise Unusable(field, "has to be a number from 1 to 5")
        return weight
