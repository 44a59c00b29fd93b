"""Who may see and do what: every route, every person."""

import logging
import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from radar.web.access import ACCESS
from tests.canaries import count_owned, plant_canary
from tests.web.web_world import ADVICE, CANARIES, DRAFT, EARLY, NOW, PERSONS, World

API = "/api/v1"
_KEYED = {"nobody": 401, "revoked": 401, "reader": 200, "anna": 200, "bert": 200, "advisor": 200}
_ANNAS = {"nobody": 401, "revoked": 401, "reader": 403, "anna": 200, "bert": 404, "advisor": 200}
#: The advisor's alone; 422 because the matrix asks without saying what to correct.
_DESK = {"nobody": 401, "revoked": 401, "reader": 403, "anna": 403, "bert": 403, "advisor": 422}
_OPEN = dict.fromkeys(PERSONS, 200)
ERASES = ("DELETE", f"{API}/executives/{{slug}}")
#: What each person gets when they ask for Anna's, written down again: a change of the table must be meant.
EXPECTED = {
    "GET /": _OPEN,
    "GET /healthz": _OPEN,
    "GET /readyz": _OPEN,
    f"GET {API}/openapi.json": _OPEN,
    f"GET {API}/me": _KEYED,
    f"GET {API}/stories": _KEYED,
    f"GET {API}/stories/{{id}}": _KEYED,
    f"POST {API}/stories/{{id}}/split": _DESK,
    f"POST {API}/stories/{{id}}/merge": _DESK,
    f"POST {API}/stories/{{id}}/topics/{{slug}}": _DESK,
    f"POST {API}/corrections/{{number}}/undo": _DESK,
    f"GET {API}/search": _KEYED,
    f"GET {API}/topics": _KEYED,
    f"GET {API}/topics/{{slug}}": _KEYED,
    f"GET {API}/topics/{{slug}}/signals": _KEYED,
    f"GET {API}/signals": _KEYED,
    f"GET {API}/candidates": {**_DESK, "advisor": 200},
    f"GET {API}/candidates/{{term}}": {**_DESK, "advisor": 200},
    f"POST {API}/candidates/{{term}}/promote": _DESK,
    f"POST {API}/candidates/{{term}}/merge": _DESK,
    f"POST {API}/candidates/{{term}}/mute": {**_DESK, "advisor": 200},
    f"GET {API}/ledger": {**_DESK, "advisor": 200},
    f"POST {API}/ledger/raised": _DESK,
    f"DELETE {API}/ledger/raised": _DESK,
    f"GET {API}/positions": {**_KEYED, "reader": 403},
    f"GET {API}/positions/moves": {**_KEYED, "reader": 403},
    f"GET {API}/topics/{{slug}}/positions": {**_KEYED, "reader": 403},
    f"POST {API}/topics/{{slug}}/positions": _DESK,
    f"GET {API}/topics/{{slug}}/positions/draft": {**_DESK, "advisor": 200},
    f"POST {API}/topics/{{slug}}/positions/{{version}}/approve": _DESK,
    f"GET {API}/exposures": {**_DESK, "advisor": 200},
    f"GET {API}/feeds": {**_KEYED, "anna": 403, "bert": 403},
    f"GET {API}/executives": {**_KEYED, "reader": 403},
    f"DELETE {API}/executives/{{slug}}": {**_DESK, "advisor": 200},
    f"GET {API}/executives/{{slug}}/pack": {**_DESK, "advisor": 200},
    f"GET {API}/executives/{{slug}}/talks": {**_DESK, "advisor": 200},
    f"POST {API}/executives/{{slug}}/talks": _DESK,
    f"GET {API}/executives/{{slug}}/talks/next.ics": _ANNAS,
    f"POST {API}/executives": _DESK,
    f"PATCH {API}/executives/{{slug}}": _DESK,
    f"GET {API}/executives/{{slug}}/agenda": _ANNAS,
    f"POST {API}/executives/{{slug}}/agenda": _DESK,
    f"GET {API}/executives/{{slug}}/agenda/preview": _ANNAS,
    f"PATCH {API}/executives/{{slug}}/agenda/{{id}}": _DESK,
    f"POST {API}/executives/{{slug}}/agenda/{{id}}/link": _DESK,
    f"POST {API}/executives/{{slug}}/agenda/{{id}}/unlink": _DESK,
    f"POST {API}/executives/{{slug}}/agenda/{{id}}/dismiss": _DESK,
    f"POST {API}/executives/{{slug}}/agenda/{{id}}/propose": {**_DESK, "advisor": 200},
    f"POST {API}/executives/{{slug}}/agenda/{{id}}/end": {**_DESK, "advisor": 200},
    f"GET {API}/executives/{{slug}}/agenda/{{id}}/history": _ANNAS,
    f"GET {API}/agendas/stale": {**_DESK, "advisor": 200},
    f"GET {API}/executives/{{slug}}/issues": _ANNAS,
    f"GET {API}/executives/{{slug}}/issues/{{week}}": _ANNAS,
    f"GET {API}/executives/{{slug}}/feedback": _ANNAS,
    f"POST {API}/executives/{{slug}}/issues/{{week}}/items/{{id}}/feedback": _ANNAS,
    f"DELETE {API}/executives/{{slug}}/issues/{{week}}/items/{{id}}/feedback": _ANNAS,
    f"GET {API}/acceptance": {**_DESK, "advisor": 200},
    f"GET {API}/executives/{{slug}}/acceptance": _ANNAS,
    f"GET {API}/executives/{{slug}}/acceptance/{{topic}}": _ANNAS,
    f"POST {API}/executives/{{slug}}/acceptance/{{topic}}": _DESK,
    f"POST {API}/executives/{{slug}}/acceptance/{{topic}}/familiarity": {**_DESK, "advisor": 200},
    "GET /f/{token}": _OPEN,
    "POST /f/{token}": _OPEN,
    "POST /f/{token}/undo": _OPEN,
    f"GET {API}/surveys": {**_DESK, "advisor": 200},
    f"POST {API}/surveys/{{slug}}": _DESK,
    f"POST {API}/surveys/{{slug}}/open": {**_DESK, "advisor": 200},
    f"POST {API}/surveys/{{slug}}/close": {**_DESK, "advisor": 200},
    f"GET {API}/surveys/{{slug}}/results": {**_DESK, "advisor": 200},
    "GET /s/{token}": _OPEN,
    "POST /s/{token}": dict.fromkeys(PERSONS, 422),  # nothing is filled in
    "GET /i/{token}": _OPEN,
    "GET /i/{token}/pause": _OPEN,
    "POST /i/{token}/pause": _OPEN,
    "POST /i/{token}/resume": _OPEN,
}


