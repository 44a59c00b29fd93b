"""Parse in worker processes that can be killed: five seconds and one gibibyte for each document."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from radar.records import Feed, Fetched, FetchResult, Parsed
from radar.watch.parse.document import parse_feed

SECONDS = 5.0
MEMORY = 1024**3  # bytes of address space for a worker
_TASKS_PER_WORKER = 5_000  # then it is replaced: what a parser leaks does not add up
_AHEAD = 16  # documents under way for each worker

_Pending = dict[Future[Parsed], tuple[Feed, Fetched]]


class ParserPool:
    """Worker processes that parse feeds; a context manager. Documents that break a worker come back as a problem."""

    def __init__(self, workers: int = 0, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._workers = workers or min(os.cpu_count() or 1, 8)
        self._seconds = seconds
        self._memory = memory
        # Every document ends after `seconds`: when none has ended for this long, the pool has lost one.
        self._patience = 3 * seconds + 30
        self._pool = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def parse(self, feed: Feed, fetched: Fetched, now: datetime) -> Parsed:
        """Parse one document and wait for it."""
        return self._collect(self._submit(feed, fetched, now), feed, fetched, now)

    def parse_results(
        self,
        results: Iterable[FetchResult],
        feeds: Mapping[str, Feed],
        now: datetime,
        is_known: Callable[[Feed, Fetched], bool] = lambda feed, fetched: False,
    ) -> Iterator[tuple[Feed, FetchResult, Parsed | None]]:
        """Parse what was fetched, on all workers; yield each result with its feed as it is done.

        Results without a body, or with one that `is_known`, come through with None. `feeds` is by URL. `results` is
        read only a little ahead, so that memory holds a few documents and fetching goes on meanwhile.
        """
        pending: _Pending = {}
        for result in results:
            feed = feeds[result.feed_url]
            if not isinstance(result, Fetched) or is_known(feed, result):
                yield feed, result, None
                continue
            pending[self._submit(feed, result, now)] = (feed, result)
            full = len(pending) >= self._workers * _AHEAD
            yield from self._take_done(pending, now, block=full)
        while pending:
            yield from self._take_done(pending, now, block=True)

    def _take_done(
        self, pending: _Pending, now: datetime, *, block: bool
    ) -> Iterator[tuple[Feed, FetchResult, Parsed | None]]:
        done = wait(pending, self._patience if block else 0.0, return_when=FIRST_COMPLETED).done
        if block and not done:
            self._close()
            done = set(pending)
        for future in done:
            feed, fetched = pending.pop(future)
            yield feed, fetched, self._collect(future, feed, fetched, now)

    def _submit(self, feed: Feed, fetched: Fetched, now: datetime) -> Future[Parsed]:
        options = {"feed": feed, "now": now, "content_type": fetched.content_type, "final_url": fetched.final_url}
        if not self._pool.active:
            self._close()
            self._pool = self._open()
        future: Future[Parsed] = self._pool.schedule(
            parse_feed, args=(fetched.body,), kwargs=options, timeout=self._seconds
        )
        return future

    def _collect(
        self, future: Future[Parsed], feed: Feed, fetched: Fetched, now: datetime, *, again: bool = True
    ) -> Parsed:
        """Return a worker's answer; its death is an answer, too."""
        finished = bool(wait([future], 0.0 if not self._pool.active else self._patience).done)
        try:
            if finished:
                return future.result()
            broken = True
        except TimeoutError:
            return _describe(f"the document takes longer than {self._seconds:g} s to read")
        except MemoryError:
            return _describe("the document needs more memory than a feed may have")
        except ProcessExpired as error:
            return _describe(f"the document breaks the parser (exit code {error.exitcode})")
        except (BrokenProcessPool, CancelledError):
            broken = True
        if broken and again:
            # A worker that dies between two documents takes pebble's whole pool with it, guilty or not: each document
            # that was under way gets one more try, alone.
            return self._collect(self._submit(feed, fetched, now), feed, fetched, now, again=False)
        return _describe("the document breaks the parser")

    def _open(self) -> ProcessPool:
        # A fork of this process would copy the locks its threads hold and the memory of everything it has imported;
        # the fork server is started clean, imports the parser once, and forks from there.
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        if method == "forkserver":
            multiprocessing.set_forkserver_preload([parse_feed.__module__])
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=_TASKS_PER_WORKER,
            initializer=_limit_worker,
            initargs=(self._memory,),
            context=multiprocessing.get_context(method),
        )

    def _close(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
        self._pool.join()


def _describe(problem: str) -> Parsed:
    return Parsed("", "", (), problem=problem)


def _limit_worker(memory: int) -> None:
    """Bound this process's address space and leave Ctrl-C to the parent."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
