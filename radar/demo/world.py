"""Generate the demo's fictional publishers and twenty weeks of their entries from a seed."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from radar.demo.material import (
    WEEK_BEFORE,
    WEEKS,
    Happening,
    Material,
    Publisher,
    Template,
    TopicPlan,
    load_material,
    load_publishers,
    slugify,
)

FIRST_MONDAY = datetime(2026, 7, 13, tzinfo=UTC)
LAST_NOW = datetime(2026, 11, 30, 5, tzinfo=UTC)
AGENCY = "concord-press.example"

_SLOT = re.compile(r"\{([a-z_]+?)(\d?)\}")


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """What one publisher wrote; `topic` and `happening` are the truth, which no feed shows."""

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
        return {publisher.domain: publisher for publisher in self.publishers}[domain]

    def select_entries(self, domain: str) -> tuple[DemoEntry, ...]:
        """Return one publisher's entries, oldest first."""
        return tuple(entry for entry in self.entries if entry.publisher == domain)


def generate_world(seed: int = 7) -> World:
    """Generate the whole world; the same seed gives the same entries, byte for byte, under any hash seed."""
    publishers = load_publishers()
    material = load_material()
    newsroom = _Newsroom(publishers, material, random.Random(seed))
    for week in range(1, WEEKS + 1):
        newsroom.start_week(week)
        for event in material.events:
            if event.week == week and not event.unlisted:
                newsroom.cover(event)
        # A publisher's own campaign comes first: its quota would otherwise go to ordinary news.
        for plan in sorted(material.topics, key=lambda plan: (plan.templates[0].only == "", plan.slug)):
            newsroom.fill_topic(plan)
    # Told last, so that the dice of all other stories fall as they would without it.
    for event in sorted((event for event in material.events if event.unlisted), key=lambda event: event.week):
        newsroom.start_week(event.week)
        newsroom.cover(event)
    entries = sorted(newsroom.entries, key=lambda entry: (entry.published_at, entry.publisher, entry.guid))
    return World(publishers, tuple(entries))


