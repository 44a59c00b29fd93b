"""The application: `/api/v1/` for programs, with the pages and the checks around both."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import anyio.to_thread
from fastapi import Depends, FastAPI, Request, Response

from radar import __version__
from radar.config import Settings
from radar.pipeline import Pipeline
from radar.store import Store
from radar.web import acceptance, advice, agenda, corrections, desk, executives, feedback, survey, talks, views, watch
from radar.web.access import Caller, admit, store_of
from radar.web.answers import answer
from radar.web.body import describe_body
from radar.web.guard import Guard, allowed_hosts
from radar.web.openapi import add_description
from radar.web.pages import add_pages
from radar.web.problems import add_problems, answer_error
from radar.web.route import API, Route

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
            response_class=route.answers,
            tags=[route.tag],
            name=route.endpoint.__name__,
            operation_id=route.endpoint.__name__,
            openapi_extra=describe_body(route.body) if route.body else None,
        )
    add_pages(app)
    survey.add_survey_pages(app)
    add_description(app, f"{API}/openapi.json", [route.body for route in _ROUTES if route.body])
    app.add_middleware(Guard, hosts=allowed_hosts(settings.web), refuse=lambda request: answer_error(request, 421))
    return app


@asynccontextmanager
async def _limit_threads(_: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    yield


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


_ROUTES = (
    *watch.ROUTES,
    *corrections.ROUTES,
    *desk.ROUTES,
    *advice.ROUTES,
    *executives.ROUTES,
    *agenda.ROUTES,
    *talks.ROUTES,
    *feedback.ROUTES,
    *acceptance.ROUTES,
    *survey.ROUTES,
    Route(f"{API}/me", show_me, views.Me, "key"),
    Route("/healthz", healthz, views.Running, "health"),
    Route("/readyz", readyz, views.Running, "health"),
)