#: End of a path → what it must be asked with.
_ASKED = {
    "/search": "?q=passkeys",
    "/feedback": "?answer=useful",
    "/familiarity": "?level=familiar",
}


def routes_of(world: World) -> Iterator[tuple[str, str]]:
    """Every method and path pattern of the application; what erases an executive last."""
    found = []
    for route in world.app.routes:
        assert isinstance(route, APIRoute), f"{route} bypasses the access check: add it with add_api_route"
        found += [(method, route.path) for method in route.methods]
    yield from sorted(found, key=lambda one: one == ERASES)


def fill(pattern: str, world: World, slug: str) -> str:
    """The path to that executive's, of a pattern."""
    person = slug if "executives" in pattern else "passkeys"
    if "surveys" in pattern:
        person = {"open": "drafted", "close": "opened"}.get(pattern.rpartition("/")[2], "closed")
    values = {"slug": person, "week": "2026-W48", "token": world.tokens[slug], "id": world.stories[1], "number": "0"}
    values |= {"term": "black friday", "topic": "passkeys", "version": "2"}
    if "/items/" in pattern:
        values["id"] = "i1"
    if "/agenda/" in pattern:
        values["id"] = f"s-{slug}"
    if pattern.startswith("/f/"):
        values["token"] = world.answer_token(slug, "useful")
    if pattern.startswith("/s/"):
        values["token"] = world.survey_token
    asked = next((query for end, query in _ASKED.items() if pattern.endswith(end)), "")
    return re.sub(r"{(\w+)}", lambda match: values[match[1]], pattern) + asked


