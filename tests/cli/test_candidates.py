"""`radar candidates` and `radar import-archive`: from an old archive to a topic of the list."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from radar.app import open_app
from radar.config import load_topics
from radar.records import Report
from tests.building import NOW
from tests.cli.cli_run import Run
from tests.watch.streams import FIRST, make_rise, make_stream

#: The streams' weeks 0 to 119 end the Sunday before NOW.
SHIFT = NOW.date() - timedelta(days=NOW.weekday()) - (FIRST + timedelta(weeks=120))


def write_archive(path: Path, reports: list[Report]) -> Path:
    rows = [f"{one.on + SHIFT}\t{one.source}\t{one.title}\thttps://{one.publisher}/a" for one in reports]
    path.write_text("\n".join(["date\tsource\ttitle\turl", *rows, ""]), encoding="utf-8")
    return path


@pytest.fixture
def watched(run: Run, home: Path, tmp_path: Path) -> Run:
    """A Radar that read an archive and then closed a week, in which a new name had risen for a month."""
    reports = make_stream(120) + make_rise("Quorvex Blenta", 112, [2, 3, 4, 5, 6, 7, 8, 9])
    assert run("import-archive", str(write_archive(tmp_path / "old.tsv", reports))).exit_code == 0
    with open_app(home, lambda: NOW) as app:
        app.pipeline.watch(NOW)
    return run


def test_an_archive_is_read_once(run: Run, tmp_path: Path) -> None:
    """The same file again brings nothing; a row that does not fit is named."""
    archive = write_archive(tmp_path / "old.tsv", make_stream(3))
    assert run("import-archive", str(archive)).output == "old.tsv: 180 titles new.\n"
    assert run("import-archive", str(archive)).output == "old.tsv: 0 titles new, 180 known already.\n"
    archive.write_text("date\tsource\ttitle\nyesterday\tforum\tOne\n")
    failed = run("import-archive", str(archive))
    assert failed.exit_code != 0
    assert "Traceback" not in failed.output


def test_rows_that_are_no_titles_of_the_past_are_counted_in_words(run: Run, tmp_path: Path) -> None:
    """Without a title, also one of what nobody sees, or without source; of tomorrow. A title twice is new once."""
    archive = tmp_path / "old.tsv"
    rows = ["2026-11-20\tforum\tOne", "2026-11-20\tforum\tOne", "2026-11-24\tforum\tToday's", "2026-11-20\tforum\t"]
    rows += ["2026-11-20\tforum\t \u200b ", "2026-11-20\t\tTwo", "2026-11-25\tforum\tThree"]
    archive.write_text("\n".join(["date\tsource\ttitle", *rows, ""]), encoding="utf-8")
    said = "1 known already, 1 in the future (skipped), 3 without title or source (skipped)."
    assert run("import-archive", str(archive)).output == f"old.tsv: 2 titles new, {said}\n"
    archive.write_text("date\tsource\ttitle\n", encoding="utf-8")
    assert run("import-archive", str(archive)).output == "old.tsv: no titles in it.\n"


def test_a_young_radar_says_what_it_cannot_know_yet(run: Run) -> None:
    listed = run("candidates").output
    assert "Only 0 weeks of press on file" in listed
    assert "No candidates." in listed


def test_a_candidate_is_listed_and_shown_with_seeds(watched: Run) -> None:
    """The names of one thing together, the evidence in words, and the company the term keeps."""
    [one] = json.loads(watched("candidates", "--json").output)
    assert {"quorvex", "blenta", "quorvex blenta"} == set(one["names"])
    assert one["raised_on"] == "2026-11-23"
    shown = watched("candidates", "show", "blenta").output
    assert "12 publishers in a year" in " ".join(shown.split())
    assert "Seeds: " in shown
    assert "No candidates" not in watched("candidates").output


def test_a_promoted_candidate_is_a_topic_with_its_names(watched: Run, home: Path) -> None:
    """topics.toml has it, the list no longer waits for it, and it is not raised again."""
    [one] = json.loads(watched("candidates", "--json").output)
    wrong = watched("candidates", "promote", one["term"], "--quadrant", "nowhere", "--definition", "x")
    assert wrong.exit_code == 2
    assert not (home / "topics.toml").exists()
    done = watched(
        "candidates", "promote", one["term"], "--slug", "quorvex", "--name", "Quorvex", "--quadrant", "frontier",
        "--definition", 'A "made-up" thing.',
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    topic = next(topic for topic in load_topics(home) if topic.slug == "quorvex")
    assert topic.definition == 'A "made-up" thing.'
    assert {"Quorvex", "blenta", "quorvex blenta"} == set(topic.aliases)
    assert topic.seeds
    assert watched("candidates").output == "No candidates.\n"
    [kept] = json.loads(watched("candidates", "--all", "--json").output)
    assert (kept["standing"], kept["topic"]) == ("promoted", "quorvex")


def test_a_candidate_can_be_merged_into_a_topic(watched: Run, home: Path) -> None:
    """The topic keeps everything it had, and has the candidate's names as well."""
    before = next(topic for topic in load_topics(home) if topic.slug == "passkeys")
    assert watched("candidates", "merge", "blenta", "nothing").exit_code == 4
    assert watched("candidates", "merge", "blenta", "passkeys").exit_code == 0
    after = next(topic for topic in load_topics(home) if topic.slug == "passkeys")
    assert set(after.aliases) == {*before.aliases, "quorvex", "blenta", "quorvex blenta"}
    assert (after.primer, after.seeds, after.not_terms) == (before.primer, before.seeds, before.not_terms)


