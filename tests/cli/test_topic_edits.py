"""`radar topics add`, `edit`, `remove` and `radar stories tag`, `untag`: the topics' desk."""

import json
from pathlib import Path

from radar.records import Crawl, Feed
from radar.store import open_store
from tests.building import HOUR, NOW, make_entry
from tests.cli.cli_run import Run

FEED = "https://ledger.example/feed"
DUMMY = ("--name", "Dummy", "--quadrant", "frontier", "--definition", "Nothing at all.")
WAVES = ("--name", "Wave power", "--quadrant", "frontier", "--definition", "Buoys that make electricity.")


def fill(home: Path, run: Run) -> str:
    """Two stories on file, tagged; return the id of the first."""
    with open_store(f"sqlite:///{home}/data/radar.db") as store:
        store.sync_feeds([Feed(FEED, "trade", "ledger.example")])
        entries = [make_entry("Wave buoys light a harbour"), make_entry("Passkeys reach the bank")]
        store.save_crawl(Crawl(FEED, NOW, "new entries", "ok", "", NOW + HOUR), entries)
    (home / "feeds.toml").write_text(f'[[feed]]\nurl = "{FEED}"\nkind = "trade"\npaused = true\n')
    assert run("topics", "add", "dummy", *DUMMY).exit_code == 0
    from radar.app import open_app

    with open_app(home) as app:
        app.pipeline.watch(NOW)
    return entries[0].id


def topics_of(run: Run, story: str) -> list[str]:
    return [tag["topic"] for tag in json.loads(run("stories", "show", story, "--json").output)["tags"]]


def test_a_dry_run_shows_what_would_be_tagged_and_the_real_one_does_it(home: Path, run: Run) -> None:
    """At once, in the file and on the stories."""
    story = fill(home, run)
    before = (home / "topics.toml").read_text()
    tried = run("topics", "add", "waves", *WAVES, "--alias", "wave buoys", "--dry-run").output
    assert "Nothing is changed yet" in tried
    assert "1 story would get waves:\n  Wave buoys light a harbour" in tried
    assert (home / "topics.toml").read_text() == before
    assert topics_of(run, story) == []
    done = run("topics", "add", "waves", *WAVES, "--alias", "wave buoys").output
    assert "Added waves in topics.toml" in done
    assert topics_of(run, story) == ["waves"]
    assert "waves" in run("topics").output
    lost = run("topics", "edit", "waves", "--drop", "Wave buoy").output
    assert "1 story lose waves" in lost.replace("loses", "lose")
    assert topics_of(run, story) == []


def test_a_shipped_topic_is_changed_in_the_own_file_and_comes_back(home: Path, run: Run) -> None:
    """Whole, so that nothing of it is lost."""
    story = fill(home, run)
    assert run("topics", "edit", "passkeys", "--alias", "wave buoys").exit_code == 0
    assert topics_of(run, story) == ["passkeys"]
    shown = json.loads(run("topics", "show", "passkeys", "--json").output)["topic"]
    assert "wave buoys" in shown["aliases"]
    assert shown["primer"]
    assert run("topics", "show", "PASSKEYS").output.startswith("Passkeys (passkeys)")
    removed = run("topics", "remove", "passkeys").output
    assert "Removed passkeys in topics.toml: the one that Radar brings holds again." in removed
    assert topics_of(run, story) == []
    assert "passkeys" in run("topics").output


def test_a_topic_of_ones_own_goes_and_its_name_with_it(home: Path, run: Run) -> None:
    """It is listed no more."""
    fill(home, run)
    assert "Removed dummy in topics.toml.\n" in run("topics", "remove", "dummy").output
    assert "dummy" not in run("topics").output


def test_mistakes_are_answered_in_a_line_and_change_nothing(home: Path, run: Run) -> None:
    """What, which, what to do."""
    fill(home, run)
    before = (home / "topics.toml").read_text()
    for arguments, said in (
        (("add", "passkeys", *WAVES), "passkeys is a topic already"),
        (("add", "w", *WAVES, "--parent", "paskeys"), "--parent: 'paskeys' is not a topic; did you mean passkeys"),
        (("edit", "dummy", "--parent", "dummy"), "--parent: 'dummy' comes back to the topic itself"),
        (("add", "w", *WAVES, "--quadrant", "nosuch"), "--quadrant: 'nosuch' is no quadrant; use one of: data and"),
        (("edit", "dummy", "--definition", "x" * 201), "--definition: has 201 characters; shorten it to at most 200"),
        (("edit", "dummy", "--name", "x" * 81), "--name: has 81 characters; shorten it to at most 80"),
        (("add", "w", *WAVES, "--name", "DUMMY"), "--name: 'DUMMY' is the name of dummy already"),
        (("edit", "dummy", "--alias", "the"), "--alias: 'the' says too little"),
        (("edit", "pasckeys", "--seed", "x"), "no topic is called 'pasckeys': did you mean passkeys"),
        (("edit", "dummy", "--drop", "x"), "'x' is no alias, seed or near-miss of dummy"),
        (("remove", "passkeys"), "one of the topics that Radar brings"),
        (("remove", "nothing-like-it"), "no topic is called"),
    ):
        done = run("topics", *arguments)
        assert done.exit_code
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
    assert (home / "topics.toml").read_text() == before


def test_the_advisor_says_what_a_story_is_about(home: Path, run: Run) -> None:
    """Also this topic, not that one, and takes it back."""
    story = fill(home, run)
    said = run("stories", "tag", story, "passkeys", "--by", "Ada").output
    assert "is about Passkeys" in said
    assert f"radar stories tag {story} passkeys --undo" in said
    assert "put right by the advisor" in run("stories", "show", story).output
    assert topics_of(run, story) == ["passkeys"]
    assert "Topics now: none" in run("stories", "untag", story, "passkeys").output
    assert run("stories", "untag", story, "passkeys", "--undo").exit_code == 0
    again = run("stories", "untag", story, "passkeys", "--undo")
    assert again.exit_code == 1
    assert "nothing to take back" in again.stderr


def test_doctor_and_status_tell_of_the_tagger(home: Path, run: Run) -> None:
    """When it learnt, and from what."""
    fill(home, run)
    assert "Tagger      learnt" in run("status").output
    assert "2 stories and 0 corrections" in run("doctor").output
