"""Visit the feeds that are due and store what they publish."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from radar.pipeline.steps import Steps
from radar.records import Crawl, Entry, Feed, FetchError
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


class Crawling(Steps):
    """Rounds of visits."""

    def crawl(self, now: datetime, *, force: bool = False, progress: Progress | None = None) -> CrawlSummary:
        """Visit every feed that is due (with `force`, every feed) and store what they publish."""
        summary = CrawlSummary()
        with ParserPool() as pool:
            limit = FEEDS_AT_ONCE if not force else max(1, len(self.store.list_feeds()))
            while feeds := self.store.take_due_feeds(now, CRAWL_LEASE, limit, force=force):
                waiting = {feed.url for feed in feeds}
                try:
                    self._visit(feeds, pool, now, summary, progress, waiting)
                finally:
                    if waiting:  # the round was interrupted
                        self.store.release_feeds(sorted(waiting))
                if force or waiting:  # visited feeds are never due again within a round, but forced ones would be
                    break
        return summary

    def _visit(
        self,
        feeds: Sequence[Feed],
        pool: ParserPool,
        now: datetime,
        summary: CrawlSummary,
        progress: Progress | None,
        waiting: set[str],
    ) -> None:
        """Visit feeds and store what comes; their URLs leave `waiting` as that is done."""
        by_url = {feed.url: feed for feed in feeds}
        activity = self.store.measure_feeds(now, list(by_url))
        crawl = self.settings.crawl
        results = fetch_all(
            feeds,
            now=now,
            contact=crawl.contact,
            allow=crawl.allow,
            timeout=crawl.timeout_seconds,
            closed=self.store.list_closed_hosts(now),
            free_at=self._free_at,
        )
        visits: Visits = []
        started = begun = time.monotonic()
        try:
            for feed, result, parsed in pool.parse_results(results, by_url, now, is_unchanged):
                visit = decide_crawl(feed, result, parsed, now, activity.get(feed.url, NOTHING))
                if isinstance(result, FetchError) and result.host:
                    self.store.close_host(result.host, visit.next_due_at)
                # A round may take long: the pause begins at this visit, not where the round did.
                if late := timedelta(minutes=(time.monotonic() - started) // 60):
                    visit = replace(visit, at=visit.at + late, next_due_at=visit.next_due_at + late)
                visits.append((visit, parsed.entries if parsed else ()))
                if len(visits) >= VISITS_AT_ONCE or time.monotonic() - begun > SAVE_EVERY:
                    self._save_visits(visits, summary, waiting)
                    begun = time.monotonic()
                    if progress:
                        progress(summary.visited, len(feeds))
        finally:  # also of an interrupted round: what has been fetched need not be fetched again
            self._save_visits(visits, summary, waiting)
        if progress:
            progress(summary.visited, len(feeds))

    def _save_visits(self, visits: Visits, summary: CrawlSummary, waiting: set[str]) -> None:
        """Store visits and count them; the list is empty afterwards, even if storing fails."""
        saving = visits.copy()
        visits.clear()
        saved = self.store.save_crawls(saving)
        for (visit, _), new in zip(saving, saved, strict=True):
            waiting.discard(visit.feed_url)
            summary.visited += 1
            summary.entries += len(new)
            if visit.outcome == "failed":
                summary.failed += 1
                summary.reasons.append((visit.feed_url, visit.reason))
            summary.unchanged += visit.outcome == "unchanged"
