"""How well an executive knows a topic: never met → introduced → familiar. Decides between primer and news alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from radar.records import Familiarity, Feedback, Issue, Step, Taught

#: Issues that told of a topic after the one with its primer, until it counts as familiar.
BRIEFED_AGAIN = 3


def judge_familiarity(
    issues: Iterable[Issue], feedback: Iterable[Feedback], steps: Iterable[Step], taught: Iterable[Taught]
) -> dict[str, Familiarity]:
    """Return how well one executive knows each topic they have met in any way; every other they have never met.

    A primer introduces, as does a talk that leaves them aware or interested; being briefed again, an answer "knew
    already", and trying or accepting it make familiar. The advisor's word sets the level, and what happens later builds
    on it.
    """
    events: list[tuple[datetime, int, str, Familiarity | Literal["primer", "briefed"]]] = []
    for issue in issues:
        events += [(issue.composed_at, 0, primer.topic, "primer") for primer in issue.primers]
        told = {item.topic for item in issue.items if item.section != "quiet"} - {one.topic for one in issue.primers}
        events += [(issue.composed_at, 0, topic, "briefed") for topic in told]
    events += [(one.at, 1, one.topic, "familiar") for one in feedback if one.answer == "knew already"]
    for one in steps:
        if one.stage in ("trial", "accepted"):
            events.append((one.at, 1, one.topic, "familiar"))
        elif one.by and one.stage in ("aware", "interested"):  # who has talked about it needs no primer
            events.append((one.at, 1, one.topic, "primer"))
    events += [(one.at, 2, one.topic, one.familiarity) for one in taught]
    levels: dict[str, Familiarity] = {}
    again: dict[str, int] = {}
    for _, _, topic, event in sorted(event for event in events if event[2]):
        known = levels.get(topic, "never met")
        if event == "briefed":
            again[topic] = again.get(topic, 0) + (known == "introduced")
            if again[topic] == BRIEFED_AGAIN:
                levels[topic] = "familiar"
        elif event == "primer":
            levels[topic] = "introduced" if known == "never met" else known
        else:
            levels[topic], again[topic] = event, 0
    return levels
