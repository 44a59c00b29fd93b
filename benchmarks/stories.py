"""How well grouping finds stories: B³ on the demo's own press and, where they are at hand, on two public sets.

    python benchmarks/stories.py [FOLDER with the sets]

Entries arrive in batches, as from crawls, and are placed by `group_entries` among the stories open at that time; the
labels are looked at afterwards only. B³ (Bagga and Baldwin 1998) is averaged over entries.
"""

import csv
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from radar.demo.world import generate_world
from radar.records import Entry, Story
from radar.text import stable_id
from radar.watch.group import STORY_LIFE, group_entries

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "stories"
BATCH = 200
Labelled = tuple[Entry, str]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    print(
        f"{'set':28} {'entries':>8} {'stories':>8} {'found':>8} {'B³ P':>6} {'B³ R':>6} {'B³ F1':>6} {'entries/s':>10}"
    )
    _report("demo's press", list(read_demo()))
    headlines = folder / "uci_news_aggregator_first6k.tsv.gz"
    items = folder / "scoop_dedup_gt.jsonl.gz"
    if not headlines.exists() or not items.exists():
        print(f"{folder}: the public sets are not here; name their folder as an argument")
        return
    _report("UCI news headlines", list(read_headlines(headlines)))
    _report("scoop duplicates", list(read_items(items)))


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
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
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
            yield _make_entry(item["file"], item["canonical_url"], item["title"], at, owner), item["story_gt_id"]


def group_stream(entries: Sequence[Entry], batch: int = BATCH) -> dict[str, str]:
    """Group entries as they come; return entry id → story id."""
    stories: dict[str, Story] = {}
    arriving = sorted(entries, key=lambda entry: (entry.published_at, entry.id))
    for start in range(0, len(arriving), batch):
        new = arriving[start : start + batch]
        horizon = new[0].published_at - STORY_LIFE
        open_stories = [story for story in stories.values() if story.last_at >= horizon]
        stories.update((story.id, story) for story in group_entries(new, open_stories))
    return {entry.id: story.id for story in stories.values() for entry in story.entries}


def score_bcubed(found: Mapping[str, str], gold: Mapping[str, str]) -> tuple[float, float, float]:
    """Return B³ precision, recall and F1 of two partitions of the same entries."""
    both = Counter((found[key], gold[key]) for key in gold)
    by_found, by_gold = Counter(found[key] for key in gold), Counter(gold.values())
    precision = sum(n * n / by_found[story] for (story, _), n in both.items()) / len(gold)
    recall = sum(n * n / by_gold[label] for (_, label), n in both.items()) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


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


def _report(name: str, labelled: Sequence[Labelled]) -> None:
    gold = {entry.id: label for entry, label in labelled}
    begun = time.perf_counter()
    found = group_stream([entry for entry, _ in labelled])
    seconds = time.perf_counter() - begun
    precision, recall, f1 = score_bcubed(found, gold)
    print(
        f"{name:28} {len(gold):8,} {len(set(gold.values())):8,} {len(set(found.values())):8,} "
        f"{precision:6.3f} {recall:6.3f} {f1:6.3f} {len(gold) / seconds:10,.0f}"
    )


if __name__ == "__main__":
    main()
