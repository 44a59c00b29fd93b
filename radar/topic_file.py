"""Write topics into topics.toml, which people edit by hand: what stands there stays as it is."""

import json
from pathlib import Path

from radar.config import TOPICS_FILE, parse_topics
from radar.errors import ConfigError
from radar.feed_file import replace_file
from radar.records import Topic


def write_topic(topic: Topic) -> str:
    """Return a topic as a block of topics.toml."""
    fields: list[tuple[str, str | tuple[str, ...]]] = [
        ("slug", topic.slug),
        ("name", topic.name),
        ("quadrant", topic.quadrant),
        ("definition", topic.definition),
        ("primer", topic.primer),
        ("parent", topic.parent),
        ("aliases", topic.aliases),
        ("seeds", topic.seeds),
        ("not", topic.not_terms),
    ]
    # A JSON string without surrogate pairs is a TOML string.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields if value]
    return "\n".join(["[[topic]]", *lines, ""])


def add_topic(home: Path, topic: Topic) -> Path:
    """Append a topic to the folder's topics.toml and return its path. Raises ConfigError where it stands there already.

    A topic of the shipped list is replaced by one of the same slug here.
    """
    path = home / TOPICS_FILE
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from None
    if any(own.slug == topic.slug for own in parse_topics(text, path)):
        raise ConfigError(f"{path}: has a topic {topic.slug!r} already; add the names to its aliases by hand")
    whole = f"{text.rstrip()}\n\n{write_topic(topic)}" if text.strip() else write_topic(topic)
    parse_topics(whole, path)
    replace_file(path, whole)
    return path
