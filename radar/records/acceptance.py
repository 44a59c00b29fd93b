"""How far each executive has come with each topic: what happened, what they answered, what they know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    by: str = ""  # the person who noted it; "": Radar derived it from an issue or an answer, and stores it nowhere
    note: str = ""
    revisit_on: date | None = None  # declined or parked: not before this day, unless the topic's phase changes
    nudge_on: date | None = None  # when to bring it up again
    number: int = 0  # in the order of noting, given by the store


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


Answer = Literal["useful", "let's talk", "knew already", "not for me"]
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
    claim: str = ""  # what the item said: its words are what ranking learns from
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taste:
    """What an executive's answers teach their ranking; bounded however often they answer."""

    topics: Mapping[str, float] = field(default_factory=dict)  # topic → leaning, above -1 and below 1
    liked: tuple[str, ...] = ()  # claims found useful, the latest first
    disliked: tuple[str, ...] = ()  # claims that were not for them
    done: frozenset[str] = frozenset()  # ids of stories not to be told again


Familiarity = Literal["never met", "introduced", "familiar"]
FAMILIARITIES: tuple[Familiarity, ...] = ("never met", "introduced", "familiar")


@dataclass(frozen=True, slots=True)
class Taught:
    """The advisor's word on how well an executive knows a topic; what happens later builds on it."""

    executive: str
    topic: str
    familiarity: Familiarity
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Rapport:
    """How an executive stands with a topic: how well they know it, how far they have come. Key: both names."""

    executive: str
    topic: str
    familiarity: Familiarity
    acceptance: Acceptance | None  # None: never floated


@dataclass(frozen=True, slots=True)
class Held:
    """A topic that an executive set aside: left out of what digests float."""

    topic: str
    stage: Literal["declined", "parked"]
    since_on: date
    revisit_on: date | None  # None: until its phase changes
