"""The description of the API, and whether it is true."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI

from radar.web.access import ACCESS, ANYONE
from tests.web.web_world import PERSONS, World

PROBLEM = "application/problem+json"


@pytest.fixture
def database_url(sqlite_database: Callable[[], str]) -> str:
    """One kind of database is enough here: what is tested is above it."""
    return sqlite_database()


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    described: dict[str, Any] = world.client().get("/api/v1/openapi.json").json()
    return described


def test_the_description_is_openapi_3_1(document: dict[str, Any]) -> None:
    """It validates, every reference resolves, every operation has its own id and some words."""
    OpenAPI.model_validate(document)
    assert document["openapi"].startswith("3.1")
    for reference in find_references(document):
        resolve(document, reference)
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(one["description"] for one in operations)


def test_the_description_covers_the_api_and_its_keys(document: dict[str, Any]) -> None:
    """Every declared address but pages and itself; each names the scopes that the access table grants."""
    wanted = {line for line in ACCESS if "token" not in line} - {"GET /", "GET /api/v1/openapi.json"}
    found = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert found == wanted
    for line in wanted:
        method, path = line.split()
        operation = document["paths"][path][method.lower()]
        if ACCESS[line] == ANYONE:
            assert operation["security"] == []
        else:
            assert operation["security"] == [{"key": []}]
            assert operation["x-scopes"] == sorted(ACCESS[line])
            assert {"401", "403"} <= set(operation["responses"])
        for status, response in operation["responses"].items():
            if status not in ("200", "304"):
                assert list(response["content"]) == [PROBLEM], (line, status)
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


#: Bodies: right for one route or another, the same again, a word that does not fit, too long.
_BODIES = (
    b'{"say": "Wait."}',
    b'{"say": "Wait."}',
    b'{"text": "Nobody needs a password"}',
    b'{"slug": "carla", "name": "Carla"}',
    b'{"name": "Anna Again"}',
    b'{"weight": 5}',
    b'{"stage": "declined"}',
    b'{"ring": "x", "week": 3}',
    b" " * 300_000,
)


def test_every_answer_is_described(world: World, document: dict[str, Any]) -> None:
    """Every address as every person, right and wrong: status, content type and every field are in the description."""
    tried: set[tuple[str, str]] = set()
    told, same, other = world.stories[1:4]
    world.client("advisor").post(f"/api/v1/stories/{told}/merge?other={other}")  # so that there is something to split
    operations = [(path, *one) for path, methods in document["paths"].items() for one in methods.items()]
    operations.sort(key=lambda one: one[1] == "delete" and one[0].endswith("{slug}"))  # erasing comes last
    for path, method, operation in operations:
        responses = operation["responses"]
        # "advisor" twice: once with names that exist, once with others.
        for person, slug in [*((one, "anna") for one in PERSONS), ("advisor", "nobody")]:
            named = slug if "executives" in path else "passkeys" if slug == "anna" else slug
            if "surveys" in path and slug == "anna":  # each step on a survey of its own
                named = {"open": "drafted", "close": "opened", "{slug}": "drafted"}.get(
                    path.rpartition("/")[2], "closed"
                )
            story = world.stories[1] if slug == "anna" else "none"
            # Each decision on a candidate of its own.
            term = "quorvex" if "promote" in path else "fido key" if "merge" in path else "black friday"
            address = path.format(
                slug=named,
                week="2026-W48",
                id=("i1" if slug == "anna" else "none")
                if "/items/" in path
                else f"s-{slug}"
                if "/agenda/" in path
                else story,
                topic="passkeys" if slug == "anna" else "none",
                number=int(slug == "anna"),
                term=term if slug == "anna" else "none",
                version=world.store.position_history("passkeys")[-1].version,
            )
            wrong = "?limit=x&since=y&phase=z&confirmed=q&dry_run=z"
            for query in (
                "",
                wrong,
                "?q=passkeys",
                "?cursor=x&topic=x&q=x",
                f"?entry={told}&other={same}",
                f"?other={told}",
                f"?entry={other}",
                "?about=undo",
                "?title=Needs&closes=2026-12-11&topics=passkeys",
                "?about=yes",
                "?topic=passkeys&executive=anna&on=2026-11-20",
                "?topic=passkeys&executive=anna&on=2026-11-21",
                "?answer=useful",
                "?stage=declined",
                "?level=familiar",
                # and what is done already
                *("?topic=passkeys", "?quadrant=frontier&definition=What+it+is.", "?by=Ida+Advisor") * 2,
                *_BODIES,
            ):
                sent = b'{"next_at": "2027-01-12T10:00:00"}' if query == "" else b"{" if query == wrong else b""
                content = query if isinstance(query, bytes) else sent if "requestBody" in operation else None
                asked = address if isinstance(query, bytes) else address + query
                answer = world.client(person).request(method, asked, content=content)
                status = str(answer.status_code)
                tried.add((path, status))
                assert status in responses, f"{address}{query} as {person}: {status} is not described"
                kind = answer.headers["content-type"].partition(";")[0]
                described = responses[status]["content"]
                assert kind in described
                value = answer.json() if "json" in kind else answer.text
                check(document, value, described[kind]["schema"], f"{address} {status}")
    promised = {(path, code) for path, _, operation in operations for code in operation["responses"]}
    # A key that every scope may use never gets 403; the rest is tried elsewhere.
    untried = {one for one in promised - tried if one[1] not in ("304", "403", "404", "413", "503", "default")}
    assert untried == set()


def test_an_etag_is_described_where_there_is_one(world: World, document: dict[str, Any]) -> None:
    """And 304 with it."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            address = path.format(
                slug="passkeys",
                week="2026-W48",
                id=world.stories[1],
                number=1,
                term="quorvex",
                topic="ai",
                version=1,
            )
            answer = world.client("advisor").request(method, f"{address}?q=passkeys")
            assert ("etag" in answer.headers) == ("304" in operation["responses"]), path


