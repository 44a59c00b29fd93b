"""Packs, talks and erasure over HTTP: the advisor's, and what they change."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from icalendar import Calendar

from radar.errors import UnknownName
from radar.records import Statement
from radar.web.body import MOST_BYTES
from tests.web.web_world import CANARIES, NOW, World

ANNA = "/api/v1/executives/anna"


@pytest.fixture
def database_url(sqlite_database: Callable[[], str]) -> str:
    """One kind of database is enough here: what is tested is above it."""
    return sqlite_database()


def test_the_pack_is_told_whole(world: World) -> None:
    """Agenda, last note, what to float."""
    pack = world.client("advisor").get(f"{ANNA}/pack").json()
    assert pack["executive"] == "anna"
    assert pack["last_note"] == f"said {CANARIES['anna']}"
    assert [told["statement"]["id"] for told in pack["agenda"]] == ["s-anna"]


def test_a_talk_is_noted_under_the_keys_name(world: World) -> None:
    """As JSON, in the same words as the file; then the list and the calendar have it."""
    notes = {
        "held_on": "2026-11-23",
        "note": "She was pleased.",
        "next_at": "2027-01-12T10:00:00",
        "statement": [{"id": "s-anna", "answer": "still right", "weight": 5}],
        "new": [{"text": "reach the young", "topics": ["passkeys"]}],
        "outcome": [{"topic": "passkeys", "stage": "interested", "nudge_on": "2026-12-07"}],
        "raised": [{"topic": "smart-glasses"}],
    }
    advisor = world.client("advisor")
    stored = advisor.post(f"{ANNA}/talks", json=notes)
    assert stored.status_code == 200, stored.text

    assert {(words.weight, words.text) for words in world.store.list_statements("anna")} == {
        (5, f"protect {CANARIES['anna']}"),
        (3, "reach the young"),
    }
    assert [(step.stage, step.by) for step in world.store.list_steps("anna")] == [("interested", "advisor")]
    assert [one.topic for one in world.store.list_raised()] == ["smart-glasses"]
    assert [talk["held_on"] for talk in advisor.get(f"{ANNA}/talks").json()["items"]] == ["2026-11-23", "2026-11-02"]
    answer = world.client("anna").get(f"{ANNA}/talks/next.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.start.isoformat() == "2027-01-12T10:00:00+00:00"
    assert "pleased" not in answer.text
    assert advisor.post(f"{ANNA}/talks", json=notes).json()["steps"] == []  # the same again repeats nothing


@pytest.mark.parametrize(
    ("body", "parameter", "detail"),
    [
        ("", "body", "is no JSON"),
        ("[" * 10_000, "body", "Expected object, got array"),
        ("\udcff", "body", "is no JSON"),
        ("[]", "body", "Expected object, got array"),
        ('{"canary": 1}', "body", "has a field that is none of its own"),
        ('{"outcome": [{"topic": "passkeys", "stage": "canary"}]}', "outcome[0].stage", "none of the words"),
        ('{"outcome": [{"topic": "canary"}]}', "outcome[0].topic", "is no topic"),
        ('{"statement": [{"id": "s-anna"}, {"id": "s-bert"}]}', "statement[1].id", "is none of theirs"),
        ('{"new": [{"text": "canary", "weight": 9}]}', "new[0].weight", "from 1 to 5"),
        ('{"held_on": "canary"}', "held_on", "Invalid RFC3339"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_repeats_nothing(
    world: World, body: str, parameter: str, detail: str
) -> None:
    """Nothing is stored then; nobody reaches another's statement."""
    before = world.store.list_talks("anna"), world.store.list_statements("anna")
    answer = world.client("advisor").post(f"{ANNA}/talks", content=body.encode("utf-8", "surrogateescape"))

    assert answer.status_code == 422
    (mistake,) = answer.json()["errors"]
    assert mistake["parameter"] == parameter
    assert detail in mistake["detail"]
    assert "canary" not in answer.text
    assert (world.store.list_talks("anna"), world.store.list_statements("anna")) == before


def test_a_request_that_is_too_large_is_refused(world: World) -> None:
    """Before it is kept."""
    answer = world.client("advisor").post(f"{ANNA}/talks", content=b" " * (MOST_BYTES + 1))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_erasing_ends_an_executive_and_their_key(world: World) -> None:
    """What went is told; their key opens nothing, their link leads nowhere, the other's still do."""
    told: dict[str, Any] = world.client("advisor").delete(ANNA).json()

    assert (told["executive"], told["rows"]["api_key"], told["rows"]["issue"]) == ("anna", 1, 1)
    with pytest.raises(UnknownName):
        world.store.find_executive("anna")
    assert world.client("anna").get("/api/v1/me").status_code == 401
    assert world.client().get(f"/i/{world.tokens['anna']}").status_code == 404
    assert world.client("advisor").delete(ANNA).status_code == 404
    assert world.client("bert").get("/api/v1/executives/bert/agenda").status_code == 200
    assert world.client().get(f"/i/{world.tokens['bert']}").status_code == 200


def test_what_another_notes_meanwhile_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agenda that changes while a talk is settled: the talk is held against it anew, and both are on file."""
    pipeline = world.app.state.pipeline()
    propose, waiting = pipeline.propose, [Statement("", "anna", "protect the donors", noted_on=NOW.date())]

    def propose_slowly(words: Statement, now: datetime) -> Statement:
        if waiting:
            world.store.add_statement(waiting.pop(), now, "bea")
        return propose(words, now)  # type: ignore[no-any-return]

    monkeypatch.setattr(pipeline, "propose", propose_slowly)
    stored = world.client("advisor").post(f"{ANNA}/talks", json={"new": [{"text": "reach the young"}]})
    assert stored.status_code == 200, stored.text
    texts = {words.id: words.text for words in world.store.list_statements("anna")}
    assert (texts["anna-1"], texts["anna-2"]) == ("protect the donors", "reach the young")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_next_talk_at_an_end_of_time_is_refused(world: World, moment: str) -> None:
    """What no zone can tell is a mistyped year, not a failure of ours."""
    answer = world.client("advisor").post(f"{ANNA}/talks", json={"next_at": moment})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "next_at"
