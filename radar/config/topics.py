"""The topics: those that ship, the operator's own, and labels of data to be measured."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from radar.config.toml import decode, find_line, read_text
from radar.errors import ConfigError
from radar.records import Topic
from radar.text import fold_phrase, hint_close, split_terms

TOPICS_FILE = "topics.toml"
LONGEST_NAME = 80
LONGEST_DEFINITION = 200


class TopicMistake(NamedTuple):
    """What is wrong with a topic: in which field, with which of its words ("": all of them), and why."""

    topic: Topic
    key: str
    word: str
    reason: str  # repeats nothing of what was given

    def __str__(self) -> str:
        return f"{self.word!r} {self.reason}" if self.word else self.reason


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
    brought = {topic.slug: topic for topic in shipped}
    topics = brought | {topic.slug: topic for topic in own}
    if own and (mistake := find_mistake(own, topics, {topic.quadrant for topic in brought.values()})):
        index = own.index(mistake.topic)
        line = find_line(text, "topic", index, mistake.key)
        raise ConfigError(f"{path}:{line}: topic[{index}] {mistake.topic.slug}: {mistake.key}: {mistake}")
    return tuple(topics.values())


def find_mistake(
    checked: Iterable[Topic], topics: Mapping[str, Topic], quadrants: Iterable[str]
) -> TopicMistake | None:
    """Return the first thing that keeps one of the checked topics from standing in a list (by slug), themselves in it.

    A name belongs to one topic; an alias may be shared, since a narrower topic often has one of the broader. Either is
    more than words like "the", which every story has.
    """
    allowed = sorted(quadrants)
    owners: dict[str, set[str]] = {}
    for known in topics.values():
        owners.setdefault(fold_phrase(known.name) or known.name, set()).add(known.slug)
    for topic in checked:
        if topic.quadrant not in allowed:
            return TopicMistake(topic, "quadrant", topic.quadrant, f"is no quadrant; use one of: {', '.join(allowed)}")
        for key, most in (("name", LONGEST_NAME), ("definition", LONGEST_DEFINITION)):
            if (length := len(getattr(topic, key))) > most:
                return TopicMistake(topic, key, "", f"has {length} characters; shorten it to at most {most}")
        for key, names in (("name", [topic.name]), ("aliases", topic.aliases)):
            for name in names:
                folded = fold_phrase(name)  # "" in scripts that have no tokens: such names prove nothing
                if folded and not split_terms(name):
                    return TopicMistake(topic, key, name, "says too little to tell a topic by; use a fuller name")
                if key == "name" and (others := owners[folded or name] - {topic.slug}):
                    return TopicMistake(topic, key, name, f"is the name of {min(others)} already; use another")
        above, seen = topic, {topic.slug}
        while above.parent:
            if above.parent in seen:
                return TopicMistake(topic, "parent", above.parent, "comes back to the topic itself; correct the slug")
            if above.parent not in topics:
                hint = hint_close(above.parent, topics) or "correct the slug"
                return TopicMistake(topic, "parent", above.parent, f"is not a topic; {hint}")
            above = topics[above.parent]
            seen.add(above.slug)
    return None


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
