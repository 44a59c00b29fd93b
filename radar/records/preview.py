"""What an agenda would have brought its executive: the last weeks' issues, composed again and compared."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from radar.records.brief import Section


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """An item an executive would have received, and what a change of the agenda does to it."""

    section: Section
    claim: str
    topic: str
    topic_name: str
    quote: str  # the statement it serves, in the executive's own words
    why: tuple[str, ...]
    change: Literal["", "added", "dropped", "moved"] = ""
    moved_from: Section | None = None


@dataclass(frozen=True, slots=True)
class PreviewWeek:
    """One week's issue. Key: `week`."""

    week: str  # ISO
    due_at: datetime
    stories_read: int
    items: tuple[PreviewItem, ...]  # in the order of the issue; what was dropped stands after
