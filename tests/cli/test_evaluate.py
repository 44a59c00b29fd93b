"""`radar evaluate`: what is read from a folder, and the scores."""

import json
from pathlib import Path

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
    assert "whole archive" in run(*options, "--explain", "nothing").output


def test_a_broken_archive_is_named_in_a_line(run: Run, tmp_path: Path) -> None:
    archive = tmp_path / "old.tsv"
    archive.write_text("when\ttitle\n2026-01-01\tx\n")
    failed = run("evaluate", "warnings", str(archive), "--start", "2025-10-01", "--end", "2026-11-22")
    assert failed.exit_code == 1
    assert "old.tsv has no column date" in failed.output
