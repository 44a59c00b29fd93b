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
        items: list[Item] = []
        closed = {item.topic for issue in self.earlier for item in issue.items if item.section == "quiet"}
        for issue in self.earlier:
            for item in issue.items:
                signal = self.material.signals.get(item.topic)
                if item.section not in ("matters", "blindsided") or signal is None or item.topic in closed:
                    continue
                if signal.phase in ("rising", "surging", "mainstream"):
                    continue
                if signal.phase == "fading" and signal.week - signal.since < QUIET_AFTER:
                    continue
                closed.add(item.topic)
                warned = format_day(self._find_warning(item.topic, issue.composed_at).date())
                evidence = signal.evidence
                items.append(
                    Item(
                        id=stable_id(self.executive.slug, self.week, "quiet", item.topic)[:12],
                        section="quiet",
                        claim=(f"We warned of {item.topic_name} on {warned}. {write_decline(signal)} No action."),
                        topic=item.topic,
                        topic_name=item.topic_name,
                        phase=signal.phase,
                        phase_note=signal.phase or "quiet",
                        evidence=signal.sentence,
                        publishers=len(evidence.publishers),
                    )
                )
        return tuple(items[:MAX_QUIET])

    def _find_warning(self, topic: str, last: datetime) -> datetime:
        """Return when the warnings that ended with the one of `last` began: a wave is warned of week after week."""
        first = last
        for issue in self.material.earlier:
            warned = any(item.topic == topic and item.section in ("matters", "blindsided") for item in issue.items)
            if warned and timedelta(0) <= first - issue.composed_at <= QUIET_AFTER:
                first = issue.composed_at
        return first
