"""What the organisation's staff asked for and how satisfied they are; nobody can tell who said what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

SurveyState = Literal["draft", "open", "closed"]
#: Where fewer agree, or disagree, it could be told who they are: such a number is never kept.
LEAST_ANSWERS = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """What a survey asks about: one topic, or several that staff see as one thing. Key within a survey: `key`."""

    label: str  # as staff read it
    topics: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name of its fields."""
        return self.topics[0]


@dataclass(frozen=True, slots=True)
class Risen:
    """The word that rose most in what staff wrote since the survey before. Counts are people, question by question."""

    word: str
    people: int
    wrote: int  # who answered that question at all
    before: int | None  # None: fewer than five
    wrote_before: int


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey of end users. Key: `slug`."""

    slug: str
    title: str
    subjects: tuple[Subject, ...]
    questions: tuple[str, str]  # what do you need?, and one other
    closes_on: date  # the last day on which it takes answers, UTC
    created_at: datetime
    state: SurveyState = "draft"
    closed_on: date | None = None
    answers: int = 0  # counted when it closes
    risen: Risen | None = None

    def takes_answers(self, today: date) -> bool:
        """Tell whether it can be answered on that day."""
        return self.state == "open" and today <= self.closes_on


@dataclass(frozen=True, slots=True)
class SurveyLink:
    """A way into a survey: a person's own, or one that a list of people shares. Key: `token`.

    It knows how often it was used, and nothing of what was said.
    """

    token: str
    survey: str
    name: str  # the address it was sent to, or the name of the list
    personal: bool
    people: int = 1  # how many answers it takes
    used: int = 0
    reminded: bool = False


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """What one person ticked, rated and wrote; what was written is stored apart from the rest."""

    needs: tuple[str, ...] = ()  # keys of subjects
    satisfaction: Mapping[str, int] = field(default_factory=dict)  # key of a subject → 1..5
    texts: tuple[str, str] = ("", "")  # to the two questions


@dataclass(frozen=True, slots=True)
class SurveyText:
    """What somebody wrote, and the topics it speaks of. Carries nothing that leads to its author."""

    question: int  # 0: what do you need?, 1: the other
    text: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """What a closed survey says of a topic. Key: (`survey`, `topic`). Holds only what everybody may be shown."""

    survey: str
    topic: str
    label: str  # what staff were asked about
    closed_on: date
    answers: int  # respondents who answered at all
    asking: int | None  # who ask for it; None: fewer than five, or too few answers to tell
    at_least: bool = False  # fewer than five do not ask for it: `asking` is rounded down to hide how many
    satisfaction: float | None = None  # mean of 1..5 among those who gave one, if five did
    before: float | None = None  # the same in the survey before
    asking_before: int | None = None  # who asked for it then, where both are known exactly
    answers_before: int | None = None
    sentence: str = ""  # the need in words; "" where too few ask

    @property
    def told(self) -> str:
        """How many ask, as it may be told. Below ten answers either side of a count may be too small a group."""
        if self.asking is not None:
            return f"{'at least ' * self.at_least}{self.asking}"
        few = self.answers < 2 * LEAST_ANSWERS
        return f"not told, only {self.answers} answered" if few else f"fewer than {LEAST_ANSWERS}"

    @property
    def rise(self) -> float:
        """By how much the share asking for it has grown since the survey before; 0 where that is not known."""
        if self.asking is None or self.asking_before is None or not self.answers_before or self.at_least:
            return 0.0
        return self.asking / self.answers - self.asking_before / self.answers_before
