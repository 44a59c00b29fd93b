"""Report what earlier issues warned of and what has come to nothing."""

from datetime import datetime, timedelta

from radar.brief.compose.items import Items
from radar.brief.relevance import format_day
from radar.brief.wording import write_decline
from radar.records import Item
from radar.text import stable_id

MAX_QUIET = 3
QUIET_AFTER = timedelta(weeks=2)  # a lull of a week or two is not yet the end of a wave


class Quiet(Items):
    """The section *watched, and quiet*."""

    def _choose_quiet(self) -> tuple[Item, ...]:
        """Report the warnings of earlier issues that came to nothing, once."""
        items = self._choose_faded()
        closed = {item.topic for issue in self.earlier for item in issue.items if item.section == "quiet"}
        for issue in self.earlier:
            for item in issue.items:
                topic = self._topic_of(item)
                signal = self.material.signals.get(topic)
                if item.section not in ("matters", "blindsided") or signal is None or topic in closed:
                    continue
                if signal.phase in ("rising", "surging", "mainstream"):
                    continue
                if item.term and signal.phase != "fading":  # a topic since, and not yet rising by a topic's measure
                    continue
                if signal.phase == "fading" and signal.week - signal.since < QUIET_AFTER:
                    continue
                closed.add(topic)
                warned = format_day(self._find_warning(topic, issue.composed_at).date())
                evidence = signal.evidence
                items.append(
                    Item(
                        id=stable_id(self.executive.slug, self.week, "quiet", topic)[:12],
                        section="quiet",
                        claim=(f"We warned of {item.topic_name} on {warned}. {write_decline(signal)} No action."),
                        topic=topic,
                        topic_name=item.topic_name,
                        phase=signal.phase,
                        phase_note=signal.phase or "quiet",
                        evidence=signal.sentence,
                        publishers=len(evidence.publishers),
                    )
                )
        return tuple(items[:MAX_QUIET])

    def _choose_faded(self) -> list[Item]:
        """Report the candidates of earlier issues that have faded, once; their weeks of 8 need no further patience."""
        faded = {one.term: one for one in self.material.candidates if one.phase == "fading" and not one.topic}
        items = []
        closed: set[str] = set()
        for issue in self.material.earlier:  # newest first: what was reported as faded after it was told is closed
            for item in issue.items:
                one = faded.get(item.term)
                if one is None or item.term in closed:
                    continue
                closed.add(item.term)
                if item.section == "quiet":
                    continue
                decline = "Coverage has fallen to less than half since." if one.titles else "Nobody writes of it now."
                items.append(
                    Item(
                        id=stable_id(self.executive.slug, self.week, "quiet term", one.term)[:12],
                        section="quiet",
                        claim=(
                            f"We warned of {item.topic_name} on {format_day(issue.composed_at.date())}, a name nobody "
                            f"had listed. {decline} No action."
                        ),
                        topic_name=item.topic_name,
                        term=one.term,
                        phase="fading",
                        phase_note="fading",
                        evidence=one.sentence,
                    )
                )
        return items

    def _topic_of(self, item: Item) -> str:
        """Return the topic an item told of; of a candidate that was promoted since, the one it has become."""
        return item.topic or self.promoted.get(item.term, "")

    def _find_warning(self, topic: str, last: datetime) -> datetime:
        """Return when the warnings that ended with the one of `last` began: a wave is warned of week after week."""
        first = last
        for issue in self.material.earlier:
            warned = any(
                self._topic_of(item) == topic and item.section in ("matters", "blindsided") for item in issue.items
            )
            if warned and timedelta(0) <= first - issue.composed_at <= QUIET_AFTER:
                first = issue.composed_at
        return first
