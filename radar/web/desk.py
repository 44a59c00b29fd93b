"""The routes of the advisor's desk: terms nobody listed and what is decided on them; the ledger."""

from typing import Annotated

from fastapi import Query, Request, Response

from radar import desk
from radar.records import Candidate, Topic
from radar.web import views
from radar.web.access import check_name, store_of
from radar.web.answers import answer, answer_tagged
from radar.web.route import API, Route


def list_candidates(request: Request) -> Response:
    """List terms nobody listed that may be topics, and what was decided on them; the latest raised first."""
    return answer_tagged(request, views.CandidateList(tuple(store_of(request).list_candidates())))


def find_candidate(request: Request, term: str) -> Response:
    """Show a candidate, by its term or one of its names, with the seeds proposed for a topic."""
    one, seeds = desk.show_candidate(store_of(request), check_name(term), request.app.state.now().date())
    return answer_tagged(request, views.CandidateDetail(one, seeds))


def promote_candidate(
    request: Request,
    term: str,
    quadrant: Annotated[str, Query(description="A sector of the radar picture, as in `/topics`.")],
    definition: Annotated[str, Query(description="What it is, in a sentence of at most 200 characters.")],
    slug: Annotated[str, Query(description="The term itself if left out.")] = "",
    name: Annotated[str, Query(description="As an executive reads it; the term itself if left out.")] = "",
    seed: Annotated[tuple[str, ...], Query(description="Words that hint at it; those proposed if left out.")] = (),
) -> Response:
    """Make a candidate a topic of topics.toml; the next crawl, within a minute, reads every story anew with it."""
    draft = Topic(slug, name, quadrant, definition, seeds=seed)
    home, today = request.app.state.settings.home, request.app.state.now().date()
    return answer(desk.promote_candidate(store_of(request), home, check_name(term), draft, today))


def merge_candidate(
    request: Request, term: str, topic: Annotated[str, Query(description="The topic it is a name of, by its slug.")]
) -> Response:
    """Give a candidate's names to a topic as aliases; the next crawl reads every story anew with them."""
    home = request.app.state.settings.home
    return answer(desk.merge_candidate(store_of(request), home, check_name(term), check_name(topic)))


def mute_candidate(request: Request, term: str) -> Response:
    """Never raise a term again."""
    return answer(desk.mute_candidate(store_of(request), request.app.state.settings.home, check_name(term)))


def show_ledger(request: Request) -> Response:
    """List every topic that was flagged or raised: leads, misses, false alarms, how far confidence can be trusted."""
    lines, reliability = desk.read_ledger(store_of(request))
    return answer_tagged(request, views.Ledger(tuple(lines), tuple(reliability)))


ROUTES = (
    Route(f"{API}/candidates", list_candidates, views.CandidateList, "watch"),
    Route(f"{API}/candidates/{{term}}", find_candidate, views.CandidateDetail, "watch"),
    Route(f"{API}/candidates/{{term}}/promote", promote_candidate, Candidate, "desk", "POST"),
    Route(f"{API}/candidates/{{term}}/merge", merge_candidate, Candidate, "desk", "POST"),
    Route(f"{API}/candidates/{{term}}/mute", mute_candidate, Candidate, "desk", "POST"),
    Route(f"{API}/ledger", show_ledger, views.Ledger, "watch"),
)
