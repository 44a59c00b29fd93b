"""What discovery finds: terms nobody listed, how they fare, and what was decided on them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from radar.records.watch import Crossing, Phase

Level = Literal["early", "confirmed"]
Novelty = Literal["new", "surge", "creep"]
Standing = Literal["open", "promoted", "merged", "muted"]
#: What can happen to a candidate: it is raised, confirmed, changes its phase, or is decided on.
ChangeKind = Literal["raised", "confirmed", "promoted", "merged", "muted"] | Phase


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term nobody listed that may be a topic; looked at every week while it is open. Key: `term`."""

    term: str
    names: tuple[str, ...]  # the term first; what else it is called, and terms that stand in the same titles
    raised_on: date  # the day after the week that raised it
    level: Level
    confirmed_on: date | None
    novelty: Novelty  # never seen before, more than its past, or a slow growth over a year
    phase: Phase
    since: date  # the day since which it has this phase
    as_of: date  # the day after the week that its numbers are of
    confidence: float  # chance that it lasts half a year, when it was raised or confirmed
    strength: float  # -log10 of the chance of so many titles if nothing had changed; 0: too little for a warning
    weeks: int  # the window in which that is so
    titles: int  # in the window
    expected: float
    publishers: int  # independent ones in 52 weeks
    active_weeks: int  # of the last 13
    affinity: float  # to the trade rather than the world's news, by the words around it: about -0.7 to 0.9
    first_seen_on: date
    crossed: tuple[Crossing, ...]  # kinds of press that have written of it, in order of their first title
    sentence: str  # the evidence in words a president understands
    standing: Standing = "open"
    topic: str = ""  # the topic it was promoted to or merged into


@dataclass(frozen=True, slots=True)
class CandidateChange:
    """Something that happened to a candidate. Key: (`term`, `on`, `what`)."""

    term: str
    on: date
    what: ChangeKind
    by: str = ""  # who decided; "": Radar itself
    topic: str = ""  # where it went
    sentence: str = ""  # the evidence then
