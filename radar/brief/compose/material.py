"""What an issue is chosen from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from radar.records import Familiarity, Held, Issue, Position, Ranked, Signal, Statement, Topic

LOOK_BACK = 8  # issues in which a warning is remembered


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read for an issue, for the line at its head."""

    stories: int
    publishers: int
    feeds_failing: int
    weeks_watched: int
    feeds_by_state: Mapping[str, int] = field(default_factory=dict)
    feeds_dead: Sequence[str] = ()  # titles of those unread for a week


@dataclass(frozen=True, slots=True)
class Material:
    """What an issue is chosen from. `positions` maps topic to its versions, oldest first."""

    ranked: Sequence[Ranked]
    signals: Mapping[str, Signal]
    topics: Mapping[str, Topic]
    positions: Mapping[str, Sequence[Position]]
    statements: Sequence[Statement]
    earlier: Sequence[Issue]  # newest first
    coverage: Coverage
    familiarity: Mapping[str, Familiarity] = field(default_factory=dict)  # topic → how well the reader knows it
    held: Mapping[str, Held] = field(default_factory=dict)  # topics the reader set aside
    merged: Mapping[str, str] = field(default_factory=dict)  # id of a story that is no more → the one it went into
