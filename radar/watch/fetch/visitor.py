"""Ask one address after the other, each question decided by the answer before it, without pressing a host."""

import time
from datetime import datetime
from urllib.parse import urlsplit

from radar.records import Feed, Fetched, FetchResult
from radar.text import host_of
from radar.watch.fetch.client import SPACING
from radar.watch.fetch.threaded import fetch_all
from radar.watch.guard import Guard


class Visitor:
    """Fetches as `fetch_all` does, feed by feed, and keeps the pause between two questions to one host."""

    def __init__(self, guard: Guard, *, contact: str, now: datetime, timeout: float) -> None:
        self._guard = guard
        self._contact = contact
        self._now = now
        self._timeout = timeout
        self._free_at: dict[str, float] = {}

    def ask(self, feed: Feed) -> FetchResult:
        """Return what the server says; every expected failure is a FetchError."""
        time.sleep(max(0.0, self._free_at.get(host_of(feed.url), 0.0) - time.monotonic()))
        (result,) = fetch_all([feed], contact=self._contact, now=self._now, timeout=self._timeout, guard=self._guard)
        for url in {feed.url, result.final_url if isinstance(result, Fetched) else feed.url}:
            if not self._is_allowed(url):
                self._free_at[host_of(url)] = time.monotonic() + SPACING
        return result

    def _is_allowed(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            return self._guard.is_allowed(host_of(url), parts.port or (443 if parts.scheme == "https" else 80))
        except ValueError:  # a port that is no number: the guard has refused it
            return False
