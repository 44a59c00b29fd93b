"""Choose what an issue tells first: what matters most, what is on the agenda, what must not come as a surprise."""

from collections.abc import Sequence
from dataclasses import replace

from radar.brief.compose.items import Items
from radar.brief.wording import write_step
from radar.records import Item, Ranked

MAX_MATTERS = 3
MAX_AGENDA = 6
MAX_PER_STATEMENT = 2
MAX_BLINDSIDED = 3


class Choosing(Items):
    """The sections that carry news."""

    # -- matters most -------------------------------------------------------------------------------------------------

    def _choose_matters(self) -> tuple[Item, ...]:
        """Choose at most three moving topics on the agenda; one item a topic, led by its best story not yet briefed."""
        groups: dict[str, list[Ranked]] = {}
        for one in self.material.ranked:
            topic = self._moving_topic(one)
            if topic and one.statement and self._has_news(one.story):
                groups.setdefault(topic, []).append(one)
        chosen = sorted(groups, key=lambda topic: (-self._weigh_matter(topic, groups[topic]), topic))[:MAX_MATTERS]
        return tuple(self._write_matter(topic, groups[topic]) for topic in chosen)

    def _moving_topic(self, one: Ranked) -> str:
        """Return the story's topic that moves and serves the statement best, or ""."""
        moving = [topic for topic in one.topics if self._is_confirmed(topic)]
        linked = set(one.statement.topics) if one.statement else set()
        return next((topic for topic in moving if topic in linked), moving[0] if moving else "")

    def _weigh_matter(self, topic: str, group: Sequence[Ranked]) -> float:
        return max(one.score for one in group) + (0.25 if self._is_decision(topic) else 0.0)

    def _write_matter(self, topic: str, group: Sequence[Ranked]) -> Item:
        lead = group[0]
        signal = self.material.signals[topic]
        position = self._current(topic)
        self.topics_told.add(topic)
        item = self._write_item("matters", lead, topic, sources=[one.story for one in group])
        return replace(
            item,
            evidence=signal.sentence if self.amount.evidence else "",
            so_what=position.so_what if position else "",
            say=position.say if position else "",
            do=write_step(position, self.now.date())
            if position
            else "No advice is on file yet; your advisor is preparing it.",
        )

    # -- on your agenda -----------------------------------------------------------------------------------------------

    def _choose_agenda(self) -> tuple[Item, ...]:
        """Choose the best stories per statement: one line each, topics already told left out.

        What one publisher alone reports is told only where a statement has nothing better: never filler.
        """
        per_statement: dict[str, int] = {}
        chosen: list[Ranked] = []
        for one in sorted(self.material.ranked, key=lambda one: len(one.story.publishers) == 1):
            if len(chosen) == MAX_AGENDA:
                break
            if one.statement is None or not self._has_news(one.story):
                continue
            if self.topics_told & set(one.topics) or self._repeats(one, chosen):
                continue
            most = MAX_PER_STATEMENT if len(one.story.publishers) > 1 else 1
            if per_statement.get(one.statement.id, 0) >= most:
                continue
            per_statement[one.statement.id] = per_statement.get(one.statement.id, 0) + 1
            chosen.append(one)
        order = {
            statement.id: n for n, statement in enumerate(sorted(self.material.statements, key=lambda s: -s.weight))
        }
        chosen.sort(key=lambda one: (order[one.statement.id] if one.statement else 0, -one.score))
        items = tuple(self._write_item("agenda", one, one.topics[0] if one.topics else "") for one in chosen)
        self.topics_told |= {item.topic for item in items if item.topic}
        return items

    def _repeats(self, one: Ranked, chosen: Sequence[Ranked]) -> bool:
        """Tell whether a line on the same topic was already chosen for the same statement."""
        return any(one.topics[:1] == other.topics[:1] and one.statement is other.statement for other in chosen)

    # -- don't be blindsided ------------------------------------------------------------------------------------------

    def _choose_blindsided(self) -> tuple[Item, ...]:
        """Choose confirmed topics whose news serves no statement, the strongest first."""
        moving = sorted(
            (signal for signal in self.material.signals.values() if signal.confirmed),
            key=lambda signal: (-signal.evidence.strength, signal.topic),
        )
        items: list[Item] = []
        for signal in moving:
            if signal.topic in self.topics_told or len(items) == MAX_BLINDSIDED:
                continue
            fresh = [
                one
                for one in self.material.ranked
                if signal.topic in one.topics and one.story.id not in self.told and self._has_news(one.story)
            ]
            if not fresh or any(one.statement for one in fresh):
                continue
            fresh.sort(key=lambda one: (-len(one.story.publishers), one.story.id))
            item = self._write_item("blindsided", fresh[0], signal.topic, sources=[one.story for one in fresh])
            position = self._current(signal.topic)
            advice = f"Our position: {position.ring}." if position else "Advice is being prepared."
            say = position.say if position else ""  # whoever is asked about it tomorrow needs an answer today
            evidence = signal.sentence if self.amount.evidence else ""
            items.append(replace(item, evidence=evidence, say=say, do=advice))
            self.topics_told.add(signal.topic)
        return tuple(items)
