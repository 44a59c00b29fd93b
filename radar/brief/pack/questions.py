"""Word the question by which a possibility is floated: from the statement's own words, and where both stand."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from radar.brief.relevance import format_day
from radar.records import Acceptance, Phase, Position, Statement, Topic
from radar.text import clean_text

#: Longest quotation inside a question: it is to be said, not read out.
_MAX_QUOTE = 140
#: Patterns by the ring of our advice or, where there is none, the phase; a second idea of the kind gets the next one.
_PATTERNS = {
    "adopt": (
        "We advise to use {topic} now. Who on your side should go first?",
        "{Topic} could be in use by spring. What would have to make way for that?",
    ),
    "trial": (
        "We are trying {topic} in a small way. What result would convince you?",
        "Whom would you ask before you let {topic} near your people?",
    ),
    "assess": (
        "What would it take for you to try {topic} in one place, with people you choose?",
        "If {topic} worked for us as promised, what would you do differently?",
    ),
    "hold": (
        "We advise to wait with {topic}. Who, if anybody, is asking you for it?",
        "What would you say to somebody who wants {topic} from us now?",
    ),
    "surging": (
        "If a board member asked you about {topic} tomorrow, what would you want to be able to say?",
        "Who has spoken to you of {topic} lately, and what did they want?",
    ),
    "rising": (
        "Where could {topic} help with that, and what would worry you?",
        "What have you heard of {topic}, and from whom?",
    ),
}


class Asking:
    """The questions of one pack: none is asked in the same words twice."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._common = find_common_words(topics)
        self._asked: Counter[str] = Counter()

    def write_opening(
        self,
        statement: Statement,
        topic_name: str,
        phase: Phase,
        position: Position | None,
        acceptance: Acceptance | None,
        talked_on: date | None,
    ) -> str:
        """Return an opening question.

        What was said of the idea before comes first; of a new one, the executive's own words, then what the advice on
        file calls for, or where there is none, what the phase does. `talked_on` is the last talk about the idea.
        """
        name = lower_name(topic_name, self._common)
        if acceptance and acceptance.stage in ("declined", "parked"):
            day = format_day(acceptance.since_on)
            return f"On {day} you set the idea of {name} aside. Much has been written since: does that still hold?"
        if acceptance and acceptance.shelved:
            return (
                f"We have brought up {name} {_count_times(acceptance.floated)} and never got to an answer. "
                "What would make it worth ten minutes, or shall I drop the idea?"
            )
        if talked_on:
            return f"On {format_day(talked_on)} we spoke of {name}. What has become clearer to you since?"
        if acceptance and acceptance.stage == "interested":
            return f"You wanted to talk about {name}. What made you curious?"
        # What everybody writes about is asked of a president before any trial of ours is over.
        key: str = position.ring if position and (phase != "surging" or position.ring in ("adopt", "trial")) else phase
        pattern = _PATTERNS[key][self._asked[key] % len(_PATTERNS[key])]
        self._asked[key] += 1
        return f"{_quote(statement)} {pattern.format(topic=name, Topic=name[:1].upper() + name[1:])}"


def _quote(statement: Statement) -> str:
    said = f"On {format_day(statement.noted_on)} you said" if statement.noted_on else "You said"
    return f"{said}: “{clean_text(statement.text, _MAX_QUOTE).rstrip('.')}”."


def _count_times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def find_common_words(topics: Iterable[Topic]) -> frozenset[str]:
    """Return the words that the topics' own prose writes in lower case: "passkeys" is one of them, "Linux" is none."""
    prose = " ".join(f"{topic.definition} {topic.primer}" for topic in topics)
    return frozenset(word for word in (part.strip(".,;:()“”’'\"") for part in prose.split()) if word.islower())


def lower_name(name: str, common: frozenset[str]) -> str:
    """Return a topic's name as it reads in the middle of a sentence: "Short video" begins small, "Linux" does not."""
    first, _, rest = name.partition(" ")
    parts = first.lower().split("-")
    if not first[1:].islower() or common.isdisjoint({*parts, *(part.removesuffix("s") for part in parts)}):
        return name
    return f"{first.lower()} {rest}".rstrip()
