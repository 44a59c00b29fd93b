"""Turn new entries into stories, tags and signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from radar.pipeline.steps import Steps, find_monday
from radar.records import Candidate, Signal, Story
from radar.text import fold_phrase
from radar.watch.detect import walk_weeks
from radar.watch.discover import Discovery
from radar.watch.group import STORY_LIFE, group_entries
from radar.watch.panel import Panel
from radar.watch.tag import Tagger
from radar.watch.terms import index_terms

ENTRIES_AT_ONCE = 2_000
OLD = timedelta(days=30)
TRAINING_STORIES = 4_000
#: The tagger learns anew when the archive has grown by this much since it last did.
GROWN = 1.25
SERIES_SPAN = timedelta(weeks=130)
#: Three years: two that the expectation rests on, and one in which a term can creep.
DISCOVERY_SPAN = timedelta(weeks=156)


@dataclass(slots=True)
class WatchSummary:
    """What the new entries became."""

    entries: int = 0
    stories: int = 0
    tags: int = 0
    signals: tuple[Signal, ...] = ()
    candidates: tuple[Candidate, ...] = ()  # raised or confirmed by the weeks that have ended


class Watching(Steps):
    """What becomes of new entries."""

    def watch(self, now: datetime) -> WatchSummary:
        """Turn entries that belong to no story yet into stories, tags and signals."""
        summary = WatchSummary()
        self._sync_topics()
        while entries := self.store.ungrouped_entries(ENTRIES_AT_ONCE):
            # A feed read for the first time brings years of entries; those open no old stories again.
            earliest = max(min(entry.published_at for entry in entries), now - OLD)
            stories = group_entries(entries, self.store.open_stories(earliest - STORY_LIFE))
            self.store.save_stories(stories)
            summary.entries += len(entries)
            summary.stories += len(stories)
            summary.tags += self._tag(stories)
        summary.candidates = self._discover(now)
        summary.signals = self._detect(now)
        return summary

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
        followed = {signal.topic for signal in known}
        fresh = [
            signal
            for series in self.store.weekly_series(monday, since=monday - SERIES_SPAN)
            for signal in walk_weeks(series)
            if signal.week >= since or series.topic not in followed  # a topic new to the list brings its history
        ]
        self.store.save_signals(fresh)
        return tuple(signal for signal in fresh if signal.week == monday - timedelta(weeks=1))

    def _discover(self, now: datetime) -> tuple[Candidate, ...]:
        """Close the weeks that have ended for terms nobody listed: what they raise, and what they confirm."""
        monday = find_monday(now)
        known = self.store.list_signals()
        decided = known[0].week + timedelta(weeks=1) if known else monday - timedelta(weeks=1)
        if decided >= monday:
            return ()
        since = monday - DISCOVERY_SPAN
        reports = self.store.list_reports(since, monday)
        if not reports:
            return ()
        first = min(report.on for report in reports)
        first -= timedelta(days=first.weekday())
        general = {report.source for report in reports if report.kind == "general"}
        discovery = Discovery(Panel(index_terms(reports, first), general))
        standing = self.store.list_candidates()
        discovery.known = frozenset(
            [fold_phrase(name) for topic in self.topics.values() for name in (topic.name, *topic.aliases)]
            + [fold_phrase(name) for one in standing if one.standing != "open" for name in one.names]
        )
        discovery.resume(one for one in standing if one.standing == "open")
        raised: dict[str, Candidate] = {}
        for week in range(discovery.index.weeks):
            if discovery.day_after(week) <= decided:
                discovery.watch_week()
            else:
                raised |= {one.term: one for one in discovery.decide_week()}
        self.store.save_candidates(raised.values())
        return tuple(raised.values())