def find_week(moment: datetime) -> int:
    """Return the demo's week number of a moment: 1 is 2026-W29, 20 is 2026-W48."""
    return (moment - FIRST_MONDAY) // timedelta(weeks=1) + 1


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
        self._template_uses: Counter[tuple[str, ...]] = Counter()
        self._recent_values: dict[str, list[str]] = {}

    def start_week(self, week: int) -> None:
        self._week = week
        self._written.clear()
        self._covering.clear()

    def fill_topic(self, plan: TopicPlan) -> None:
        left = plan.weekly[self._week - 1]
        while left > 0:
            left -= self.cover(self._prepare_happening(plan, min(left, self._rng.choice(plan.spread))))

    def cover(self, happening: Happening) -> int:
        """Let publishers write about a happening; return how many did."""
        assigned = self._assign_headlines(happening)
        # As many summaries as headlines belong together one by one; fewer fit every headline.
        paired = len(happening.summaries) == len(happening.headlines)
        shuffled = self._rng.sample(happening.summaries, len(happening.summaries))
        minutes = self._rng.randint(6 * 60, 16 * 60)
        start = FIRST_MONDAY + timedelta(weeks=happening.week - 1, days=happening.day, minutes=minutes)
        written: dict[str, DemoEntry] = {}
        for index, (writer, number) in enumerate(assigned):
            delay = timedelta(minutes=0 if index == 0 else round(self._rng.expovariate(1 / 420)) + 12)
            summary = happening.summaries[number] if paired else shuffled[index % len(shuffled)]
            if not paired and index >= len(shuffled) and happening.context:
                summary = f"{summary} {happening.context[index % len(happening.context)]}"
            headline = happening.headlines[number]
            written[writer.domain] = self._write(writer, happening, headline, summary, start + delay)
        if happening.reprints:
            self._reprint(happening, written[AGENCY], [writer for writer, _ in assigned])
        return len(assigned)

    def _prepare_happening(self, plan: TopicPlan, size: int) -> Happening:
        """Draw a template and fill its slots so that no headline has been printed before."""
        for _ in range(200):
            template = self._draw_template(plan)
            shuffled = self._rng.sample(template.headlines, len(template.headlines))
            wordings = sorted(shuffled, key=self._wording_uses.__getitem__)
            values = self._draw_values((*template.headlines, *template.summaries))
            fresh = [(w, _fill(w, values)) for w in wordings if _fill(w, values) not in self._headlines]
            if len(fresh) < min(size, len(wordings)):
                continue
            chosen = fresh[: 1 if template.only else size]
            self._wording_uses.update(wording for wording, _ in chosen)
            summaries = template.summaries
            if len(summaries) == len(template.headlines):
                summaries = tuple(summaries[template.headlines.index(wording)] for wording, _ in chosen)
            return Happening(
                key=f"{plan.slug}/{self._week}/{slugify(chosen[0][1])}",
                topic=plan.slug,
                category=plan.category,
                week=self._week,
                # Fewer things happen at weekends.
                day=self._rng.choices(range(7), weights=(6, 6, 6, 6, 5, 1, 1))[0],
                kinds=tuple(template.only or self._draw_kind(template.kinds) for _ in chosen),
                headlines=tuple(text for _, text in chosen),
                summaries=tuple(_fill(summary, values) for summary in summaries),
            )
        raise ValueError(f"the material for {plan.slug!r} is used up in week {self._week}: write more of it")

    def _draw_template(self, plan: TopicPlan) -> Template:
        fitting = [t for t in plan.templates if not t.weeks or self._week + WEEK_BEFORE in t.weeks]
        # Every template is used once before any is used again.
        shuffled = self._rng.sample(fitting, len(fitting))
        drawn = min(shuffled, key=lambda template: self._template_uses[template.headlines])
        self._template_uses[drawn.headlines] += 1
        return drawn

    def _draw_kind(self, kinds: Sequence[str]) -> str:
        weights = [sum(self._quota_left(p) for p in self._publishers if p.kind == kind) for kind in kinds]
        return self._rng.choices(kinds, weights=weights)[0]

    def _draw_values(self, wordings: Iterable[str]) -> dict[str, str]:
        """Draw a value for every slot; `{bank}` and `{bank2}` come from one pool and differ."""
        values: dict[str, str] = {}
        slots = dict.fromkeys(match.groups() for wording in wordings for match in _SLOT.finditer(wording))
        for name, digit in slots:
            pool = self._material.slots[name]
            recent = self._recent_values.setdefault(name, [])
            resting = frozenset(recent)
            values[name + digit] = self._rng.choice([value for value in pool if value not in resting])
            recent.append(values[name + digit])
            # Half of a pool rests, so that the same bank is not in the news twice a week.
            del recent[: max(0, len(recent) - len(pool) // 2)]
        return values

    def _quota_left(self, publisher: Publisher) -> float:
        if publisher.failing and self._week >= publisher.fails_from_week:
            return 0.0
        return max(0.05, publisher.items_per_week - self._written[publisher.domain])

    def _assign_headlines(self, happening: Happening) -> list[tuple[Publisher, int]]:
        """Choose who covers a happening; each writer gets a headline written for its kind of publisher."""
        assigned: list[tuple[Publisher, int]] = []
        for number, kind in enumerate(happening.kinds):
            candidates = self._list_candidates(happening, kind, [writer for writer, _ in assigned])
            if candidates:
                weights = [self._quota_left(p) * (8 if happening.topic in p.beats else 1) for p in candidates]
                assigned.append((self._rng.choices(candidates, weights=weights)[0], number))
        return sorted(assigned, key=lambda pair: happening.reprints > 0 and pair[0].domain != AGENCY)

    def _list_candidates(self, happening: Happening, kind: str, writers: list[Publisher]) -> list[Publisher]:
        covering = {*self._covering.get(happening.topic, []), *(writer.domain for writer in writers)}
        # An event may name a publisher instead of a kind: a vendor speaks about its own product.
        open_desks = [p for p in self._publishers if p not in writers and self._quota_left(p)]
        candidates = [p for p in open_desks if kind in (p.kind, p.domain)]
        if not happening.breadth:
            return candidates
        # A feed that will break takes no part in the planted stories: their shape must not depend on it.
        candidates = [p for p in candidates if not p.failing]
        if happening.reprints and kind == "general" and not any(p.domain == AGENCY for p in writers):
            return [p for p in candidates if p.domain == AGENCY]
        known = [p for p in candidates if p.domain in covering]
        if len(covering) >= happening.breadth:
            return known
        return [p for p in candidates if p.domain not in covering] or known

    def _reprint(self, happening: Happening, original: DemoEntry, writers: list[Publisher]) -> None:
        """Let further publishers run the agency's text, every other one under the agency's own address."""
        for index in range(happening.reprints):
            general = self._list_candidates(happening, "general", writers)
            candidates = general or self._list_candidates(happening, "trade", writers)
            if not candidates:
                return
            writer = self._rng.choice(candidates)
            writers = [*writers, writer]
            at = original.published_at + timedelta(minutes=self._rng.randint(18, 400))
            if index % 2 == 0:
                url = f"{original.url}?utm_source={writer.domain.split('.')[0]}&utm_medium=rss"
                self._write(writer, happening, original.title, original.summary, at, url)
            else:
                self._write(writer, happening, original.title, f"{original.summary} (Concord Press)", at)

    def _write(
        self,
        writer: Publisher,
        happening: Happening,
        headline: str,
        summary: str,
        at: datetime,
        url: str = "",
    ) -> DemoEntry:
        at = min(at, FIRST_MONDAY + timedelta(weeks=happening.week, minutes=-self._rng.randint(40, 600)))
        number = 2000 + 7 * len(self.entries)
        address = f"https://{writer.domain}/{at:%Y/%m}/{slugify(headline)}"
        guids = {"rss": f"https://{writer.domain}/?p={number}", "atom": f"tag:{writer.domain},2026:{number}"}
        entry = DemoEntry(
            publisher=writer.domain,
            guid=guids.get(writer.format, address),
            url=url or address,
            title=headline,
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
        self._covering.setdefault(happening.topic, []).append(writer.domain)
        return entry


def _fill(wording: str, values: dict[str, str]) -> str:
    filled = _SLOT.sub(lambda match: values[match[1] + match[2]], wording)
    # A name such as "the Wellspring Trust" may begin a sentence.
    return re.sub(r"(?:^|[.?!] )[a-z]", lambda match: match[0].upper(), filled)
