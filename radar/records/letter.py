"""The desk letter: what waits for the advisor, once a week."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One thing the letter tells."""

    what: str
    note: str = ""  # beside it: "due 4 December"
    more: str = ""  # the evidence, or who it touches
    command: str = ""  # what to do


@dataclass(frozen=True, slots=True)
class LetterPart:
    """Lines of one sort under a heading."""

    heading: str
    lines: tuple[LetterLine, ...]
    left: int = 0  # how many more there are
    command: str = ""  # what lists them all


@dataclass(frozen=True, slots=True)
class Letter:
    """The desk letter of one ISO week, stored as it was sent. Key: `week`."""

    week: str
    composed_at: datetime
    subject: str
    preheader: str
    scope: str  # how much moves, and how much of it is advised on
    parts: tuple[LetterPart, ...]
    notes: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()  # topics on the exposure list then: the next letter tells what is new and closed
    verdicts: tuple[str, ...] = ()  # "topic verdict" or "term verdict" in the ledger then
