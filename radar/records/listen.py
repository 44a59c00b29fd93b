"""What listening knows: executives, their statements, the advice on file, the gaps in it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from radar.records.watch import Phase

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
Detail = Literal["plain", "standard", "technical"]
DETAILS: tuple[Detail, ...] = ("plain", "standard", "technical")


@dataclass(frozen=True, slots=True)
class Executive:
    """A reader of digests. Key: `slug`."""

    slug: str
    name: str
    role: str
    email: str
    tz: str = "UTC"  # IANA name
    day: int = 0  # weekday of the digest, 0 = Monday
    time: str = "07:30"  # local
    paused: bool = False
    enrolled_at: datetime | None = None  # no issue is due for a slot before it: first the agenda, then the digest
    detail: Detail = "standard"  # how much of the evidence, the sources and the explaining a digest carries


@dataclass(frozen=True, slots=True)
class Proposal:
    """A topic that a statement may be about; a person confirms or dismisses it."""

    topic: str
    score: float  # 0..1: how sure Radar is
    reason: str  # what suggests it, in words


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing an executive wants, in their own words. Key: `id`."""

    id: str
    executive: str
    text: str
    weight: int = 3  # 1..5
    noted_on: date | None = None
    occasion: str = "one-on-one"
    review_on: date | None = None
    topics: tuple[str, ...] = ()  # confirmed links
    include: tuple[str, ...] = ()  # terms that always matter
    mute: tuple[str, ...] = ()  # terms never wanted
    ended_on: date | None = None
    proposed: tuple[Proposal, ...] = ()  # topics it may be about, the surest first; nobody has confirmed them
    dismissed: tuple[str, ...] = ()  # topics somebody said it is not about: never proposed again


@dataclass(frozen=True, slots=True)
class StatementChange:
    """One version of a statement: what it said from then on, and who wrote it down."""

    statement: Statement
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Stale:
    """Something about an agenda that ought to be renewed. Key: (`executive`, `kind`, `statement`)."""

    executive: str
    kind: Literal["no statements", "no talk", "past review"]
    reason: str  # in words; never the agenda's own
    statement: str = ""  # id, where one statement is meant
    since: date | None = None  # since when it is so, where that is known


Ring = Literal["adopt", "trial", "assess", "hold"]
RINGS: tuple[Ring, ...] = ("adopt", "trial", "assess", "hold")


@dataclass(frozen=True, slots=True)
class Position:
    """Advice on file. Versions are immutable: approving one adds another. Key: (`topic`, `version`)."""

    topic: str
    ring: Ring
    so_what: str
    say: str  # what to say if asked, at most 60 words
    written_at: datetime  # when these words were written; approving keeps it
    version: int = 1
    next_step: str = ""
    due_on: date | None = None
    owner: str = ""
    approved_by: str = ""  # "": a draft
    review_on: date | None = None
    drafted_by: str = ""
    approved_at: datetime | None = None

    @property
    def settled_at(self) -> datetime:
        """When somebody stood up for it; of a draft, when it was written."""
        return self.approved_at or self.written_at


@dataclass(frozen=True, slots=True)
class RingMove:
    """A topic's move between rings, or onto the radar, made by approving a version of the advice on it."""

    topic: str
    moved_on: date
    ring: Ring
    previous: Ring | None  # None: new on the radar
    version: int
    approved_by: str


@dataclass(frozen=True, slots=True)
class AdviceDraft:
    """What advice on a topic starts from: what is known, and sentences with blanks for what a person has to say."""

    topic: str
    phase: Phase | None
    facts: tuple[str, ...]
    ring: Ring
    so_what: str
    say: str
    next_step: str
    due_on: date | None
    owner: str
    review_on: date


@dataclass(frozen=True, slots=True)
class Exposure:
    """A topic that moves while no current, approved advice is on file."""

    topic: str
    executives: tuple[str, ...]  # whose agenda it touches; () : nobody's
    phase: Phase
    reason: str  # "no position", "position past its review date", …
    score: float
    due_on: date  # counted from `since_on`, so that it stays
    since_on: date
    overdue: bool
    confirmed: bool  # the signal: executives hear of it
    statements: tuple[str, ...]  # ids of those it touches
    command: str  # what to do next


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that waits for the advisor."""

    about: str  # a topic, executive or survey, as readers know it
    line: str  # what of it, in words
    due_on: date | None = None
    command: str = ""  # what to do
