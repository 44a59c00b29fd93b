"""How good the proposals are that statements get: precision and recall of topics, and what a proposal costs.

Run: python benchmarks/proposals.py [DATA]

Two sets: statements of our own on the shipped topics (agendas.toml, by which the weights of the witnesses were chosen)
and, where DATA holds relevance/agendas_techcrunch_dev.tsv, on twenty subjects (topics/techcrunch.toml), which chose
nothing. The tagger is taught by the 4,000 newest headlines of DATA, as one in service is by its archive; without
them it knows names and hints alone.
"""

import csv
import gzip
import sys
import time
import tomllib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from radar.config import load_labels, load_shipped_topics
from radar.listen.agenda import propose_links
from radar.records import Statement, Topic
from radar.text import fold_phrase, split_terms
from radar.watch.tag import Tagger

HERE = Path(__file__).parent
Judged = list[tuple[str, set[str]]]
Propose = Callable[[str], Collection[str]]


def main(folder: Path | None) -> None:
    headlines = read_headlines(folder) if folder else []
    rows = tomllib.loads((HERE / "agendas.toml").read_text("utf-8"))["statement"]
    report("our own statements, shipped topics", [(row["text"], set(row["topics"])) for row in rows],
           load_shipped_topics(), headlines)  # fmt: skip
    if folder:
        with (folder / "relevance" / "agendas_techcrunch_dev.tsv").open(encoding="utf-8") as file:
            judged = [(row["statement"], set(row["tags"].split("|"))) for row in csv.DictReader(file, delimiter="\t")]
        report("TechCrunch statements, 20 subjects", judged, load_labels(HERE / "topics/techcrunch.toml"), headlines)


def report(title: str, judged: Judged, topics: Sequence[Topic], headlines: Sequence[str]) -> None:
    print(f"\n{title}: {len(judged)} statements, {sum(len(right) for _, right in judged)} links")
    tagger = Tagger(topics)
    if headlines:
        tagger.fit_texts([(headline, "") for headline in headlines])

    def tag(text: str) -> dict[str, float]:
        return {guess.topic: guess.confidence for guess in tagger.tag_texts([(text, "")], why=False)[0]}

    def propose(text: str, tagged: dict[str, float]) -> list[str]:
        return [one.topic for one in propose_links(Statement("", "", text), topics, tagged)]

    measure("words of names, seeds, definitions", judged, lambda text: share_words(text, topics))
    measure("the tagger alone", judged, tag)
    measure("words and meaning", judged, lambda text: propose(text, {}))
    measure("words, meaning and tagger", judged, lambda text: propose(text, tag(text)))


def measure(name: str, judged: Judged, propose: Propose) -> None:
    propose("")  # what is loaded once
    began = time.process_time()
    found = [set(propose(text)) for text, _ in judged]
    cost = (time.process_time() - began) / len(judged)
    hits = sum(len(own & right) for own, (_, right) in zip(found, judged, strict=True))
    proposed, wanted = sum(map(len, found)), sum(len(right) for _, right in judged)
    print(f"  {name:36} proposed {proposed:4}  precision {hits / max(1, proposed):.2f}  recall {hits / wanted:.2f}"
          f"  {1000 * cost:5.1f} ms")  # fmt: skip


def share_words(text: str, topics: Sequence[Topic], limit: int = 5) -> list[str]:
    """Propose by words alone, those of definitions included, as Radar did at first."""
    padded, words = f" {fold_phrase(text)} ", set(split_terms(text))
    described = {topic.slug: set(split_terms(f"{topic.name} {topic.definition}")) for topic in topics}
    seeded = {topic.slug: {word for seed in topic.seeds for word in split_terms(seed)} for topic in topics}
    spread = {word: sum(word in described[slug] or word in seeded[slug] for slug in described) or 1 for word in words}
    scores = {}
    for topic in topics:
        named = any(f" {fold_phrase(name)} " in padded for name in (topic.name, *topic.aliases))
        hinted = sum(f" {fold_phrase(seed)} " in padded for seed in topic.seeds)
        shared = [word for word in words & (described[topic.slug] | seeded[topic.slug]) if spread[word] <= 8]
        scores[topic.slug] = 3.0 * named + 1.5 * hinted + sum(1.0 / spread[word] ** 0.5 for word in shared)
    return sorted((slug for slug, score in scores.items() if score >= 0.7), key=lambda s: (-scores[s], s))[:limit]


def read_headlines(folder: Path, newest: int = 4_000) -> list[str]:
    with gzip.open(folder / "tagging" / "techcrunch_headlines_dev.tsv.gz", "rt", encoding="utf-8") as file:
        rows = sorted(
            (row["time"], row["title"]) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        )
    return [title for _, title in rows[-newest:]]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
