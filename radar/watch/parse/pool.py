"""Parse in worker processes that can be killed: five seconds and one gibibyte for each document."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from types import TracebackType
from typing import Self

import msgspec
from pebble import ProcessExpired, ProcessPool

from radar.records import Feed, Fetched, FetchResult, Parsed
from radar.watch.parse.document import parse_feed

SECONDS = 5.0
MEMORY = 1024**3  # bytes of address space for a worker
_TASKS_PER_WORKER = 5_000  # then it is replaced: what a parser leaks does not add up
_AHEAD = 2  # parcels under way for each worker
_PARCEL = 8  # documents sent to a worker together: each journey costs both sides as much as reading a small feed
_PARCEL_BYTES = 256 * 1024

_Documents = list[tuple[Feed, Fetched]]
_Answer = bytes | list[Parsed]
_Pending = dict[Future[_Answer], _Documents]

# Pickling the entries would take seven times as long on either side.
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Parsed]).decode


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
        """Parse one document and wait for it; twice, where another one may have broken the pool."""
        for _ in range(2):
            try:
                [parsed] = self._collect(self._submit([(feed, fetched)], now))
            except _Broken as broken:
                problem = str(broken)
                if not broken.perhaps_innocent:
                    break
            else:
                return parsed
        return _describe(problem)

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
        parcel: _Documents = []
        for result in results:
            feed = feeds[result.feed_url]
            if not isinstance(result, Fetched) or is_known(feed, result):
                yield feed, result, None
                continue
            parcel.append((feed, result))
            yield from self._take_done(pending, now, block=False)
            heavy = sum(len(fetched.body) for _, fetched in parcel) > _PARCEL_BYTES
            if len(pending) < self._workers or len(parcel) >= _PARCEL or heavy:
                pending[self._submit(parcel, now)] = parcel
                parcel = []
                yield from self._take_done(pending, now, block=len(pending) >= self._workers * _AHEAD)
        if parcel:
            pending[self._submit(parcel, now)] = parcel
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
            documents = pending.pop(future)
            try:
                answers = self._collect(future)
            except _Broken as broken:
                if len(documents) > 1:
                    # One of them is to blame: each makes the journey alone.
                    pending |= {self._submit([document], now): [document] for document in documents}
                    continue
                [(feed, fetched)] = documents
                retry = broken.perhaps_innocent
                yield feed, fetched, self.parse(feed, fetched, now) if retry else _describe(str(broken))
                continue
            for (feed, fetched), parsed in zip(documents, answers, strict=True):
                yield feed, fetched, parsed

    def _submit(self, documents: _Documents, now: datetime) -> Future[_Answer]:
        if not self._pool.active:
            self._close()
            self._pool = self._open()
        future: Future[_Answer] = self._pool.schedule(_parse_all, args=(documents, now), timeout=self._seconds)
        return future

    def _collect(self, future: Future[_Answer]) -> list[Parsed]:
        """Return a worker's answer. Raises _Broken."""
        finished = bool(wait([future], 0.0 if not self._pool.active else self._patience).done)
        try:
            if finished:
                answer = future.result()
                return answer if isinstance(answer, list) else _decode(answer)
        except TimeoutError:
            raise _Broken(f"the document takes longer than {self._seconds:g} s to read") from None
        except MemoryError:
            raise _Broken("the document needs more memory than a feed may have") from None
        except ProcessExpired as error:
            raise _Broken(f"the document breaks the parser (exit code {error.exitcode})") from None
        except (BrokenProcessPool, CancelledError):
            pass
        # A worker that dies between two documents takes pebble's whole pool with it, guilty or not.
        raise _Broken("the document breaks the parser", perhaps_innocent=True)

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


class _Broken(Exception):
    """A worker gave no answer; the text says why, for the operator."""

    def __init__(self, problem: str, *, perhaps_innocent: bool = False) -> None:
        super().__init__(problem)
        self.perhaps_innocent = perhaps_innocent


def _parse_all(documents: _Documents, now: datetime) -> _Answer:
    """Parse documents, in a worker."""
    parsed = [
        parse_feed(fetched.body, feed=feed, now=now, content_type=fetched.content_type, final_url=fetched.final_url)
        for feed, fetched in documents
    ]
    try:
        return _encode(parsed)
    except UnicodeEncodeError:  # a lone surrogate, which the store will mend
        return parsed


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
