"""The agenda register through the API: the advisor keeps it, an executive reads their own."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from radar.records import Statement
from tests.web.web_world import CANARIES, NOW, World

API = "/api/v1"
ANNA = f"{API}/executives/anna/agenda"


def ask(world: World, method: str, path: str, body: object = None, **query: object) -> Any:
    answer = world.client("advisor").request(method, path, json=body, params=query or None)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return answer.json()


def mistakes(world: World, method: str, path: str, body: object) -> list[str]:
    answer = world.client("advisor").request(method, path, json=body)
    assert answer.status_code == 422, answer.text
    return [f"{one['parameter']}: {one['detail']}" for one in answer.json()["errors"]]


def test_a_statement_is_noted_with_what_it_may_be_about(world: World) -> None:
    """Its author is the key's name; it is Anna's to read at once."""
    words = {"text": " passkeys\nfor all ", "weight": 5, "include": ["fido"], "noted_on": "2026-11-20"}
    noted = ask(world, "POST", ANNA, words)["statement"]
    assert (noted["id"], noted["text"], noted["weight"]) == ("anna-1", "passkeys for all", 5)
    assert [one["topic"] for one in noted["proposed"]] == ["passkeys"]
    assert "names “Passkeys”" in noted["proposed"][0]["reason"]
    assert [change.by for change in world.store.statement_changes("anna-1")] == ["advisor"]
    assert "passkeys for all" in world.client("anna").get(ANNA).text


def test_a_proposal_is_confirmed_or_dismissed(world: World) -> None:
    """A link can be taken back; what was dismissed is not proposed again."""
    ask(world, "POST", ANNA, {"text": "passkeys for all"})
    linked = ask(world, "POST", f"{ANNA}/anna-1/link", topic="passkeys")["statement"]
    assert (linked["topics"], linked["proposed"]) == (["passkeys"], [])
    assert ask(world, "POST", f"{ANNA}/anna-1/unlink", topic="passkeys")["statement"]["topics"] == []
    assert ask(world, "POST", f"{ANNA}/anna-1/propose")["statement"]["proposed"] != []
    dropped = ask(world, "POST", f"{ANNA}/anna-1/dismiss", topic="passkeys")["statement"]
    assert (dropped["dismissed"], dropped["proposed"]) == (["passkeys"], [])
    assert ask(world, "POST", f"{ANNA}/anna-1/propose")["statement"]["proposed"] == []


def test_a_statement_is_changed_and_ended_and_keeps_its_history(world: World) -> None:
    """What is left out stays; a list that is given replaces the one there was."""
    ask(world, "PATCH", f"{ANNA}/s-anna", {"weight": 1, "mute": []})
    ended = ask(world, "POST", f"{ANNA}/s-anna/end")["statement"]
    assert (ended["weight"], ended["mute"], ended["ended_on"]) == (1, [], "2026-11-24")
    assert ended["text"] == f"protect {CANARIES['anna']}"
    versions = world.client("anna").get(f"{ANNA}/s-anna/history").json()["items"]
    assert [one["changes"] for one in versions[1:]] == [
        ["weight: 4 → 1", f"never: − {CANARIES['anna']}"],
        ["ended: none → 2026-11-24"],
    ]
    assert [one["by"] for one in versions] == ["advisor"] * 3


def test_a_dry_run_stores_nothing_and_shows_the_weeks(world: World) -> None:
    """Of a new statement, of a change, of a link."""
    before = world.store.list_statements("anna")
    for method, path, body in (
        ("POST", ANNA, {"text": "passkeys for all"}),
        ("PATCH", f"{ANNA}/s-anna", {"text": "passkeys for all"}),
        ("POST", f"{ANNA}/s-anna/link?topic=passkeys", None),
        ("POST", f"{ANNA}/s-anna/end", None),
    ):
        told = ask(world, method, path + ("&" if "?" in path else "?") + "dry_run=true", body)
        assert [week["week"] for week in told["weeks"]] == ["2026-W45", "2026-W46", "2026-W47", "2026-W48"]
    assert world.store.list_statements("anna") == before


def test_an_executive_previews_their_own_agenda(world: World) -> None:
    """What it would have brought; nobody else's."""
    told = world.client("anna").get(f"{ANNA}/preview").json()
    assert (told["executive"], len(told["weeks"])) == ("anna", 4)
    assert world.client("bert").get(f"{ANNA}/preview").status_code == 404


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        ({}, "text: is missing; write what they want, in their own words"),
        ({"text": " \u200b "}, "text: no words given; write some"),
        ({"text": "x", "weight": 6}, "weight: Expected int <= 5"),
        ({"text": "x", "include": ["a", ""]}, "include: no words given; write some"),
        ({"text": "x", "wieght": 3}, "body: has a field that is none of its own"),
        ({"text": "x", "noted_on": "canary"}, "noted_on: Invalid RFC3339 encoded date"),
    ],
)
def test_what_cannot_be_noted_is_refused_without_repeating_it(world: World, body: object, mistake: str) -> None:
    """The field and the reason."""
    assert mistakes(world, "POST", ANNA, body) == [mistake]


