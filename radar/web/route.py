"""What a route of the API is: path, function, answer; every module of routes lists its own as ROUTES."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query, Response
from fastapi.responses import JSONResponse

API = "/api/v1"
Limit = Annotated[int, Query(ge=1, le=100, description="At most so many.")]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path. `tag` is its chapter in the description."""

    path: str
    endpoint: Callable[..., Any]
    model: Any
    tag: str
    method: str = "GET"
    body: Any = None  # a msgspec struct that the request carries as JSON
    answers: type[Response] = JSONResponse
