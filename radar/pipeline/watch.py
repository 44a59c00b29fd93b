"""Turn new entries into stories, tags and signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from radar.pipeline.steps import Steps, find_monday
from radar.records import Correction, Signal, Story
from radar.watch.detect import walk_weeks
from radar.watch.group import STORY_LIFE, group_entries, merge_stories, split_story, undo_correction
from radar.watch.tag import Tagger

ENTRIES_AT_ONCE = 1_000
OLD = timedelta(days=30)
TRAINING_STORIES = 4_000
#: The tagger learns anew when the archive has grown by this much since it last did.
GROWN = 1.25
SERIES_SPAN = timedelta(weeks=130)


@dataclass(slots=True)
class WatchSummary:
    """What the new entries became."""

    entries: int = 0
    stories: int = 0
    tags: int = 0
    signals: tuple[Signal, ...] = ()


class Watching(Steps):
    """What becomes of new entries."""

    def watch(self, now: datetime) -> WatchSummary:
        """Turn entries that belong to no story yet into stories, tags and signals."""
        summary = WatchSummary()
        self._sync_topics()
        while entries := self.store.ungrouped_entries(ENTRIES_AT_ONCE):
            # A feed read for the first time brings years of entries; those open no old stories again.
            earliest = max(min(entry.published_at for entry in entries), now - OLD)
            corrected = self.store.count_corrections()
            open_stories = self.store.open_stories(earliest - STORY_LIFE)
            stories = group_entries(entries, open_stories, self.store.list_corrections())
            if not self.store.save_stories(stories, corrected):
                continue  # the advisor has put something right meanwhile
            summary.entries += len(entries)
            summary.stories += len(stories)
            summary.tags += self._tag(stories)
        summary.signals = self._detect(now)
        return summary

    def split_story(self, story_id: str, entry_id: str, now: datetime, by: str) -> tuple[Correction, list[Story]]:
        """Take an entry out of a story for good; return the correction and what changed, tagged anew.

        Raises UnknownName, or RadarError where there is nothing to split.
        """
        correction, stories = split_story(self.store.find_story(story_id), entry_id, now, by)
        return self._save_correction(correction, stories)

    def merge_stories(self, story_id: str, other_id: str, now: datetime, by: str) -> tuple[Correction, list[Story]]:
        """Make one story of two for good, as above. Raises UnknownName, or RadarError where they are one."""
        story, other = self.store.find_story(story_id), self.store.find_story(other_id)
        return self._save_correction(*merge_stories(story, other, now, by))

    def undo_correction(self, number: int, now: datetime, by: str) -> tuple[Correction, list[Story]]:
        """End a correction, as above. Raises UnknownName, or RadarError where it was undone before."""
        correction = self.store.find_correction(number)
        holding = self.store.stories_of((*correction.entries, *correction.rest))
        ended, stories = undo_correction(correction, holding, now, by)
        self.store.end_correction(ended, stories)
        self._tag(stories)
        return ended, stories

    def _save_correction(self, correction: Correction, stories: list[Story]) -> tuple[Correction, list[Story]]:
        saved = self.store.save_correction(correction, stories)
        self._tag(stories)
        return saved, stories

    def _sync_topics(self) -> None:
        """Make the stored topics those of the files; when they differ, every story is read anew with them."""
        stored = {topic.slug: topic for topic in self.store.list_topics()}
        if all(stored.get(slug) == topic for slug, topic in self.topics.items()):
            return
        self.store.save_topics(self.topics.values())
        self._tagger = None
        after = None
        while stories := self.store.list_stories(limit=ENTRIES_AT_ONCE, after=after):
            self._tag(stories)
            after = (stories[-1].last_at, stories[-1].id)

    def _tag(self, stories: Sequence[Story]) -> int:
        known = self.store.status().stories
        if self._tagger is None or known > GROWN * self._tagger.trained_on:
            self._tagger = Tagger(list(self.topics.values())).fit(self.store.list_stories(limit=TRAINING_STORIES))
        tags = self._tagger.tag_stories(stories)
        self.store.save_tags([story.id for story in stories], tags)
        return len(tags)

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
