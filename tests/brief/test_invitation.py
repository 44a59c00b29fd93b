"""The next talk as an iCalendar file: read back by the library, and searched for what must not be in it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from radar.brief.invitation import write_invitation
from radar.records import Talk
from tests.building import NOW, PRESIDENT

TALK = Talk("president", date(2026, 11, 24), NOW, "ida", "canary-note", datetime(2027, 1, 12, 7, 0, tzinfo=UTC))


def read(talk: Talk = TALK, **more: str) -> tuple[Calendar, Event]:
    content = write_invitation(talk, replace(PRESIDENT, **more), "Ida Blum", "ida@example.org", "radar.example")
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_the_talk_is_at_its_time_where_the_executive_is() -> None:
    """With the zone's rules, so that every calendar shows it right."""
    calendar, event = read()

    assert event["DTSTART"].params["TZID"] == "Africa/Nairobi"
    assert event.start.isoformat() == "2027-01-12T10:00:00+03:00"
    assert event.end - event.start == timedelta(hours=1)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Africa/Nairobi"]
    assert str(event["ORGANIZER"]) == "mailto:ida@example.org"


@pytest.mark.parametrize("tz", ["Europe/London", "America/St_Johns", "Asia/Kathmandu", "UTC"])
def test_every_zone_gives_the_same_moment(tz: str) -> None:
    """In summer and in winter, and with a file of sensible size."""
    for month in (1, 7):
        at = datetime(2027, month, 12, 7, 0, tzinfo=UTC)
        _, event = read(replace(TALK, next_at=at), tz=tz)
        assert event.start.astimezone(UTC) == at
    assert len(write_invitation(TALK, replace(PRESIDENT, tz=tz), "", "", "x")) < 2_500


def test_a_moved_talk_is_the_same_entry_with_a_higher_sequence() -> None:
    """The next talk after the next is another entry."""
    _, first = read()
    _, moved = read(replace(TALK, next_at=TALK.next_at and TALK.next_at + timedelta(days=1), moved=1))
    _, following = read(replace(TALK, held_on=date(2027, 1, 12)))

    assert (first["UID"], first["SEQUENCE"], moved["SEQUENCE"]) == (moved["UID"], 0, 1)
    assert following["UID"] != first["UID"]


def test_nothing_that_was_said_is_in_it() -> None:
    """Calendars are shared; names that break lines stay names."""
    content = write_invitation(
        TALK, replace(PRESIDENT, name="Ada\r\nX-EVIL:1;,"), "Ida", "ida@example.org", "x.example"
    )

    assert b"canary" not in content
    assert b"\nX-EVIL" not in content
    assert b"SUMMARY:One-on-one: Ada" in content


def test_the_same_talk_gives_the_same_bytes() -> None:
    """So a file written twice changes no calendar."""
    assert write_invitation(TALK, PRESIDENT, "Ida", "", "x") == write_invitation(TALK, PRESIDENT, "Ida", "", "x")
