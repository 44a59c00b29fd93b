"""The routes of the executives: who they are, what they want, what they were sent."""

from fastapi import Request, Response

from radar.web import views
from radar.web.access import Caller, check_name, reach_executive, store_of
from radar.web.answers import answer
from radar.web.problems import ProblemError
from radar.web.route import API, Limit, Route


def list_executives(request: Request, caller: Caller) -> Response:
    """List the executives: an advisor's key reaches all, an executive's key itself."""
    if caller.scope == "advisor":
        return answer(views.ExecutiveList(tuple(store_of(request).list_executives())))
    return answer(views.ExecutiveList((reach_executive(request, caller, caller.executive),)))


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


ROUTES = (
    Route(f"{API}/executives", list_executives, views.ExecutiveList, "executives"),
    Route(f"{API}/executives/{{slug}}/agenda", show_agenda, views.Agenda, "executives"),
    Route(f"{API}/executives/{{slug}}/issues", list_issues, views.IssueList, "executives"),
    Route(f"{API}/executives/{{slug}}/issues/{{week}}", find_issue, views.IssueDetail, "executives"),
)
