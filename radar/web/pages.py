"""The pages a digest links to: the issue in the browser, and pausing the digests without a login.

Reading a page changes nothing, whatever scanners and previews fetch; only POST does. One-click unsubscribe (RFC 8058)
posts `List-Unsubscribe=One-Click` to the pause page, which asks for nothing and so reads no body.
"""

from dataclasses import replace

from fastapi import FastAPI, Request, Response

from radar import __version__
from radar.brief.render import render_page
from radar.config import Settings
from radar.desk.rapport import link_issue
from radar.errors import UnknownName
from radar.records import Executive, Issue
from radar.web.access import store_of
from radar.web.feedback import add_feedback_pages
from radar.web.page import answer_page, fill_page
from radar.web.problems import ProblemError

#: 128 random bits, base64url: what an issue's token looks like.
TOKEN_LENGTH = 22


def add_pages(app: FastAPI) -> None:
    """Add the pages to the application."""
    for method, path, endpoint in (
        ("GET", "/", show_home),
        ("GET", "/i/{token}", show_issue_page),
        ("GET", "/i/{token}/pause", show_pause_page),
        ("POST", "/i/{token}/pause", pause_digests),
        ("POST", "/i/{token}/resume", resume_digests),
    ):
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False)
    add_feedback_pages(app)


async def show_home() -> Response:
    """Show what this is, to anybody."""
    return fill_page("home.html", version=__version__)


def show_issue_page(request: Request, token: str) -> Response:
    """Show the stored issue a mail's link opens."""
    issue = _find_issue(request, token)
    settings: Settings = request.app.state.settings
    # The request's own host name is one of ours: the guard saw to it.
    here = settings.web.public_url or str(request.base_url).rstrip("/")
    links = link_issue(store_of(request), issue, here)
    links.pop("browser_url")
    return answer_page(render_page(issue, advisor=settings.advisor.name, **links))


def show_pause_page(request: Request, token: str) -> Response:
    """Ask whether to pause, or to resume."""
    return _answer_state(_find_reader(request, token))


def pause_digests(request: Request, token: str) -> Response:
    """Pause the digests of the executive the issue was for."""
    return _answer_state(_set_paused(request, token, paused=True))


def resume_digests(request: Request, token: str) -> Response:
    """Resume them."""
    return _answer_state(_set_paused(request, token, paused=False))


def _find_issue(request: Request, token: str) -> Issue:
    issue = None
    if len(token) == TOKEN_LENGTH and token.isascii() and token.isprintable():
        issue = store_of(request).find_issue_by_token(token)
    if issue is None:
        raise ProblemError(404)
    return issue


def _find_reader(request: Request, token: str) -> Executive:
    issue = _find_issue(request, token)
    try:
        return store_of(request).find_executive(issue.executive)
    except UnknownName:
        raise ProblemError(404) from None


def _set_paused(request: Request, token: str, *, paused: bool) -> Executive:
    reader = _find_reader(request, token)
    if reader.paused != paused:
        reader = replace(reader, paused=paused)
        store_of(request).save_executive(reader)
    return reader


def _answer_state(reader: Executive) -> Response:
    if reader.paused:
        return fill_page(
            "pause.html",
            heading="Your digests are paused",
            sentence="Radar keeps reading for you, but sends you nothing until you resume.",
            action="resume",
            button="Resume the digests",
            note="Your agenda stays as it is. To talk about it, reply to any digest.",
        )
    return fill_page(
        "pause.html",
        heading="Pause the weekly digest?",
        sentence="You get it once a week. Pausing takes one click, and so does resuming.",
        action="pause",
        button="Pause the digests",
        note="Nothing changes until you press the button.",
    )
