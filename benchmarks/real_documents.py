"""Crawl real feed documents from a loopback server and show what reaches the store.

    python benchmarks/real_documents.py [FOLDER or .tar.zst]

Every document under real/ and malformed/ is served, fetched, parsed in the worker pool and stored in a fresh SQLite
database; what feedparser alone finds in the same bytes is the yardstick. The archive's sentences stay outside.
"""

import io
import logging
import re
import sys
import tarfile
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import feedparser

from radar.records import Entry, Feed, FetchError
from radar.store import migrate, open_store
from radar.watch.fetch import decide_crawl, fetch_all
from radar.watch.parse import ParserPool

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "feeds" / "feeds.tar.zst"
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|<!\[CDATA\[|<\?xml")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
TYPES = {".json": "application/feed+json", ".atom": "application/atom+xml", ".rss": "application/rss+xml"}


@dataclass
class Found:
    """What became of one document."""

    by_feedparser: int = 0
    outcome: str = "never answered"
    stored: list[Entry] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """What its stored entries lack."""
        faults: Counter[str] = Counter()
        for entry in self.stored:
            faults["no title"] += not entry.title.strip()
            faults["no link"] += urlsplit(entry.url).scheme not in ("http", "https")
            faults["no identity"] += not entry.entry_id
            faults["no date"] += not (datetime(1995, 1, 1, tzinfo=UTC) <= entry.published_at <= NOW + timedelta(2))
            faults["summary not clean"] += bool(TAG.search(entry.summary) or CONTROL.search(entry.summary))
            faults["title with controls"] += bool(CONTROL.search(entry.title))
        return [f"{count} × {fault}" for fault, count in faults.items() if count]


def load_documents(path: Path) -> dict[str, bytes]:
    """Return the documents by name, from a folder or a tar archive compressed with zstandard."""
    if path.is_dir():
        files = [file for part in ("real", "malformed") for file in sorted((path / part).glob("*")) if file.is_file()]
        return {f"{file.parent.name}/{file.name}": file.read_bytes() for file in files}
    if not path.exists():
        sys.exit(f"{path} does not exist: name a folder with real/ and malformed/, or the .tar.zst archive")
    try:
        import zstandard
    except ImportError:
        sys.exit(
            "reading a .tar.zst needs the package zstandard: install it, or unpack the archive and name the folder"
        )
    documents = {}
    with (
        path.open("rb") as raw,
        zstandard.ZstdDecompressor().stream_reader(raw) as stream,
        tarfile.open(fileobj=stream, mode="r|") as archive,
    ):
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None and member.name.split("/")[-2] in ("real", "malformed"):
                documents[member.name] = content.read()
    return documents


def count_with_feedparser(body: bytes) -> int:
    """Return how many entries feedparser finds in the bytes alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return len(feedparser.parse(io.BytesIO(body)).entries)
        except Exception:  # it raises on some damaged documents; to the yardstick these are empty
            return 0


def serve(documents: Mapping[str, bytes]) -> ThreadingHTTPServer:
    """Serve the documents from a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = unquote(self.path.lstrip("/"))
            body = documents.get(name)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", TYPES.get(Path(name).suffix, "application/xml"))
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def crawl(documents: Mapping[str, bytes], database_url: str) -> dict[str, Found]:
    """Crawl all documents once and return what became of each."""
    found = {name: Found(count_with_feedparser(body)) for name, body in documents.items()}
    server = serve(documents)
    host = f"127.0.0.1:{server.server_address[1]}"
    names = {f"http://{host}/{quote(name)}": name for name in documents}
    migrate(database_url)
    store = open_store(database_url)
    store.sync_feeds([Feed(url, "trade", "documents.example") for url in names])
    due = {feed.url: feed for feed in store.take_due_feeds(NOW, timedelta(minutes=15), len(names))}
    with ParserPool() as pool:
        results = fetch_all(due.values(), now=NOW, contact="https://radar.example/bot", allow=[host])
        for feed, result, parsed in pool.parse_results(results, due, NOW):
            decided = decide_crawl(feed, result, parsed, NOW)
            what = found[names[feed.url]]
            what.stored = store.save_crawl(decided, parsed.entries if parsed else ())
            failed = result.reason if isinstance(result, FetchError) else ""
            what.outcome = failed or f"{decided.state}: {decided.reason or (parsed.format if parsed else '')}"
    server.shutdown()
    return found


def main() -> None:
    """Print the figures and every document that falls short."""
    logging.disable(logging.WARNING)
    documents = load_documents(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        found = crawl(documents, f"sqlite:///{folder}/radar.db")
    expected = {name: what for name, what in found.items() if what.by_feedparser}

    def faulty(what: Found) -> bool:
        return bool(what.faults)

    stored = [entry for what in found.values() for entry in what.stored]
    print(f"documents served                           {len(found):6}")
    print(f"documents in which feedparser finds entries {len(expected):5}")
    print(f"… of these with stored entries             {sum(bool(what.stored) for what in expected.values()):6}")
    print(f"documents with stored entries              {sum(bool(what.stored) for what in found.values()):6}")
    print(f"entries found by feedparser                {sum(what.by_feedparser for what in found.values()):6}")
    print(f"entries stored                             {len(stored):6}")
    print(f"… lacking title, link, identity, date or a clean summary: in {sum(map(faulty, found.values()))} documents")
    print(f"… with a date of their own                 {sum(e.published_at != NOW for e in stored):6}")
    print(f"… with a summary                           {sum(bool(e.summary) for e in stored):6}")
    print(f"seconds                                    {time.perf_counter() - begun:6.1f}")
    short = {name: what for name, what in found.items() if what.faults or (what.by_feedparser and not what.stored)}
    print("\nFalling short:" if short else "\nNo document falls short.")
    for name, what in short.items():
        print(f"  {name}: {what.by_feedparser} by feedparser, {len(what.stored)} stored; {what.outcome}; {what.faults}")
    fewer = {n: w for n, w in expected.items() if w.stored and len(w.stored) < w.by_feedparser}
    print("\nFewer entries than feedparser finds (repeated identities count once):" if fewer else "")
    for name, what in fewer.items():
        print(f"  {name}: {what.by_feedparser} → {len(what.stored)}")
    empty = Counter(w.outcome for w in found.values() if not w.stored and not w.by_feedparser)
    print("\nWithout entries, by feedparser too:")
    for outcome, count in empty.most_common():
        print(f"  {count:4} × {outcome}")


if __name__ == "__main__":
    main()
