"""Fetch from synchronous code: the event loop runs in a thread of its own while the caller works on the results."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import datetime
from queue import SimpleQueue
from typing import Any

from radar.records import Feed, FetchResult
from radar.watch.fetch.client import CONCURRENCY, SPACING, fetch_feeds
from radar.watch.guard import Guard

WAITING = 2  # batches that wait for the caller


def fetch_all(
    feeds: Iterable[Feed],
    *,
    more: Callable[[], Sequence[Feed]] | None = None,
    contact: str,
    allow: Iterable[str] = (),
    now: datetime,
    timeout: float = 30.0,
    concurrency: int = CONCURRENCY,
    spacing: float = SPACING,
    guard: Guard | None = None,
    authorities: str = "",
    closed: Mapping[str, datetime] | None = None,
    free_at: dict[str, float] | None = None,
) -> Iterator[FetchResult]:
    """Yield the results of `fetch_feeds` (same parameters) from an event loop in a thread of its own.

    Fetching goes on while the caller works on a result, until two batches of results wait; a caller that stops
    iterating stops the fetching.
    """
    batches: SimpleQueue[list[FetchResult] | BaseException | None] = SimpleQueue()
    stop = _Stop()

    async def run() -> None:
        stop.arm()
        stream = fetch_feeds(
            feeds,
            more=more,
            contact=contact,
            allow=allow,
            now=now,
            timeout=timeout,
            concurrency=concurrency,
            spacing=spacing,
            guard=guard,
            authorities=authorities,
            closed=closed,
            free_at=free_at,
        )
        async with aclosing(stream):
            async for batch in stream:
                while batches.qsize() >= WAITING:
                    await asyncio.sleep(0.02)
                batches.put(batch)

    def work() -> None:
        last: BaseException | None = None
        try:
            asyncio.run(run())
        except asyncio.CancelledError:
            pass  # the caller stopped iterating
        except BaseException as error:  # a bug: it is raised again in the caller's thread
            last = error
        batches.put(last)

    thread = threading.Thread(target=work, name="fetch", daemon=True)
    thread.start()
    try:
        while (batch := batches.get()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            yield from batch
    finally:
        stop.request()
        thread.join()


class _Stop:
    """Cancels the task of another thread's event loop, also when it is asked to before the loop runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = False
        self._target: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None

    def arm(self) -> None:
        """Make the running task the one to cancel."""
        task = asyncio.current_task()
        with self._lock:
            if task is not None:
                self._target = (asyncio.get_running_loop(), task)
            if self._wanted and task is not None:
                task.cancel()

    def request(self) -> None:
        """Cancel the task, if it still runs."""
        with self._lock:
            self._wanted = True
            if self._target is not None and not self._target[0].is_closed():
                with suppress(RuntimeError):  # the loop closed in between
                    self._target[0].call_soon_threadsafe(self._target[1].cancel)
