"""Exactly one digest a week, whatever the zone and whatever the clocks do."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from radar.brief.slot import LATE, find_due_week, find_next_slot, find_slot, name_week
from radar.records import Executive
from tests.building import DAY, HOUR, PRESIDENT

ZONES = [
    "UTC", "Africa/Nairobi", "Africa/Casablanca", "Europe/London", "Europe/Berlin", "America/New_York",
    "America/Los_Angeles", "America/St_Johns", "America/Asuncion", "Asia/Kathmandu", "Asia/Beirut",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati",
]  # fmt: skip
#: Ordinary ones, midnight, the last minutes of the ISO week, and Sundays at the hours the clocks change.
SLOTS = [(0, "07:30"), (0, "00:00"), (4, "17:00"), (6, "00:30"), (6, "01:30"), (6, "02:30"), (6, "23:59")]
STEP = timedelta(hours=7)  # with 24 it has no common divisor: every hour of the day is met


def reader(zone: str, day: int = 0, time: str = "07:30", *, paused: bool = False) -> Executive:
    return Executive("reader", "A Reader", "Reader", "reader@example.org", zone, day, time, paused)


def simulate(executive: Executive, start: datetime, end: datetime) -> dict[str, datetime]:
    """Tick through time as a scheduler does; return when each week's issue was published."""
    published: dict[str, datetime] = {}
    now = start
    while now < end:
        week = find_due_week(executive, now)
        if week is not None:
            published.setdefault(week, now)
        now += STEP
    return published


@pytest.mark.parametrize("zone", ZONES)
def test_there_is_exactly_one_slot_in_every_week_of_three_years(zone: str) -> None:
    """14 zones, 7 slots, every daylight-saving change of three years; each issue at the first tick behind its slot."""
    start, end = datetime(2026, 1, 5, 15, tzinfo=UTC), datetime(2029, 1, 8, 15, tzinfo=UTC)
    weeks = {name_week((start + number * DAY).date()) for number in range(7, (end - start).days - 7)}
    for day, time in SLOTS:
        executive = reader(zone, day, time)
        published = simulate(executive, start, end)
        assert weeks <= set(published), (day, time)
        assert len(set(published) - weeks) <= 3  # the cut-off weeks at both ends
        due = {week: find_slot(executive, at).due_at for week, at in published.items() if week in weeks}
        assert all(timedelta(0) <= published[week] - due[week] < STEP for week in due)
        local = Counter(at.astimezone(ZoneInfo(zone)).strftime("%w %H:%M") for at in due.values())
        usual = f"{(day + 1) % 7} {time}"
        assert local[usual] >= len(due) - 3, local  # at most one spring a year skips the time itself
        assert all(name_week(at.astimezone(ZoneInfo(zone)).date()) == week for week, at in due.items())


def test_a_time_the_clock_skips_counts_as_if_it_did_not() -> None:
    """On 29 March 2026 Berlin has no 02:30: the digest goes at 03:30, which is 02:30 without the change."""
    slot = find_slot(reader("Europe/Berlin", 6, "02:30"), datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert slot.due_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert slot.week == "2026-W13"


def test_a_time_that_comes_twice_counts_once() -> None:
    """On 25 October 2026 Berlin has 02:30 twice: the first is the slot, the second makes no new week."""
    executive = reader("Europe/Berlin", 6, "02:30")
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert find_slot(executive, first).due_at == find_slot(executive, second).due_at == first
    assert find_slot(executive, first - timedelta(seconds=1)).week == "2026-W42"


@pytest.mark.parametrize(
    ("late", "week"),
    [(timedelta(0), "2026-W48"), (timedelta(minutes=1), "2026-W48"), (6 * HOUR, "2026-W48"), (LATE, "2026-W48"),
     (LATE + timedelta(seconds=1), None), (7 * DAY - HOUR, None), (7 * DAY, "2026-W49"), (15 * DAY, "2026-W50")],
)  # fmt: skip
def test_a_late_digest_goes_out_within_three_days_only(late: timedelta, week: str | None) -> None:
    """After a longer downtime the missed one is skipped, and never two come at once."""
    due = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 07:30 in Nairobi
    assert find_due_week(PRESIDENT, due + late) == week


def test_a_paused_reader_is_never_due() -> None:
    """Not even late."""
    now = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert find_due_week(reader("UTC"), now) == "2026-W48"
    assert find_due_week(reader("UTC", paused=True), now) is None


@pytest.mark.parametrize("zone", ZONES)
def test_the_next_slot_follows_the_present_one(zone: str) -> None:
    """In the future, of the following week, and itself the present one when it comes."""
    executive = reader(zone, 6, "01:30")
    for number in range(60):
        now = datetime(2026, 2, 28, 5, tzinfo=UTC) + number * 7 * DAY
        following = find_next_slot(executive, now)
        assert following.due_at > now
        assert timedelta(days=6) < following.due_at - find_slot(executive, now).due_at < timedelta(days=8)
        assert find_slot(executive, following.due_at) == following


def test_a_week_is_named_by_its_iso_year() -> None:
    """The days around New Year belong to the week's year, not the calendar's."""
    assert name_week(datetime(2027, 1, 1, tzinfo=UTC).date()) == "2026-W53"
    assert name_week(datetime(2029, 12, 31, tzinfo=UTC).date()) == "2030-W01"


def test_who_is_added_after_the_slot_waits_for_the_next_one() -> None:
    """The agenda is written first; an empty digest would go out within the minute otherwise."""
    monday = datetime(2026, 11, 30, 4, 30, tzinfo=UTC)
    late = replace(PRESIDENT, enrolled_at=monday + timedelta(hours=1))
    assert find_due_week(late, monday + timedelta(hours=2)) is None
    assert find_due_week(late, monday + timedelta(days=7)) == "2026-W50"
