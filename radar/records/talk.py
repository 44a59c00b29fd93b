"""One-on-one talks: when they were, what came of them, when the next one is."""

from dataclasses import dataclass
from datetime import date, datetime

from radar.records.acceptance import Step
from radar.records.judge import Raised
from radar.records.listen import Statement


@dataclass(frozen=True, slots=True)
class Talk:
    """A one-on-one talk that was held. Key: (`executive`, `held_on`)."""

    executive: str
    held_on: date
    noted_at: datetime
    by: str
    note: str = ""
    next_at: datetime | None = None  # when the next one is to be
    moved: int = 0  # times that date was changed, counted by the store


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of a talk; stored together or not at all."""

    talk: Talk
    statements: tuple[Statement, ...] = ()  # new, changed, confirmed, ended
    steps: tuple[Step, ...] = ()
    raised: tuple[Raised, ...] = ()
