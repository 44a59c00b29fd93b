"""Answers to the items of digests: the page a mail's link opens, and the routes of the API.

Reading the page changes nothing, whatever scanners and previews fetch; only POST does. Neither reads a body.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response

from radar.brief.sheet import ANSWER_WORDS
from radar.config import Settings
from radar.desk.rapport import find_item, give_answer, link_item, open_link
from radar.listen.feedback import say_effect
from radar.records import Answer, Executive, Feedback, Issue, Item
from radar.web.access import Caller, check_name, reach_executive, store_of
from radar.web.answers import answer
from radar.web.page import fill_page
from radar.web.problems import ProblemError
from radar.web.route import API, Route

_MOST_CLAIM = 300


@dataclass(frozen=True, slots=True)
class FeedbackList:
    """The answers of an executive that stand, newest first."""

    executive: str
    items: tuple[Feedback, ...]


# -- the page ---------------------------------------------------------------------------------------------------------


def add_feedback_pages(app: FastAPI) -> None:
    """Add the page to the application."""
    for method, path, endpoint in (
        ("GET", "/f/{token}", show_answer_page),
        ("POST", "/f/{token}", give_answer_by_link),
        ("POST", "/f/{token}/undo", undo_answer_by_link),
    ):
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False)


def show_answer_page(request: Request, token: str) -> Response:
    """Show an item with the answers it can be given, the one of the link foremost; nothing is stored."""
    issue, item, proposed = _open(request, token)
    standing = store_of(request).find_feedback(issue.executive, issue.week, item.id)
    return _fill(request, issue, item, proposed, standing, done=False)


def give_answer_by_link(request: Request, token: str) -> Response:
    """Store the link's answer; again is as good as once. A link that proposes none shows the page again."""
    issue, item, proposed = _open(request, token)
    store = store_of(request)
    if proposed is None:
        return show_answer_page(request, token)
    standing = give_answer(store, issue, item, proposed, "mail", request.app.state.now())
    return _fill(request, issue, item, proposed, standing, done=True)


def undo_answer_by_link(request: Request, token: str) -> Response:
    """Take the answer to the item back."""
    issue, item, proposed = _open(request, token)
    store_of(request).undo_feedback(issue.executive, issue.week, item.id, request.app.state.now())
    return _fill(request, issue, item, proposed, None, done=True)


def _open(request: Request, token: str) -> tuple[Issue, Item, Answer | None]:
    found = open_link(store_of(request), token, request.app.state.now())
    if found is None:
        raise ProblemError(404)
    return found


def _fill(
    request: Request, issue: Issue, item: Item, proposed: Answer | None, standing: Feedback | None, *, done: bool
) -> Response:
    settings: Settings = request.app.state.settings
    tokens = link_item(store_of(request), issue, item)

    def say(one: Answer) -> str:
        return say_effect(one, item.topic_name if item.topic else "", settings.advisor.name)

    if standing is not None:
        heading = f"Noted: {ANSWER_WORDS[standing.answer].lower()}" if done else "You answered this already"
        sentence = say(standing.answer) if done else f"{ANSWER_WORDS[standing.answer]}. {say(standing.answer)}"
    elif done:
        heading, sentence = "Taken back", "Nothing is noted for this item: what you are shown is as before."
    else:
        heading, sentence = "Your answer to this item", say(proposed) if proposed else "One press is enough."
    taken = standing.answer if standing else None
    foremost = proposed if proposed and proposed != taken and not (done and standing is None) else None
    return fill_page(
        "feedback.html",
        # Relative, as a proxy may show the pages under another path.
        root="../" if request.scope["path"].endswith("/undo") else "",
        heading=heading,
        sentence=sentence,
        claim=item.claim[:_MOST_CLAIM],
        foremost=(tokens[foremost], ANSWER_WORDS[foremost]) if foremost else None,
        others=[(tokens[one], words) for one, words in ANSWER_WORDS.items() if one not in (foremost, taken)],
        undo=tokens[taken] if taken else "",
        note="" if standing or done else "Nothing changes until you press a button.",
    )


# -- the API ----------------------------------------------------------------------------------------------------------


def list_feedback(request: Request, slug: str, caller: Caller) -> Response:
    """List the answers an executive gave to items of their digests, newest first; those taken back are left out."""
    executive = reach_executive(request, caller, slug)
    return answer(FeedbackList(slug, tuple(store_of(request).list_feedback(executive.slug))))


def give_feedback(
    request: Request,
    slug: str,
    week: str,
    id: str,  # noqa: A002
    reply: Annotated[Answer, Query(alias="answer", description="What the executive says of the item.")],
    caller: Caller,
) -> Response:
    """Answer an item of a digest for its executive; the latest answer counts, the same again changes nothing."""
    issue, item = _find(request, reach_executive(request, caller, slug), week, id)
    return answer(give_answer(store_of(request), issue, item, reply, "api", request.app.state.now()))


def undo_feedback(
    request: Request,
    slug: str,
    week: str,
    id: str,  # noqa: A002
    caller: Caller,
) -> Response:
    """Take the answer to an item back: what it taught is forgotten. Answers with what stands, which is nothing."""
    issue, item = _find(request, reach_executive(request, caller, slug), week, id)
    store_of(request).undo_feedback(issue.executive, issue.week, item.id, request.app.state.now())
    return answer(FeedbackList(slug, ()))


def _find(request: Request, executive: Executive, week: str, item: str) -> tuple[Issue, Item]:
    issue, found = find_item(store_of(request), executive.slug, check_name(item), check_name(week))
    if found.id != item:  # beginnings are for people who type
        raise ProblemError(404)
    return issue, found


_ITEM = f"{API}/executives/{{slug}}/issues/{{week}}/items/{{id}}/feedback"
ROUTES = (
    Route(f"{API}/executives/{{slug}}/feedback", list_feedback, FeedbackList, "acceptance"),
    Route(_ITEM, give_feedback, Feedback, "acceptance", "POST"),
    Route(_ITEM, undo_feedback, FeedbackList, "acceptance", "DELETE"),
)
