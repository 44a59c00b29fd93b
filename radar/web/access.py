"""Who may call what: one table, and the check that every request passes. What the table does not name is refused."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from radar.records import Executive, Key
from radar.store import Store
from radar.web.auth import SCOPES, check_key
from radar.web.problems import ProblemError

#: No key needed, and nothing confidential told.
ANYONE = frozenset({"anyone"})
#: No key needed: the unguessable link is the permission: an issue and its pause, an item's answer, a survey.
LINK = frozenset({"link"})
_EVERY_KEY = frozenset(SCOPES)
_ADVISOR_AND_READER = frozenset({"advisor", "reader"})
#: The advisor sees every executive's, an executive their own; to them all others do not exist.
OWN = frozenset({"advisor", "executive"})
_ADVISOR = frozenset({"advisor"})

ACCESS: dict[str, frozenset[str]] = {
    "GET /": ANYONE,
    "GET /healthz": ANYONE,
    "GET /readyz": ANYONE,
    "GET /api/v1/openapi.json": ANYONE,
    "GET /api/v1/me": _EVERY_KEY,
    "GET /api/v1/stories": _EVERY_KEY,
    "GET /api/v1/stories/{id}": _EVERY_KEY,
    "POST /api/v1/stories/{id}/split": _ADVISOR,
    "POST /api/v1/stories/{id}/topics/{slug}": _ADVISOR,
    "POST /api/v1/stories/{id}/merge": _ADVISOR,
    "POST /api/v1/corrections/{number}/undo": _ADVISOR,
    "GET /api/v1/search": _EVERY_KEY,
    "GET /api/v1/topics": _EVERY_KEY,
    "GET /api/v1/topics/{slug}": _EVERY_KEY,  # the position on it: OWN only
    "GET /api/v1/topics/{slug}/signals": _EVERY_KEY,  # unconfirmed ones: the advisor only
    "GET /api/v1/signals": _EVERY_KEY,  # unconfirmed ones: the advisor only
    "GET /api/v1/candidates": _ADVISOR,  # early warnings are for the advisor's desk
    "GET /api/v1/candidates/{term}": _ADVISOR,
    "POST /api/v1/candidates/{term}/promote": _ADVISOR,
    "POST /api/v1/candidates/{term}/merge": _ADVISOR,
    "POST /api/v1/candidates/{term}/mute": _ADVISOR,
    "GET /api/v1/ledger": _ADVISOR,
    "POST /api/v1/ledger/raised": _ADVISOR,
    "DELETE /api/v1/ledger/raised": _ADVISOR,
    "GET /api/v1/positions": OWN,  # drafts: the advisor only
    "GET /api/v1/positions/moves": OWN,
    "GET /api/v1/topics/{slug}/positions": OWN,  # drafts: the advisor only
    "POST /api/v1/topics/{slug}/positions": _ADVISOR,
    "GET /api/v1/topics/{slug}/positions/draft": _ADVISOR,
    "POST /api/v1/topics/{slug}/positions/{version}/approve": _ADVISOR,
    "GET /api/v1/exposures": _ADVISOR,
    "GET /api/v1/feeds": _ADVISOR_AND_READER,
    "GET /api/v1/executives": OWN,
    "POST /api/v1/executives": _ADVISOR,
    "PATCH /api/v1/executives/{slug}": _ADVISOR,
    "GET /api/v1/executives/{slug}/agenda": OWN,
    "POST /api/v1/executives/{slug}/agenda": _ADVISOR,
    "GET /api/v1/executives/{slug}/agenda/preview": OWN,
    "PATCH /api/v1/executives/{slug}/agenda/{id}": _ADVISOR,
    "POST /api/v1/executives/{slug}/agenda/{id}/link": _ADVISOR,
    "POST /api/v1/executives/{slug}/agenda/{id}/unlink": _ADVISOR,
    "POST /api/v1/executives/{slug}/agenda/{id}/dismiss": _ADVISOR,
    "POST /api/v1/executives/{slug}/agenda/{id}/propose": _ADVISOR,
    "POST /api/v1/executives/{slug}/agenda/{id}/end": _ADVISOR,
    "GET /api/v1/executives/{slug}/agenda/{id}/history": OWN,
    "GET /api/v1/agendas/stale": _ADVISOR,
    "GET /api/v1/executives/{slug}/issues": OWN,
    "GET /api/v1/executives/{slug}/issues/{week}": OWN,
    "DELETE /api/v1/executives/{slug}": _ADVISOR,
    "GET /api/v1/executives/{slug}/pack": _ADVISOR,  # the advisor's notes for a talk, not the executive's
    "GET /api/v1/executives/{slug}/talks": _ADVISOR,
    "POST /api/v1/executives/{slug}/talks": _ADVISOR,
    "GET /api/v1/executives/{slug}/talks/next.ics": OWN,
    "GET /api/v1/executives/{slug}/feedback": OWN,
    "POST /api/v1/executives/{slug}/issues/{week}/items/{id}/feedback": OWN,
    "DELETE /api/v1/executives/{slug}/issues/{week}/items/{id}/feedback": OWN,
    "GET /api/v1/acceptance": _ADVISOR,
    "GET /api/v1/executives/{slug}/acceptance": OWN,
    "GET /api/v1/executives/{slug}/acceptance/{topic}": OWN,
    "POST /api/v1/executives/{slug}/acceptance/{topic}": _ADVISOR,
    "POST /api/v1/executives/{slug}/acceptance/{topic}/familiarity": _ADVISOR,
    "GET /f/{token}": LINK,
    "POST /f/{token}": LINK,
    "POST /f/{token}/undo": LINK,
    "GET /api/v1/surveys": _ADVISOR,
    "POST /api/v1/surveys/{slug}": _ADVISOR,
    "POST /api/v1/surveys/{slug}/open": _ADVISOR,
    "POST /api/v1/surveys/{slug}/close": _ADVISOR,
    "GET /api/v1/surveys/{slug}/results": _ADVISOR,
    "GET /s/{token}": LINK,
    "POST /s/{token}": LINK,
    "GET /i/{token}": LINK,
    "GET /i/{token}/pause": LINK,
    "POST /i/{token}/pause": LINK,
    "POST /i/{token}/resume": LINK,
}


def store_of(request: Request) -> Store:
    """Return the store the application was made with."""
    store: Store = request.app.state.store
    return store


async def admit(request: Request) -> Key | None:
    """Return the key a request may use its route with, None where none is needed; refuse every other request."""
    allowed = ACCESS.get(f"{request.method} {request.scope['route'].path}", frozenset())
    if allowed in (ANYONE, LINK):
        return None
    authorization = request.headers.get("authorization", "")
    key = await run_in_threadpool(check_key, authorization, store_of(request).find_key)
    if key is None:
        error = ', error="invalid_token"' if authorization else ""
        raise ProblemError(401, headers={"WWW-Authenticate": f'Bearer realm="radar"{error}'})
    if key.scope not in allowed:
        raise ProblemError(403)
    return key


#: The key of a request, in routes that need one.
Caller = Annotated[Key, Depends(admit)]


def reach_executive(request: Request, caller: Key, slug: str) -> Executive:
    """Return an executive the caller may ask about.

    To an executive everybody else is as unknown as a name that was made up: decided before the store is asked, so that
    neither the answer nor its timing tells who exists.
    """
    if caller.scope != "advisor" and slug != caller.executive:
        raise ProblemError(404)
    return store_of(request).find_executive(check_name(slug))


def check_name(name: str) -> str:
    """Return a name from the request if anything could be called that; else answer 404 without asking the store."""
    if not name.isprintable() or not 0 < len(name) <= 200:
        raise ProblemError(404)
    return name
