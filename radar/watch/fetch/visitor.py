"""Ask one address after the other from synchronous code, each question decided by the answer before it."""

import asyncio
import ssl
from collections.abc import Iterable
from datetime import datetime
from typing import Self

from radar.records import Feed, FetchResult
from radar.watch.fetch.client import SPACING, Fetcher
from radar.watch.guard import Guard


class Visitor:
    """The fetcher of `fetch_feeds`, kept open: a host's spacing and its 429 hold between the questions, too.

    A context manager; the parameters are those of `fetch_feeds`.
    """

    def __init__(
        self,
        *,
        contact: str,
        allow: Iterable[str] = (),
        now: datetime,
        timeout: float = 30.0,
        spacing: float = SPACING,
        guard: Guard | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._fetcher = Fetcher(
            guard=guard or Guard(allow),
            contact=contact,
            now=now,
            timeout=timeout,
            concurrency=1,
            spacing=spacing,
            context=context,
        )

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        self._runner.run(self._fetcher.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._runner.run(self._fetcher.__aexit__())
        finally:
            self._runner.close()

    def ask(self, feed: Feed) -> FetchResult:
        """Return what the server says; every expected failure is a FetchError."""
        return self._runner.run(self._fetcher.fetch(feed))
