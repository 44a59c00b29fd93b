"""What an advisor takes into a one-on-one talk."""

from dataclasses import dataclass
from datetime import date, datetime

from radar.records.acceptance import Feedback, Stage
from radar.records.brief import Move, Source
from radar.records.judge import Raised
from radar.records.listen import Ring, Statement
from radar.records.watch import Phase


@dataclass(frozen=True, slots=True)
class Turn:
    """A topic that stands elsewhere than at the last talk."""

    topic: str
    topic_name: str
    before: Phase | None  # at the last talk
    phase: Phase | None
    on: date  # the day on which its present phase was noticed
    sentence: str  # the evidence of the latest week


@dataclass(frozen=True, slots=True)
class Tidings:
    """A statement of the agenda, how old it is, and what has happened to it since the last talk."""

    statement: Statement
    days: int | None  # since it was noted; None: nobody knows
    stale: str  # why to ask whether it still holds, or ""
    turns: tuple[Turn, ...] = ()
    moves: tuple[Move, ...] = ()
    stories: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Possibility:
    """Something to float in the talk."""

    topic: str
    topic_name: str
    phase: Phase
    evidence: str
    statement: str  # id
    quote: str  # the statement, in their words
    because: str  # "never talked about", "told in 3 digests, never talked about", …
    opening: str  # a question to begin with


@dataclass(frozen=True, slots=True)
class Decision:
    """A next step on file that touches this executive."""

    topic: str
    topic_name: str
    ring: Ring
    step: str
    due_on: date
    owner: str
    overdue: int  # days; 0: not yet
    draft: bool


@dataclass(frozen=True, slots=True)
class Nudge:
    """An idea that was floated and waits for an answer, or for its day."""

    topic: str
    topic_name: str
    stage: Stage
    since_on: date
    because: str  # "to be brought up again on 4 Dec", "shelved: …"


@dataclass(frozen=True, slots=True)
class Pack:
    """What an advisor takes into a talk: the advisor's notes. Key: (`executive`, `prepared_at`)."""

    executive: str
    executive_name: str
    role: str
    tz: str
    prepared_at: datetime
    last_on: date | None  # the last talk; None: none is on file
    last_note: str
    since: date  # from when on changes are told
    next_at: datetime | None
    agenda: tuple[Tidings, ...]
    possibilities: tuple[Possibility, ...]
    decisions: tuple[Decision, ...]
    nudges: tuple[Nudge, ...]
    answers: tuple[Feedback, ...]
    raised: tuple[tuple[str, Raised], ...]  # the topic's name, and what was noted
