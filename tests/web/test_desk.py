"""The advisor decides on candidates through the API, and reads the ledger."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from radar.config import TOPICS_FILE, load_topics
from radar.records import Report, Topic
from tests.web.web_world import NOW, World

API = "/api/v1"
WORDS = {"quadrant": "frontier", "definition": 'A "made-up" thing.'}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of the world's settings."""
    return tmp_path


def ask(world: World, path: str, **query: str | list[str]) -> Any:
    answer = world.client("advisor").post(f"{API}/candidates/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def topic_of(home: Path, slug: str) -> Topic:
    return next(topic for topic in load_topics(home) if topic.slug == slug)


def test_a_candidate_is_shown_with_the_seeds_of_the_topic_it_may_become(world: World) -> None:
    """By any of its names; the words that stand beside them in the titles on file."""
    day = NOW.date() - timedelta(days=3)
    titles = [f"Quorvex {word} tunnels" for word in ("encrypts", "digs", "drops")]
    titles += [f"Somebody {word} something" for word in ("sells", "buys", "drops")]
    world.store.save_archive([Report(day, "old", "ledger.example", title) for title in titles])
    shown = world.client("advisor").get(f"{API}/candidates/quorvex blenta").json()
    assert (shown["candidate"]["term"], shown["candidate"]["standing"]) == ("quorvex", "open")
    assert shown["seeds"] == ["tunnel"]


def test_a_promoted_candidate_is_a_topic_of_the_file(world: World, home: Path) -> None:
    """Named after the term unless told otherwise; its names prove it."""
    done = ask(world, "quorvex/promote", **WORDS, name="Quorvex", seed=["tunnels", "kernel"])
    assert (done["standing"], done["topic"]) == ("promoted", "quorvex")
    assert world.store.find_candidate("quorvex").topic == "quorvex"
    topic = topic_of(home, "quorvex")
    assert (topic.name, topic.quadrant, topic.definition) == ("Quorvex", *WORDS.values())
    assert (topic.aliases, topic.seeds) == (("Quorvex", "quorvex blenta"), ("tunnels", "kernel"))


def test_a_term_of_two_words_becomes_a_slug(world: World, home: Path) -> None:
    assert ask(world, "fido key/promote", **WORDS)["topic"] == "fido-key"
    assert topic_of(home, "fido-key").name == "fido key"


def test_a_merged_candidate_gives_its_names(world: World, home: Path) -> None:
    """To a topic that ships, and again to the copy in the own file that this makes."""
    before = topic_of(home, "passkeys")
    assert ask(world, "fido key/merge", topic="passkeys")["standing"] == "merged"
    assert ask(world, "quorvex/merge", topic="passkeys")["topic"] == "passkeys"
    after = topic_of(home, "passkeys")
    assert after.aliases == (*before.aliases, "fido key", "quorvex", "quorvex blenta")
    assert (after.primer, after.seeds, after.not_terms) == (before.primer, before.seeds, before.not_terms)


def test_a_muted_candidate_may_still_be_promoted(world: World) -> None:
    """The advisor may change their mind."""
    assert ask(world, "black friday/mute")["standing"] == "muted"
    assert ask(world, "black friday/promote", **WORDS)["standing"] == "promoted"


@pytest.mark.parametrize("path", ["promote", "merge", "mute"])
def test_what_is_a_topics_already_is_not_decided_anew(world: World, home: Path, path: str) -> None:
    """Until the topic is taken out again."""
    ask(world, "quorvex/promote", **WORDS)
    written = (home / TOPICS_FILE).read_text()
    query = {**WORDS, "slug": "other", "topic": "passkeys"}
    answer = world.client("advisor").post(f"{API}/candidates/quorvex/{path}", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert (home / TOPICS_FILE).read_text() == written
    assert world.store.find_candidate("quorvex").standing == "promoted"
    (home / TOPICS_FILE).write_text("")
    ask(world, f"quorvex/{path}", **query)


def test_what_is_muted_is_not_muted_again(world: World) -> None:
    ask(world, "quorvex/mute")
    assert world.client("advisor").post(f"{API}/candidates/quorvex/mute").status_code == 409


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "quadrant"),
        ({"quadrant": "<b>"}, "quadrant"),
        ({"slug": "<b> B"}, "slug"),
        ({"slug": "passkeys"}, "slug"),
        ({"name": "Passkey"}, "name"),
        ({"name": "The"}, "name"),
        ({"definition": " "}, "definition"),
        ({"definition": "<b>" + "very " * 60}, "definition"),
    ],
)
def test_words_that_make_no_topic_are_named(world: World, home: Path, query: dict[str, str], parameter: str) -> None:
    """Nothing of what the request said is repeated, and nothing is written."""
    answer = world.client("advisor").post(f"{API}/candidates/quorvex/promote", params=query and {**WORDS, **query})
    assert answer.status_code == 422
    assert parameter in [one["parameter"] for one in answer.json()["errors"]]
    assert "<b>" not in answer.text
    assert not (home / TOPICS_FILE).exists()
    assert world.store.find_candidate("quorvex").standing == "open"


