"""Edit feeds.toml as a careful person would: lines are added, changed or taken out; comments and order stay.

The text is edited, not a parsed document: tomlkit takes a comment that heads the next section for part of the feed
above it and drops both together. Every edit is read again before it is written, and must say exactly what was meant.
"""

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from radar.config import FEEDS_FILE, FeedRow, parse_feed_rows, read_feeds_file
from radar.errors import ConfigError

_HEADER = re.compile(r"\s*\[\[\s*[\"']?feed[\"']?\s*\]\]")
_PAUSED = re.compile(r"(\s*[\"']?paused[\"']?\s*=\s*)(true|false)\b(.*)", re.DOTALL)


def edit_feeds(home: Path, change: Callable[[str, Path], str]) -> None:
    """Rewrite feeds.toml as `change` (text, path → text) says; nobody ever reads half of it. Raises ConfigError."""
    path = home / FEEDS_FILE
    with lock_folder(home):
        text = read_feeds_file(path)
        changed = change(text, path)
        if changed != text:
            replace_file(path, changed)


def add_rows(text: str, rows: Iterable[FeedRow], path: Path) -> str:
    """Return the text with feeds added at its end; what is listed already is left as it is."""
    there = parse_feed_rows(text, path)
    listed = {row.url for row in there}
    rows = tuple(row for row in rows if row.url not in listed)
    if not rows:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    head = text + (end if text and not text.endswith("\n") else "")
    blocks = [end.join(["[[feed]]", *_write_keys(row), ""]) for row in rows]
    gap = end if head and not head.endswith(("\n\n", "\n\r\n")) else ""
    return _prove(head + gap + end.join(blocks), (*there, *rows), path)


def remove_row(text: str, url: str, path: Path) -> str:
    """Return the text without one feed; the comments above and below it stay."""
    rows = parse_feed_rows(text, path)
    lines = text.split("\n")
    first, last = _find_block(lines, rows, url, path)
    after = last + 1
    if first == 0 or not lines[first - 1].strip():
        # One gap remains of the two around it.
        while after < len(lines) - 1 and not lines[after].strip():
            after += 1
    if after == len(lines) - 1 and not lines[after]:  # it was the last
        while first > 1 and not lines[first - 1].strip():
            first -= 1
    return _prove("\n".join(lines[:first] + lines[after:]), [row for row in rows if row.url != url], path)


def pause_row(text: str, url: str, paused: bool, path: Path) -> str:
    """Return the text with one feed paused, or no longer."""
    rows = parse_feed_rows(text, path)
    lines = text.split("\n")
    first, last = _find_block(lines, rows, url, path)
    if next(row for row in rows if row.url == url).paused == paused:
        return text
    for number in range(first, last + 1):
        found = _PAUSED.fullmatch(lines[number])
        if found and not paused and not found[3].strip():
            del lines[number]
            break
        if found:
            lines[number] = f"{found[1]}{'true' if paused else 'false'}{found[3]}"
            break
    else:
        if last == len(lines) - 1:  # the file ends without a line end
            lines.append("")
        ending = "\r" if lines[first].endswith("\r") else ""
        lines.insert(last + 1, f"paused = true{ending}")
    wanted = [msgspec.structs.replace(row, paused=paused) if row.url == url else row for row in rows]
    return _prove("\n".join(lines), wanted, path)


def replace_file(path: Path, text: str) -> None:
    """Write a file in one step, over a link's target and with the mode and owner of what was there."""
    path = path.resolve()
    temporary = ""
    try:
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
            temporary = file.name
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        _copy_rights(path, temporary)
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(temporary)
        raise ConfigError(f"{path}: cannot be written ({error.strerror}); nothing was changed") from None


def _copy_rights(path: Path, temporary: str) -> None:
    if path.exists():
        there = path.stat()
        with suppress(PermissionError):  # only root may give files away
            os.chown(temporary, there.st_uid, there.st_gid)
        os.chmod(temporary, there.st_mode & 0o777)
    else:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)


def _write_keys(row: FeedRow) -> Iterator[str]:
    yield f"url = {quote_text(row.url)}"
    if row.title:
        yield f"title = {quote_text(row.title)}"
    yield f"kind = {quote_text(row.kind)}"
    if row.publisher:
        yield f"publisher = {quote_text(row.publisher)}"
    if row.category:
        yield f"category = {quote_text(row.category)}"
    if row.paused:
        yield "paused = true"


def quote_text(text: str) -> str:
    """Return a TOML basic string: JSON's, but for DEL and lone surrogates, which TOML does not take as they are."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _find_block(lines: Sequence[str], rows: Sequence[FeedRow], url: str, path: Path) -> tuple[int, int]:
    """Return the first and the last line of one feed."""
    found = find_table(lines, _HEADER, [row.url for row in rows], url)
    if found is None:
        raise _refuse(path)
    return found


def find_table(lines: Sequence[str], header: re.Pattern[str], keys: Sequence[str], key: str) -> tuple[int, int] | None:
    """Return the first and the last line of one of a file's [[tables]]: its header and the end of its last key.

    `keys` are those of all tables, in the file's order; None where there are not as many headers.
    """
    headers = [number for number, line in enumerate(lines) if header.match(line)]
    if len(headers) != len(keys):
        return None
    index = keys.index(key)
    last = (headers[index + 1] if index + 1 < len(headers) else len(lines)) - 1
    while not lines[last].strip() or lines[last].lstrip().startswith("#"):
        last -= 1
    return headers[index], last


def _prove(text: str, rows: Iterable[FeedRow], path: Path) -> str:
    """Return an edited text if it says what it should."""
    try:
        if parse_feed_rows(text, path) == tuple(rows):
            return text
    except ConfigError:
        pass
    raise _refuse(path)


def _refuse(path: Path) -> ConfigError:
    return ConfigError(
        f"{path}: is written in a way that Radar cannot edit; write every feed as [[feed]], a key a line"
    )


@contextmanager
def lock_folder(home: Path) -> Iterator[None]:
    """Let one process at a time edit; the folder itself is what is locked, so nothing is left behind."""
    try:
        import fcntl
    except ImportError:  # Windows: the last of two that edit at the same moment wins
        yield
        return
    folder = os.open(home, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems lock no folders
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
