"""The API described: OpenAPI 3.1, with the access table and the problems as they are, not as the framework assumes."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from radar.web.access import ACCESS, ANYONE
from radar.web.answers import answer
from radar.web.body import describe_structs
from radar.web.problems import PROBLEM_TYPE, Problem

_TAGGED = "ETag"
_SECURITY = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "radar_<prefix>_<secret>",
        "description": "A key made by `radar keys`; its scope is reader, advisor or executive.",
    }
}
_RESPONSES = {
    "400": "The body is not JSON.",
    "401": "No key, or one that is malformed, unknown or revoked.",
    "403": "The key's scope does not reach this route.",
    "404": "Nothing by that name, or nothing this key may know of.",
    "409": "There is nothing to do.",
    "413": "The request is larger than anything that is asked for.",
    "422": "A parameter cannot be used.",
    "503": "The database is out of reach.",
    "default": "Any other problem.",
}


def add_description(app: FastAPI, path: str, bodies: Sequence[Any]) -> None:
    """Serve the description at a path; `bodies` are the structs that requests carry."""
    described: dict[str, Any] = {}

    async def describe_api() -> Response:
        """Describe the API (OpenAPI 3.1)."""
        if not described:
            described.update(describe(app, bodies))
        return answer(described)

    app.add_api_route(path, describe_api, methods=["GET"], include_in_schema=False)


def describe(app: FastAPI, bodies: Sequence[Any]) -> dict[str, Any]:
    """Return the description of an application's API."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description="Errors are problem+json (RFC 9457). Pages are continued by `cursor`; see docs/api.md.",
        routes=app.routes,
    )
    schema = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
    parts = document["components"]
    parts["schemas"].update(schema.pop("$defs", {}))
    parts["schemas"]["Problem"] = schema
    parts["schemas"].update(describe_structs(bodies))
    for name in ("HTTPValidationError", "ValidationError"):  # the framework's own, which are never sent
        parts["schemas"].pop(name, None)
    parts["securitySchemes"] = _SECURITY
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _describe_operation(operation, ACCESS[f"{method.upper()} {path}"], method, path)
    return document


def _describe_operation(operation: dict[str, Any], access: frozenset[str], method: str, path: str) -> None:
    responses = operation["responses"]
    parameters = operation.get("parameters", [])
    invalid = "requestBody" in operation or any(
        one["in"] == "query" or "minimum" in one["schema"] for one in parameters
    )
    named = any(one["in"] == "path" or one["name"] in ("topic", "executive", "cursor") for one in parameters)
    responses.pop("422", None)
    codes = ["503", "default"] if path != "/healthz" else ["default"]
    if access == ANYONE:
        operation["security"] = []
    else:
        operation["security"] = [{"key": []}]
        operation["x-scopes"] = sorted(access)
        codes += ["401", "403"]
        # An executive's key can outlive the executive.
        codes += ["404"] if named or path.endswith("/executives") else []
        codes += ["422"] if invalid else []
        codes += ["413"] if "requestBody" in operation else []
        decides = method == "post" and {"corrections", "desk"} & set(operation.get("tags", []))
        enrols = path.endswith("/executives") and method == "post"
        codes += ["409"] if decides or enrols else []
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for code in sorted(codes):
        responses[code] = {"description": _RESPONSES[code], "content": content}
    if "watch" in operation.get("tags", []) and not path.endswith("/feeds"):
        responses["200"]["headers"] = {_TAGGED: {"schema": {"type": "string"}}}
        responses["304"] = {"description": "Unchanged since the answer whose ETag If-None-Match named."}