def test_a_candidate_can_be_merged_into_a_topic_of_the_own_file(watched: Run, home: Path) -> None:
    """In its place; comments stay."""
    own = '# ours\n[[topic]]\nslug = "tides"\nname = "Tides"\nquadrant = "frontier"\ndefinition = "Turbines."\n# end\n'
    (home / "topics.toml").write_text(own)
    done = watched("candidates", "merge", "blenta", "tides")
    assert done.exit_code == 0, done.output
    assert set(load_topics(home)[-1].aliases) == {"quorvex", "blenta", "quorvex blenta"}
    written = (home / "topics.toml").read_text()
    assert written.startswith(own.removesuffix("# end\n"))
    assert written.endswith("# end\n")
    again = watched("candidates", "mute", "blenta")
    assert again.exit_code == 1
    assert "merged already" in again.output


def test_a_muted_candidate_is_not_raised_again(watched: Run, home: Path) -> None:
    """Nor by the next week's pass, under any of its names."""
    assert watched("candidates", "mute", "blenta").exit_code == 0
    later = NOW + timedelta(weeks=1)
    with open_app(home, lambda: later) as app:
        assert app.pipeline.watch(later).candidates == ()
    assert watched("candidates").output == "No candidates.\n"


def test_an_unknown_candidate_is_named(watched: Run) -> None:
    failed = watched("candidates", "show", "nothing")
    assert failed.exit_code == 4
    assert "nothing" in failed.output


def test_a_week_is_decided_once(watched: Run, home: Path) -> None:
    """Every crawl asks; the places of a week are not given twice."""
    before = json.loads(watched("candidates", "--json").output)
    with open_app(home, lambda: NOW) as app:
        assert app.pipeline.watch(NOW).candidates == ()
    assert json.loads(watched("candidates", "--json").output) == before


def test_a_candidate_shows_what_has_happened_to_it(watched: Run) -> None:
    """When it was raised, what was decided by whom, and which press has written of it."""
    assert watched("candidates", "mute", "blenta").exit_code == 0
    shown = json.loads(watched("candidates", "show", "blenta", "--json").output)
    assert [one["what"] for one in shown["history"]] == ["raised", "confirmed", "surging", "muted"]
    assert {one["on"] for one in shown["history"][:3]} == {"2026-11-23"}
    who = shown["history"][3]["by"]
    assert who
    told = watched("candidates", "show", "blenta").output
    assert "23 Nov 2026: raised" in told
    assert f"24 Nov 2026: muted by {who}" in told
    assert "\ntrade 28 Sep 2026\n" in told
