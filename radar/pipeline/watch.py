"""Turn new entries into stories, tags and signals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from radar.pipeline.steps import find_monday
from radar.pipeline.tag import Tagging
from radar.records import Candidate, CandidateChange, Correction, Signal, Story
from radar.text import fold_phrase
from radar.watch.detect import walk_weeks
from radar.watch.discover import Discovery
from radar.watch.follow import list_changes
from radar.watch.group import STORY_LIFE, group_entries, merge_stories, split_story, undo_correction
from radar.watch.panel import Panel
from radar.watch.terms import index_terms

ENTRIES_AT_ONCE = 1_000
OLD = timedelta(days=30)
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


class Watching(Tagging):
    """What becomes of new entries."""

    def watch(self, now: datetime) -> WatchSummary:
        """Turn entries that belong to no story yet into stories, tags and signals."""
        summary = WatchSummary()
        self.sync_topics(now)
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
            summary.tags += self.tag(stories, now)
        summary.candidates = self._discover(now)
        summary.signals = self._detect(now)
        return summary

    def split_story(self, story_id: str, entry_id: str, now: datetime, by: str) -> tuple[Correction, list[Story]]:
        """Take an entry out of a story for good; return the correction and what changed, tagged anew.

        Raises UnknownName, or RadarError where there is nothing to split.
        """
        correction, stories = split_story(self.store.find_story(story_id), entry_id, now, by)
        return self._save_correction(correction, stories, now)

    def merge_stories(self, story_id: str, other_id: str, now: datetime, by: str) -> tuple[Correction, list[Story]]:
        """Make one story of two for good, as above. Raises UnknownName, or RadarError where they are one."""
        story, other = self.store.find_story(story_id), self.store.find_story(other_id)
        return self._save_correction(*merge_stories(story, other, now, by), now)

    def undo_correction(self, number: int, now: datetime, by: str) -> tuple[Correction, list[Story]]:
        """End a correction, as above. Raises UnknownName, or RadarError where it was undone before."""
        correction = self.store.find_correction(number)
        holding = self.store.stories_of((*correction.entries, *correction.rest))
        ended, stories = undo_correction(correction, holding, now, by)
        self.store.end_correction(ended, stories)
        self.tag(stories, now, learn=False)
        return ended, stories

    def _save_correction(
        self, correction: Correction, stories: list[Story], now: datetime
    ) -> tuple[Correction, list[Story]]:
        saved = self.store.save_correction(correction, stories)
        self.tag(stories, now, learn=False)
        return saved, stories

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
        standing = self.store.list_candidates()
        # A week that was looked at was decided, even if the run died before its signals were saved.
        days = [*(known[0].week + timedelta(weeks=1) for _ in known[:1]), *(one.as_of for one in standing)]
        decided = max(days, default=monday - timedelta(weeks=1))
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
        discovery.known = frozenset(
            [fold_phrase(name) for topic in self.topics.values() for name in (topic.name, *topic.aliases)]
            + [fold_phrase(name) for one in standing if one.standing != "open" for name in one.names]
        )
        discovery.resume(one for one in standing if one.standing == "open")
        if set_before := self.store.find_calibration():
            discovery.calibrated = (set_before[0] - first).days // 7 - 1
            discovery.threshold = set_before[1]
        discovery.catch_up(decided)
        latest = {one.term: one for one in standing}
        raised: dict[str, Candidate] = {}
        changes: list[CandidateChange] = []
        while discovery.panel.week + 1 < discovery.index.weeks:
            decisions = discovery.decide_week()
            raised |= {one.term: one for one in decisions}
            for one in (*decisions, *discovery.follow_week()):
                changes += list_changes(latest.get(one.term), one)
                latest[one.term] = one
        if discovery.calibrated is not None:
            self.store.save_calibration(discovery.day_after(discovery.calibrated), discovery.threshold)
        self.store.save_candidates((one for one in latest.values() if one not in standing), changes)
        return tuple(raised.values())
