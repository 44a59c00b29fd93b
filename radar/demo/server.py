"""Serve the demo's feeds over loopback HTTP at a movable time, and keep a ledger of what was asked."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from radar.demo.documents import find_content_type, render_document, select_shown
from radar.demo.material import Publisher
from radar.demo.world import FIRST_MONDAY, DemoEntry, World, find_week

_PARKED_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>{name} has a new home</title></head>
<body><h1>{name} has a new home</h1>
<p>We have redesigned our site. The page you asked for may have moved.</p>
<p><a href="https://{domain}/">Go to the start page</a></p></body></html>
"""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One request as the server saw it."""

    path: str
    status: int
    conditional: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says to one request."""

    status: int
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    etag: str = ""
    modified_at: datetime | None = None


class DemoServer:
    """A loopback server of all demo feeds; a context manager; `set_now` moves the clock it shows."""

    def __init__(self, world: World, now: datetime = FIRST_MONDAY, port: int = 0) -> None:
        self.world = world
        self._now = now
        self._ledger: list[LedgerLine] = []
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[DemoEntry, ...]] = {
            publisher.domain: world.select_entries(publisher.domain) for publisher in world.publishers
        }
        self._http = _QuietServer(("127.0.0.1", port), _make_handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, name="demo-server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        """The address all feeds share, without a slash at the end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def ledger(self) -> tuple[LedgerLine, ...]:
        """Every request answered so far, oldest first."""
        with self._lock:
            return tuple(self._ledger)

    def set_now(self, now: datetime) -> None:
        """Move the clock: feeds show what was published up to `now`."""
        with self._lock:
            self._now = now

    def find_feed_url(self, domain: str) -> str:
        """Return the address of one publisher's feed."""
        return f"{self.base_url}/{domain}/feed"

    def feeds_toml(self) -> str:
        """Write a feeds.toml of all demo feeds, failing ones included."""
        blocks = []
        for publisher in self.world.publishers:
            fields = {
                "url": self.find_feed_url(publisher.domain),
                "title": publisher.name,
                "kind": publisher.kind,
                "publisher": publisher.domain,
            }
            # JSON strings are TOML basic strings for the characters that occur here.
            lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
            blocks.append("\n".join(["[[feed]]", *lines]))
        return "\n\n".join(blocks) + "\n"

    def answer(self, path: str, if_none_match: str, if_modified_since: str) -> Answer:
        """Decide what to say to a request and write it into the ledger."""
        with self._lock:
            now = self._now
        answer = self._decide(path, now, if_none_match, if_modified_since)
        with self._lock:
            self._ledger.append(LedgerLine(path, answer.status, bool(if_none_match or if_modified_since)))
        return answer

    def _decide(self, path: str, now: datetime, if_none_match: str, if_modified_since: str) -> Answer:
        domain, _, rest = path.strip("/").partition("/")
        if rest != "feed" or domain not in self._entries:
            return Answer(404, body=b"no such feed\n")
        publisher = self.world.find_publisher(domain)
        if publisher.failing and find_week(now) >= publisher.fails_from_week:
            return _answer_failing(publisher)
        entries = self._entries[domain]
        body = render_document(publisher, entries, self.base_url, now)
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        shown = select_shown(entries, now)
        modified_at = shown[0].published_at.replace(microsecond=0) if shown else FIRST_MONDAY
        content_type = find_content_type(publisher)
        if _is_unchanged(etag, modified_at, if_none_match, if_modified_since):
            return Answer(304, content_type, b"", etag, modified_at)
        return Answer(200, content_type, body, etag, modified_at)


class _QuietServer(ThreadingHTTPServer):
    """A threading server whose threads end with it; closing never waits for an idle kept-open connection."""

    daemon_threads = True
    block_on_close = False


def _answer_failing(publisher: Publisher) -> Answer:
    if publisher.failing == "html":
        page = _PARKED_PAGE.format(name=publisher.name, domain=publisher.domain)
        return Answer(200, "text/html; charset=utf-8", page.encode())
    if publisher.failing == "410":
        return Answer(410, body=b"This feed has been retired.\n")
    return Answer(404, body=b"Not found.\n")


def _is_unchanged(etag: str, modified_at: datetime, if_none_match: str, if_modified_since: str) -> bool:
    """Judge the two validators; an entity tag, where sent, decides alone (RFC 9110 section 13.2.2)."""
    if if_none_match:
        tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return "*" in tags or etag in tags
    if not if_modified_since:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    return modified_at <= (since if since.tzinfo else since.replace(tzinfo=UTC))


def _make_handler(server: DemoServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Speaks HTTP; what to say is decided by the demo server."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            headers = self.headers
            answer = server.answer(path, headers.get("If-None-Match", ""), headers.get("If-Modified-Since", ""))
            self.send_response(answer.status)
            if answer.etag:
                self.send_header("ETag", answer.etag)
            if answer.modified_at is not None:
                self.send_header("Last-Modified", format_datetime(answer.modified_at, usegmt=True))
            if answer.status != 304:
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
            """Say nothing: the ledger is the log."""

    return Handler
