"""Read what was written for the demo's press: its publishers, ordinary topics and planted events."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from radar.records import Kind

WEEKS = 20
# The material writes ISO week numbers, because that is how people talk about weeks: 29 is week 1 of the demo.
WEEK_BEFORE = 28


@dataclass(frozen=True, slots=True)
class Publisher:
    """A fictional publisher with one feed; `fails_from_week` counts from 1 and 0 means never."""

    domain: str
    name: str
    kind: Kind
    format: str
    items_per_week: int
    voice: str
    authors: tuple[str, ...]
    beats: tuple[str, ...] = ()
    damage: str = ""
    headline_case: str = "sentence"
    markup: bool = False
    sign_off: str = ""
    content_type: str = ""
    failing: str = ""
    fails_from_week: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    """One ordinary happening in several wordings with slots, usable again with other names and figures."""

    headlines: tuple[str, ...]
    summaries: tuple[str, ...]
    kinds: tuple[str, ...]
    weeks: tuple[int, ...]
    only: str


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """How often a topic is written about in each week, by which kinds of publisher, from which templates."""

    slug: str
    category: str
    weekly: tuple[int, ...]
    spread: tuple[int, ...]
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of one week, in its final wordings; at most `breadth` publishers cover its topic that week."""

    key: str
    topic: str
    category: str
    week: int
    day: int
    kinds: tuple[str, ...]
    headlines: tuple[str, ...]
    summaries: tuple[str, ...]
    reprints: int = 0
    breadth: int = 0
    context: tuple[str, ...] = ()
    unlisted: bool = False  # of a technology that is in no list of topics


@dataclass(frozen=True, slots=True)
class Material:
    """Everything hand-written: values for slots, ordinary topics, planted events."""

    slots: dict[str, tuple[str, ...]]
    topics: tuple[TopicPlan, ...]
    events: tuple[Happening, ...]


def load_publishers() -> tuple[Publisher, ...]:
    """Read the publishers, in the order of the file."""
    lists = ("authors", "beats")
    rows: list[dict[str, Any]] = _read_toml("publishers.toml")["publisher"]
    return tuple(Publisher(**row | {key: tuple(row[key]) for key in lists}) for row in rows)


def load_material() -> Material:
    """Read every material file; ValueError names an event whose wordings do not suffice for its coverage."""
    names = sorted(path.name for path in (files("radar") / "data" / "demo").iterdir())
    documents = [_read_toml(name) for name in names if name.startswith("material")]
    slots: dict[str, tuple[str, ...]] = {}
    lines = {row["slug"]: row for document in documents for row in document.get("story_line", [])}
    for document in documents:
        slots |= {key: tuple(values) for key, values in document.get("slots", {}).items()}
        for key, (low, high) in document.get("ranges", {}).items():
            slots[key] = tuple(f"{number:,}" for number in range(low, high + 1))
    topics = tuple(_read_topic(row) for document in documents for row in document.get("topic", []))
    events = tuple(_read_event(row, lines[row["topic"]]) for document in documents for row in document.get("event", []))
    return Material(slots, topics, events)


def _read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads((files("radar") / "data" / "demo" / name).read_text(encoding="utf-8"))


def _read_topic(row: dict[str, Any]) -> TopicPlan:
    templates = tuple(
        Template(
            tuple(template["headlines"]),
            tuple(template["summaries"]),
            tuple(template.get("kinds", row["kinds"])),
            tuple(template.get("weeks", ())),
            template.get("only", row.get("only", "")),
        )
        for template in row["template"]
    )
    # A single number means every week alike; a list gives the twenty weeks one by one.
    weekly = row["weekly"] if isinstance(row["weekly"], list) else [row["weekly"]] * WEEKS
    if len(weekly) != WEEKS:
        raise ValueError(f"topic {row['slug']!r} lists {len(weekly)} weeks, not {WEEKS}")
    return TopicPlan(row["slug"], row["category"], tuple(weekly), tuple(row.get("spread", (1,))), templates)


def _read_event(row: dict[str, Any], line: dict[str, Any]) -> Happening:
    kinds = tuple(kind for kind, count in row["covers"].items() for _ in range(count))
    headlines = tuple(row["headlines"])
    if len(kinds) > len(headlines):
        raise ValueError(f"event {headlines[0]!r} is covered {len(kinds)} times in {len(headlines)} wordings")
    return Happening(
        key=f"{row['topic']}/{slugify(headlines[0])}",
        topic=row["topic"],
        category=line["category"],
        week=row["week"] - WEEK_BEFORE,
        day=row["day"],
        kinds=kinds,
        headlines=headlines,
        summaries=tuple(row["summaries"]),
        reprints=row.get("reprints", 0),
        breadth=line["breadth"][row["week"] - WEEK_BEFORE - 1],
        context=tuple(line["context"]),
        unlisted=line.get("unlisted", False),
    )


def slugify(text: str) -> str:
    """Turn a headline into the last part of an address."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))
    return "-".join(words[:9])
