"""Write the next one-on-one as an iCalendar file: Talk → bytes (RFC 5545).

Calendars are shared, forwarded and shown on phones that lie on tables: the file says who meets and when, and never
what about.
"""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from radar.records import Executive, Talk
from radar.text import clean_text, stable_id

LENGTH = timedelta(hours=1)
_AROUND = timedelta(days=370)  # the changes of the clock that the file carries


def write_invitation(talk: Talk, executive: Executive, advisor: str, organiser: str, domain: str) -> bytes:
    """Return the next talk that was agreed in a talk, in the executive's time zone; the same talk gives the same bytes.

    A date that was moved keeps its UID and has a higher SEQUENCE (RFC 5545, 3.8.7.4), so that calendars move the entry
    instead of adding one. `organiser` is an e-mail address, or "".
    """
    assert talk.next_at is not None
    begins = talk.next_at.astimezone(ZoneInfo(executive.tz))
    keeper = clean_text(advisor, 80)
    event = Event()
    event.add("uid", f"{stable_id('talk', talk.executive, talk.held_on.isoformat())}@{domain}")
    event.add("sequence", talk.moved)
    event.add("dtstamp", talk.noted_at.astimezone(UTC))
    event.add("dtstart", begins)
    event.add("dtend", begins + LENGTH)
    event.add("summary", f"One-on-one: {clean_text(executive.name, 80)} and {keeper or 'advisor'}")
    event.add("class", "PRIVATE")
    if organiser:
        address = vCalAddress(f"mailto:{organiser}")
        if keeper:
            address.params["CN"] = vText(keeper)
        event.add("organizer", address)
    calendar = Calendar()
    calendar.add("prodid", "-//Radar//One-on-one//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones(begins.date() - _AROUND, begins.date() + _AROUND)
    return bytes(calendar.to_ical())
