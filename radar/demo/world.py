"""Generate the demo's fictional publishers and twenty weeks of their entries from hand-written material and a seed."""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

FIRST_MONDAY = datetime(2026, 7, 13, tzinfo=UTC)
WEEKS = 20
LAST_NOW = datetime(2026, 11, 30, 5, tzinfo=UTC)
AGENCY = "concord-press.example"

_SMALL_WORDS = frozenset("a an and as at but by for from in into is it its no not of on or so than the to with".split())
_SLOT = re.compile(r"\{([a-z_]+?)(\d?)\}")


@dataclass(frozen=True, slots=True)
class Publisher:
    """A fictional publisher with one feed; `fails_from_week` counts from 1 and 0 means never."""

    domain: str
    name: str
    kind: str
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
class DemoEntry:
    """What one publisher wrote; `topic` and `happening` are the truth the generator knows and no feed shows."""

    publisher: str
    guid: str
    url: str
    title: str
    summary: str
    author: str
    category: str
    published_at: datetime
    topic: str
    happening: str


@dataclass(frozen=True, slots=True)
class World:
    """All publishers and all their entries, oldest first."""

    publishers: tuple[Publisher, ...]
    entries: tuple[DemoEntry, ...]

    def find_publisher(self, domain: str) -> Publisher:
        """Return the publisher of a domain; KeyError names an unknown one."""
        for publisher in self.publishers:
            if publisher.domain == domain:
                return publisher
        raise KeyError(f"no demo publisher has the domain {domain!r}")

    def select_entries(self, domain: str) -> tuple[DemoEntry, ...]:
        """Return one publisher's entries, oldest first."""
        return tuple(entry for entry in self.entries if entry.publisher == domain)


@dataclass(frozen=True, slots=True)
class Template:
    """One ordinary happening in several wordings with slots, usable again with other names and figures."""

    headlines: tuple[str, ...]
    summaries: tuple[str, ...]
    kinds: tuple[str, ...]
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """How often a topic is written about in each week, by which kinds of publisher, from which templates."""

    slug: str
    category: str
    weekly: tuple[int, ...]
    spread: tuple[int, ...]
    only: str
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of one week, ready to be covered: wordings are final, kinds say who covers it."""

    key: str
    topic: str
    category: str
    week: int
    day: int
    kinds: tuple[str, ...]
    reprints: int
    only: str
    headlines: tuple[str, ...]
    summaries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A planted topic: at most `breadth[week - 1]` publishers in a week; `context` sentences lengthen summaries."""

    slug: str
    category: str
    breadth: tuple[int, ...]
    context: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything hand-written: names and ranges for slots, ordinary topics, planted story lines and their events."""

    slots: dict[str, tuple[str, ...]]
    ranges: dict[str, tuple[int, int]]
    topics: tuple[TopicPlan, ...]
    story_lines: dict[str, StoryLine]
    events: tuple[Happening, ...]


def generate_world(seed: int = 7) -> World:
    """Generate the whole world; the same seed gives the same entries, byte for byte, under any hash seed."""
    publishers = load_publishers()
    material = load_material()
    newsroom = _Newsroom(publishers, material, random.Random(seed))
    for week in range(1, WEEKS + 1):
        newsroom.start_week(week)
        for event in material.events:
            if event.week == week:
                newsroom.cover(event)
        # A publisher's own campaign comes first: its quota would otherwise go to ordinary news.
        for plan in sorted(material.topics, key=lambda plan: (plan.only == "", plan.slug)):
            newsroom.fill_topic(plan)
    entries = sorted(newsroom.entries, key=lambda entry: (entry.published_at, entry.publisher, entry.guid))
    return World(publishers, tuple(entries))


def find_week(moment: datetime) -> int:
    """Return the demo's week number of a moment: 1 is 2026-W29, 20 is 2026-W48."""
    return (moment - FIRST_MONDAY) // timedelta(weeks=1) + 1


