"""Read the tables people bring to be measured: TSV or JSON Lines, plain, gzipped or compressed with zstd."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import zstandard

from radar.errors import RadarError
from radar.text import clean_text

_JSON_SUFFIXES = (".jsonl", ".ndjson")


class Row(dict[str, str]):
    """The fields of one row by column; `where` names the row in a message: "items.tsv, line 17"."""

    def __init__(self, fields: Mapping[str, str], where: str) -> None:
        super().__init__(fields)
        self.where = where


def read_table(path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the rows of a file, in its order and one at a time, with the columns asked for; an optional one may be "".

    The suffix tells the format: `.jsonl` is JSON Lines, all else is TSV with a header, whose fields are taken as they
    stand, quotation marks too; `.gz` and `.zst` behind it are unpacked. Bytes that are no UTF-8 become U+FFFD. Raises
    RadarError, in one line, for a file that cannot be read, a column that is not there or a row that does not fit.
    """
    try:
        with _open_text(path) as lines:
            yield from (
                _read_json(path, lines, required, optional)
                if _is_json(path)
                else _read_tsv(path, lines, required, optional)
            )
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        raise RadarError(f"{path.name} cannot be unpacked: {error}") from None
    except OSError as error:
        raise RadarError(f"{path} cannot be read: {error.strerror or error}") from None


def read_moment(row: Row, column: str) -> datetime:
    """Return a field as a moment in UTC: ISO 8601 (UTC where it names no zone) or milliseconds since 1970.

    Raises RadarError for anything else.
    """
    written = row[column].strip()
    try:
        if written.isascii() and written.isdigit() and len(written) > len("20261231"):
            return datetime.fromtimestamp(int(written) / 1000, UTC)
        at = datetime.fromisoformat(written)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        said = clean_text(written, 40)
        raise RadarError(
            f"{row.where}: {column} is {said!r}; write it as 2026-11-24T07:30:00Z, or in milliseconds since 1970"
        ) from None


def _open_text(path: Path) -> io.TextIOWrapper:
    """Open a file for reading lines; only a line feed ends one, since titles hold all other kinds of breaks."""
    binary: io.BufferedIOBase
    if path.suffix == ".gz":
        binary = gzip.GzipFile(path, "rb")
    elif path.suffix == ".zst":
        # A file may consist of several frames, as `cat a.zst b.zst` makes one.
        binary = io.BufferedReader(
            zstandard.ZstdDecompressor().stream_reader(path.open("rb"), read_across_frames=True, closefd=True)
        )
    else:
        binary = path.open("rb")
    return io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline="\n")


def _is_json(path: Path) -> bool:
    plain = path.with_suffix("") if path.suffix in (".gz", ".zst") else path
    return plain.suffix in _JSON_SUFFIXES


def _read_tsv(path: Path, lines: Iterator[str], required: Sequence[str], optional: Sequence[str]) -> Iterator[Row]:
    header = next(lines, "").rstrip("\r\n").split("\t")
    missing = [column for column in required if column not in header]
    if missing:
        named = clean_text(", ".join(header), 120)
        raise RadarError(f"{path.name} has no column {', '.join(missing)}; its first line names: {named or 'nothing'}")
    wanted = [(column, header.index(column)) for column in (*required, *optional) if column in header]
    absent = {column: "" for column in optional if column not in header}
    for number, line in enumerate(lines, 2):
        line = line.rstrip("\r\n")
        if not line:
            continue
        where = f"{path.name}, line {number}"
        fields = line.split("\t")
        if len(fields) != len(header):
            raise RadarError(f"{where}: {len(fields)} fields where the first line names {len(header)}")
        yield Row({column: fields[place] for column, place in wanted} | absent, where)


def _read_json(path: Path, lines: Iterator[str], required: Sequence[str], optional: Sequence[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            raise RadarError(f"{where}: not JSON") from None
        if not isinstance(item, dict):
            raise RadarError(f"{where}: not a JSON object")
        missing = [column for column in required if item.get(column) is None]
        if missing:
            raise RadarError(f"{where}: no {', '.join(missing)}")
        fields = {column: item.get(column) for column in (*required, *optional)}
        for column, value in fields.items():
            if isinstance(value, (dict, list)):
                raise RadarError(f"{where}: {column} is no text")
        yield Row({column: "" if value is None else str(value) for column, value in fields.items()}, where)
