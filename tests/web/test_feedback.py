"""Answers by link and by key: GET changes nothing, POST acts once, another's are out of reach."""

import re
import secrets
from typing import Any

import pytest

from radar.desk.rapport import link_item
from radar.records import ANSWERS, Answer, Feedback
from tests.web.web_world import CANARIES, World

API = "/api/v1/executives"
ITEM = "issues/2026-W48/items/i1/feedback"


def answers(world: World) -> dict[str, Answer]:
    """What stands, by executive."""
    return {one.executive: one.answer for one in world.store.list_feedback()}


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [None, *ANSWERS])
def test_reading_the_page_changes_nothing(world: World, answer: Answer | None) -> None:
    """Mail scanners and previews fetch every link, in every way but POST."""
    client, token = world.client(), world.answer_token("anna", answer)
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"):
        for rest in ("", "/undo"):
            client.request(method, f"/f/{token}{rest}?answer=useful")
    assert client.get(f"/f/{token}").status_code == 200
    assert answers(world) == {}


@pytest.mark.parametrize("answer", ANSWERS)
def test_one_press_answers_and_another_takes_it_back(world: World, answer: Answer) -> None:
    """Twice is as good as once, with or without a body; the page says what changes."""
    client, path = world.client(), f"/f/{world.answer_token('anna', answer)}"
    for body in ({}, {"x": "y" * 100_000}):
        done = client.post(path, data=body)
        assert done.status_code == 200
        assert "Noted" in done.text
        assert "Passkeys" in done.text or "story" in done.text
        assert answers(world) == {"anna": answer}
    first = world.store.list_feedback()
    client.post(path)
    assert world.store.list_feedback() == first
    assert "You answered this already" in client.get(path).text
    for _ in range(2):
        assert "Taken back" in client.post(f"{path}/undo").text
        assert answers(world) == {}
    assert "Nothing changes until you press" in client.get(path).text


def test_the_page_offers_every_answer_once_and_its_forms_lead_to_them(world: World) -> None:
    """The one of the link foremost, the others beside; after an answer the others and the way back."""
    client, store = world.client(), world.store
    issue = store.list_issues("anna")[0]
    tokens = link_item(store, issue, issue.items[0])
    for shown, answer in (
        (tokens[None], "useful"),
        (tokens["useful"], "useful"),
        (tokens["not for me"], "knew already"),
    ):
        page = client.get(f"/f/{shown}").text
        actions = re.findall(r'<form method="post" action="([^"]+)"', page)
        assert sorted(actions) == sorted(tokens[one] for one in ANSWERS)
        if shown != tokens[None]:
            assert actions[0] == shown
        done = client.post(f"/f/{tokens[answer]}").text
        actions = re.findall(r'<form method="post" action="([^"]+)"', done)
        assert sorted(actions) == sorted([*(tokens[one] for one in ANSWERS if one != answer), f"{tokens[answer]}/undo"])
        undone = client.post(f"/f/{tokens[answer]}/undo").text
        assert all(f'action="../{tokens[one]}"' in undone for one in ANSWERS)
    client.post(f"/f/{tokens[None]}")
    assert answers(world) == {}, "a link that proposes no answer gives none"


def test_the_page_tells_no_more_than_the_item(world: World) -> None:
    """The claim it is about; nobody's agenda, name or issue, and no script."""
    world.client().post(f"/f/{world.answer_token('bert', 'useful')}")
    for answer in (None, *ANSWERS):
        page = world.client().get(f"/f/{world.answer_token('anna', answer)}")
        assert f"A claim for {CANARIES['anna']}" in page.text
        assert "protect" not in page.text
        assert f"Role {CANARIES['anna']}" not in page.text
        assert world.tokens["anna"] not in page.text
        assert CANARIES["bert"] not in page.text
        assert not re.search(r"<script|<link|<img|<iframe|\bon\w+=|style=|@import|url\(", page.text)
        assert page.text.count("<h1>") == 1
        assert "prefers-color-scheme: dark" in page.text
        assert re.search(r"style-src 'sha256-[\w+/]{43}='", page.headers["content-security-policy"])
        assert page.headers["cache-control"] == "private, no-store"


def test_a_link_names_neither_issue_nor_executive(world: World) -> None:
    """It answers one item; it does not open the issue it stands in."""
    token = world.answer_token("anna", "useful")
    assert "anna" not in token
    assert world.tokens["anna"] not in token
    for path in (f"/i/{token}", f"/i/{token[:22]}", f"/i/{token}/pause"):
        assert world.client().get(path).status_code == 404


def test_forged_altered_and_cut_links_open_and_change_nothing(world: World) -> None:
    """All get the same friendly 404; so does an answer of Anna's on Bert's link, which nobody can put together."""
    mine, theirs = world.answer_token("anna", "useful"), world.answer_token("bert", "useful")
    flipped = ("A" if mine[0] != "A" else "B") + mine[1:]
    forged = [
        "x", flipped, mine[:-1], mine + "A", mine[:20], mine[:21] + theirs[21:], theirs[:20] + mine[20:],
        mine.replace(".", "%2E%2E"), secrets.token_urlsafe(36), "%00" * 48, "é" * 48, "A" * 20 + "." + "A" * 27,
        world.tokens["anna"],
    ]  # fmt: skip
    pages = set()
    for one in forged:
        for method, rest in (("GET", ""), ("POST", ""), ("POST", "/undo")):
            answer = world.client("advisor").request(method, f"/f/{one}{rest}")
            assert answer.status_code == 404, (method, one)
            pages.add(answer.text)
    assert len(pages) == 1
    assert answers(world) == {}


