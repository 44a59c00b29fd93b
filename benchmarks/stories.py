"""How well grouping finds stories: B³ on the demo's own press and, where they are at hand, on two public sets.

    python benchmarks/stories.py [FOLDER with the sets] [--load]

Entries arrive in batches, as from crawls, and are placed by `group_entries` among the stories open at that time; the
labels are looked at afterwards only. Side by side: the product, and the same with its words alone (TF-IDF), its meaning
alone (the shipped vectors) and LSA in place of both. With --load: 1,000 new entries against 20,000 open ones.
"""

import gzip
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from radar.demo.world import generate_world
from radar.judge.archive import read_table
from radar.judge.evaluate_stories import find_peak_memory, group_copies_stream, group_stream, score_stories
from radar.records import Entry
from radar.text import owner_domain, stable_id
from radar.vectors import LsaSpace, embed_texts
from radar.watch.group import group_entries, stream
from radar.watch.group.lead import build_story

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "stories"
#: Method → the shares of words and meaning in likeness, and what gives the meaning.
METHODS = {
    "product": (stream._WORDS, stream._MEANING, embed_texts),
    "TF-IDF": (1.0, 0.0, embed_texts),
    "vectors": (0.0, 1.0, embed_texts),
    "LSA": (0.0, 1.0, lambda texts: LsaSpace(texts).matrix.copy()),
}
Labelled = tuple[Entry, str]


def main() -> None:
    arguments = [one for one in sys.argv[1:] if one != "--load"]
    folder = Path(arguments[0]) if arguments else DEFAULT
    sets = {"demo's press": list(read_demo())}
    headlines, items = folder / "uci_news_aggregator_first6k.tsv.gz", folder / "scoop_dedup_gt.jsonl.gz"
    if headlines.exists() and items.exists():
        sets |= {"UCI headlines": list(read_headlines(headlines)), "scoop": list(read_items(items))}
    else:
        print(f"{folder}: the public sets are not here; name their folder as an argument")
    print(
        f"{'set':14} {'method':8} {'entries':>7} {'gold':>6} {'found':>6} "
        f"{'B³ P':>6} {'B³ R':>6} {'B³ F1':>6} {'pairs':>6}"
    )
    for name, labelled in sets.items():
        for method in METHODS:
            report(name, method, labelled)
        gold = {entry.id: label for entry, label in labelled}
        pairs = score_stories(group_copies_stream(entry for entry, _ in labelled), gold).pairwise
        print(f"{name:14} copies: pairwise precision {pairs.precision:.3f}, recall {pairs.recall:.3f}")
    if "--load" in sys.argv:
        report_load(folder.parent / "news" / "rss_tech_dev.tsv.zst")


def report(name: str, method: str, labelled: Sequence[Labelled]) -> None:
    stream._WORDS, stream._MEANING, stream.embed_texts = METHODS[method]
    begun = time.process_time()
    found = group_stream(entry for entry, _ in labelled)
    speed = len(labelled) / (time.process_time() - begun)
    score = score_stories(found, {entry.id: label for entry, label in labelled})
    whole = score.bcubed
    print(
        f"{name:14} {method:8} {score.entries:7,} {score.gold:6,} {score.found:6,} {whole.precision:6.3f} "
        f"{whole.recall:6.3f} {whole.f1:6.3f} {score.pairwise.f1:6.3f} {speed:8,.0f} entries/s CPU"
    )


def report_load(path: Path) -> None:
    """Time a batch of 1,000 against 20,000 entries in stories of one to three; nothing is cached before."""
    stream._WORDS, stream._MEANING, stream.embed_texts = METHODS["product"]
    random.seed(3)
    at = datetime(2026, 11, 17, tzinfo=UTC)
    entries = [
        _make_entry(str(n), row["url"], row["title"], at + timedelta(seconds=28 * n), owner_domain(row["source"]),
                    row["description"][:1000])
        for n, row in zip(range(21_000), read_table(path, ["source", "title", "url", "description"]), strict=False)
    ]  # fmt: skip
    known = []
    start = 0
    while start < 20_000:
        end = min(start + random.choice((1, 1, 1, 1, 2, 3)), 20_000)
        known.append(build_story(entries[start].id, entries[start:end]))
        start = end
    before, begun, cpu = find_peak_memory(), time.perf_counter(), time.process_time()
    group_entries(entries[20_000:], known)
    print(
        f"1,000 new against 20,000 open in {len(known):,} stories: {time.process_time() - cpu:.1f} s CPU, "
        f"{time.perf_counter() - begun:.1f} s, peak {before / 2**20:,.0f} → {find_peak_memory() / 2**20:,.0f} MB"
    )


def read_demo() -> Iterator[Labelled]:
    """Yield the demo's entries with the happening each reports."""
    for written in generate_world().entries:
        yield (
            _make_entry(
                written.guid, written.url, written.title, written.published_at, written.publisher, written.summary
            ),
            written.happening,
        )


def read_headlines(path: Path) -> Iterator[Labelled]:
    """Yield the UCI news aggregator's headlines with their story."""
    for row in read_table(path, ["id", "ts_ms", "story", "host", "url", "title"]):
        at = datetime.fromtimestamp(int(row["ts_ms"]) / 1000, UTC)
        yield _make_entry(row["id"], row["url"], row["title"], at, row["host"]), row["story"]


def read_items(path: Path) -> Iterator[Labelled]:
    """Yield scoop's items, by day, with the story a person assigned."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            item = json.loads(line)
            raw = item["raw"]
            at = datetime.fromisoformat(raw["published_at"].replace("Z", "+00:00"))
            owner = str(raw.get("source_domain") or item["source"])
            text = raw.get("body_text") or ""
            yield _make_entry(item["file"], item["canonical_url"], item["title"], at, owner, text), item["story_gt_id"]


def _make_entry(guid: str, url: str, title: str, at: datetime, owner: str, summary: str = "") -> Entry:
    return Entry(
        id=stable_id(owner, guid),
        feed_url=f"https://{owner}/feed",
        entry_id=guid,
        url=url,
        title=title,
        published_at=at,
        first_seen_at=at + timedelta(hours=1),
        summary=summary,
        publisher=owner,
    )


if __name__ == "__main__":
    main()
