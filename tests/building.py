"""Builders of records for tests: every field has a sensible default, a test names only what it is about."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from radar.brief.compose import Coverage, Material
from radar.records import (
    Candidate,
    Crossing,
    Entry,
    Evidence,
    Executive,
    Issue,
    Item,
    Kind,
    Phase,
    Position,
    Ranked,
    Series,
    Signal,
    Source,
    Statement,
    Story,
    Tag,
    Topic,
)
from radar.text import stable_id

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # a Tuesday
WEEK = "2026-W48"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 1, 5)  # the first week of every series
PRESIDENT = Executive("president", "Ada Blum", "President", "president@example.org", "Africa/Nairobi")

# -- watch ------------------------------------------------------------------------------------------------------------


def make_entry(title: str, publisher: str = "ledger.example", at: datetime = NOW, **more: Any) -> Entry:
    """An entry whose id follows from publisher, title and time."""
    id_ = more.pop("id", "") or stable_id(publisher, title, at.isoformat())
    url = more.pop("url", f"https://{publisher}/{id_}")
    return Entry(id_, f"https://{publisher}/feed", f"guid-{id_}", url, title, at, at, publisher=publisher, **more)


def make_story(title: str, *publishers: str, at: datetime = NOW, summary: str = "", **more: Any) -> Story:
    """A story told by one entry of each publisher."""
    entries = tuple(
        make_entry(title, publisher, at, summary=summary) for publisher in publishers or ("ledger.example",)
    )
    fields: dict[str, Any] = {"id": stable_id(title), "title": title, "url": entries[0].url, "summary": summary}
    return Story(**(fields | {"first_at": at, "last_at": at, "entries": entries} | more))


def name_publishers(count: int) -> tuple[str, ...]:
    return tuple(f"p{number:02}.example" for number in range(count))


def make_topic(slug: str, name: str = "", aliases: Sequence[str] = (), **more: Any) -> Topic:
    name = name or slug.replace("-", " ").capitalize()
    fields: dict[str, Any] = {"quadrant": "frontier", "definition": f"What {name} is.", "aliases": tuple(aliases)}
    return Topic(slug, name, **(fields | more))


def index_topics(*topics: Topic) -> dict[str, Topic]:
    return {topic.slug: topic for topic in topics}


def make_series(
    reports: Sequence[int],
    totals: Sequence[int] | int = 200,
    owners: Sequence[int] | int | None = None,
    kinds: Sequence[Sequence[Kind]] | Sequence[Kind] = ("research", "community", "trade", "general"),
    topic: str = "passkeys",
) -> Series:
    """A series of so many reports a week.

    `owners` is how many publishers share them (default: one each, at most 10), from a fixed list that turns a little
    every week, as in life; `kinds` a list a week, or one list for all weeks.
    """
    weeks = len(reports)
    totals = [totals] * weeks if isinstance(totals, int) else totals
    shared = [min(n, 10) if owners is None else min(n, owners if isinstance(owners, int) else owners[week])
              for week, n in enumerate(reports)]  # fmt: skip
    by_week = [tuple(kinds)] * weeks if not kinds or isinstance(kinds[0], str) else [tuple(k) for k in kinds]
    return Series(
        topic,
        tuple(MONDAY + timedelta(weeks=week) for week in range(weeks)),
        tuple(reports),
        tuple(totals),
        tuple(-(-n // count) if count else 0 for n, count in zip(reports, shared, strict=True)),
        tuple(
            tuple(sorted(f"p{(week + number) % 12:02}.example" for number in range(count)))
            for week, count in enumerate(shared)
        ),
        tuple(week_kinds if n else () for n, week_kinds in zip(reports, by_week, strict=True)),  # type: ignore[arg-type]
    )


def make_evidence(**more: Any) -> Evidence:
    fields: dict[str, Any] = {
        "reports": 12, "usual": 2.0, "reports_recent": 40, "expected_recent": 9.0, "window": 4, "strength": 6.0,
        "publishers": name_publishers(7), "publishers_all": 9, "largest_share": 0.2,
        "crossed": (Crossing("trade", MONDAY), Crossing("general", date(2026, 11, 2))), "first_seen_on": MONDAY,
        "peak": 14.0,
    }  # fmt: skip
    return Evidence(**(fields | more))


def make_signal(topic: str, phase: Phase | None = "rising", *, confirmed: bool = True, **more: Any) -> Signal:
    evidence = more.pop("evidence", None) or make_evidence()
    fields: dict[str, Any] = {
        "week": date(2026, 11, 16), "since": date(2026, 11, 2), "previous": None, "confidence": 0.8,
        "sentence": f"12 reports on {topic} this week, usually 2",
    }  # fmt: skip
    return Signal(topic, phase=phase, confirmed=confirmed, evidence=evidence, **(fields | more))


def make_candidate(term: str, *names: str, **more: Any) -> Candidate:
    fields: dict[str, Any] = {
        "raised_on": date(2026, 11, 23), "level": "early", "confirmed_on": None, "novelty": "new", "phase": "rising",
        "confidence": 0.6, "strength": 7.0, "weeks": 8, "titles": 21, "expected": 1.5, "publishers": 9,
        "active_weeks": 8, "affinity": 0.1, "first_seen_on": date(2026, 9, 28), "since": date(2026, 11, 23),
        "as_of": date(2026, 11, 23), "crossed": (Crossing("research", date(2026, 9, 28)),),
        "sentence": f"21 titles name {term}, usually 1",
    }  # fmt: skip
    return Candidate(term, (term, *names), **(fields | more))


# -- listen -----------------------------------------------------------------------------------------------------------


def make_statement(text: str, *topics: str, **more: Any) -> Statement:
    fields: dict[str, Any] = {"id": stable_id(text), "executive": "president", "noted_on": date(2026, 10, 12)}
    return Statement(text=text, topics=topics, **(fields | more))


def make_position(topic: str, **more: Any) -> Position:
    fields: dict[str, Any] = {
        "ring": "trial", "so_what": "Staff sign in without passwords.", "say": "We are trying it in two offices.",
        "written_at": NOW - 30 * DAY, "next_step": "Approve the trial", "approved_by": "Jo Ruiz",
    }  # fmt: skip
    return Position(topic, **(fields | more))


# -- brief ------------------------------------------------------------------------------------------------------------


def make_tag(story: Story, topic: str, confidence: float = 0.97) -> Tag:
    return Tag(story.id, topic, confidence, (topic,))


def make_ranked(story: Story, statement: Statement | None = None, *topics: str, score: float = 0.5) -> Ranked:
    return Ranked(story, score, statement, topics, 0.9 if statement else 0.0, (f"why of {story.id}",))


def make_material(*ranked: Ranked, **more: Any) -> Material:
    """What an issue is chosen from; `signals`, `topics` and `positions` may be given as lists."""
    signals = {signal.topic: signal for signal in more.pop("signals", ())}
    slugs = {slug for one in ranked for slug in one.topics} | set(signals)
    topics = index_topics(*(more.pop("topics", None) or [make_topic(slug) for slug in sorted(slugs)]))
    by_topic = itertools.groupby(sorted(more.pop("positions", ()), key=lambda p: p.topic), key=lambda p: p.topic)
    fields: dict[str, Any] = {
        "positions": {topic: sorted(group, key=lambda p: p.version) for topic, group in by_topic},
        "statements": list(dict.fromkeys(one.statement for one in ranked if one.statement)),
        "earlier": [],
        "coverage": Coverage(stories=len(ranked), publishers=5, feeds_failing=0, weeks_watched=30),
    }
    ordered = sorted(ranked, key=lambda one: (-one.score, one.story.id))
    return Material(ranked=ordered, signals=signals, topics=topics, **(fields | more))


def make_issue(*items: Item, week: str = "2026-W47", at: datetime = NOW - 7 * DAY, **more: Any) -> Issue:
    """An earlier issue."""
    fields: dict[str, Any] = {"token": stable_id(week), "subject": "1 to know", "preheader": "Also"}
    return Issue("president", "Ada Blum", "President", week, at, items=items, **(fields | more))


def make_item(story: Story, topic: str = "", section: Any = "matters", publishers: int = 0) -> Item:
    """An item that told a story when so many publishers covered it (default: those of the story)."""
    source = Source(
        story.id, story.title, story.url, story.publishers[0], NOW.date(), publishers or len(story.publishers)
    )
    return Item(stable_id(story.id)[:12], section, story.title, topic, topic.replace("-", " ").capitalize(),
                sources=(source,))  # fmt: skip
