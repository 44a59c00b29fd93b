"""When a digest is due: weekday, local time and time zone → the ISO week whose issue should be out by now."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from radar.records import Executive

#: A digest missed by more than this is skipped and said so: news of last week is no news.
LATE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned issue."""

    week: str  # ISO, "2026-W48"
    due_at: datetime


class Weekly(Protocol):
    """What comes once a week."""

    @property
    def tz(self) -> str:
        """The time zone, by its IANA name."""

    @property
    def day(self) -> int:
        """The weekday, 0 = Monday."""

    @property
    def time(self) -> str:
        """The local time, as in 07:30."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """A weekday and a local time."""

    tz: str
    day: int
    time: str


def find_slot(weekly: Weekly, now: datetime) -> Slot:
    """Return the newest slot that is not in the future.

    A local time that the clock skips in spring counts as the moment it would have been without the change; one that
    happens twice in autumn counts the first time. So there is exactly one slot a week, in every zone.
    """
    zone = ZoneInfo(weekly.tz)
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - weekly.day) % 7)
    slot = _place_slot(weekly, day, zone)
    return slot if slot.due_at <= now else _place_slot(weekly, day - timedelta(days=7), zone)


def find_next_slot(weekly: Weekly, now: datetime) -> Slot:
    """Return the next slot in the future."""
    return find_slot(weekly, find_slot(weekly, now).due_at + timedelta(days=8))


def find_due_week(executive: Executive, now: datetime) -> str | None:
    """Return the week whose issue should go out now; None when it is too late, or for who is paused or came later."""
    slot = find_slot(executive, now)
    came_later = executive.enrolled_at is not None and slot.due_at < executive.enrolled_at
    return None if executive.paused or came_later or now - slot.due_at > LATE else slot.week


def name_week(day: date) -> str:
    """Return a day's ISO week: 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _place_slot(weekly: Weekly, day: date, zone: ZoneInfo) -> Slot:
    hour, minute = weekly.time.split(":")
    local = datetime.combine(day, time(int(hour), int(minute)), zone)
    return Slot(name_week(day), local.astimezone(UTC))
