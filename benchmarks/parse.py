"""Time Radar's parser beside feedparser and bare lxml, and compare what they find.

    python benchmarks/parse.py [FOLDER]

FOLDER holds feeds/feeds.tar.zst and conformance/conformance.tar.zst (default: ../shared/data). Everything runs in this
one process; times are its CPU seconds, medians of interleaved rounds. The archives' sentences stay outside.
"""

import contextlib
import gc
import io
import json
import os
import statistics
import sys
import tarfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
from lxml import etree

from radar.records import Feed, Parsed
from radar.watch.parse import parse_feed
from radar.watch.parse.encoding import find_charset, mend_document
from radar.watch.parse.entries import build_feed
from radar.watch.parse.json_feed import is_json
from radar.watch.parse.lenient import read_leniently
from radar.watch.parse.raw import RawFeed, Unsure
from radar.watch.parse.strict import read_strictly

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data"
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
FEED = Feed("http://documents.invalid/feed", "trade", "documents.invalid")
ROUNDS = 7
FIELDS = ("entry_id", "url", "title", "published_at", "author", "summary")
Documents = Mapping[str, bytes]


def load_archive(path: Path) -> dict[str, bytes]:
    """Return the files of a tar archive compressed with zstandard, by name."""
    if not path.exists():
        sys.exit(f"{path} does not exist: name the folder that holds feeds/ and conformance/")
    import zstandard

    with (
        path.open("rb") as raw,
        zstandard.ZstdDecompressor().stream_reader(raw) as stream,
        tarfile.open(fileobj=stream, mode="r|") as archive,
    ):
        files = ((member.name.removeprefix("./"), archive.extractfile(member)) for member in archive)
        return {name: content.read() for name, content in files if content is not None}


def read_by_feedparser(body: bytes) -> RawFeed | None:
    """Return what Radar's slow path finds: the reference."""
    charset = find_charset(body, "")
    with contextlib.suppress(Exception):  # a dozen kinds on damaged documents: nothing found
        return read_leniently(mend_document(body, charset), charset, base=FEED.url, now=NOW)
    return None


def why_unsure(body: bytes) -> str:
    """Return why the fast path hands a document over, "" where it does not."""
    try:
        read_strictly(body, "", base=FEED.url, now=NOW)
    except Unsure as reason:
        return str(reason) or "unsure"
    return ""


def is_well_formed(body: bytes) -> bool:
    """Tell whether an XML parser takes the document as it stands."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return False
    return etree.QName(root).localname.lower() in ("rss", "feed", "rdf")


def parse_default(body: bytes) -> Any:
    """Parse with feedparser as it comes."""
    with contextlib.suppress(Exception):
        return feedparser.parse(io.BytesIO(body))
    return None


def parse_tuned(body: bytes) -> None:
    """Parse with feedparser as Radar's slow path calls it, before any cleaning."""
    read_by_feedparser(body)


def parse_bare(body: bytes) -> None:
    """Build lxml's tree and look at nothing."""
    with contextlib.suppress(etree.XMLSyntaxError):
        etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))


def measure(ways: Mapping[str, Callable[[bytes], object]], bodies: list[bytes]) -> dict[str, float]:
    """Return the median CPU seconds of each way over all bodies, the ways taking turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, parse in ways.items():
            gc.collect()
            begun = time.process_time()
            for body in bodies:
                parse(body)
            times[name].append(time.process_time() - begun)
    return {name: statistics.median(taken) for name, taken in times.items()}


def show_speed(title: str, bodies: list[bytes]) -> None:
    """Print the times of all ways over some documents."""
    knowing = {body: replace(FEED, seen=parse_feed(body, feed=FEED, now=NOW).seen) for body in bodies}
    taken = measure(
        {
            "feedparser, default": parse_default,
            "feedparser, as Radar's slow path": parse_tuned,
            "Radar, whole: cleaned and built": lambda body: parse_feed(body, feed=FEED, now=NOW),
            "Radar, every entry known": lambda body: parse_feed(body, feed=knowing[body], now=NOW),
            "lxml, bare tree": parse_bare,
        },
        bodies,
    )
    print(f"\n{title}: {len(bodies)} documents, {sum(map(len, bodies)) / 1e6:.1f} MB")
    reference = taken["feedparser, default"]
    for name, seconds in taken.items():
        print(f"  {name:34} {1000 * seconds / len(bodies):8.2f} ms a document {reference / seconds:7.1f} ×")


def show_agreement(documents: Documents) -> None:
    """Print how far the fast path's entries are those of feedparser, field by field."""
    equal, counted, lost = Counter[str](), 0, []
    for name, body in documents.items():
        raw = read_by_feedparser(body)
        if raw is None or why_unsure(body):
            continue
        expected = build_feed(raw, feed=FEED, base=FEED.url, now=NOW)
        found = parse_feed(body, feed=FEED, now=NOW)
        if len(found.entries) != len(expected.entries):
            lost.append(f"{name}: {len(expected.entries)} → {len(found.entries)}")
            continue
        for ours, theirs in zip(found.entries, expected.entries, strict=True):
            counted += 1
            equal.update(field for field in FIELDS if getattr(ours, field) == getattr(theirs, field))
        equal.update(f"feed {field}" for field in ("title", "format", "ttl") if _same(found, expected, field))
        equal["feeds"] += 1
    print(f"\nFast path against feedparser: {equal['feeds']} feeds, {counted} entries")
    for field in FIELDS:
        print(f"  {field:14} {100 * equal[field] / max(counted, 1):7.2f} % equal")
    for field in ("feed title", "feed format", "feed ttl"):
        print(f"  {field:14} {100 * equal[field] / max(equal['feeds'], 1):7.2f} % equal")
    for line in lost:
        print(f"  other entries: {line}")


