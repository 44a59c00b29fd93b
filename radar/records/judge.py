"""What judging produces: who raised a topic first, and how well each topic was warned of."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Raised:
    """An executive spoke of a topic before Radar did, or asked about it. Key: (`topic`, `executive`)."""

    topic: str
    executive: str
    raised_on: date


Verdict = Literal["in time", "late", "missed", "faded", "open"]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """How a topic, or a candidate that is none yet, was warned of. Key: (`topic`, `term`)."""

    topic: str  # "": a candidate
    term: str  # the candidate it is, or was before it was promoted; "" for a topic that was listed from the beginning
    first_seen_on: date | None
    flagged_on: date | None  # the Monday after the first week in which it rose or surged, or was raised as a candidate
    confirmed_on: date | None
    briefed: tuple[tuple[str, date], ...]  # executive, and the day of the first issue that told of it
    mainstream_on: date | None
    raised: tuple[Raised, ...]
    lead: int | None  # days from the flag to mainstream
    confidence: float | None  # when it was confirmed
    lasted: bool | None  # half a year after it was confirmed; None: not known yet
    faded_on: date | None  # since when, where it was confirmed and fades
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of the warnings confirmed with about this confidence, how many lasted."""

    low: float
    high: float
    warnings: int
    lasted: int
