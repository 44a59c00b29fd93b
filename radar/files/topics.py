"""Edit topics.toml as a careful person would: topics are added, changed or taken out; comments and order stay."""

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from radar.config import TOPICS_FILE, parse_topics, read_topics_file
from radar.errors import ConfigError
from radar.files.feeds import find_table, lock_folder, quote_text, replace_file
from radar.records import Topic

_HEADER = re.compile(r"\s*\[\[\s*[\"']?topic[\"']?\s*\]\]")
_COMMENT = re.compile(r"""^(?:[^#"']|"(?:\\.|[^"\\])*"|'[^']*')*(#.*)$""")
#: The keys of a topic in the order in which they are written, and the fields behind them.
_KEYS = {key: key for key in ("slug", "name", "quadrant", "parent", "definition", "primer", "aliases", "seeds")} | {
    "not": "not_terms"
}


def edit_topics(home: Path, change: Callable[[str, Path], str]) -> None:
    """Rewrite topics.toml as `change` (text, path → text) says; nobody ever reads half of it. Raises ConfigError."""
    path = home / TOPICS_FILE
    with lock_folder(home):
        text = read_topics_file(path)
        changed = change(text, path)
        if changed != text:
            replace_file(path, changed)


def put_topic(text: str, topic: Topic, path: Path) -> str:
    """Return the text with a topic as it is given: its keys changed where it is listed, else added at the end."""
    listed = parse_topics(text, path)
    end = "\r\n" if "\r\n" in text else "\n"
    there = next((known for known in listed if known.slug == topic.slug), None)
    if there is None:
        head = text + (end if text and not text.endswith("\n") else "")
        gap = end if head and not head.endswith(("\n\n", "\n\r\n")) else ""
        block = end.join(["[[topic]]", *(_write_key(topic, key) for key in _KEYS if _has(topic, key)), ""])
        return _prove(head + gap + block, [*listed, topic], path)
    lines = text.split("\n")
    first, last = _find_block(lines, listed, topic.slug, path)
    block_lines = lines[first : last + 1]
    for key, field in _KEYS.items():
        if getattr(there, field) != getattr(topic, field):
            block_lines = _set_key(block_lines, topic, key, path)
    changed = "\n".join(lines[:first] + block_lines + lines[last + 1 :])
    return _prove(changed, [topic if known.slug == topic.slug else known for known in listed], path)


def drop_topic(text: str, slug: str, path: Path) -> str:
    """Return the text without one topic; the comments above and below it stay."""
    listed = parse_topics(text, path)
    lines = text.split("\n")
    first, last = _find_block(lines, listed, slug, path)
    after = last + 1
    while after < len(lines) - 1 and not lines[after].strip() and (first == 0 or not lines[first - 1].strip()):
        after += 1  # one gap remains of the two around it
    return _prove("\n".join(lines[:first] + lines[after:]), [known for known in listed if known.slug != slug], path)


def _has(topic: Topic, key: str) -> bool:
    return bool(getattr(topic, _KEYS[key]))


def _write_key(topic: Topic, key: str) -> str:
    value = getattr(topic, _KEYS[key])
    if isinstance(value, str):
        return f"{key} = {quote_text(value)}"
    return f"{key} = [{', '.join(quote_text(each) for each in value)}]"


def _set_key(block: Sequence[str], topic: Topic, key: str, path: Path) -> list[str]:
    """Return a topic's lines with one key as the topic has it; comments inside what is replaced move above it."""
    found = _find_key(block, key, path)
    ending = "\r" if block[0].endswith("\r") else ""
    written = [_write_key(topic, key) + ending] if _has(topic, key) else []
    if found is None:
        return [*block, *written]
    start, stop = found
    comments = [f"{match[1].rstrip()}{ending}" for line in block[start:stop] if (match := _COMMENT.match(line))]
    return [*block[:start], *comments, *written, *block[stop:]]


def _find_key(block: Sequence[str], key: str, path: Path) -> tuple[int, int] | None:
    """Return where a key of a topic begins and ends: the fewest lines that are valid by themselves."""
    assignment = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
    for start in range(1, len(block)):
        if not assignment.match(block[start]):
            continue
        for stop in range(start + 1, len(block) + 1):
            try:
                tomllib.loads("\n".join([*block[start:stop], ""]))
            except tomllib.TOMLDecodeError:
                continue
            return start, stop
        raise _refuse(path)
    return None


def _find_block(lines: Sequence[str], topics: Sequence[Topic], slug: str, path: Path) -> tuple[int, int]:
    """Return the first and the last line of one topic."""
    found = find_table(lines, _HEADER, [topic.slug for topic in topics], slug)
    if found is None:
        raise _refuse(path)
    return found


def _prove(text: str, topics: Iterable[Topic], path: Path) -> str:
    """Return an edited text if it says what it should. Raises ConfigError for a topic that is not right."""
    if parse_topics(text, path) == tuple(topics):
        return text
    raise _refuse(path)


def _refuse(path: Path) -> ConfigError:
    return ConfigError(
        f"{path}: is written in a way that Radar cannot edit; write every topic as [[topic]], a key a line"
    )
