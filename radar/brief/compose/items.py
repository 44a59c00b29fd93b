"""One issue in the making: what was told before, and how a story becomes an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from radar.brief.compose.material import LOOK_BACK, Material
from radar.brief.wording import write_phase
from radar.records import Detail, Executive, Item, Position, Ranked, Source, Story
from radar.text import stable_id

#: A briefed story returns only when this many owners have joined since, and half as many again.
NEWS_OWNERS = 3


@dataclass(frozen=True, slots=True)
class Amount:
    """How much an issue carries for a reader of some level of detail."""

    sources: int  # at most, an item
    evidence: bool  # is it told beside the claim?
    primers: int  # at most


AMOUNTS: dict[Detail, Amount] = {
    "plain": Amount(sources=1, evidence=False, primers=3),
    "standard": Amount(sources=3, evidence=True, primers=2),
    "technical": Amount(sources=5, evidence=True, primers=0),
}


class Items:
    """One issue in the making; remembers what it has already told."""

    def __init__(self, executive: Executive, week: str, material: Material, now: datetime) -> None:
        self.executive, self.week, self.material, self.now = executive, week, material, now
        self.amount = AMOUNTS[executive.detail]
        self.earlier = material.earlier[:LOOK_BACK]
        self.briefed: dict[str, int] = {}  # story id → owners it was briefed with, at most
        for source in (source for issue in self.earlier for item in issue.items for source in item.sources):
            told = material.merged.get(source.story_id, source.story_id)
            self.briefed[told] = max(self.briefed.get(told, 0), source.publishers)
        self.told: set[str] = set()  # story ids used in this issue
        self.topics_told: set[str] = set()

    def _write_item(self, section: str, one: Ranked, topic: str, sources: Sequence[Story] = ()) -> Item:
        stories = list(sources) or [one.story]
        cited = stories[: self.amount.sources]
        self.told.update(story.id for story in cited)
        signal = self.material.signals.get(topic)
        owners = {owner for story in stories for owner in story.publishers}
        return Item(
            id=stable_id(self.executive.slug, self.week, one.story.id)[:12],
            section=section,  # type: ignore[arg-type]  # the callers pass the literals of Section
            claim=one.story.title,
            topic=topic,
            topic_name=self._name_topic(topic),
            phase=signal.phase if signal else None,
            phase_note=write_phase(signal) if signal else "",
            why=one.why,
            quote=one.statement.text if one.statement else "",
            sources=tuple(cite_story(story) for story in cited),
            more_sources=max(0, sum(len(story.entries) for story in stories) - len(cited)),
            publishers=len(owners),
            update=one.story.id in self.briefed,
            score=one.score,
        )

    def _has_news(self, story: Story) -> bool:
        """Tell whether a story may be briefed: never before, or much wider since."""
        before = self.briefed.get(story.id)
        if before is None:
            return True
        return len(story.publishers) >= max(before + NEWS_OWNERS, before * 1.5)

    def _name_topic(self, topic: str) -> str:
        """Return a topic's name; the slug of one that was since taken off the list."""
        return self.material.topics[topic].name if topic in self.material.topics else topic

    def _current(self, topic: str) -> Position | None:
        """Return the approved position on file for a topic."""
        versions = [position for position in self.material.positions.get(topic, ()) if position.approved_by]
        return versions[-1] if versions else None

    def _is_confirmed(self, topic: str) -> bool:
        signal = self.material.signals.get(topic)
        return signal is not None and signal.confirmed

    def _is_decision(self, topic: str) -> bool:
        """Tell whether the advice on file asks the reader for something by a day still to come."""
        position = self._current(topic)
        if position is None or not position.next_step or position.due_on is None:
            return False
        return position.due_on >= self.now.date()


def cite_story(story: Story) -> Source:
    """Return a story as a digest cites it."""
    entry = next((e for e in story.entries if e.title == story.title), story.entries[0] if story.entries else None)
    return Source(
        story_id=story.id,
        title=story.title,
        url=story.url,
        publisher=(entry.source or entry.publisher) if entry else "",
        published_on=(entry.published_at if entry else story.first_at).date(),
        publishers=len(story.publishers),
    )
