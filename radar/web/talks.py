"""The routes around one-on-one talks: the pack to take along, what came of a talk, the next one for a calendar."""

from dataclasses import dataclass

from fastapi import Request, Response

from radar.listen.talk import TalkNotes
from radar.records import Outcomes, Pack, Talk
from radar.web.access import Caller, reach_executive, store_of
from radar.web.answers import answer
from radar.web.body import Body, decode_body
from radar.web.route import API, Route


@dataclass(frozen=True, slots=True)
class TalkList:
    """Talks with an executive, the latest first."""

    executive: str
    items: tuple[Talk, ...]


class CalendarFile(Response):
    """An iCalendar file (RFC 5545)."""

    media_type = "text/calendar"


def show_pack(request: Request, slug: str, caller: Caller) -> Response:
    """Show what to take into a talk with an executive; the advisor's notes, not the executive's."""
    executive = reach_executive(request, caller, slug)
    return answer(request.app.state.pipeline().compose_pack(executive.slug, request.app.state.now()))


def list_talks(request: Request, slug: str, caller: Caller) -> Response:
    """List the talks with an executive, the latest first."""
    executive = reach_executive(request, caller, slug)
    return answer(TalkList(executive.slug, tuple(store_of(request).list_talks(executive.slug))))


def note_talk(request: Request, slug: str, body: Body, caller: Caller) -> Response:
    """Note what came of a talk, all of it or nothing; the same notes again repeat nothing."""
    executive = reach_executive(request, caller, slug)
    notes = decode_body(body, TalkNotes)
    now = request.app.state.now()
    return answer(request.app.state.pipeline().note_talk(executive.slug, notes, now, caller.name))


def show_next_talk(request: Request, slug: str, caller: Caller) -> Response:
    """Show the next talk with an executive as an iCalendar file (RFC 5545); it says when, not what about."""
    executive = reach_executive(request, caller, slug)
    return CalendarFile(request.app.state.pipeline().write_invitation(executive.slug))


ROUTES = (
    Route(f"{API}/executives/{{slug}}/pack", show_pack, Pack, "executives"),
    Route(f"{API}/executives/{{slug}}/talks", list_talks, TalkList, "executives"),
    Route(f"{API}/executives/{{slug}}/talks", note_talk, Outcomes, "executives", "POST", TalkNotes),
    Route(f"{API}/executives/{{slug}}/talks/next.ics", show_next_talk, None, "executives", answers=CalendarFile),
)
