"""The advisor puts stories right through the API."""

from typing import Any

import pytest

from tests.web.web_world import NOW, World

API = "/api/v1"


def correct(world: World, path: str, person: str = "advisor") -> Any:
    answer = world.client(person).post(f"{API}/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_two_stories_become_one_and_two_again(world: World) -> None:
    """The older id stays and the younger one leads to it; undone, both are what they were. Author and time are kept."""
    younger, older = world.stories[0], world.stories[6]
    done = correct(world, f"stories/{younger}/merge?other={older}")
    assert [(one["id"], len(one["entries"])) for one in done["stories"]] == [(older, 2)]
    assert world.client("reader").get(f"{API}/stories/{younger}").json()["id"] == older
    (kept,) = world.store.list_corrections()
    assert (kept.number, kept.by, kept.at, kept.undone_at) == (done["correction"], "advisor", NOW, None)
    undone = correct(world, f"corrections/{kept.number}/undo")
    assert {one["id"] for one in undone["stories"]} == {younger, older}
    assert world.client("reader").get(f"{API}/stories/{younger}").json()["id"] == younger


def test_what_is_split_off_is_tagged_at_once(world: World) -> None:
    """Each part by its own text: a topic that only the part left behind was about goes."""
    story, other = world.stories[5], world.stories[6]
    correct(world, f"stories/{story}/merge?other={other}")
    done = correct(world, f"stories/{other}/split?entry={story}")
    assert sorted(entry["id"] for one in done["stories"] for entry in one["entries"]) == sorted([story, other])
    ids = [one["id"] for one in done["stories"]]
    told = {one["id"]: [topic["topic"] for topic in one["topics"]] for one in done["stories"]}
    assert told == {id_: [tag.topic for tag in world.store.tags_of(ids).get(id_, [])] for id_ in ids}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("stories/{0}/split?entry={0}", 409),
        ("stories/{0}/merge?other={0}", 409),
        ("stories/{0}/split?entry=nothing", 404),
        ("stories/nothing/merge?other={0}", 404),
        ("stories/{0}/merge?other=nothing", 404),
        ("corrections/7/undo", 404),
        ("stories/{0}/merge?other=", 404),
        ("corrections/x/undo", 422),
        ("corrections/9223372036854775808/undo", 422),
    ],
)
def test_what_cannot_be_corrected_is_a_problem_and_changes_nothing(world: World, path: str, status: int) -> None:
    """Nothing of what the request said is repeated."""
    before = world.store.list_stories()
    answer = world.client("advisor").post(f"{API}/" + path.format(*world.stories))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "nothing" not in answer.json()["detail"].replace("is nothing", "")
    assert (world.store.list_stories(), world.store.list_corrections()) == (before, [])


@pytest.mark.parametrize("person", ["reader", "anna"])
def test_only_the_advisor_corrects(world: World, person: str) -> None:
    """Another key changes nothing."""
    answer = world.client(person).post(f"{API}/stories/{world.stories[0]}/merge?other={world.stories[1]}")
    assert answer.status_code == 403
    assert world.store.list_corrections() == []