def find_references(part: Any) -> list[str]:
    """Every $ref in a document."""
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [one for value in part.values() for one in find_references(value)]
    return [one for value in part for one in find_references(value)] if isinstance(part, list) else []


def resolve(document: dict[str, Any], reference: str) -> Any:
    """What a $ref stands for; fails when it stands for nothing."""
    part: Any = document
    for name in reference.removeprefix("#/").split("/"):
        part = part[name]
    return part


_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def check(document: dict[str, Any], value: Any, schema: dict[str, Any], where: str) -> None:
    """Fail unless a value is what its JSON Schema says, of the words we use; fields it does not name fail too."""
    if "$ref" in schema:
        schema = resolve(document, schema["$ref"])
    if "anyOf" in schema:
        for one in schema["anyOf"]:
            try:
                return check(document, value, one, where)
            except AssertionError:
                continue
        raise AssertionError(f"{where}: {value!r} is none of {schema['anyOf']}")
    unknown = set(schema) - {"type", "properties", "required", "items", "enum", "title", "description", "format"}
    unknown -= {"additionalProperties"}
    assert not unknown - {"default", "minItems", "maxItems", "prefixItems"}, (
        f"{where}: {unknown} is not understood here"
    )
    assert isinstance(value, _TYPES[schema["type"]]), f"{where}: {value!r} is no {schema['type']}"
    assert "enum" not in schema or value in schema["enum"], f"{where}: {value!r}"
    if schema["type"] == "object":
        properties = schema.get("properties", {})
        free = schema.get("additionalProperties")  # a table of values, by names that are not ours
        assert set(schema.get("required", ())) <= set(value), f"{where}: {set(value)}"
        assert free or set(value) <= set(properties), f"{where}: {set(value)}"
        for name, one in value.items():
            check(document, one, properties.get(name, free), f"{where}.{name}")
    if schema["type"] == "array":
        parts = schema.get("prefixItems") or [schema["items"]] * len(value)
        for number, (one, part) in enumerate(zip(value, parts, strict=True)):
            check(document, one, part, f"{where}[{number}]")
    return None
