"""The application: `/api/v1/` for programs, with the pages and the checks around both."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import anyio.to_thread
from fastapi import Depends, FastAPI, Query, Request, Response
from pydantic import AfterValidator

from radar import __version__
from radar.config import Settings
from radar.pipeline import Pipeline
from radar.records import Candidate, Key, Kind, Phase, Position, Raised, Signal
from radar.store import Store
from radar.store.match import Filters
from radar.watch.health import describe_feeds
from radar.web import views
from radar.web.access import Caller, admit, check_name, reach_executive, store_of
from radar.web.answers import answer, answer_tagged, read_cursor, write_cursor
from radar.web.corrections import correct_tag, merge_stories, split_story, undo_correction
from radar.web.desk import (
    find_candidate,
    list_candidates,
    merge_candidate,
    mute_candidate,
    note_raised,
    promote_candidate,
    show_ledger,
    take_back_raised,
)
from radar.web.guard import Guard, allowed_hosts
from radar.web.openapi import add_description
from radar.web.pages import add_pages
from radar.web.problems import ProblemError, add_problems, answer_error

API = "/api/v1"
# The store is asked in threads. More of them only wait for each other and for connections: 64 clients asking for 50
# stories got 33 answers a second from the usual 40 threads, 94 from 4.
_THREADS = 4
# FastAPI would record validation failures and exceptions with their texts for whatever listens; ours are confidential.
_SILENT: Any = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}


def create_web(
    store: Store, settings: Settings, now: Callable[[], datetime], pipeline: Callable[[], Pipeline]
) -> FastAPI:
    """Return the web face over a store, ready for uvicorn; the pipeline is asked for when something is to be done."""
    app = FastAPI(
        title="Radar",
        version=__version__,
        summary="What is emerging in technology, and what each executive was told of it.",
        openapi_url=None,  # served by a route of ours, so that every route passes the same check
        docs_url=None,  # they load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(admit)],
        telemetry=_SILENT,
        lifespan=_limit_threads,
    )
    app.state.store = store
    app.state.settings = settings
    app.state.now = now
    app.state.pipeline = pipeline
    add_problems(app)
    for route in _ROUTES:
        app.add_api_route(
            route.path,
            route.endpoint,
            methods=[route.method],
            response_model=route.model,
            tags=[route.tag],
            name=route.endpoint.__name__,
            operation_id=route.endpoint.__name__,
        )
    add_pages(app)
    add_description(app, f"{API}/openapi.json")
    app.add_middleware(Guard, hosts=allowed_hosts(settings.web), refuse=lambda request: answer_error(request, 421))
    return app


@asynccontextmanager
async def _limit_threads(_: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    yield


def _to_utc(at: datetime) -> datetime:
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the calendar") from None


When = Annotated[
    Annotated[datetime, AfterValidator(_to_utc)] | None,
    Query(description="A day or a time; UTC where it names no zone."),
]
Limit = Annotated[int, Query(ge=1, le=100, description="At most so many.")]


def list_stories(
    request: Request,
    topic: Annotated[str | None, Query(description="Only stories on this topic, by its slug.")] = None,
    since: When = None,
    until: When = None,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> Response:
    """List stories, newest first; `since` includes, `until` excludes."""
    store = store_of(request)
    after = None if cursor is None else read_cursor(cursor)
    stories = store.list_stories(
        since=since,
        until=until,
        topic=None if topic is None else check_name(topic),
        limit=limit + 1,  # one more than asked tells whether there is a next page
        after=after,
    )
    more = len(stories) > limit
    stories = stories[:limit]
    items = views.show_stories(stories, store.tags_of([story.id for story in stories]))
    following = write_cursor(stories[-1].last_at, stories[-1].id) if more else None
    return answer_tagged(request, views.StoryPage(items, following))


def find_story(request: Request, id: str) -> Response:  # noqa: A002
    """Show one story with its entries."""
    store = store_of(request)
    story = store.find_story(check_name(id))
    return answer_tagged(request, views.show_story(story, store.tags_of([story.id]).get(story.id, [])))


def search_stories(
    request: Request,
    q: Annotated[str, Query(description="The question, in any words; operators and quotes are plain text.")],
    topic: Annotated[str | None, Query(description="Only stories on this topic, by its slug.")] = None,
    publisher: Annotated[str | None, Query(description="Only stories this publisher reports.")] = None,
    kind: Annotated[Kind | None, Query(description="Only stories this kind of press reports.")] = None,
    since: When = None,
    until: When = None,
    limit: Limit = 20,
) -> Response:
    """Answer a question with the stories on file, best first; `since` includes, `until` excludes."""
    filters = Filters(
        topic=None if topic is None else check_name(topic),
        publisher=None if publisher is None else check_name(publisher),
        kind=kind,
        since=since,
        until=until,
    )
    return answer_tagged(
        request, views.show_found(store_of(request).search_stories(q, limit=limit, filters=filters), filters)
    )


def list_topics(request: Request, caller: Caller) -> Response:
    """List every topic with its phase."""
    store = store_of(request)
    phases = {signal.topic: signal.phase for signal in _visible(store.list_signals(), caller)}
    items = tuple(views.show_topic(topic, phases.get(topic.slug)) for topic in store.list_topics())
    return answer_tagged(request, views.TopicList(items))


def find_topic(request: Request, slug: str, caller: Caller) -> Response:
    """Show one topic with its current signal.

    The position on it is advice: advisors see the latest version, executives the latest approved one, readers none.
    """
    store = store_of(request)
    topic = next((topic for topic in store.list_topics() if topic.slug == slug), None)
    if topic is None:
        raise ProblemError(404)
    signals = [signal for signal in _visible(store.list_signals(), caller) if signal.topic == slug]
    signal = signals[0] if signals else None
    listed = views.show_topic(topic, signal.phase if signal else None)
    return answer_tagged(
        request,
        views.TopicDetail(
            listed.slug,
            listed.name,
            listed.quadrant,
            listed.definition,
            listed.parent,
            listed.phase,
            topic.primer,
            topic.aliases,
            signal,
            _shared_position(store, slug, caller),
        ),
    )


def list_topic_signals(request: Request, slug: str, caller: Caller) -> Response:
    """Show how a topic's signal developed, oldest first."""
    history = store_of(request).signal_history(check_name(slug))
    return answer_tagged(request, views.SignalHistory(tuple(_visible(history, caller))))