def test_every_route_is_declared_and_every_declaration_is_a_route(world: World) -> None:
    """A route nobody declared fails here before it ships, and so does a line left behind."""
    assert {f"{method} {path}" for method, path in routes_of(world)} == set(ACCESS) == set(EXPECTED)


def test_everybody_gets_what_the_matrix_says(world: World) -> None:
    """Every route × nobody, two executives, reader, advisor and a revoked key."""
    found = {
        f"{method} {path}": {
            person: world.client(person).request(method, fill(path, world, "anna")).status_code for person in PERSONS
        }
        for method, path in routes_of(world)
    }
    assert found == EXPECTED


def test_a_route_nobody_declared_is_refused_to_all(world: World) -> None:
    """Forgetting the table closes a route; it does not open it."""
    world.app.add_api_route("/api/v1/forgotten", lambda: {"secret": 1}, methods=["GET"])
    answers = {person: world.client(person).get("/api/v1/forgotten").status_code for person in PERSONS}
    assert answers == {**dict.fromkeys(PERSONS, 403), "nobody": 401, "revoked": 401}


def plant(world: World) -> None:
    """Give both executives a row in every table that can hold one, with their canary in it."""
    for slug, canary in CANARIES.items():
        plant_canary(world.store, slug, canary, world.store.list_issues(slug)[0], "passkeys", NOW)
        rows = count_owned(world.store, slug)
        assert all(rows[table] for table in rows if table not in ("alarm", "letter")), rows  # those are nobody's


