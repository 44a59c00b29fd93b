"""Ask servers for feeds over HTTP: one event loop, every hop through the guard, one host at a time, never for long."""

import asyncio
import base64
import math
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from radar import __version__
from radar.records import Feed, Fetched, FetchError, FetchResult, NotModified
from radar.text import host_of
from radar.watch.fetch.body import (
    MAX_BODY,
    BadBody,
    BodyReader,
    TooLarge,
    read_max_age,
    read_retry_after,
    read_validator,
)
from radar.watch.fetch.hops import REDIRECTS, Visit, follow_redirect, split_login
from radar.watch.fetch.pace import find_address
from radar.watch.fetch.reasons import describe_failure, describe_status
from radar.watch.fetch.transport import CurlTransport
from radar.watch.guard import Guard

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
MAX_LINK = 4_000  # characters kept of the Link header
SPACING = 2.0  # seconds between the end of one request to a host and the start of the next
CONCURRENCY = 64  # requests under way at once
TOGETHER = 0.004  # seconds in which answers are collected before they are handed on


def user_agent(contact: str) -> str:
    """Return the name Radar goes by, with a way to reach the person who runs it."""
    shown = "".join(c for c in contact if " " <= c <= "~" and c not in "()\\")[:200].strip()
    return f"Radar/{__version__} (+{shown})" if shown else f"Radar/{__version__}"


@dataclass(slots=True)
class _Host:
    """One host's queue: whoever holds the lock may talk to it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0  # feeds whose own address is here and whose turn has not come
    stop: FetchError | None = None  # a 429 counts for all feeds of the host


class Fetcher:
    """The settings of one run and what it remembers of every host; an async context manager."""

    def __init__(
        self,
        *,
        guard: Guard,
        contact: str,
        now: datetime,
        timeout: float,
        concurrency: int,
        spacing: float,
        authorities: str,
        closed: Mapping[str, datetime],
        free_at: dict[str, float],
    ) -> None:
        self._guard = guard
        self._contact = contact
        self._now = now
        self._timeout = timeout
        self._spacing = spacing
        self._authorities = authorities
        self._concurrency = concurrency
        self._closed = closed
        self._free_at = free_at
        self._hosts: dict[str, _Host] = {}

    async def __aenter__(self) -> "Fetcher":
        self._slots = asyncio.Semaphore(self._concurrency)
        # The transport alone: an httpx client around it would merge defaults, look for cookies and follow redirects,
        # none of which is wanted here, and take longer over it than the request does.
        self._transport = CurlTransport(self._guard, limit=MAX_BODY, authorities=self._authorities)
        self._headers = [
            (b"User-Agent", user_agent(self._contact).encode()),
            (b"Accept", ACCEPT.encode()),
            (b"Accept-Encoding", b"gzip, deflate"),
        ]
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._transport.aclose()

    def expect(self, feed: Feed) -> str:
        """Announce a feed that is going to be fetched, so that its host's connection is kept; return the host."""
        name = host_of(find_address(feed))
        self._find_host(name).waiting += 1
        return name

    async def fetch(self, feed: Feed) -> FetchResult:
        """Return what the server says of an expected feed; every expected failure is a FetchError."""
        url, login = split_login(find_address(feed))
        self._hosts[host_of(url)].waiting -= 1
        visit = Visit(feed, url, self._timeout, login)
        while True:
            refusal = self._guard.check_url(visit.url)
            if refusal:
                return FetchError(feed.url, f"not contacted: {refusal}", "refused")
            result = await self._visit_host(visit)
            if result is not None:
                return result

    async def _visit_host(self, visit: Visit) -> FetchResult | None:
        """Wait for the host's turn and make one request; None means that `visit.url` has moved on by a redirect."""
        parts = urlsplit(visit.url)
        name = host_of(visit.url)
        host = self._find_host(name)
        async with host.lock:
            if host.stop is not None:
                stop = host.stop
                return FetchError(visit.feed.url, stop.reason, stop.grade, stop.status, stop.retry_after)
            loop = asyncio.get_running_loop()
            pause = self._free_at.get(name, 0.0) - loop.time()
            if pause > 0.0:
                await asyncio.sleep(pause)
            async with self._slots:
                begun = loop.time()
                result = await self._ask(visit, last=not host.waiting)
                visit.left -= loop.time() - begun
            allowed = self._guard.is_allowed(name, parts.port or (443 if parts.scheme == "https" else 80))
            self._free_at[name] = loop.time() + (0.0 if allowed else self._spacing)
            if isinstance(result, FetchError) and result.status == 429:
                host.stop, result = result, replace(result, host=name)
            return result

    def _find_host(self, name: str) -> _Host:
        host = self._hosts.setdefault(name, _Host())
        if host.stop is None:
            host.stop = self._recall_stop(name)
        return host

    def _recall_stop(self, name: str) -> FetchError | None:
        """Return the answer of a host that asked, in an earlier run, to be left alone until a time still to come."""
        until = self._closed.get(name)
        if until is None or until <= self._now:
            return None
        reason, grade = describe_status(429)
        return FetchError("", reason, grade, 429, math.ceil((until - self._now).total_seconds()))

    async def _ask(self, visit: Visit, *, last: bool) -> FetchResult | None:
        """Make one request, the last one to its host or not, and read its answer."""
        feed = visit.feed
        headers = self._headers.copy()
        if feed.etag:
            headers.append((b"If-None-Match", feed.etag.encode("utf-8", "replace")))
        if feed.last_modified:
            headers.append((b"If-Modified-Since", feed.last_modified.encode("utf-8", "replace")))
        if visit.login:
            headers.append((b"Authorization", b"Basic " + base64.b64encode(":".join(visit.login).encode())))
        if last:
            # A thousand hosts' idle connections would be a thousand open files, here and there.
            headers.append((b"Connection", b"close"))
        try:
            request = httpx.Request("GET", visit.url, headers=headers, extensions={"timeout": {"total": visit.left}})
            response = await self._transport.handle_async_request(request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            reason, grade = describe_failure(error, self._timeout)
            return FetchError(feed.url, reason, grade)
        try:
            return await self._read(visit, response)
        except TooLarge as error:
            return FetchError(feed.url, str(error), "hard", response.status_code)
        except BadBody as error:
            return FetchError(feed.url, str(error), "temporary", response.status_code)
        except (httpx.HTTPError, OSError, ValueError) as error:
            reason, grade = describe_failure(error, self._timeout)
            return FetchError(feed.url, reason, grade, response.status_code)
        finally:
            await response.aclose()

    async def _read(self, visit: Visit, response: httpx.Response) -> FetchResult | None:
        """Turn an answer into a result. Raises BadBody and what the connection raises."""
        feed, status, headers = visit.feed, response.status_code, _read_headers(response)
        if status in REDIRECTS and headers.get("location"):
            return follow_redirect(visit, status, headers["location"])
        moved_to = visit.url if visit.hops and visit.permanent else ""
        max_age = read_max_age(headers, self._now)
        if status == 304:
            if not (feed.etag or feed.last_modified):
                return FetchError(feed.url, "the server says 'not modified' to a first visit", "soft", status)
            return NotModified(feed.url, max_age, moved_to)
        if status != 200:
            reason, grade = describe_status(status)
            return FetchError(feed.url, reason, grade, status, read_retry_after(headers, self._now))
        reader = BodyReader(headers.get("content-encoding", ""))
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:15]) > MAX_BODY:
            raise TooLarge(f"the answer is larger than {MAX_BODY // 1024 // 1024} MB")
        async for piece in response.aiter_raw():
            reader.feed(piece)
        return Fetched(
            feed_url=feed.url,
            final_url=visit.url,
            body=reader.finish(),
            content_type=headers.get("content-type", "")[:200],
            etag=read_validator(headers, "etag"),
            last_modified=read_validator(headers, "last-modified"),
            max_age=max_age,
            moved_to=moved_to,
            link=headers.get("link", "")[:MAX_LINK],
        )


