"""`radar evaluate`: what is read from a folder, and the scores."""

import json
from pathlib import Path

import pytest

from tests.cli.cli_run import Run
from tests.cli.test_candidates import write_archive
from tests.watch.hostile import item, rss
from tests.watch.streams import make_rise, make_stream


def fill(folder: Path) -> Path:
    (folder / "inner").mkdir(parents=True)
    more = (
        "<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate><author>Ada</author><description>&lt;b&gt;Text</description>"
    )
    (folder / "good.xml").write_bytes(rss(item("A & B".replace("&", "&amp;"), "g1", more) + item("undated", "g2")))
    (folder / "inner" / "page.html").write_bytes(b"<!doctype html><html><body>x</body></html>")
    (folder / "slow.xml").write_bytes(b"")
    return folder


def test_a_folder_of_documents_is_read_and_written_a_document_a_line(run: Run, tmp_path: Path) -> None:
    """Every file, those in folders too, sorted by name; fields as cleaned, undated entries without a date."""
    out = tmp_path / "parsed.jsonl"
    done = run("evaluate", "parse", str(fill(tmp_path / "feeds")), "--out", str(out))
    assert done.exit_code == 0
    good, page, slow = (json.loads(line) for line in out.read_text().splitlines())
    assert good == {
        "file": "good.xml",
        "format": "rss20",
        "title": "T",
        "entries": [
            {
                "id": "g1",
                "url": "http://news.example/1",
                "title": "A & B",
                "summary": "Text",
                "author": "Ada",
                "published_at": "2026-11-23T10:00:00Z",
            },
            {
                "id": "g2",
                "url": "http://news.example/1",
                "title": "undated",
                "summary": "",
                "author": "",
                "published_at": None,
            },
        ],
        "outcome": "read",
    }
    assert (page["file"], page["entries"], page["outcome"]) == ("inner/page.html", [], "an HTML page instead of a feed")
    assert (slow["file"], slow["outcome"]) == ("slow.xml", "an empty answer instead of a feed")
    assert "3 documents: 1 feed, 1 with entries" in done.output
    assert "2 entries: 1 dated, 1 with a summary, 1 with an author" in done.output


def test_scores_come_as_json_too_and_nothing_is_written_unasked(run: Run, tmp_path: Path) -> None:
    """The same numbers; the folder stays as it was."""
    folder = fill(tmp_path / "feeds")
    before = sorted(tmp_path.rglob("*"))
    score = json.loads(run("evaluate", "parse", str(folder), "--json").output)
    assert (score["documents"], score["feeds"], score["with_entries"], score["entries"]) == (3, 1, 1, 2)
    assert (score["dated"], score["summarised"], score["signed"], score["formats"]) == (1, 1, 1, {"rss20": 1})
    assert sum(score["outcomes"].values()) == 3
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_is_not_there_is_named(run: Run) -> None:
    """One line, no traceback."""
    done = run("evaluate", "parse", "nowhere")
    assert done.exit_code == 2
    assert "'nowhere' does not exist" in done.output


def write_items(folder: Path) -> Path:
    """Two reports of one happening, two of another that share an address, and one of neither."""
    items = folder / "items.tsv"
    items.write_text(
        "id\tpublished\ttitle\tsummary\turl\tstory\n"
        "1\t2026-11-24T08:00:00Z\tThree large banks drop passwords for passkeys\tThe banks end passwords.\t\tbanks\n"
        "2\t2026-11-24T09:00:00Z\tThree large banks drop passwords for passkeys\t\thttps://b.example/2\tbanks\n"
        "3\t2026-11-24T09:00:00Z\tSatellite texting gets cheap\t\thttps://c.example/3?utm_source=x\ttexting\n"
        "4\t2026-11-24T09:30:00Z\tSomething wholly different\t\thttp://www.c.example/3\ttexting\n"
        "5\t2026-11-24T10:00:00Z\tRobots harvest strawberries in Spain\t\t\trobots\n"
    )
    return items


def test_items_are_grouped_written_in_their_order_and_scored(run: Run, tmp_path: Path) -> None:
    """TSV with id and story; pairwise and B³, throughput and memory."""
    out = tmp_path / "stories.tsv"
    done = run("evaluate", "stories", str(write_items(tmp_path)), "--out", str(out))
    assert done.exit_code == 0, done.output
    assert out.read_text() == "id\tstory\n1\t1\n2\t1\n3\t3\n4\t3\n5\t5\n"
    assert "5 entries in 3 stories" in done.output
    assert done.output.count("F1 1.000") == 4
    assert "entries/s" in done.output
    told = json.loads(run("evaluate", "stories", str(tmp_path / "items.tsv"), "--json").output)
    assert (told["stories"]["bcubed"]["f1"], told["copies"]["pairwise"]["f1"], told["found"]) == (1.0, 1.0, 3)
    assert told["peak_bytes"] > 10**7


