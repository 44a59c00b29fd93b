"""The topics: those that ship, the operator's own, and labels of data to be measured."""

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from radar.config.toml import decode, find_line, read_text
from radar.errors import ConfigError
from radar.records import Topic

TOPICS_FILE = "topics.toml"


class _TopicRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slug: str
    name: str
    quadrant: str
    definition: str
    primer: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    not_terms: tuple[str, ...] = msgspec.field(default=(), name="not")


class _LabelRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label of somebody's data, in words; or a topic as topics.toml has it."""

    name: str
    slug: str = ""
    description: str = ""
    definition: str = ""
    primer: str = ""
    quadrant: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    not_terms: tuple[str, ...] = msgspec.field(default=(), name="not")


class _LabelsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    topic: tuple[_LabelRow, ...] = ()


class _TopicsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    topic: tuple[_TopicRow, ...] = ()


def load_topics(home: Path) -> tuple[Topic, ...]:
    """Read the shipped topics, then the operator's topics.toml, whose topics add to them or replace them by slug."""
    path = home / TOPICS_FILE
    return join_topics(load_shipped_topics(), read_topics_file(path), path)


def load_shipped_topics() -> tuple[Topic, ...]:
    """Read the topics that Radar brings."""
    from importlib import resources  # 5 ms that `radar query` does without

    shipped = resources.files("radar").joinpath("data/topics.toml").read_text(encoding="utf-8")
    return parse_topics(shipped, Path("radar/data/topics.toml"))


def read_topics_file(path: Path) -> str:
    """Return the text of the operator's topics.toml, line ends as they are; there need not be one."""
    return read_text(path) if path.exists() else ""


def join_topics(shipped: Iterable[Topic], text: str, path: Path) -> tuple[Topic, ...]:
    """Return the shipped topics with those of a topics.toml, which add to them or replace them by slug."""
    own = parse_topics(text, path)
    topics = {topic.slug: topic for topic in shipped} | {topic.slug: topic for topic in own}
    for index, topic in enumerate(own):
        seen = {topic.slug}
        while topic.parent:
            if topic.parent not in topics or topic.parent in seen:
                line = find_line(text, "topic", index, "parent")
                wrong = "comes back to the topic itself" if topic.parent in seen else "is not a topic"
                raise ConfigError(
                    f"{path}:{line}: topic[{index}] {own[index].slug}: parent: {topic.parent!r} {wrong}; "
                    "correct the slug"
                )
            topic = topics[topic.parent]
            seen.add(topic.slug)
    return tuple(topics.values())


def parse_topics(text: str, path: Path) -> tuple[Topic, ...]:
    """Read the text of a topics.toml; `path` only names it in errors."""
    topics: dict[str, Topic] = {}
    for index, row in enumerate(decode(text, _TopicsFile, path).topic):
        if row.slug in topics or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.slug):
            line = find_line(text, "topic", index, "slug")
            reason = "is used twice" if row.slug in topics else "must be lower-case words joined by hyphens"
            raise ConfigError(f"{path}:{line}: topic[{index}].slug: {row.slug!r} {reason}")
        for key in ("name", "quadrant", "definition"):
            if not getattr(row, key).strip():
                line = find_line(text, "topic", index, key)
                raise ConfigError(f"{path}:{line}: topic[{index}] {row.slug}: {key}: is empty; write some words")
        topics[row.slug] = Topic(
            row.slug,
            row.name,
            row.quadrant,
            " ".join(row.definition.split()),
            " ".join(row.primer.split()),
            row.parent,
            row.aliases,
            row.seeds,
            row.not_terms,
        )
    return tuple(topics.values())


def load_labels(path: Path) -> tuple[Topic, ...]:
    """Read the labels of data to be measured, each as a topic whose slug is the label.

    A [[topic]] has name, description and seeds, or what topics.toml knows; the label is the slug if given, else the
    name. The name of a label without aliases proves nothing ("Space", "Social"): it is one of its seeds.
    """
    text = read_text(path)
    labels: dict[str, Topic] = {}
    for index, row in enumerate(decode(text, _LabelsFile, path).topic):
        label = row.slug or row.name
        if label in labels:
            line = find_line(text, "topic", index, "slug" if row.slug else "name")
            raise ConfigError(f"{path}:{line}: topic[{index}]: the label {label!r} is used twice")
        name, seeds = (row.name, row.seeds) if row.aliases else ("", (row.name, *row.seeds))
        words = " ".join(f"{row.definition} {row.description}".split())
        labels[label] = Topic(
            label,
            name,
            row.quadrant,
            words,
            " ".join(row.primer.split()),
            row.parent,
            row.aliases,
            seeds,
            row.not_terms,
        )
    return tuple(labels.values())
