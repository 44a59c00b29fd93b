"""How well `radar query` orders what it finds: nDCG@10 by words alone and by words and meaning, on two public sets.

    python benchmarks/search_quality.py [FOLDER with the sets]

Documents become entries of a store on SQLite, questions are asked as anybody asks them. CACM: abstracts on computing,
with questions in sentences and judgements. TechCrunch: headlines; the questions are statements of an agenda and a
headline is relevant when it bears one of the statement's tags.
"""

import csv
import gzip
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from radar.records import Crawl, Entry, Feed, Story
from radar.store import Store, migrate, open_store
from radar.store import search as searching

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data"
START = datetime(2026, 1, 1, tzinfo=UTC)
Judged = Mapping[str, set[str]]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not (folder / "relevance" / "cacm.docs.jsonl.gz").exists():
        sys.exit(f"{folder}: the public sets are not here; name their folder as an argument")
    print(f"{'set':24} {'questions':>9} {'words':>7} {'words and meaning':>18} {'ms a question':>14}")
    _report("CACM, abstracts", *read_cacm(folder / "relevance"))
    _report("TechCrunch, headlines", *read_techcrunch(folder))


def read_cacm(folder: Path) -> tuple[list[tuple[str, str, str]], dict[str, str], Judged]:
    """Return documents (id, title, text), questions and what is relevant to each."""
    with gzip.open(folder / "cacm.docs.jsonl.gz", "rt", encoding="utf-8") as file:
        documents = [(row["id"], row["title"], row["text"]) for row in map(json.loads, file)]
    questions = {row["qid"]: row["text"] for row in _read_table(folder / "cacm.queries.tsv.gz")}
    relevant: dict[str, set[str]] = {}
    for row in _read_table(folder / "cacm.qrels.tsv.gz"):
        relevant.setdefault(row["qid"], set()).add(row["docid"])
    return documents, questions, relevant


def read_techcrunch(folder: Path) -> tuple[list[tuple[str, str, str]], dict[str, str], Judged]:
    """Return the last quarter of the headlines, the statements, and the headlines with one of a statement's tags."""
    rows = list(_read_table(folder / "tagging" / "techcrunch_headlines_dev.tsv.gz"))
    rows = sorted(rows, key=lambda row: row["time"])[-len(rows) // 4 :]
    documents = [(str(number), row["title"], "") for number, row in enumerate(rows)]
    questions, relevant = {}, {}
    for row in _read_table(folder / "relevance" / "agendas_techcrunch_dev.tsv"):
        tags = set(row["tags"].split("|"))
        questions[row["id"]] = row["statement"]
        relevant[row["id"]] = {str(number) for number, one in enumerate(rows) if tags & set(one["tags"].split("|"))}
    return documents, questions, relevant


def _read_table(path: Path) -> Iterator[dict[str, str]]:
    opener: Callable[..., object] = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:  # type: ignore[attr-defined]
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _report(
    name: str, documents: Sequence[tuple[str, str, str]], questions: Mapping[str, str], relevant: Judged
) -> None:
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite:///{home}/radar.db"
        migrate(url)
        with open_store(url) as store:
            fill(store, documents)
            judged = {id_: text for id_, text in questions.items() if relevant.get(id_)}
            alone = measure(store, judged, relevant, meaning=False)
            started = time.process_time()
            both = measure(store, judged, relevant, meaning=True)
            each = (time.process_time() - started) / len(judged) * 1000
    print(f"{name:24} {len(judged):9} {alone:7.3f} {both:18.3f} {each:14.1f}")


def fill(store: Store, documents: Sequence[tuple[str, str, str]]) -> None:
    """Store every document as an entry that is a story."""
    feed = Feed("https://set.example/feed", "trade", "set.example")
    store.sync_feeds([feed])
    entries = [
        Entry(id_, feed.url, id_, f"https://set.example/{id_}", title, START + number * timedelta(hours=1), START, text)
        for number, (id_, title, text) in enumerate(documents)
    ]
    store.save_crawl(Crawl(feed.url, START, "new entries", "ok", "", START), entries)
    store.save_stories(
        [Story(one.id, one.title, one.url, one.summary, one.published_at, one.published_at, (one,)) for one in entries]
    )


def measure(store: Store, questions: Mapping[str, str], relevant: Judged, *, meaning: bool) -> float:
    """Return the mean nDCG@10."""
    searching.MEANING = meaning
    scores = []
    for id_, text in questions.items():
        found = [one.id for one in store.search_stories(text, limit=10)]
        gain = sum(1 / math.log2(place + 2) for place, one in enumerate(found) if one in relevant[id_])
        scores.append(gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(relevant[id_])))))
    return sum(scores) / len(scores)


if __name__ == "__main__":
    main()
