"""What stands around the items: moves on the radar, primers, honest remarks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from radar.brief.compose.items import Items
from radar.brief.slot import name_week
from radar.brief.wording import write_held
from radar.records import Item, Move, Position, Primer

_RING_ORDER = {"hold": 0, "assess": 1, "trial": 2, "adopt": 3}


def find_moves(
    positions: Mapping[str, Sequence[Position]], since: datetime, until: datetime, name_topic: Callable[[str], str]
) -> tuple[Move, ...]:
    """Return the approved positions whose ring changed, or that were new, in (since, until]; the highest ring first.

    `positions` maps topic to every version on file, oldest first.
    """
    moves = []
    for topic, versions in sorted(positions.items()):
        approved = [position for position in versions if position.approved_by]
        before = [position.ring for position in approved if position.settled_at <= since]
        after = [position.ring for position in approved if since < position.settled_at <= until]
        if after and (not before or before[-1] != after[-1]):
            moves.append(Move(topic, name_topic(topic), after[-1], before[-1] if before else None))
    return tuple(sorted(moves, key=lambda move: (-_RING_ORDER[move.ring], move.topic)))


class Margins(Items):
    """The lines around the items."""

    def _find_moves(self) -> tuple[Move, ...]:
        """List the approved positions whose ring changed, or that were new, since the last issue (or in a week)."""
        since = self.earlier[0].composed_at if self.earlier else self.now - timedelta(days=7)
        return find_moves(self.material.positions, since, self.now, self._name_topic)

    def _choose_primers(self, items: Sequence[Item]) -> tuple[Primer, ...]:
        primers: list[Primer] = []
        for item in items:
            topic = self.material.topics.get(item.topic)
            if item.section == "quiet" or topic is None or not topic.primer:
                continue
            if self.material.familiarity.get(item.topic, "never met") != "never met":
                continue
            if self._is_confirmed(item.topic) and item.topic not in {primer.topic for primer in primers}:
                primers.append(Primer(topic.slug, topic.name, topic.primer))
        return tuple(primers[: self.amount.primers])

    def _write_notes(
        self, matters: Sequence[Item], agenda: Sequence[Item], blindsided: Sequence[Item]
    ) -> tuple[str, ...]:
        notes = []
        if self.material.coverage.weeks_watched < 8:
            weeks = self.material.coverage.weeks_watched
            span = f"{weeks} week{'s' * (weeks != 1)}" if weeks > 0 else "less than a week"
            notes.append(f"Radar has watched for {span}: too short to tell a trend from a habit")
        if self.earlier and self.earlier[0].week != (missed := _name_week_before(self.week)):
            notes.append(
                f"no issue went out in week {missed[-2:].lstrip('0')}: Radar was not running, or you had paused it"
            )
        notes += [write_held(self._name_topic(held.topic), held) for held in self.material.held.values()]
        if not self.material.statements:
            notes.append("no agenda is on file for you yet: tell your advisor what you are trying to do")
        elif not self.material.coverage.stories:
            pass  # the one sentence says that nothing was read, which is not a quiet week
        elif not matters and not agenda and not blindsided:
            notes.append("a quiet week: nothing passed your bar")
        elif not blindsided:
            notes.append("nothing outside your agenda passed the bar")
        return tuple(notes)


def _name_week_before(week: str) -> str:
    year, number = week.split("-W")
    return name_week(date.fromisocalendar(int(year), int(number), 1) - timedelta(days=7))