async def fetch_feeds(
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
) -> AsyncGenerator[list[FetchResult]]:
    """Yield what the servers say, in the order in which they answer; every feed gives exactly one result.

    Results come in lists, those of a few milliseconds together: to wake another thread for each would cost more.

    `more` is asked, in another thread, for further feeds whenever half of the first ones have been visited, until it
    brings none. `timeout` bounds one feed's whole visit, redirects included; `spacing` is the pause between two
    requests to one host (none for hosts on the allow-list). A guard of one's own, or a PEM file of authorities to
    trust, replaces the default ones.
    `closed` names hosts that answered 429 before, with the time until which they are left alone; `free_at` is where
    the pauses are kept by host (monotonic seconds), for who fetches in several rounds.
    """
    answers: asyncio.Queue[FetchResult | BaseException] = asyncio.Queue(maxsize=concurrency)
    fetcher = Fetcher(
        guard=guard or Guard(allow),
        contact=contact,
        now=now,
        timeout=timeout,
        concurrency=concurrency,
        spacing=spacing,
        authorities=authorities,
        closed=closed or {},
        free_at={} if free_at is None else free_at,
    )
    queues: dict[str, deque[Feed]] = {}  # of the hosts that somebody is visiting
    tasks: set[asyncio.Task[None]] = set()

    async def visit_all(name: str) -> None:
        try:
            while queues[name]:
                await answers.put(await fetcher.fetch(queues[name].popleft()))
        except Exception as error:  # a bug: it travels to whoever iterates
            await answers.put(error)
        del queues[name]

    def begin(arriving: Sequence[Feed]) -> int:
        names = [fetcher.expect(feed) for feed in arriving]
        for name, feed in zip(names, arriving, strict=True):
            if name in queues:
                queues[name].append(feed)
            else:
                queues[name] = deque([feed])
                task = asyncio.create_task(visit_all(name))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        return len(arriving)

    async with fetcher:
        pending = most = begin(list(feeds))
        try:
            while pending:
                # One slow server must not hold up feeds that could be visited beside it.
                if more is not None and pending <= most // 2:
                    arrived = begin(await asyncio.get_running_loop().run_in_executor(None, more))
                    pending, more = pending + arrived, more if arrived else None
                batch = [await answers.get()]
                await asyncio.sleep(TOGETHER)
                while not answers.empty():
                    batch.append(answers.get_nowait())
                for answer in batch:
                    if isinstance(answer, BaseException):
                        raise answer
                pending -= len(batch)
                yield [answer for answer in batch if not isinstance(answer, BaseException)]
        finally:
            running = list(tasks)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


def _read_headers(response: httpx.Response) -> dict[str, str]:
    """Return the headers by lower-case name; lines of one name joined, but of ETag and Last-Modified the first."""
    headers: dict[str, str] = {}
    for raw_name, raw in response.headers.raw:
        name = raw_name.decode("ascii", "replace").lower()
        validator = name in ("etag", "last-modified")
        try:
            value = raw.decode("utf-8")
        except UnicodeDecodeError:
            value = "" if validator else raw.decode("latin-1")
        if name not in headers:
            headers[name] = value
        elif not validator and name != "location":
            headers[name] += f", {value}"
    return headers
