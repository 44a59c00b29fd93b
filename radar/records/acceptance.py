"""How far each executive has come with each topic: what happened, what they answered, what they know."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Stage = Literal["floated", "aware", "interested", "trial", "accepted", "declined", "parked"]
#: The ladder, then the two ways off it.
STAGES: tuple[Stage, ...] = ("floated", "aware", "interested", "trial", "accepted", "declined", "parked")
Channel = Literal["digest", "talk", "reply"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened between an executive and a topic; never changed, only followed. Key: `number`."""

    executive: str
    topic: str
    stage: Stage
    at: datetime
    channel: Channel
    by: str = ""  # the person who noted it; "": Radar derived it from a digest or an answer
    note: str = ""
    revisit_on: date | None = None  # declined or parked: not before this day, unless the topic's phase changes
    nudge_on: date | None = None  # when to bring it up again
    number: int = 0  # in order of time, given by the store


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Where an executive stands with a topic, by the steps so far. Key: (`executive`, `topic`)."""

    executive: str
    topic: str
    stage: Stage
    since_on: date
    floated: int  # times it was floated
    last_on: date  # of the latest step
    nudge_on: date | None = None
    revisit_on: date | None = None
    shelved: bool = False  # floated twice, and no answer in eight weeks


Answer = Literal["useful", "not for me", "knew already", "let's talk"]
ANSWERS: tuple[Answer, ...] = ("useful", "let's talk", "knew already", "not for me")


@dataclass(frozen=True, slots=True)
class Feedback:
    """An executive's one-click answer to an item. Key: (`executive`, `week`, `item`): the latest answer counts."""

    executive: str
    week: str  # of the issue, ISO
    item: str  # id within the issue
    answer: Answer
    at: datetime
    channel: Literal["mail", "api", "cli"]
    topic: str = ""
    story: str = ""  # id of the story that led the item
    undone_at: datetime | None = None


Familiarity = Literal["never met", "introduced", "familiar"]