def test_unknown_names_answer_404(world: World) -> None:
    client = world.client("advisor")
    assert client.get(f"{API}/candidates/nothing").status_code == 404
    for path in ("nothing/promote", "nothing/merge", "nothing/mute", "quorvex/merge"):
        answer = client.post(f"{API}/candidates/{path}", params={**WORDS, "topic": "no-such-topic"})
        assert answer.status_code == 404, path
        assert "no-such-topic" not in answer.text


def test_only_the_advisor_decides(world: World) -> None:
    """Another key changes nothing."""
    for person in ("reader", "anna"):
        assert world.client(person).post(f"{API}/candidates/quorvex/mute").status_code == 403
    assert world.store.find_candidate("quorvex").standing == "open"


def test_the_ledger_tells_what_was_flagged_and_to_whom_it_was_told(world: World) -> None:
    """As `radar ledger` lists it."""
    told = world.client("advisor").get(f"{API}/ledger").json()
    assert [line["topic"] for line in told["topics"]] == ["passkeys"]
    (line,) = told["topics"]
    assert (line["flagged_on"], line["verdict"]) == ("2026-11-23", "open")
    assert line["briefed"] == [["anna", "2026-11-24"], ["bert", "2026-11-24"]]
    assert told["reliability"] == []


def test_who_decided_on_a_candidate_and_when_is_known(world: World) -> None:
    """By the key's name; what was decided before stays in the history."""
    ask(world, "black friday/mute")
    ask(world, "black friday/promote", **WORDS)
    history = world.client("advisor").get(f"{API}/candidates/black friday").json()["history"]
    assert [(one["what"], one["by"], one["on"], one["topic"]) for one in history] == [
        ("muted", "advisor", "2026-11-24", ""),
        ("promoted", "advisor", "2026-11-24", "black-friday"),
    ]


RAISED = {"topic": "smart-glasses", "executive": "anna"}


def test_what_an_executive_raised_is_noted_and_taken_back(world: World) -> None:
    """The first day stands; what was noted makes a miss of a topic that was never flagged."""
    client = world.client("advisor")
    noted = client.post(f"{API}/ledger/raised", params={**RAISED, "on": "2026-11-20"})
    assert (noted.status_code, noted.json()) == (200, {**RAISED, "raised_on": "2026-11-20"})
    later = client.post(f"{API}/ledger/raised", params={**RAISED, "on": "2026-11-21"})
    assert (later.status_code, later.headers["content-type"]) == (409, "application/problem+json")
    [line] = [one for one in client.get(f"{API}/ledger").json()["topics"] if one["topic"] == "smart-glasses"]
    assert (line["raised"], line["verdict"]) == ([{**RAISED, "raised_on": "2026-11-20"}], "missed")
    gone = client.delete(f"{API}/ledger/raised", params=RAISED)
    assert (gone.status_code, gone.json()["raised_on"]) == (200, "2026-11-20")
    assert client.delete(f"{API}/ledger/raised", params=RAISED).status_code == 404
    assert world.store.list_raised() == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"on": "2026-11-25"}, 422),
        ({"on": "1989-12-31"}, 422),
        ({"on": "yesterday"}, 422),
        ({"topic": "no-such-topic", "on": "2026-11-20"}, 404),
        ({"executive": "carl", "on": "2026-11-20"}, 404),
    ],
)
def test_what_cannot_have_been_raised_is_refused(world: World, query: dict[str, str], status: int) -> None:
    """A day to come or long ago, names nobody has; nothing of it is repeated."""
    answer = world.client("advisor").post(f"{API}/ledger/raised", params={**RAISED, **query})
    assert answer.status_code == status
    assert not [word for word in query.values() if word in answer.text and not word[:4].isdigit()]
    assert world.store.list_raised() == []
