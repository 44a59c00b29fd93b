"""Advice through the API: drafted, written, approved by the advisor; read by executives once it is approved."""

from datetime import timedelta
from typing import Any

import pytest

from radar.records import Position
from tests.building import make_signal
from tests.web.web_world import ADVICE, DRAFT, NOW, World

API = "/api/v1"
TOPIC = f"{API}/topics/passkeys/positions"
WORDS = {"ring": "trial", "so_what": "Fewer thefts.", "say": "We try it.", "next_step": "Agree", "due_on": "2026-12-04"}


def ask(world: World, method: str, path: str, status: int = 200, person: str = "advisor", **more: Any) -> Any:
    answer = world.client(person).request(method, path, **more)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_version_is_written_and_approved_and_nothing_is_rewritten(world: World) -> None:
    """What is left out stays, null takes a day away; the key's name is the drafter's."""
    before = world.store.position_history("passkeys")
    written = ask(world, "POST", TOPIC, json=WORDS)
    assert (written["version"], written["drafted_by"], written["approved_by"]) == (3, "advisor", "")
    written = ask(world, "POST", TOPIC, json={"due_on": None})
    assert (written["version"], written["due_on"], written["say"]) == (4, None, "We try it.")

    approved = ask(world, "POST", f"{TOPIC}/4/approve?by=Ida&review=2027-06-01")

    assert (approved["version"], approved["approved_by"], approved["review_on"]) == (5, "Ida", "2027-06-01")
    assert approved["approved_at"] == "2026-11-24T09:00:00Z"
    assert world.store.position_history("passkeys")[:2] == before
    history = ask(world, "GET", TOPIC)
    assert [one["version"] for one in history["items"]] == [1, 2, 3, 4, 5]
    assert [(one["ring"], one["previous"]) for one in history["moves"]] == [("assess", None), ("trial", "assess")]
    assert ask(world, "GET", f"{API}/positions/moves?since=2026-11-24")["items"][0]["version"] == 5
    assert ask(world, "GET", f"{API}/positions/moves?since=2026-11-25")["items"] == []


@pytest.mark.parametrize(
    ("body", "parameter", "why"),
    [
        ({"say": " ".join(["word"] * 61)}, "say", "it has 61 words; at most 60 can be remembered"),
        ({"due_on": "2026-11-23"}, "due_on", "2026-11-23 has passed"),
        ({"review_on": "soon"}, "review_on", "Invalid RFC3339 encoded date"),
        ({"ring": "maybe"}, "ring", "none of the words"),
        ({"approved_by": "me"}, "body", "none of its own"),
        ({"so_what": ""}, "so_what", "it must not be empty"),
    ],
)
def test_words_that_cannot_be_filed_are_named(world: World, body: Any, parameter: str, why: str) -> None:
    """The same rules as on the command line; nobody approves by writing."""
    problem = ask(world, "POST", TOPIC, 422, json=body)
    assert problem["errors"][0]["parameter"] == parameter
    assert why in problem["errors"][0]["detail"]
    assert "maybe" not in str(problem)
    assert "approved_by" not in str(problem)
    assert len(world.store.position_history("passkeys")) == 2


def test_blanks_are_filed_as_a_draft_and_never_approved(world: World) -> None:
    """A template sent back as it came."""
    draft = ask(world, "GET", f"{TOPIC}/draft")
    assert draft["phase"] == "rising"
    assert any(fact.startswith("Phase: rising") for fact in draft["facts"])
    words = {name: draft[name] for name in ("ring", "so_what", "say", "next_step", "due_on", "owner", "review_on")}
    version = ask(world, "POST", TOPIC, json=words)["version"]
    assert ask(world, "POST", f"{TOPIC}/{version}/approve?by=Ida", 409)
    assert world.store.position_history("passkeys")[-1].approved_by == ""


def test_an_approval_is_for_the_version_that_was_read(world: World) -> None:
    """An older one, one to come and one that is approved are refused."""
    for version in (1, 3):
        ask(world, "POST", f"{TOPIC}/{version}/approve?by=Ida", 409)
    ask(world, "POST", f"{TOPIC}/2/approve?by=Ida")
    ask(world, "POST", f"{TOPIC}/3/approve?by=Ida", 409)
    assert ask(world, "POST", f"{TOPIC}/0/approve?by=Ida", 422)
    assert ask(world, "POST", f"{API}/topics/nothing/positions/1/approve?by=Ida", 404)
    assert ask(world, "POST", f"{API}/topics/nothing/positions", 404, json=WORDS)


def test_an_executive_reads_what_was_approved(world: World) -> None:
    """Their own colleagues' drafts are no advice yet; a reader's key reaches none of it."""
    listed = ask(world, "GET", f"{API}/positions", person="anna")["items"]
    assert [(one["topic"], one["position"]["say"]) for one in listed] == [("passkeys", ADVICE)]
    assert [one["say"] for one in ask(world, "GET", TOPIC, person="anna")["items"]] == [ADVICE]
    assert ask(world, "GET", f"{API}/positions")["items"][0]["position"]["say"] == DRAFT
    world.store.save_position(Position("smart-glasses", "hold", "So.", "A draft alone.", NOW))
    assert len(ask(world, "GET", f"{API}/positions", person="anna")["items"]) == 1
    assert ask(world, "GET", f"{API}/topics/smart-glasses/positions", person="anna")["items"] == []


def test_a_body_is_not_read_before_the_key_is_checked(world: World) -> None:
    """Somebody without the permission cannot make the server take in what they send; a longer one than fits is 413."""
    for person, status in (("nobody", 401), ("reader", 403), ("anna", 403), ("advisor", 413)):
        assert world.client(person).post(TOPIC, content=b"x" * 300_000).status_code == status
    assert world.client("advisor").post(TOPIC, content=b"\xff{").status_code == 422


def test_exposures_tell_whom_they_touch_and_what_to_do(world: World) -> None:
    """Statements by their ids; advice ends it."""
    statement = world.store.list_statements("anna")[0]
    world.store.save_signals([make_signal("smart-glasses", "surging", since=(NOW - timedelta(days=8)).date())])
    listed = ask(world, "GET", f"{API}/exposures")["items"]
    glasses = next(one for one in listed if one["topic"] == "smart-glasses")
    assert (glasses["executives"], glasses["reason"]) == ([], "no position")
    assert glasses["command"] == "radar position draft smart-glasses --out smart-glasses.toml"
    assert {"score", "due_on", "since_on", "overdue", "confirmed"} <= set(glasses)
    assert statement.text not in world.client("advisor").get(f"{API}/exposures").text
    ask(world, "POST", f"{API}/topics/smart-glasses/positions", json=WORDS)
    ask(world, "POST", f"{API}/topics/smart-glasses/positions/1/approve?by=Ida")
    assert all(one["topic"] != "smart-glasses" for one in ask(world, "GET", f"{API}/exposures")["items"])
