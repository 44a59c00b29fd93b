"""One-on-one talks: the pack an advisor takes along, and what comes of the talk."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from radar.brief.pack import Notes, compose_pack, find_since
from radar.brief.relevance import format_day
from radar.pipeline.brief import Briefing
from radar.records import Pack, Statement

#: A statement this old, without a review date, is asked about.
OLD = timedelta(days=90)


class Talking(Briefing):
    """What happens before a talk, and after it."""

    def compose_pack(self, executive: str, now: datetime) -> Pack:
        """Compose the pack for a talk with an executive now. Raises UnknownName."""
        person = self.store.find_executive(executive)
        talks = self.store.list_talks(executive)
        statements = self.store.list_statements(executive)
        since = find_since(talks, now)
        span = max(timedelta(days=1), now - datetime(since.year, since.month, since.day, tzinfo=now.tzinfo))
        notes = Notes(
            statements=statements,
            stale=_find_stale(statements, now.date()),
            topics=self.topics,
            histories={topic: self.store.signal_history(topic) for topic in self.list_signals()},
            ranked=self.rank(executive, now, span),
            positions=self._list_versions(),
            talks=talks,
            steps=self.store.list_steps(executive),
            acceptances={},
            answers=self.store.list_feedback(executive),
            raised=[one for one in self.store.list_raised() if one.executive == executive],
        )
        return compose_pack(person, notes, now)


def _find_stale(statements: Sequence[Statement], today: date) -> dict[str, str]:
    """Return why statements are to be asked about, by id."""
    found = {}
    for words in statements:
        if words.review_on and words.review_on < today:
            found[words.id] = f"to be reviewed since {format_day(words.review_on)}"
        elif words.noted_on and not words.review_on and today - words.noted_on > OLD:
            found[words.id] = "ask whether it still holds"
    return found
