"""`radar stories`: shown, split, merged, undone."""

import json
from pathlib import Path

import pytest

from radar.app import open_app
from radar.watch.group import group_entries
from tests.building import NOW
from tests.cli.cli_run import Run
from tests.store.store_samples import HOUR, fill, make_entry

TITLE = "Three large banks drop passwords for passkeys"


@pytest.fixture
def story(home: Path) -> str:
    """One story of two publishers, and another of one."""
    with open_app(home, lambda: NOW) as app:
        fill(
            app.store,
            make_entry("a", TITLE, "ledger", NOW),
            make_entry("b", TITLE, "herald", NOW + HOUR),
            make_entry("c", "Robots harvest strawberries in Spain", "herald", NOW + HOUR),
        )
        app.store.save_topics(app.pipeline.topics.values())
        app.store.save_stories(group_entries(app.store.ungrouped_entries(10), []))
    return "a"


def test_a_story_is_shown_with_its_owners_and_entries(run: Run, story: str) -> None:
    """+N counts the owners beyond the first."""
    done = run("stories", "show", story)
    assert done.exit_code == 0, done.output
    assert "+1 publisher" in done.output
    assert "ledger.example" in done.output
    told = json.loads(run("stories", "show", story, "--json").output)
    assert (told["publishers"], told["corrections"]) == (["herald.example", "ledger.example"], [])


def test_a_split_is_kept_shown_and_undone(run: Run, story: str) -> None:
    """With who said so; undone, the story is as it was, and the id of the part leads to it."""
    done = json.loads(run("stories", "split", story, "b", "--by", "Ida", "--json").output)
    number, (rest, own) = done["correction"]["number"], done["stories"]
    assert [len(rest["entries"]), len(own["entries"])] == [1, 1]
    shown = run("stories", "show", story).output
    assert "1 entry split off a" in shown
    assert "Ida" in shown
    assert run("stories", "undo", str(number)).exit_code == 0
    told = json.loads(run("stories", "show", own["id"], "--json").output)
    assert (told["story"]["id"], len(told["story"]["entries"])) == (story, 2)
    again = run("stories", "undo", str(number))
    assert (again.exit_code, again.stderr) == (1, f"radar: correction {number} has been undone already\n")


def test_a_merging_is_said_with_the_way_back(run: Run, story: str) -> None:
    """The older id stays."""
    done = run("stories", "merge", "c", story)
    assert done.exit_code == 0, done.output
    assert "c (1 entry) merged into a; to undo it: radar stories undo 1" in done.output
    assert json.loads(run("stories", "show", "c", "--json").output)["story"]["id"] == story


@pytest.mark.parametrize(
    ("command", "code", "line"),
    [
        (["split", "a", "zz"], 4, "radar: story a has no such entry; `radar stories show a` lists its entries"),
        (["split", "c", "c"], 1, "radar: story c has a single entry: there is nothing to split it from"),
        (["merge", "a", "a"], 1, "radar: story a cannot be merged with itself"),
        (["show", "zz"], 4, "radar: no story is called 'zz': `radar query` finds stories"),
        (["undo", "9"], 4, "radar: no correction is called '9': `radar stories show` lists those of a story"),
    ],
)
def test_mistakes_end_in_a_line(run: Run, story: str, command: list[str], code: int, line: str) -> None:
    """What, which, what to do."""
    done = run("stories", *command)
    assert (done.exit_code, done.stderr.strip()) == (code, line)
