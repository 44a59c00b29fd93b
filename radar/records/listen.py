"""What listening knows: executives, their statements, the advice on file, the gaps in it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from radar.records.watch import Phase

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
    """Advice on file. Versions are immutable. Key: (`topic`, `version`)."""

    topic: str
    ring: Ring
    so_what: str
    say: str  # what to say if asked, at most 60 words
    written_at: datetime
    version: int = 1
    next_step: str = ""
    due_on: date | None = None
    owner: str = ""
    approved_by: str = ""  # "": a draft
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """A topic that moves while no current, approved advice is on file."""

    topic: str
    executives: tuple[str, ...]  # whose agenda it touches; () : nobody's
    phase: Phase
    reason: str  # "no position", "position past its review date", …
    score: float
    due_on: date
