"""The routes of the advisor's desk: terms nobody listed and what is decided on them; the ledger."""

from datetime import date
from typing import Annotated

from fastapi import Query, Request, Response

from radar.desk import candidates, ledger
from radar.records import Candidate, Raised, Topic
from radar.web import views
from radar.web.access import Caller, check_name, store_of
from radar.web.answers import answer, answer_tagged
from radar.web.route import API, Route

_Topic = Annotated[str, Query(description="What was raised: a topic, by its slug.")]
_Executive = Annotated[str, Query(description="Who raised it.")]


def list_candidates(request: Request) -> Response:
    """List terms nobody listed that may be topics, and what was decided on them; the latest raised first."""
    return answer_tagged(request, views.CandidateList(tuple(store_of(request).list_candidates())))


def find_candidate(request: Request, term: str) -> Response:
    """Show a candidate, by its term or one of its names: seeds proposed for a topic, and what has happened to it."""
    one, seeds = candidates.show_candidate(store_of(request), check_name(term), _today(request))
    history = store_of(request).list_candidate_changes(one.term)
    return answer_tagged(request, views.CandidateDetail(one, seeds, tuple(history)))


def promote_candidate(
    request: Request,
    term: str,
    caller: Caller,
    quadrant: Annotated[str, Query(description="A sector of the radar picture, as in `/topics`.")],
    definition: Annotated[str, Query(description="What it is, in a sentence of at most 200 characters.")],
    slug: Annotated[str, Query(description="The term itself if left out.")] = "",
    name: Annotated[str, Query(description="As an executive reads it; the term itself if left out.")] = "",
    seed: Annotated[tuple[str, ...], Query(description="Words that hint at it; those proposed if left out.")] = (),
) -> Response:
    """Make a candidate a topic of topics.toml; the next crawl, within a minute, reads every story anew with it."""
    draft = Topic(slug, name, quadrant, definition, seeds=seed)
    home, today = request.app.state.settings.home, _today(request)
    return answer(candidates.promote_candidate(store_of(request), home, check_name(term), draft, today, caller.name))


def merge_candidate(
    request: Request,
    term: str,
    topic: Annotated[str, Query(description="The topic it is a name of, by its slug.")],
    caller: Caller,
) -> Response:
    """Give a candidate's names to a topic as aliases; the next crawl reads every story anew with them."""
    home, slug = request.app.state.settings.home, check_name(topic)
    return answer(
        candidates.merge_candidate(store_of(request), home, check_name(term), slug, _today(request), caller.name)
    )


def mute_candidate(request: Request, term: str, caller: Caller) -> Response:
    """Never raise a term again."""
    home = request.app.state.settings.home
    return answer(candidates.mute_candidate(store_of(request), home, check_name(term), _today(request), caller.name))


def show_ledger(request: Request) -> Response:
    """List what was flagged or raised, topics and candidates: leads, misses, false alarms; how good confidence is."""
    lines, reliability = ledger.read_ledger(store_of(request))
    return answer_tagged(request, views.Ledger(tuple(lines), tuple(reliability)))


def note_raised(
    request: Request,
    topic: _Topic,
    executive: _Executive,
    on: Annotated[date, Query(description="The day, as in 2026-11-20.")],
) -> Response:
    """Note that an executive raised a topic, missed if Radar had not flagged it by then; the first day stands."""
    noted = Raised(check_name(topic), check_name(executive), on)
    ledger.note_raised(store_of(request), noted, _today(request))
    return answer(noted)


def take_back_raised(request: Request, topic: _Topic, executive: _Executive) -> Response:
    """Take back that an executive raised a topic; the answer is what was noted."""
    on = ledger.take_back_raised(store_of(request), check_name(topic), check_name(executive))
    return answer(Raised(topic, executive, on))


def _today(request: Request) -> date:
    today: date = request.app.state.now().date()
    return today


ROUTES = (
    Route(f"{API}/candidates", list_candidates, views.CandidateList, "watch"),
    Route(f"{API}/candidates/{{term}}", find_candidate, views.CandidateDetail, "watch"),
    Route(f"{API}/candidates/{{term}}/promote", promote_candidate, Candidate, "desk", "POST"),
    Route(f"{API}/candidates/{{term}}/merge", merge_candidate, Candidate, "desk", "POST"),
    Route(f"{API}/candidates/{{term}}/mute", mute_candidate, Candidate, "desk", "POST"),
    Route(f"{API}/ledger", show_ledger, views.Ledger, "watch"),
    Route(f"{API}/ledger/raised", note_raised, Raised, "desk", "POST"),
    Route(f"{API}/ledger/raised", take_back_raised, Raised, "desk", "DELETE"),
)
