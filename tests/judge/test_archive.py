"""Tables that people bring are read whole and in order, or refused in one line that says where."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from radar.errors import RadarError
from radar.judge.archive import Row, read_moment, read_table

TABLE = 'id\tignored\ttitle\n7\tx\tSay "passkeys"\u2028twice\n\n8\ty\t\r\n'


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("items.tsv", TABLE.encode()),
        ("items.tsv", b"\xef\xbb\xbf" + TABLE.encode()),
        ("items.tsv.gz", gzip.compress(TABLE.encode())),
        ("items.tsv.zst", zstandard.compress(TABLE[:9].encode()) + zstandard.compress(TABLE[9:].encode())),
        ("items.jsonl", '{"id": 7, "title": "Say \\"passkeys\\"\u2028twice"}\n\n{"id": "8", "title": ""}'.encode()),
    ],
)
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str, content: bytes) -> None:
    """Also a mark of order, several frames, empty lines, quotation marks and foreign line breaks inside a field."""
    rows = list(read_table(write(tmp_path, name, content), ["id", "title"], ["summary"]))
    assert rows == [
        {"id": "7", "title": 'Say "passkeys"\u2028twice', "summary": ""},
        {"id": "8", "title": "", "summary": ""},
    ]


def test_damaged_letters_cost_no_row(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are replaced."""
    (row,) = read_table(write(tmp_path, "a.tsv", b"title\ncaf\xe9 opens\n"), ["title"])
    assert row["title"] == "caf\ufffd opens"


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.tsv", b"id\theadline\n1\tx\n", "a.tsv has no column title; its first line names: id, headline"),
        ("a.tsv", b"", "a.tsv has no column id, title; its first line names: nothing"),
        ("a.tsv", b"id\ttitle\n1\tx\n2\n", "a.tsv, line 3: 1 fields where the first line names 2"),
        ("a.jsonl", b'{"id": 1, "title": "x"}\n{"id": 2}\n', "a.jsonl, line 2: no title"),
        ("a.jsonl", b"id\ttitle\n", "a.jsonl, line 1: not JSON"),
        ("a.jsonl", b"[1, 2]\n", "a.jsonl, line 1: not a JSON object"),
        ("a.jsonl", b'{"id": 1, "title": ["x"]}\n', "a.jsonl, line 1: title is no text"),
        ("a.tsv.gz", b"id\ttitle\n", "a.tsv.gz cannot be unpacked: Not a gzipped file (b'id')"),
        ("a.tsv.gz", gzip.compress(b"id\ttitle\n" * 99)[:-9], "a.tsv.gz cannot be unpacked: "),
        ("a.tsv.zst", b"id\ttitle\n", "a.tsv.zst cannot be unpacked: "),
    ],
)
def test_what_does_not_fit_is_named_in_one_line(tmp_path: Path, name: str, content: bytes, line: str) -> None:
    """The file, the line, what is wrong with it."""
    with pytest.raises(RadarError) as refused:
        list(read_table(write(tmp_path, name, content), ["id", "title"]))
    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A traceback would help nobody."""
    with pytest.raises(RadarError, match=r"none\.tsv cannot be read: No such file"):
        list(read_table(tmp_path / "none.tsv", ["id"]))


@pytest.mark.parametrize(
    "written", ["2014-03-10T16:52:50.698Z", "2014-03-10 17:52:50.698+01:00", "2014-03-10T16:52:50.698", "1394470370698"]
)
def test_a_moment_is_read_from_iso_or_milliseconds(written: str) -> None:
    """In UTC where no zone is named."""
    at = read_moment(Row({"published": written}, "a.tsv, line 2"), "published")
    assert abs((at - datetime(2014, 3, 10, 16, 52, 50, 698000, UTC)).total_seconds()) < 0.001


def test_a_day_is_its_first_moment() -> None:
    """With hyphens or without: eight digits are no number of milliseconds."""
    for written in ("2026-11-24", "20261124"):
        assert read_moment(Row({"on": written}, ""), "on") == datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "yesterday", "9" * 30, "2026-13-01"])
def test_no_moment_is_refused_with_its_row(written: str) -> None:
    """What, where, and how to write it."""
    with pytest.raises(RadarError, match=r"^a\.tsv, line 2: published is '.*'; write it as 2026-"):
        read_moment(Row({"published": written}, "a.tsv, line 2"), "published")
