"""Turn new entries into stories, tags and signals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from radar.pipeline.steps import find_monday
from radar.pipeline.tag import Tagging
from radar.records import Signal
from radar.watch.detect import walk_weeks
from radar.watch.group import STORY_LIFE, group_entries

ENTRIES_AT_ONCE = 2_000
OLD = timedelta(days=30)
SERIES_SPAN = timedelta(weeks=130)


@dataclass(slots=True)
class WatchSummary:
    """What the new entries became."""

    entries: int = 0
    stories: int = 0
    tags: int = 0
    signals: tuple[Signal, ...] = ()


class Watching(Tagging):
    """What becomes of new entries."""

    def watch(self, now: datetime) -> WatchSummary:
        """Turn entries that belong to no story yet into stories, tags and signals."""
        summary = WatchSummary()
        self.sync_topics(now)
        while entries := self.store.ungrouped_entries(ENTRIES_AT_ONCE):
            # A feed read for the first time brings years of entries; those open no old stories again.
            earliest = max(min(entry.published_at for entry in entries), now - OLD)
            stories = group_entries(entries, self.store.open_stories(earliest - STORY_LIFE))
            self.store.save_stories(stories)
            summary.entries += len(entries)
            summary.stories += len(stories)
            summary.tags += self.tag(stories, now)
        summary.signals = self._detect(now)
        return summary

    def _detect(self, now: datetime) -> tuple[Signal, ...]:
        """Close the weeks that have ended: every topic's phase at the end of each, from the last one known on."""
        monday = find_monday(now)
        known = self.store.list_signals()
        since = known[0].week if known else date.min
        fresh = [
            signal
            for series in self.store.weekly_series(monday, since=monday - SERIES_SPAN)
            for signal in walk_weeks(series)
            if signal.week >= since
        ]
        self.store.save_signals(fresh)
        return tuple(signal for signal in fresh if signal.week == monday - timedelta(weeks=1))