def test_the_digests_page_links_to_the_answers(world: World) -> None:
    """Each item, each answer; the links work."""
    page = world.client().get(f"/i/{world.tokens['anna']}").text
    found = re.findall(r'href="https://radar\.example\.org(/f/[^"]+)"', page)
    assert len(found) == len(ANSWERS)
    assert [world.client().get(path).status_code for path in found] == [200] * len(found)


# -- the API ----------------------------------------------------------------------------------------------------------


def test_an_executive_answers_by_key_and_takes_it_back(world: World) -> None:
    """The same again changes nothing; the list shows what stands."""
    client = world.client("anna")
    given = client.post(f"{API}/anna/{ITEM}", params={"answer": "let's talk"}).json()
    assert (given["answer"], given["channel"], given["topic"]) == ("let's talk", "api", "passkeys")
    assert client.post(f"{API}/anna/{ITEM}", params={"answer": "let's talk"}).json() == given
    assert world.client("advisor").get(f"{API}/anna/feedback").json()["items"] == [given]
    stands = client.get(f"{API}/anna/acceptance").json()["items"]
    assert [(one["topic"], one["acceptance"]["stage"]) for one in stands] == [("passkeys", "interested")]
    for _ in range(2):
        assert client.delete(f"{API}/anna/{ITEM}").json()["items"] == []
    assert client.get(f"{API}/anna/feedback").json()["items"] == []


@pytest.mark.parametrize("person", ["bert", "reader", "nobody", "revoked"])
def test_nobody_answers_for_another(world: World, person: str) -> None:
    """Neither gives nor takes back; an executive cannot even tell that the item exists."""
    world.client("anna").post(f"{API}/anna/{ITEM}", params={"answer": "useful"})
    client = world.client(person)
    for path in (ITEM, "issues/2026-W48/items/none/feedback", "acceptance/passkeys", "acceptance/none/familiarity"):
        for method in ("POST", "DELETE"):
            params = {"answer": "not for me", "stage": "declined", "level": "familiar"}
            answer = client.request(method, f"{API}/anna/{path}", params=params)
            assert answer.status_code in (401, 403, 404, 405)
    if person == "bert":
        one, other = (client.post(f"{API}/{slug}/{ITEM}", params={"answer": "useful"}) for slug in ("anna", "nobody"))
        assert (one.status_code, one.headers, one.content) == (404, other.headers, other.content)
    assert answers(world) == {"anna": "useful"}
    assert world.store.list_steps() == []
    assert world.store.list_taught() == []


def test_the_advisor_notes_a_step_and_what_is_known(world: World) -> None:
    """The answer is how the executive stands then, with every step, the key's name as its author."""
    client = world.client("advisor")
    path = f"{API}/anna/acceptance/passkeys"
    params = {"stage": "declined", "note": "not this year", "revisit_on": "2027-03-01", "on": "2026-11-20"}
    found = client.post(path, json=params).json()
    assert found["rapport"]["acceptance"]["revisit_on"] == "2027-03-01"
    assert [(one["stage"], one["by"], one["note"]) for one in found["steps"]] == [
        ("declined", "advisor", "not this year"),
        ("floated", "", "2026-W48"),
    ]
    hers = world.client("anna").get(path).json()["steps"]
    assert [one["note"] for one in hers] == ["", "2026-W48"]  # the advisor's notes are not for her
    assert (
        client.post(f"{path}/familiarity", params={"level": "familiar"}).json()["rapport"]["familiarity"] == "familiar"
    )
    funnel: list[dict[str, Any]] = client.get("/api/v1/acceptance").json()["items"]
    counted = {one["executive"]: {s["stage"]: s["topics"] for s in one["stages"]} for one in funnel}
    assert (counted["anna"]["declined"], counted["bert"]["floated"]) == (1, 1)


@pytest.mark.parametrize(
    ("params", "parameter"),
    [({"stage": "maybe"}, "stage"), ({"stage": "trial", "revisit_on": "2027-03-01"}, "revisit_on"), ({}, "body")],
)
def test_what_cannot_be_noted_names_its_parameter(world: World, params: dict[str, str], parameter: str) -> None:
    """422, and nothing is stored."""
    answer = world.client("advisor").post(f"{API}/anna/acceptance/passkeys", json=params)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == parameter
    assert world.store.list_steps() == []


def test_unknown_topics_and_items_are_404(world: World) -> None:
    """Also the beginning of an item's id, which only the command line takes."""
    client = world.client("advisor")
    assert client.get(f"{API}/anna/acceptance/nothing").status_code == 404
    assert client.post(f"{API}/anna/acceptance/nothing", json={"stage": "trial"}).status_code == 404
    assert client.post(f"{API}/anna/issues/2026-W48/items/i2/feedback?answer=useful").status_code == 404
    assert client.post(f"{API}/anna/issues/2020-W01/items/i1/feedback?answer=useful").status_code == 404


def test_feedback_says_who_by_which_way(world: World) -> None:
    """Mail for the link, api for the key."""
    world.client().post(f"/f/{world.answer_token('bert', 'knew already')}")
    (given,) = world.store.list_feedback("bert")
    assert isinstance(given, Feedback)
    assert (given.channel, given.story, given.claim) == ("mail", "s1", f"A claim for {CANARIES['bert']}")
