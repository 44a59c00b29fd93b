"""The routes of the executives: who they are, what they want, what they were sent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from fastapi import Request, Response

from radar.errors import Conflict, Unusable
from radar.listen.fields import read_address, read_line, read_slug, read_time, read_zone
from radar.records import Detail, Erased, Executive
from radar.text import clean_text
from radar.web import views
from radar.web.access import Caller, check_name, reach_executive, store_of
from radar.web.answers import answer
from radar.web.body import Body, decode_body, read_fields
from radar.web.problems import ProblemError
from radar.web.route import API, Limit, Route

_READERS: dict[str, Callable[[str], Any]] = {
    "slug": read_slug,
    "name": read_line,
    "role": clean_text,
    "email": read_address,
    "tz": read_zone,
    "time": read_time,
}


class ExecutiveFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change of an executive; what is left out stays as it is."""

    name: str | None = None
    role: str | None = None
    email: str | None = None
    tz: str | None = None
    day: Annotated[int, msgspec.Meta(ge=0, le=6)] | None = None  # 0: Monday
    time: str | None = None
    detail: Detail | None = None
    paused: bool | None = None


class NewExecutive(ExecutiveFields, frozen=True, forbid_unknown_fields=True):
    """A reader of digests: `slug` and `name`, and what is known beside."""

    slug: str | None = None


def list_executives(request: Request, caller: Caller) -> Response:
    """List the executives: an advisor's key reaches all, an executive's key itself."""
    if caller.scope == "advisor":
        return answer(views.ExecutiveList(tuple(store_of(request).list_executives())))
    return answer(views.ExecutiveList((reach_executive(request, caller, caller.executive),)))


def add_executive(request: Request, body: Body, caller: Caller) -> Response:
    """Add an executive, who gets the next digest that is due."""
    given = read_fields(decode_body(body, NewExecutive), _READERS)
    for needed in ("slug", "name"):
        if needed not in given:
            raise Unusable(needed, "is missing; add it")
    store = store_of(request)
    if given["slug"] in {person.slug for person in store.list_executives()}:
        raise Conflict("there is such an executive")
    person = Executive(**({"role": "", "email": "", "enrolled_at": request.app.state.now()} | given))
    store.save_executive(person)
    return answer(person)


def change_executive(request: Request, slug: str, body: Body, caller: Caller) -> Response:
    """Change an executive; what is left out stays as it is."""
    executive = reach_executive(request, caller, slug)
    person = replace(executive, **read_fields(decode_body(body, ExecutiveFields), _READERS))
    store_of(request).save_executive(person)
    return answer(person)


def show_agenda(request: Request, slug: str, caller: Caller) -> Response:
    """Show what an executive wants, in their own words."""
    executive = reach_executive(request, caller, slug)
    return answer(views.Agenda(slug, tuple(store_of(request).list_statements(executive.slug))))


def list_issues(request: Request, slug: str, caller: Caller, limit: Limit = 50) -> Response:
    """List an executive's issues, newest first."""
    executive = reach_executive(request, caller, slug)
    issues = store_of(request).list_issues(executive.slug, limit)
    return answer(views.IssueList(tuple(views.list_issue(issue) for issue in issues)))


def find_issue(request: Request, slug: str, week: str, caller: Caller) -> Response:
    """Show one issue whole; its week is ISO, as in 2026-W48."""
    executive = reach_executive(request, caller, slug)
    issue = store_of(request).find_issue(executive.slug, check_name(week))
    if issue is None:
        raise ProblemError(404)
    return answer(views.show_issue(issue))


def erase_executive(request: Request, slug: str, caller: Caller) -> Response:
    """Remove an executive and everything kept of them, for good; tells what went, table by table."""
    executive = reach_executive(request, caller, slug)
    return answer(request.app.state.pipeline().erase_executive(executive.slug))


ROUTES = (
    Route(f"{API}/executives", add_executive, Executive, "executives", "POST", NewExecutive),
    Route(f"{API}/executives/{{slug}}", change_executive, Executive, "executives", "PATCH", ExecutiveFields),
    Route(f"{API}/executives/{{slug}}", erase_executive, Erased, "executives", "DELETE"),
    Route(f"{API}/executives", list_executives, views.ExecutiveList, "executives"),
    Route(f"{API}/executives/{{slug}}/agenda", show_agenda, views.Agenda, "executives"),
    Route(f"{API}/executives/{{slug}}/issues", list_issues, views.IssueList, "executives"),
    Route(f"{API}/executives/{{slug}}/issues/{{week}}", find_issue, views.IssueDetail, "executives"),
)