def test_a_table_that_does_not_fit_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    """No traceback, and nothing written."""
    items = tmp_path / "items.tsv"
    items.write_text("id\theadline\n1\tx\n")
    done = run("evaluate", "stories", str(items), "--out", str(tmp_path / "out.tsv"))
    assert done.exit_code == 1
    assert done.stderr == "radar: items.tsv has no column published, title; its first line names: id, headline\n"
    assert not (tmp_path / "out.tsv").exists()


def test_an_archive_is_replayed_alert_by_alert(run: Run, tmp_path: Path) -> None:
    """Lines of JSON with what the protocol asks for, the counts on the screen, a term's story on request."""
    archive = write_archive(tmp_path / "old.tsv", make_stream(120) + make_rise("Quorvex", 90, [3] * 16))
    out = tmp_path / "alerts.jsonl"
    options = ["evaluate", "warnings", str(archive), "--start", "2025-10-01", "--end", "2026-11-22"]
    done = run(*options, "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    score = json.loads(done.output)
    alerts = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(alerts) == score["early"] + score["confirmed"] > 0
    assert set(alerts[0]) == {"on", "level", "terms", "kind", "phase", "confidence", "evidence"}
    assert alerts[0]["terms"] == ["quorvex"]
    story = run(*options, "--explain", "quorvex").output
    assert "kept out: fewer than 4 titles in a year" in story
    assert "raised" in story
    assert run(*options, "--explain", "nothing").output == "nothing: in fewer than three titles of the whole archive.\n"
    told = json.loads(run(*options, "--explain", "Quorvex", "--json").output)
    assert (told["term"], told["known"]) == ("quorvex", True)
    assert [f"{week['on']}  {week['standing']}" for week in told["weeks"]] == story.splitlines()
    assert json.loads(run(*options, "--explain", "nothing", "--json").output)["weeks"] == []


def test_a_replay_that_cannot_be_is_refused_in_a_line(run: Run, tmp_path: Path) -> None:
    """At the end of time, or a term's story where only listed topics are followed."""
    archive = str(write_archive(tmp_path / "old.tsv", make_stream(3)))
    ages = run("evaluate", "warnings", archive, "--start", "9999-01-01", "--end", "9999-12-31")
    listed = run(
        *("evaluate", "warnings", archive, "--start", "2026-01-01", "--end", "2026-11-22"),
        *("--explain", "quorvex", "--topics", archive),
    )
    for refused, said in ((ages, "beyond 2100"), (listed, "leave out --topics")):
        assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
        assert said in refused.stderr


@pytest.mark.parametrize("command", ["parse", "stories", "tags", "warnings"])
def test_a_file_that_cannot_be_written_is_named_in_a_line(run: Run, tmp_path: Path, command: str) -> None:
    """A folder that is not there before any work, a full disk after it."""
    table = tmp_path / "labelled.tsv"
    table.write_text("text\tlabels\nPasskeys for the login\tKeys\nFarmers bring in the harvest\tfarming\n")
    archive = write_archive(tmp_path / "old.tsv", make_stream(120) + make_rise("Quorvex", 90, [3] * 16))
    arguments = {
        "parse": [str(fill(tmp_path / "feeds"))],
        "stories": [str(write_items(tmp_path))],
        "tags": ["--test", str(table), "--train", str(table)],
        "warnings": [str(archive), "--start", "2025-10-01", "--end", "2026-11-22"],
    }[command]
    nowhere = run("evaluate", command, *arguments, "--out", str(tmp_path / "nowhere" / "x"))
    assert (nowhere.exit_code, nowhere.stdout, nowhere.stderr.count("\n")) == (2, "", 1)
    assert "there is no folder" in nowhere.stderr
    full = run("evaluate", command, *arguments, "--out", "/dev/full")
    assert (full.exit_code, full.stderr) == (1, "radar: /dev/full cannot be written: No space left on device\n")


def test_a_broken_archive_is_named_in_a_line(run: Run, tmp_path: Path) -> None:
    archive = tmp_path / "old.tsv"
    archive.write_text("when\ttitle\n2026-01-01\tx\n")
    failed = run("evaluate", "warnings", str(archive), "--start", "2025-10-01", "--end", "2026-11-22")
    assert failed.exit_code == 1
    assert "old.tsv has no column date" in failed.output
