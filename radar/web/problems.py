"""Errors as answers: problem+json (RFC 9457) for programs, one friendly sentence for people.

No answer repeats what the request said and none tells what went wrong inside: that is in the log, under the reference
the answer names.
"""

import logging
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from radar.errors import Conflict, RadarError, StoreError, UnknownName, Unusable
from radar.web.guard import API_HEADERS, PAGE_HEADERS, is_page
from radar.web.page import fill_page

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"

_DETAILS = {
    400: "The request cannot be read.",
    401: "This needs an API key: Authorization: Bearer radar_<prefix>_<secret>. It is missing, wrong or revoked.",
    403: "This key does not reach that far.",
    404: "There is nothing here by that name.",
    405: "This address does not take that method.",
    409: "That has been done already.",
    413: "The request is larger than anything Radar asks for.",
    421: "This server does not answer to that host name; the operator lists it under web.allowed_hosts.",
    422: "A parameter cannot be used; see errors.",
    503: "The database is out of reach at the moment; try again shortly.",
}
_SENTENCES = {
    404: "This link does not open anything (any more): please use the one in your latest digest.",
    405: "This page cannot be used that way.",
    421: "This address is not one Radar answers to.",
    503: "Radar cannot reach its records just now: please try again in a minute.",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One parameter that cannot be used, and why."""

    parameter: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, after RFC 9457."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    errors: tuple[Mistake, ...] = ()
    reference: str = ""  # of an unexpected error, for the operator's log


class ProblemError(Exception):
    """Ends a request with that status. `detail` is our own text, never the request's."""

    def __init__(self, status: int, detail: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def answer_problem(
    status: int,
    detail: str = "",
    *,
    errors: tuple[Mistake, ...] = (),
    reference: str = "",
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a problem as a program reads it."""
    problem = Problem(HTTPStatus(status).phrase, status, detail or _DETAILS.get(status, ""), "about:blank", errors)
    body = msgspec.to_builtins(problem)
    if reference:
        body["reference"] = reference
    return Response(
        msgspec.json.encode({name: value for name, value in body.items() if value}),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        PROBLEM_TYPE,
    )


def answer_error(
    request: Request,
    status: int,
    detail: str = "",
    *,
    errors: tuple[Mistake, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Return the error in the form of the face that was asked: a page for people, problem+json elsewhere."""
    if is_page(request.scope["path"]):
        sentence = _SENTENCES.get(status, "That did not work.")
        return fill_page("message.html", status, headers, sentence=sentence)
    return answer_problem(status, detail, errors=errors, headers=headers)


def add_problems(app: FastAPI) -> None:
    """Make every error of the application answer as this module says."""

    @app.exception_handler(ProblemError)
    async def _problem(request: Request, error: ProblemError) -> Response:
        return answer_error(request, error.status, error.detail, headers=error.headers)

    @app.exception_handler(UnknownName)
    async def _unknown(request: Request, _: UnknownName) -> Response:
        # Not the error's own words: they name what was asked for, and its neighbours.
        return answer_error(request, 404)

    @app.exception_handler(Conflict)
    async def _conflict(request: Request, _: Conflict) -> Response:
        return answer_error(request, 409)

    @app.exception_handler(Unusable)
    async def _unusable(request: Request, error: Unusable) -> Response:
        return answer_error(request, 422, errors=(Mistake(error.parameter, error.detail),))

    @app.exception_handler(StoreError)
    async def _store(request: Request, error: StoreError) -> Response:
        log.error("%s: %s", route_of(request), error)
        return answer_error(request, 503, headers={"Retry-After": "30"})

    @app.exception_handler(RadarError)
    async def _radar(request: Request, error: RadarError) -> Response:
        return _answer_unexpected(request, error)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> Response:
        mistakes = tuple(Mistake(str(one["loc"][-1]), str(one["msg"])) for one in error.errors())
        return answer_error(request, 422, errors=mistakes)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return answer_error(request, error.status_code, headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        answer = _answer_unexpected(request, error)
        # This one answer is made outside the guard, which would have added them.
        for name, value in (PAGE_HEADERS if is_page(request.scope["path"]) else API_HEADERS).items():
            answer.headers.setdefault(name, value)
        return answer


def _answer_unexpected(request: Request, error: Exception) -> Response:
    reference = uuid4().hex[:12]
    log.error("%s failed, reference %s", route_of(request), reference, exc_info=error)
    if is_page(request.scope["path"]):
        sentence = f"Something went wrong on our side: please tell your advisor, with the reference {reference}."
        return fill_page("message.html", 500, sentence=sentence)
    return answer_problem(500, "Something went wrong; the reference finds it in the log.", reference=reference)


def route_of(request: Request) -> str:
    """Return what was asked for, fit for a log: the pattern of the path, since the path itself may hold a token."""
    route = request.scope.get("route")
    return f"{request.method} {getattr(route, 'path', 'an unknown path')}"