def test_a_statement_is_reached_through_its_own_executive_only(world: World) -> None:
    """Through another it is as unknown as one that was made up, and unchanged."""
    client = world.client("advisor")
    for rest in ("s-bert/end", "s-nobody/end", "s-bert/link?topic=passkeys", "s-bert/propose"):
        assert client.post(f"{ANNA}/{rest}").status_code == 404
    assert client.get(f"{ANNA}/s-bert/history").status_code == 404
    assert client.post(f"{ANNA}/s-anna/link?topic=paskeys").status_code == 404
    assert world.store.find_statement("s-bert").ended_on is None


def test_no_word_of_an_agenda_reaches_a_log_or_an_error(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is wrong with what was sent, neither is it repeated nor kept."""
    caplog.set_level(logging.DEBUG)
    client, canary = world.client("advisor"), "canary55aa"
    answers = [
        client.post(ANNA, json={"text": canary, "topics": [canary]}),
        client.post(ANNA, json={"text": canary, "weight": canary}),
        client.post(ANNA, json={canary: canary}),
        client.post(ANNA, content=f'{{"text": "{canary}"'.encode()),
        client.post(f"{ANNA}/{canary}/link?topic={canary}"),
        client.patch(f"{API}/executives/anna", json={"email": canary}),
    ]
    assert [answer.status_code for answer in answers] == [404, 422, 422, 422, 404, 422]
    assert canary not in "".join(answer.text for answer in answers)
    assert canary not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("radar"))


def test_stale_agendas_are_listed_without_their_words(world: World) -> None:
    """Both were talked with in November; then one of Bert's statements passes its review day."""
    assert ask(world, "GET", f"{API}/agendas/stale")["items"] == []
    overdue = Statement("s-late", "bert", f"renew {CANARIES['bert']}", review_on=NOW.date() - timedelta(days=1))
    world.store.save_statement(overdue, NOW, "advisor")
    told = ask(world, "GET", f"{API}/agendas/stale")["items"]
    assert [(one["executive"], one["kind"]) for one in told] == [("bert", "past review")]
    assert CANARIES["bert"] not in str(told)


def test_an_executive_is_added_and_changed(world: World) -> None:
    """Enrolled from now on; the same one is not added twice."""
    added = ask(world, "POST", f"{API}/executives", {"slug": "carla", "name": "Carla", "detail": "plain", "day": 4})
    assert (added["enrolled_at"], added["detail"], added["day"], added["tz"]) == (
        "2026-11-24T09:00:00Z",
        "plain",
        4,
        "UTC",
    )
    changed = ask(world, "PATCH", f"{API}/executives/carla", {"tz": "Africa/Nairobi", "paused": True, "role": ""})
    assert changed == added | {"tz": "Africa/Nairobi", "paused": True}
    again = world.client("advisor").post(f"{API}/executives", json={"slug": "carla", "name": "Another"})
    assert again.status_code == 409
    assert world.store.find_executive("carla").name == "Carla"


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        ({"name": "Carla"}, "slug: is missing; add it"),
        ({"slug": "C B", "name": "Carla"}, "slug: is no short name; use lower-case words joined by hyphens"),
        ({"slug": "c", "name": "C", "email": "c"}, "email: is no e-mail address; write it as name@example.org"),
        ({"slug": "c", "name": "C", "tz": "Mars"}, "tz: is no time zone; write an IANA name like Europe/Zurich"),
        ({"slug": "c", "name": "C", "time": "7"}, "time: is no time; write it as 07:30"),
        ({"slug": "c", "name": "C", "day": 7}, "day: Expected int <= 6"),
        ({"slug": "c", "name": "C", "detail": "x"}, "detail: is none of the words that are allowed there"),
    ],
)
def test_an_executive_who_cannot_be_is_refused(world: World, body: object, mistake: str) -> None:
    """The field and the reason."""
    assert mistakes(world, "POST", f"{API}/executives", body) == [mistake]