def test_no_canary_of_one_executive_reaches_another(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Bert's are searched for in everything Anna, a reader, nobody and a revoked key can get; all in the log.

    Every route with every method, asked rightly and wrongly, with a body and without.
    """
    plant(world)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "httpx")  # the client's own log: commands in other tests have made it quiet
    for person in ("anna", "reader", "nobody", "revoked"):
        client = world.client(person)
        for method, pattern in routes_of(world):
            # A link is a permission: Anna has hers, nobody has Bert's.
            slugs = ("anna",) if "{token}" in pattern else ("anna", "bert", "nobody-at-all")
            for slug in slugs if "{token}" not in pattern or person == "anna" else ():
                path = fill(pattern, world, slug) if slug in world.tokens else pattern.replace("{slug}", slug)
                for address in (path, f"{path.partition('?')[0]}?limit=x&since=y&q="):
                    answer = client.request(method, address, content=b"{" if method == "POST" else None)
                    told = answer.text + str(answer.headers)
                    assert CANARIES["bert"] not in told, f"{person} reads Bert's words at {method} {address}"
                    if person != "anna":
                        assert CANARIES["anna"] not in told, f"{person} reads Anna's words at {method} {address}"
    for person in ("bert", "advisor"):
        for method, pattern in routes_of(world):
            if method == "GET":
                world.client(person).get(fill(pattern, world, "bert"))
    assert CANARIES["bert"] in world.client("bert").get(f"{API}/executives/bert/agenda").text
    assert CANARIES["bert"] in world.client("advisor").get(f"{API}/executives/bert/pack").text
    logged = "".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert "executives/bert/pack" in logged
    assert not [canary for canary in CANARIES.values() if canary in logged]


def test_what_breaks_inside_tells_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Tables are gone in the middle of it: neither the answers nor the log repeat what was to be stored or read."""
    plant(world)
    with world.store._write() as connection:
        for table in ("talk", "step", "statement_change"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    caplog.set_level(logging.DEBUG)
    notes = {"note": CANARIES["bert"], "new": [{"text": CANARIES["bert"]}]}
    answers = [
        world.client("advisor").post(f"{API}/executives/bert/talks", json=notes),
        world.client("advisor").get(f"{API}/executives/bert/pack"),
        world.client("bert").get(f"{API}/executives/bert/talks/next.ics"),
    ]
    assert {answer.status_code for answer in answers} <= {500, 503}
    logged = "".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records)
    for told in (logged, *(answer.text for answer in answers)):
        assert CANARIES["bert"] not in told


def test_nobody_writes_through_a_key(world: World) -> None:
    """No method on any address changes an executive, except POST through their own link."""
    before = world.store.list_executives(), world.store.list_statements("bert"), world.store.list_keys()
    for person in PERSONS:
        client = world.client(person)
        for method, pattern in routes_of(world):
            for other in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - {method}:
                path = fill(pattern, world, "bert")
                if f"{other} {pattern}" not in ACCESS:
                    answer = client.request(other, path, content=b"{}" if other in ("POST", "PUT", "PATCH") else None)
                    assert answer.status_code < 500, (other, path)
    after = world.store.list_executives(), world.store.list_statements("bert"), world.store.list_keys()
    assert after == before


@pytest.mark.parametrize(
    "rest", ["agenda", "issues", "issues/2026-W48", "feedback", "acceptance", "acceptance/passkeys"]
)
def test_another_executive_looks_like_one_who_does_not_exist(world: World, rest: str) -> None:
    """Status, headers and body are the same, so that nobody can try out who there is."""
    client = world.client("anna")
    other, nobody = (client.get(f"{API}/executives/{slug}/{rest}") for slug in ("bert", "no-such-person"))
    assert other.status_code == 404
    assert (other.status_code, other.headers, other.content) == (nobody.status_code, nobody.headers, nobody.content)


def test_an_executive_is_alone_in_the_list_of_executives(world: World) -> None:
    """Anna's key reaches Anna; the advisor's reaches all."""
    told = [one["slug"] for one in world.client("anna").get(f"{API}/executives").json()["items"]]
    assert told == ["anna"]
    assert len(world.client("advisor").get(f"{API}/executives").json()["items"]) == 2


def test_positions_go_to_the_advisor_and_once_approved_to_executives(world: World) -> None:
    """A draft is not advice yet, and a reader's key may feed an intranet page."""
    told = {person: world.client(person).get(f"{API}/topics/passkeys").json()["position"] for person in _KEYED_ONES}
    assert told["reader"] is None
    assert told["anna"]["say"] == ADVICE
    assert told["advisor"]["say"] == DRAFT


def test_drafts_and_what_they_moved_stay_on_the_advisors_desk(world: World) -> None:
    """Versions, moves and the list: an executive sees what was approved, a reader nothing."""
    paths = [f"{API}/positions", f"{API}/positions/moves", f"{API}/topics/passkeys/positions"]
    for person in ("anna", "advisor"):
        told = "".join(world.client(person).get(path).text for path in paths)
        assert ADVICE in told
        assert (DRAFT in told) == (person == "advisor")
        assert '"trial"' not in told.replace(DRAFT, "") or person == "advisor"


def test_early_signals_stay_on_the_advisors_desk(world: World) -> None:
    """Executives and readers hear of confirmed signals only, on every address that tells signals."""
    paths = [f"{API}/signals", f"{API}/topics", f"{API}/topics/smart-glasses", f"{API}/topics/smart-glasses/signals"]
    for person in ("reader", "anna"):
        told = "".join(world.client(person).get(path).text for path in paths)
        assert EARLY not in told
        assert '"weak signal"' not in told.replace('"previous":"weak signal"', "")
    assert EARLY in world.client("advisor").get(paths[0]).text


_KEYED_ONES = ("reader", "anna", "advisor")
