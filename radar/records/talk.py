"""One-on-one talks: when they were, what came of them, when the next one is."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Talk:
    """A one-on-one talk that was held. Key: (`executive`, `held_on`)."""

    executive: str
    held_on: date
    noted_at: datetime
    by: str
    note: str = ""
    next_at: datetime | None = None  # when the next one is to be
