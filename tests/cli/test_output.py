"""What is printed fits and cannot command the terminal."""

import sys
from pathlib import Path

import pytest

from radar.cli.output import count, format_age, name_command, say_json, say_table, strip_controls
from radar.records import Executive
from tests.building import NOW


def test_terminal_escapes_are_stripped() -> None:
    """Neither ESC nor the one-byte CSI nor an order mark reaches a terminal; text and lines do."""
    assert strip_controls("a\x1b[31mb\x9bc\x07\u202ed\te\nf\x7f") == "a[31mbcd\te\nf"


def test_our_own_colours_may_stay_and_nothing_else() -> None:
    """With colour, sequences that set a colour pass; those that move or ask do not."""
    assert (
        strip_controls("\x1b[1mbold\x1b[0m \x1b]0;title\x07 \x1b[2J", colour=True) == "\x1b[1mbold\x1b[0m ]0;title [2J"
    )


def test_a_table_fits_a_hundred_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """The widest columns are cut with an ellipsis; wide characters count twice."""
    say_table(("a", "b", "c"), [("x" * 90, "短い見出し" * 20, "end"), ("1", None, NOW)])

    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) + sum(ord(c) > 0x2E80 for c in line) <= 100 for line in lines)
    assert lines[1].endswith("end")
    assert lines[2].split() == ["1", "–", "24", "Nov", "08:00"]


def test_a_cell_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A title with line ends makes no second row."""
    say_table(("title",), [("one\ntwo\x1b[2J",)])

    assert capsys.readouterr().out == "title\none two[2J\n"


def test_json_names_fields_as_records_do(capsys: pytest.CaptureFixture[str]) -> None:
    """Times are ISO 8601 in UTC, control characters do not get through."""
    say_json({"person": Executive("p", "A\x9bB", "", ""), "at": NOW, "on": NOW.date()})

    out = capsys.readouterr().out
    assert '"slug": "p"' in out
    assert '"name": "AB"' in out
    assert '"at": "2026-11-24T08:00:00Z"' in out
    assert '"on": "2026-11-24"' in out


def test_numbers_come_with_their_nouns() -> None:
    """One entry, two entries; ages in one unit."""
    assert count(1, "entry", "entries") == "1 entry"
    assert count(1234, "feed") == "1,234 feeds"
    assert format_age(NOW, NOW) == "just now"
    assert format_age(NOW.replace(hour=5), NOW) == "3 hours ago"


def test_hints_name_radar_as_it_can_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its path while no shell would find it, seen from the folder where it is going to be typed."""
    script = tmp_path / ".venv" / "bin" / "radar"
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(script), "demo"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert name_command(tmp_path) == ".venv/bin/radar"
    assert name_command(tmp_path / "my-radar") == "../.venv/bin/radar"
    monkeypatch.setenv("PATH", str(script.parent))
    assert name_command(tmp_path) == "radar"
