"""What the organisation's staff asked for and how satisfied they are; nobody can tell who said what."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Need:
    """What a closed survey says of a topic. Key: (`survey`, `topic`). Shown only from five answers on."""

    survey: str
    topic: str
    closed_on: date
    asking: int  # respondents who ask for it
    answers: int  # respondents who answered at all
    satisfaction: float | None = None  # mean of 1..5 among those who gave one
    before: float | None = None  # the same in the survey before