def _same(ours: Parsed, theirs: Parsed, field: str) -> bool:
    return bool(getattr(ours, field) == getattr(theirs, field))


def show_recovery(documents: Documents) -> None:
    """Print how many entries each way finds in damaged documents."""
    by_feedparser = by_radar = 0
    fewer = []
    for name, body in documents.items():
        result = parse_default(body)
        # Repeated identities count once, as they do for Radar.
        ids = [entry.get("id") or entry.get("link") or str(number) for number, entry in enumerate(result.entries)]
        theirs = len(set(ids)) if result else 0
        ours = len(parse_feed(body, feed=FEED, now=NOW).entries)
        by_feedparser, by_radar = by_feedparser + theirs, by_radar + ours
        if ours < theirs:
            fewer.append(f"{name}: {theirs} → {ours}")
    print(f"\nDamaged: {len(documents)} documents; entries by feedparser alone {by_feedparser}, by Radar {by_radar}")
    for line in fewer:
        print(f"  fewer: {line}")


def show_conformance(files: Documents) -> None:
    """Print how many of feedparser's own expectations hold once Radar has prepared a document, and feed-rs' counts."""
    held = asked = agreed = fast = 0
    for case in json.loads(files["feedparser/index.json"]):
        body = files.get(f"feedparser/{case['file']}")
        if case["headers"] or body is None or not case["expect"] or case["group"] == "json":
            continue
        asked += 1
        result = parse_default(mend_document(body, ""))
        with contextlib.suppress(Exception):  # an expectation about what is not there
            held += bool(result and eval(case["expect"], {"feedparser": feedparser}, dict(result)))
        if not why_unsure(body) and (raw := read_by_feedparser(body)):
            fast += 1
            agreed += (
                parse_feed(body, feed=FEED, now=NOW).entries
                == build_feed(raw, feed=FEED, base=FEED.url, now=NOW).entries
            )
    print(f"\nfeedparser's cases without headers: {held} of {asked} expectations hold")
    print(f"  {fast} of these documents take the fast path, {agreed} give the entries feedparser gives")
    right, pairs = 0, 0
    for case in json.loads(files["feed-rs/index.json"]):
        expected = files.get(f"feed-rs/{case['expected']}") if case.get("expected") else None
        if expected is None:
            continue
        pairs += 1
        found = parse_feed(files[f"feed-rs/{case['file']}"], feed=FEED, now=NOW)
        count = len(json.loads(expected)["entries"])
        right += len(found.entries) == count
        if len(found.entries) != count:
            print(f"  feed-rs {case['file']}: {count} → {len(found.entries)} {found.problem}")
    print(f"feed-rs: {right} of {pairs} entry counts equal")


def main() -> None:
    """Print all figures."""
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    feeds = load_archive(folder / "feeds" / "feeds.tar.zst")
    real = {name: body for name, body in feeds.items() if "real/" in name}
    damaged = {name: body for name, body in feeds.items() if "malformed/" in name}
    sound = {name: body for name, body in {**real, **damaged}.items() if is_well_formed(body)}
    print(f"load average {os.getloadavg()[0]:.1f}, feedparser {feedparser.__version__}, lxml {etree.__version__}")
    reasons = Counter(why_unsure(body) for body in sound.values())
    print(f"Fast path: {reasons.pop('', 0)} of {len(sound)} well-formed documents")
    for reason, count in reasons.most_common():
        print(f"  {count:4} × {reason}")
    show_speed("Real and well-formed", [body for name, body in real.items() if name in sound])
    show_speed("All real", list(real.values()))
    show_speed("Malformed", list(damaged.values()))
    show_agreement(sound)
    show_recovery({name: body for name, body in feeds.items() if name not in sound and not is_json(body)})
    show_conformance(load_archive(folder / "conformance" / "conformance.tar.zst"))


if __name__ == "__main__":
    main()