def load_publishers() -> tuple[Publisher, ...]:
    """Read the publishers, in the order of the file."""
    rows = _read_toml("publishers.toml")["publisher"]
    return tuple(
        Publisher(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
        for row in rows
    )


def load_material() -> Material:
    """Read every material file; ValueError names an event whose wordings do not suffice for its coverage."""
    directory = files("radar") / "data" / "demo"
    names = sorted(path.name for path in directory.iterdir() if path.name.startswith("material"))
    slots: dict[str, tuple[str, ...]] = {}
    ranges: dict[str, tuple[int, int]] = {}
    topics: list[TopicPlan] = []
    story_lines: dict[str, StoryLine] = {}
    events: list[Happening] = []
    for name in names:
        document = _read_toml(name)
        slots |= {key: tuple(values) for key, values in document.get("slots", {}).items()}
        ranges |= {key: (low, high) for key, (low, high) in document.get("ranges", {}).items()}
        topics += [_read_topic(row) for row in document.get("topic", [])]
        for row in document.get("story_line", []):
            line = StoryLine(row["slug"], row["category"], tuple(row["breadth"]), tuple(row["context"]))
            story_lines[line.slug] = line
        events += [_read_event(row, story_lines) for row in document.get("event", [])]
    return Material(slots, ranges, tuple(topics), story_lines, tuple(events))


def _read_toml(name: str) -> dict[str, Any]:
    text = (files("radar") / "data" / "demo" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _read_topic(row: dict[str, Any]) -> TopicPlan:
    templates = tuple(
        Template(
            tuple(template["headlines"]),
            tuple(template["summaries"]),
            tuple(template.get("kinds", row["kinds"])),
            tuple(template.get("weeks", ())),
        )
        for template in row["template"]
    )
    # A single number means every week alike; a list gives the twenty weeks one by one.
    weekly = row["weekly"] if isinstance(row["weekly"], list) else [row["weekly"]] * WEEKS
    if len(weekly) != WEEKS:
        raise ValueError(f"topic {row['slug']!r} lists {len(weekly)} weeks, not {WEEKS}")
    spread = tuple(row.get("spread", (1,)))
    return TopicPlan(row["slug"], row["category"], tuple(weekly), spread, row.get("only", ""), templates)


def _read_event(row: dict[str, Any], story_lines: dict[str, StoryLine]) -> Happening:
    kinds = tuple(kind for kind, count in row["covers"].items() for _ in range(count))
    headlines = tuple(row["headlines"])
    # Weeks are written as ISO week numbers because that is how people talk about them.
    week = row["week"] - 28
    if len(kinds) > len(headlines):
        raise ValueError(f"event {headlines[0]!r} is covered {len(kinds)} times in {len(headlines)} wordings")
    return Happening(
        key=f"{row['topic']}/{slugify(headlines[0])}",
        topic=row["topic"],
        category=story_lines[row["topic"]].category,
        week=week,
        day=row["day"],
        kinds=kinds,
        reprints=row.get("reprints", 0),
        only=row.get("only", ""),
        headlines=headlines,
        summaries=tuple(row["summaries"]),
    )


class _Newsroom:
    """Hands happenings to publishers, week after week, and remembers who wrote what."""

    def __init__(self, publishers: Sequence[Publisher], material: Material, rng: random.Random) -> None:
        self.entries: list[DemoEntry] = []
        self._publishers = publishers
        self._material = material
        self._rng = rng
        self._week = 0
        self._written: Counter[str] = Counter()
        self._covering: dict[str, list[str]] = {}
        self._headlines: set[str] = set()
        self._wording_uses: Counter[str] = Counter()
        self._decks: dict[str, list[Template]] = {}
        self._recent_values: dict[str, list[str]] = {}

    def start_week(self, week: int) -> None:
        self._week = week
        self._written.clear()
        self._covering.clear()

    def fill_topic(self, plan: TopicPlan) -> None:
        left = plan.weekly[self._week - 1]
        while left > 0:
            size = min(left, self._rng.choice(plan.spread))
            left -= self.cover(self._prepare_happening(plan, size))

    def cover(self, happening: Happening) -> int:
        """Let publishers write about a happening; return how many did."""
        writers = self._choose_writers(happening)
        summaries = list(happening.summaries)
        self._rng.shuffle(summaries)
        start = FIRST_MONDAY + timedelta(
            weeks=happening.week - 1, days=happening.day, hours=self._rng.randint(6, 15), minutes=self._rng.randint(0, 59)
        )
        agency_entry: DemoEntry | None = None
        for index, writer in enumerate(writers):
            delay = timedelta(minutes=0 if index == 0 else round(self._rng.expovariate(1 / 420)) + 12)
            summary = summaries[index % len(summaries)]
            if index >= len(summaries):
                summary = self._lengthen(summary, happening.topic, index)
            entry = self._write(writer, happening, happening.headlines[index], summary, start + delay)
            agency_entry = entry if writer.domain == AGENCY else agency_entry
        if happening.reprints:
            if agency_entry is None:
                raise ValueError(f"event {happening.key!r} is to be reprinted but {AGENCY} does not cover it")
            self._reprint(happening, agency_entry, [writer.domain for writer in writers])
        return len(writers)

    def _prepare_happening(self, plan: TopicPlan, size: int) -> Happening:
        """Draw a template and fill its slots so that no headline has been printed before."""
        for _ in range(200):
            template = self._draw_template(plan)
            headlines = sorted(template.headlines, key=lambda text: (self._wording_uses[text], self._rng.random()))
            values = self._draw_values((*template.headlines, *template.summaries))
            filled = [(wording, _fill(wording, values)) for wording in headlines]
            fresh = [(wording, text) for wording, text in filled if text not in self._headlines]
            if len(fresh) < min(size, len(headlines)):
                continue
            chosen = fresh[:size]
            self._wording_uses.update(wording for wording, _ in chosen)
            kinds = template.kinds
            return Happening(
                key=f"{plan.slug}/{self._week}/{slugify(chosen[0][1])}",
                topic=plan.slug,
                category=plan.category,
                week=self._week,
                # Fewer things happen at weekends.
                day=self._rng.choices(range(7), weights=(6, 6, 6, 6, 5, 1, 1))[0],
                kinds=tuple(self._draw_kind(kinds) for _ in chosen),
                reprints=0,
                only=plan.only,
                headlines=tuple(text for _, text in chosen),
                summaries=tuple(_fill(summary, values) for summary in template.summaries),
            )
        raise ValueError(f"the material for {plan.slug!r} is used up in week {self._week}: write more of it")

    def _draw_template(self, plan: TopicPlan) -> Template:
        deck = self._decks.setdefault(plan.slug, [])
        for round_ in range(2):
            for position, template in enumerate(deck):
                if not template.weeks or self._week + 28 in template.weeks:
                    return deck.pop(position)
            if round_ == 0:
                # Every template is used once before any is used again.
                fresh = [template for template in plan.templates if template not in deck]
                self._rng.shuffle(fresh)
                deck.extend(fresh)
        raise ValueError(f"no template of {plan.slug!r} may be used in week {self._week + 28}")

    def _draw_kind(self, kinds: Sequence[str]) -> str:
        weights = [sum(self._quota_left(p) for p in self._publishers if p.kind == kind) for kind in kinds]
        return self._rng.choices(kinds, weights=weights)[0]

    def _draw_values(self, wordings: Iterable[str]) -> dict[str, str]:
        """Draw a value for every slot; `{bank}` and `{bank2}` come from one pool and differ."""
        values: dict[str, str] = {}
        slots = dict.fromkeys(match.groups() for wording in wordings for match in _SLOT.finditer(wording))
        for name, digit in slots:
            if name in self._material.ranges:
                values[name + digit] = f"{self._rng.randint(*self._material.ranges[name]):,}"
                continue
            pool = self._material.slots[name]
            recent = self._recent_values.setdefault(name, [])
            fresh = [value for value in pool if value not in recent] or list(pool)
            value = self._rng.choice(fresh)
            recent.append(value)
            # Half of a pool rests, so that the same bank is not in the news twice a week.
            del recent[: max(0, len(recent) - len(pool) // 2)]
            values[name + digit] = value
        return values

    def _quota_left(self, publisher: Publisher) -> float:
        if publisher.failing and self._week >= publisher.fails_from_week:
            return 0.0
        return max(0.05, publisher.items_per_week - self._written[publisher.domain])

    def _choose_writers(self, happening: Happening) -> list[Publisher]:
        writers: list[Publisher] = []
        if happening.only:
            return [p for p in self._publishers if p.domain == happening.only][:1]
        for kind in happening.kinds:
            candidates = self._list_candidates(happening, kind, writers)
            if not candidates:
                continue
            weights = [self._quota_left(p) * (4 if happening.topic in p.beats else 1) for p in candidates]
            writers.append(self._rng.choices(candidates, weights=weights)[0])
        if happening.reprints:
            writers.sort(key=lambda p: p.domain != AGENCY)
        return writers

    def _list_candidates(self, happening: Happening, kind: str, writers: Sequence[Publisher]) -> list[Publisher]:
        covering = self._covering.get(happening.topic, [])
        candidates = [p for p in self._publishers if p.kind == kind and p not in writers and self._quota_left(p) > 0]
        line = self._material.story_lines.get(happening.topic)
        if line is None:
            return candidates
        # A feed that is about to break takes no part in the planted stories: their shape must not depend on it.
        candidates = [p for p in candidates if not p.failing]
        if happening.reprints and kind == "general" and not any(p.domain == AGENCY for p in writers):
            return [p for p in candidates if p.domain == AGENCY]
        known = [p for p in candidates if p.domain in covering]
        if len(covering) >= line.breadth[happening.week - 1]:
            return known
        return [p for p in candidates if p.domain not in covering] or known

    def _reprint(self, happening: Happening, original: DemoEntry, writers: Sequence[str]) -> None:
        """Let further publishers run the agency's text, some under the agency's own address."""
        chosen: list[Publisher] = []
        for kind in ("general", "trade") * happening.reprints:
            if len(chosen) == happening.reprints:
                break
            candidates = self._list_candidates(happening, kind, chosen)
            candidates = [p for p in candidates if p.domain not in writers and p.domain != AGENCY]
            if candidates:
                chosen.append(self._rng.choice(candidates))
        for index, writer in enumerate(chosen):
            at = original.published_at + timedelta(minutes=self._rng.randint(18, 400))
            tracking = f"{original.url}?utm_source={writer.domain.split('.')[0]}&utm_medium=rss" if index % 2 == 0 else ""
            summary = original.summary if index % 2 == 0 else f"{original.summary} (Concord Press)"
            self._write(writer, happening, original.title, summary, at, tracking)

    def _lengthen(self, summary: str, topic: str, index: int) -> str:
        line = self._material.story_lines.get(topic)
        return summary if line is None else f"{summary} {line.context[index % len(line.context)]}"

    def _write(
        self, writer: Publisher, happening: Happening, headline: str, summary: str, at: datetime, url: str = ""
    ) -> DemoEntry:
        title = capitalise_words(headline) if writer.headline_case == "title" else headline
        week_end = FIRST_MONDAY + timedelta(weeks=happening.week, minutes=-self._rng.randint(40, 600))
        at = min(at, week_end)
        number = 2000 + 7 * len(self.entries)
        address = f"https://{writer.domain}/{at:%Y/%m}/{slugify(headline)}"
        guid = {
            "rss": f"https://{writer.domain}/?p={number}",
            "atom": f"tag:{writer.domain},2026:{number}",
        }.get(writer.format, address)
        entry = DemoEntry(
            publisher=writer.domain,
            guid=guid,
            url=url or address,
            title=title,
            summary=summary,
            author=self._rng.choice(writer.authors),
            category=happening.category,
            published_at=at,
            topic=happening.topic,
            happening=happening.key,
        )
        self.entries.append(entry)
        self._headlines.add(headline)
        self._written[writer.domain] += 1
        covering = self._covering.setdefault(happening.topic, [])
        if writer.domain not in covering:
            covering.append(writer.domain)
        return entry


def capitalise_words(headline: str) -> str:
    """Set a headline in title case, leaving names and abbreviations as they are written."""
    words = headline.split(" ")
    return " ".join(
        word if index and word in _SMALL_WORDS else word[:1].upper() + word[1:] for index, word in enumerate(words)
    )


def slugify(text: str) -> str:
    """Turn a headline into the last part of an address."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))
    return "-".join(words[:9])


def _fill(wording: str, values: dict[str, str]) -> str:
    filled = _SLOT.sub(lambda match: values[match[1] + match[2]], wording)
    return filled[:1].upper() + filled[1:]
