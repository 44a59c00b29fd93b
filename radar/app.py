"""The application, wired: settings, store and pipeline; the only place that reads the clock."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from radar.config import FEEDS_FILE, TOPICS_FILE, Settings, find_home, load_feeds, load_settings, load_topics
from radar.errors import ConfigError

if TYPE_CHECKING:  # the store costs 0.4 s of CPU, the pipeline 2: commands load what they need
    from radar.pipeline import Pipeline
    from radar.store import Store


log = logging.getLogger(__name__)


def read_clock() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)


class App:
    """One Radar: its home folder, its store, its steps. Close it when done."""

    def __init__(self, settings: Settings, store: "Store", clock: Callable[[], datetime] = read_clock) -> None:
        self.settings, self.store, self.now = settings, store, clock
        # When feeds.toml and topics.toml, as they were last read, were written; nanoseconds.
        self._feeds_read_at = self._topics_read_at = 0

    @cached_property
    def pipeline(self) -> "Pipeline":
        """The steps, made at first use. Raises ConfigError for a broken topics.toml."""
        from radar.pipeline import Pipeline

        self._topics_read_at = self._when_written(TOPICS_FILE)
        return Pipeline(self.store, self.settings, load_topics(self.settings.home))

    def sync_feeds(self) -> int:
        """Make the stored feeds those of feeds.toml; return how many there are."""
        self._feeds_read_at = self._when_written(FEEDS_FILE)
        feeds = load_feeds(self.settings.home)
        self.store.sync_feeds(feeds)
        return len(feeds)

    def sync_topics(self) -> bool:
        """Make the topics those of the files, and read every story anew where that changes something."""
        self._topics_read_at = self._when_written(TOPICS_FILE)
        self.pipeline.topics = {topic.slug: topic for topic in load_topics(self.settings.home)}
        return self.pipeline.sync_topics(self.now())

    def run(self, job: str) -> str:
        """Run a job by its name, now. A crawl follows feeds.toml and topics.toml; a broken one changes nothing."""
        from radar.jobs import run_job

        pipeline = self.pipeline
        if job == "crawl" and self._when_written(FEEDS_FILE) != self._feeds_read_at:
            try:
                log.info("feeds.toml has changed: %d feeds", self.sync_feeds())
            except ConfigError as error:
                log.warning("%s; the feeds stay as they were", error)
        if job == "crawl" and self._when_written(TOPICS_FILE) != self._topics_read_at:
            try:
                changed = self.sync_topics()
                log.info("topics.toml has changed: %d topics%s", len(pipeline.topics), "" if changed else ", as before")
            except ConfigError as error:
                log.warning("%s; the topics stay as they were", error)
        return run_job(job, pipeline, self.now)

    def _when_written(self, name: str) -> int:
        path = self.settings.home / name
        return path.stat().st_mtime_ns if path.exists() else 0

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_app(home: Path | None = None, clock: Callable[[], datetime] = read_clock) -> App:
    """Open the Radar in a folder (default: RADAR_HOME, else the current one). Raises ConfigError, StoreError."""
    from radar.store import open_store

    settings = load_settings(home or find_home())
    return App(settings, open_store(settings.database_url), clock)
