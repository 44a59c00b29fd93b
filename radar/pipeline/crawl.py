"""Visit the feeds that are due and store what they publish."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from radar.pipeline.steps import Steps
from radar.records import Activity, Crawl, Entry, Feed, FetchError
from radar.watch.fetch import decide_crawl, fetch_all, is_unchanged
from radar.watch.health import NOTHING
from radar.watch.parse import ParserPool

#: A visit that was made but never recorded (a killed process) must not be repeated within the hour, a round included.
CRAWL_LEASE = timedelta(minutes=90)
FEEDS_AT_ONCE = 2_000
#: Visits are stored together, so many or those of so many seconds: a transaction for each costs more than its rows do.
VISITS_AT_ONCE = 64
SAVE_EVERY = 1.0

Progress = Callable[[int, int], None]
Visits = list[tuple[Crawl, Sequence[Entry]]]


@dataclass(slots=True)
class CrawlSummary:
    """What a round of visits brought."""

    visited: int = 0
    failed: int = 0
    unchanged: int = 0
    entries: int = 0
    reasons: list[tuple[str, str]] = field(default_factory=list)  # (feed URL, why it failed)


@dataclass(slots=True)
class _Round:
    """A round under way. The thread that fetches adds feeds to it, the one that stores takes them off."""

    force: bool
    complete: bool = False  # no further feed is due
    feeds: dict[str, Feed] = field(default_factory=dict)
    activity: dict[str, Activity] = field(default_factory=dict)
    closed: dict[str, datetime] = field(default_factory=dict)  # hosts that want to be left alone until then
    waiting: set[str] = field(default_factory=set)  # taken, and not stored yet
    summary: CrawlSummary = field(default_factory=CrawlSummary)


class Crawling(Steps):
    """Rounds of visits."""

    def crawl(self, now: datetime, *, force: bool = False, progress: Progress | None = None) -> CrawlSummary:
        """Visit every feed that is due (with `force`, every feed) and store what they publish."""
        round_ = _Round(force)
        with ParserPool() as pool:
            try:
                self._visit(round_, pool, now, progress)
            finally:
                if round_.waiting:  # the round was interrupted
                    self.store.release_feeds(sorted(round_.waiting))
        return round_.summary

    def _take(self, round_: "_Round", now: datetime) -> list[Feed]:
        """Lease the next feeds for a round; called while earlier ones are under way."""
        if round_.complete:
            return []
        # Visited feeds are never due again within a round, but forced ones would be: those are taken all at once.
        limit = max(1, len(self.store.list_feeds())) if round_.force else FEEDS_AT_ONCE
        feeds = self.store.take_due_feeds(now, CRAWL_LEASE, limit, force=round_.force)
        round_.complete = round_.force or not feeds
        if feeds:
            round_.waiting.update(feed.url for feed in feeds)
            round_.feeds.update((feed.url, feed) for feed in feeds)
            round_.activity.update(self.store.measure_feeds(now, [feed.url for feed in feeds]))
            round_.closed.update(self.store.list_closed_hosts(now))
        return feeds

    def _visit(self, round_: "_Round", pool: ParserPool, now: datetime, progress: Progress | None) -> None:
        """Visit a round's feeds and store what comes; their URLs leave `waiting` as that is done."""
        crawl, summary = self.settings.crawl, round_.summary
        results = fetch_all(
            self._take(round_, now),
            more=partial(self._take, round_, now),
            now=now,
            contact=crawl.contact,
            allow=crawl.allow,
            timeout=crawl.timeout_seconds,
            closed=round_.closed,
            free_at=self._free_at,
        )
        visits: Visits = []
        started = begun = time.monotonic()
        try:
            for feed, result, parsed in pool.parse_results(results, round_.feeds, now, is_unchanged):
                visit = decide_crawl(feed, result, parsed, now, round_.activity.get(feed.url, NOTHING))
                if isinstance(result, FetchError) and result.host:
                    self.store.close_host(result.host, visit.next_due_at)
                # A round may take long: the pause begins at this visit, not where the round did.
                if late := timedelta(minutes=(time.monotonic() - started) // 60):
                    visit = replace(visit, at=visit.at + late, next_due_at=visit.next_due_at + late)
                visits.append((visit, parsed.entries if parsed else ()))
                if len(visits) >= VISITS_AT_ONCE or time.monotonic() - begun > SAVE_EVERY:
                    self._save_visits(visits, round_)
                    begun = time.monotonic()
                    if progress:
                        progress(summary.visited, len(round_.feeds))
        finally:  # also of an interrupted round: what has been fetched need not be fetched again
            self._save_visits(visits, round_)
        if progress:
            progress(summary.visited, len(round_.feeds))

    def _save_visits(self, visits: Visits, round_: "_Round") -> None:
        """Store visits and count them; the list is empty afterwards, even if storing fails."""
        saving, summary = visits.copy(), round_.summary
        visits.clear()
        saved = self.store.save_crawls(saving)
        for (visit, _), new in zip(saving, saved, strict=True):
            round_.waiting.discard(visit.feed_url)
            summary.visited += 1
            summary.entries += len(new)
            if visit.outcome == "failed":
                summary.failed += 1
                summary.reasons.append((visit.feed_url, visit.reason))
            summary.unchanged += visit.outcome == "unchanged"