def list_signals(
    request: Request, caller: Caller, phase: Phase | None = None, confirmed: bool | None = None
) -> Response:
    """List the signals of the latest closed week.

    Unconfirmed signals are for the advisor's desk; other keys are not shown them.
    """
    latest = store_of(request).list_signals()
    items = tuple(
        signal
        for signal in _visible(latest, caller)
        if (phase is None or signal.phase == phase) and (confirmed is None or signal.confirmed == confirmed)
    )
    return answer_tagged(request, views.SignalList(latest[0].week if latest else None, items))


def list_feeds(request: Request) -> Response:
    """List the feeds and how they fare."""
    store, now = store_of(request), request.app.state.now()
    return answer(views.FeedList(tuple(describe_feeds(store.list_feeds(), store.measure_feeds(now), now))))


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


def show_me(caller: Caller) -> Response:
    """Show the key in use."""
    return answer(views.Me(caller.name, caller.scope, caller.executive, caller.created_at))


async def healthz() -> Response:
    """Tell that the process answers."""
    return answer({"status": "alive"})


def readyz(request: Request) -> Response:
    """Tell whether the database can be reached; 503 if not."""
    store_of(request).find_key("")
    return answer({"status": "ready"})


def _visible(signals: list[Signal], caller: Key) -> list[Signal]:
    """Return the signals a key may see: the early ones are for the advisor's desk only."""
    return signals if caller.scope == "advisor" else [signal for signal in signals if signal.confirmed]


def _shared_position(store: Store, topic: str, caller: Key) -> Position | None:
    """Return the advice a key may see: an approved version, or to the advisor any."""
    if caller.scope == "reader":
        return None
    versions = store.position_history(topic)
    shared = [one for one in versions if one.approved_by or caller.scope == "advisor"]
    return shared[-1] if shared else None


@dataclass(frozen=True, slots=True)
class _Route:
    path: str
    endpoint: Callable[..., Any]
    model: Any
    tag: str
    method: str = "GET"


_ROUTES = (
    _Route(f"{API}/stories", list_stories, views.StoryPage, "watch"),
    _Route(f"{API}/stories/{{id}}", find_story, views.StoryDetail, "watch"),
    _Route(f"{API}/stories/{{id}}/split", split_story, views.Corrected, "corrections", "POST"),
    _Route(f"{API}/stories/{{id}}/topics/{{slug}}", correct_tag, views.StoryDetail, "corrections", "POST"),
    _Route(f"{API}/stories/{{id}}/merge", merge_stories, views.Corrected, "corrections", "POST"),
    _Route(f"{API}/corrections/{{number}}/undo", undo_correction, views.Corrected, "corrections", "POST"),
    _Route(f"{API}/search", search_stories, views.SearchAnswer, "watch"),
    _Route(f"{API}/topics", list_topics, views.TopicList, "watch"),
    _Route(f"{API}/topics/{{slug}}", find_topic, views.TopicDetail, "watch"),
    _Route(f"{API}/topics/{{slug}}/signals", list_topic_signals, views.SignalHistory, "watch"),
    _Route(f"{API}/signals", list_signals, views.SignalList, "watch"),
    _Route(f"{API}/candidates", list_candidates, views.CandidateList, "watch"),
    _Route(f"{API}/candidates/{{term}}", find_candidate, views.CandidateDetail, "watch"),
    _Route(f"{API}/candidates/{{term}}/promote", promote_candidate, Candidate, "desk", "POST"),
    _Route(f"{API}/candidates/{{term}}/merge", merge_candidate, Candidate, "desk", "POST"),
    _Route(f"{API}/candidates/{{term}}/mute", mute_candidate, Candidate, "desk", "POST"),
    _Route(f"{API}/ledger", show_ledger, views.Ledger, "watch"),
    _Route(f"{API}/ledger/raised", note_raised, Raised, "desk", "POST"),
    _Route(f"{API}/ledger/raised", take_back_raised, Raised, "desk", "DELETE"),
    _Route(f"{API}/feeds", list_feeds, views.FeedList, "watch"),
    _Route(f"{API}/executives", list_executives, views.ExecutiveList, "executives"),
    _Route(f"{API}/executives/{{slug}}/agenda", show_agenda, views.Agenda, "executives"),
    _Route(f"{API}/executives/{{slug}}/issues", list_issues, views.IssueList, "executives"),
    _Route(f"{API}/executives/{{slug}}/issues/{{week}}", find_issue, views.IssueDetail, "executives"),
    _Route(f"{API}/me", show_me, views.Me, "key"),
    _Route("/healthz", healthz, views.Running, "health"),
    _Route("/readyz", readyz, views.Running, "health"),
)
