"""Compose a one-on-one pack: agenda + signals + stories + advice + acceptance since the last talk → Pack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from radar.brief.compose import cite_story, find_moves
from radar.brief.pack.questions import Asking
from radar.brief.relevance import format_day, list_parents
from radar.records import (
    Acceptance,
    Decision,
    Executive,
    Feedback,
    Held,
    Nudge,
    Pack,
    Phase,
    Position,
    Possibility,
    Raised,
    Ranked,
    Signal,
    Statement,
    Step,
    Talk,
    Tidings,
    Topic,
    Turn,
)

#: How far a pack looks back when no talk is on file.
FIRST_LOOK = timedelta(weeks=13)
MAX_POSSIBILITIES = 3
#: Per statement: what is read at a glance before a talk.
MAX_STORIES = 2
MAX_TURNS = 3
_TAKEN_UP = ("interested", "trial", "accepted")
_NUDGE_AHEAD = timedelta(days=7)
_MOVING: Mapping[Phase, float] = {"surging": 1.0, "rising": 0.8}
_EARLY = 0.5  # what an unconfirmed signal counts for beside a confirmed one


@dataclass(frozen=True, slots=True)
class Notes:
    """What a pack is composed from."""

    statements: Sequence[Statement]  # those that have not ended
    stale: Mapping[str, str]  # statement id → why to ask whether it still holds
    topics: Mapping[str, Topic]
    histories: Mapping[str, Sequence[Signal]]  # topic → its signals, oldest first
    ranked: Sequence[Ranked]  # the stories since the last talk
    positions: Mapping[str, Sequence[Position]]  # topic → every version, oldest first
    talks: Sequence[Talk] = ()  # latest first
    steps: Sequence[Step] = ()  # noted and derived, in order of time
    acceptances: Mapping[str, Acceptance] = field(default_factory=dict)  # by topic
    held: Mapping[str, Held] = field(default_factory=dict)  # set aside, and not to be floated yet
    answers: Sequence[Feedback] = ()  # that stand, newest first
    raised: Sequence[Raised] = ()  # by this executive


def find_since(talks: Sequence[Talk], now: datetime) -> date:
    """Return the day from which on changes are told: that of the last talk, or a quarter back."""
    return talks[0].held_on if talks else (now - FIRST_LOOK).date()


def compose_pack(executive: Executive, notes: Notes, now: datetime) -> Pack:
    """Return the pack. The same arguments give the same pack, word for word."""
    return _Packing(executive, notes, now).compose()


class _Packing:
    """One pack in the making."""

    def __init__(self, executive: Executive, notes: Notes, now: datetime) -> None:
        self.executive, self.notes, self.now, self.today = executive, notes, now, now.date()
        self.since = find_since(notes.talks, now)
        self.asking = Asking(notes.topics.values())
        self.statements = sorted(notes.statements, key=lambda words: (-words.weight, words.id))

    def compose(self) -> Pack:
        last = next(iter(self.notes.talks), None)
        possibilities = self._choose_possibilities()
        return Pack(
            executive=self.executive.slug,
            executive_name=self.executive.name,
            role=self.executive.role,
            tz=self.executive.tz,
            prepared_at=self.now,
            last_on=last.held_on if last else None,
            last_note=last.note if last else "",
            since=self.since,
            next_at=last.next_at if last else None,
            agenda=tuple(self._tell(words) for words in self.statements),
            possibilities=possibilities,
            decisions=self._list_decisions(),
            nudges=self._list_nudges({one.topic for one in possibilities}),
            answers=tuple(one for one in self.notes.answers if one.at.date() >= self.since),
            raised=tuple(
                (self._name(one.topic), one) for one in self.notes.raised if self.since <= one.raised_on <= self.today
            ),
        )

    def _name(self, topic: str) -> str:
        return self.notes.topics[topic].name if topic in self.notes.topics else topic

    def _touches(self, words: Statement, topic: str) -> bool:
        """Tell whether a statement is linked to a topic, or to a broader one that it belongs to."""
        return topic in words.topics or bool(set(list_parents(topic, self.notes.topics)) & set(words.topics))

    def _find_statement(self, topic: str) -> Statement | None:
        """Return the weightiest statement that a topic touches."""
        return next((words for words in self.statements if self._touches(words, topic)), None)

    # -- the agenda, and what has changed on it -----------------------------------------------------------------------

    def _tell(self, words: Statement) -> Tidings:
        own = {topic: versions for topic, versions in self.notes.positions.items() if self._touches(words, topic)}
        since = datetime.combine(self.since, time.max, self.now.tzinfo)
        stories = sorted(
            (one for one in self.notes.ranked if one.statement and one.statement.id == words.id),
            key=lambda one: (len(one.story.publishers) == 1, -one.score, one.story.id),
        )
        return Tidings(
            statement=words,
            days=max(0, (self.today - words.noted_on).days) if words.noted_on else None,
            stale=self.notes.stale.get(words.id, ""),
            turns=self._find_turns(words),
            moves=find_moves(own, since, self.now, self._name),
            stories=tuple(cite_story(one.story) for one in stories[:MAX_STORIES]),
        )

    def _find_turns(self, words: Statement) -> tuple[Turn, ...]:
        """Return the topics of a statement whose phase is another one than at the last talk, the busiest first."""
        turns = []
        for topic, history in sorted(self.notes.histories.items()):
            if not history or not self._touches(words, topic):
                continue
            latest = history[-1]
            before = [one.phase for one in history if _notice(one.week) <= self.since]
            was = before[-1] if before else None
            # Weak signals are no news to an executive, and that e-mail is mainstream is none to anybody.
            if was != latest.phase and {was, latest.phase} & {"rising", "surging", "fading"}:
                turn = Turn(topic, self._name(topic), was, latest.phase, _notice(latest.since), latest.sentence)
                turns.append((_weigh(latest), turn))
        return tuple(turn for _, turn in sorted(turns, key=lambda one: (-one[0], one[1].topic))[:MAX_TURNS])

    # -- possibilities ------------------------------------------------------------------------------------------------

    def _choose_possibilities(self) -> tuple[Possibility, ...]:
        """Choose moving topics on the agenda that may be floated now; the weightiest first."""
        chosen = []
        for topic, history in self.notes.histories.items():
            signal = history[-1] if history else None
            words = self._find_statement(topic)
            if signal is None or words is None or signal.phase not in _MOVING:
                continue
            because = self._find_occasion(topic, signal)
            if because:
                chosen.append((_weigh(signal) * (0.5 + words.weight / 10), signal, words, because))
        chosen.sort(key=lambda one: (-one[0], one[1].topic))
        return tuple(self._float(*one[1:]) for one in chosen[:MAX_POSSIBILITIES])

    def _find_occasion(self, topic: str, signal: Signal) -> str:
        """Return why an idea is to be floated in this talk, or "" when it is not."""
        acceptance = self.notes.acceptances.get(topic)
        if acceptance is None:
            return "never floated"
        stage, since = acceptance.stage, format_day(acceptance.since_on)
        if stage in ("trial", "accepted"):
            return ""
        if stage in ("declined", "parked"):
            news = f"{signal.phase} since {format_day(_notice(signal.since))}"
            return "" if topic in self.notes.held else f"{stage} on {since}; {news}"
        if acceptance.shelved:
            return f"floated {acceptance.floated} times since {since}, no answer"
        if self._last_wish(topic):
            return f"wants to talk about it since {since}"
        if acceptance.nudge_on and acceptance.nudge_on <= self.today:
            return f"{stage}; to be brought up again since {format_day(acceptance.nudge_on)}"
        if self._last_spoken(topic) is None:
            asked = max((one.raised_on for one in self.notes.raised if one.topic == topic), default=None)
            spoken = f"they asked about it on {format_day(asked)}" if asked else "never talked about"
            return f"told in {acceptance.floated} digest{'s' * (acceptance.floated != 1)}, {spoken}"
        return ""

    def _last_spoken(self, topic: str) -> date | None:
        """Return the day on which an idea was last talked or written about."""
        days = [one.at.date() for one in self.notes.steps if one.topic == topic and one.channel != "digest" and one.by]
        return max(days, default=None)

    def _last_wish(self, topic: str) -> date | None:
        """Return the day on which they asked to talk about an idea, unless it was talked about since."""
        acceptance, spoken = self.notes.acceptances.get(topic), self._last_spoken(topic)
        if acceptance is None or acceptance.stage != "interested":
            return None
        wishes = [
            one.at.date() for one in self.notes.steps if one.topic == topic and one.stage == "interested" and not one.by
        ]
        wish = max(wishes, default=None)
        return wish if wish and (spoken is None or wish > spoken) else None

    def _float(self, signal: Signal, words: Statement, because: str) -> Possibility:
        approved = [one for one in self.notes.positions.get(signal.topic, ()) if one.approved_by]
        assert signal.phase is not None
        return Possibility(
            topic=signal.topic,
            topic_name=self._name(signal.topic),
            phase=signal.phase,
            evidence=signal.sentence if signal.confirmed else f"early, for you to judge · {signal.sentence}",
            statement=words.id,
            quote=words.text,
            because=because,
            opening=self.asking.write_opening(
                words,
                self._name(signal.topic),
                signal.phase,
                approved[-1] if approved else None,
                self.notes.acceptances.get(signal.topic),
                None if self._last_wish(signal.topic) else self._last_spoken(signal.topic),
            ),
        )

    # -- what is open -------------------------------------------------------------------------------------------------

    def _list_decisions(self) -> tuple[Decision, ...]:
        """List the dated next steps on topics that touch this executive, or that are theirs to do; overdue first."""
        own_names = {self.executive.name.casefold(), self.executive.role.casefold()} - {""}
        found = []
        for topic, versions in self.notes.positions.items():
            advice = versions[-1]
            if not advice.next_step or advice.due_on is None:
                continue
            acceptance = self.notes.acceptances.get(topic)
            theirs = advice.owner.casefold() in own_names or (acceptance and acceptance.stage in _TAKEN_UP)
            if theirs or self._find_statement(topic):
                overdue = max(0, (self.today - advice.due_on).days)
                found.append(
                    Decision(
                        topic,
                        self._name(topic),
                        advice.ring,
                        advice.next_step,
                        advice.due_on,
                        advice.owner,
                        overdue,
                        not advice.approved_by,
                    )
                )
        return tuple(sorted(found, key=lambda one: (one.due_on, one.topic)))

    def _list_nudges(self, floated: set[str]) -> tuple[Nudge, ...]:
        """List the ideas whose day has come, or comes within a week, and those shelved; not what is floated anyway."""
        soon = self.today + _NUDGE_AHEAD
        nudges = []
        for topic, one in sorted(self.notes.acceptances.items()):
            because = ""
            if one.shelved:
                because = f"floated {one.floated} times, no answer in eight weeks"
            elif one.stage not in ("declined", "parked") and one.nudge_on and one.nudge_on <= soon:
                because = f"to be brought up again on {format_day(one.nudge_on)}"
            elif one.stage in ("declined", "parked") and one.revisit_on and one.revisit_on <= soon:
                because = f"to be looked at again on {format_day(one.revisit_on)}"
            if because and topic not in floated:
                nudges.append(Nudge(topic, self._name(topic), one.stage, one.since_on, because))
        return tuple(nudges)


def _notice(week: date) -> date:
    """Return the day on which what a closed week showed could be known: the Monday after it."""
    return week + timedelta(days=7)


def _weigh(signal: Signal) -> float:
    phase = _MOVING.get(signal.phase, 0.2) if signal.phase else 0.0
    return phase * signal.confidence * (1.0 if signal.confirmed else _EARLY)
