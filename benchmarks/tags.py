"""How well and how fast topics are recognised: TF-IDF, LSA, the shipped vectors, the product, side by side.

    nice .venv/bin/python benchmarks/tags.py DATA

DATA is the folder that holds tagging/techcrunch_headlines_dev.tsv.gz and tagging/stackoverflow_titles.tsv.gz (see
docs/benchmarks.md); what is absent is said and passed over. Labels are those of benchmarks/topics/*.toml. TechCrunch is
cut 70/30 by time, StackOverflow 70/30 by chance (seed 0). All methods without labels see the test's texts only, and
give one label a text unless they abstain; speed is per second of one CPU.
"""

import csv
import gzip
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from radar.config import load_labels
from radar.judge.tags import score_tags
from radar.records import Topic
from radar.text import split_terms
from radar.vectors import LsaSpace, embed_texts
from radar.watch.tag import PhraseFinder, Tagger, fold_words

TOPICS = Path(__file__).parent / "topics"
Rows = list[tuple[str, str]]


def read_techcrunch(folder: Path, labels: set[str]) -> tuple[Rows, Rows]:
    rows = sorted((row["time"], row["title"], row["tags"]) for row in read(folder / "techcrunch_headlines_dev.tsv.gz"))
    kept = [(title, tag) for _, title, tag in rows if not labels or tag in labels]
    kept = [(title, tag) for title, tag in kept if tag]
    return kept[: int(0.7 * len(kept))], kept[int(0.7 * len(kept)) :]


def read_stackoverflow(folder: Path, _: set[str]) -> tuple[Rows, Rows]:
    rows = [(row["title"], row["tag"]) for row in read(folder / "stackoverflow_titles.tsv.gz")]
    rows = [rows[at] for at in np.random.RandomState(0).permutation(len(rows))]
    return rows[: int(0.7 * len(rows))], rows[int(0.7 * len(rows)) :]


def read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def tag_by_keywords(topics: Sequence[Topic], texts: Sequence[str]) -> list[list[str]]:
    """Give the label of which the most seeds are present."""
    finder = PhraseFinder(topics)
    seeds = [finder.find_seeds(fold_words(text)) for text in texts]
    return [[max(sorted(own), key=lambda label: len(own[label]))] if own else [] for own in seeds]


def tag_by_guesses(topics: Sequence[Topic], texts: Sequence[str], rows: Any, described: Any) -> list[list[str]]:
    """Keywords label, logistic regression over the rows generalises; the best label, always."""
    guessed = tag_by_keywords(topics, texts)
    known = [at for at, own in enumerate(guessed) if own]
    labels = [topic.slug for topic in topics]
    taught = stack([rows[known], described])
    model = LogisticRegression(C=4.0, max_iter=300, class_weight="balanced")
    model.fit(taught, [*(guessed[at][0] for at in known), *labels])
    return [[str(label)] for label in model.predict(rows)]


def stack(parts: Sequence[Any]) -> Any:
    from scipy import sparse

    return sparse.vstack(parts).tocsr() if sparse.issparse(parts[0]) else np.vstack(parts)


def centre(rows: Any, mean: Any) -> Any:
    rows = rows - mean
    return rows / np.maximum(np.linalg.norm(rows, axis=1), 1e-9)[:, None]


def compare_unlabelled(name: str, test: Rows) -> None:
    topics = load_labels(TOPICS / f"{name}.toml")
    texts, labels = [text for text, _ in test], [[label] for _, label in test]
    words = [f"{topic.slug} {topic.definition} {' '.join(topic.seeds)}" for topic in topics]
    tfidf = TfidfVectorizer(analyzer=split_terms, sublinear_tf=True).fit([*texts, *words])
    space = LsaSpace([*texts, *words], 150)
    mean = embed_texts(texts).mean(axis=0)
    tell("keywords", tag_by_keywords(topics, texts), labels)
    tell("TF-IDF", tag_by_guesses(topics, texts, tfidf.transform(texts), tfidf.transform(words)), labels)
    tell("LSA", tag_by_guesses(topics, texts, space.encode(texts), space.encode(words)), labels)
    embedded, described = centre(embed_texts(texts), mean), centre(embed_texts(words), mean)
    tell("shipped vectors", tag_by_guesses(topics, texts, embedded, described), labels)
    tagger, pairs = Tagger(topics), [(text, "") for text in texts]
    tagger.fit_texts(pairs)
    tell("the product", [[guess.topic for guess in own] for own in tagger.tag_texts(pairs, why=False)], labels)


def compare_labelled(train: Rows, test: Rows) -> None:
    """The baseline: TF-IDF, LinearSVC, a threshold a label by cross-validation; and the product."""
    texts, labels = [text for text, _ in test], [[label] for _, label in test]
    known = sorted({label for _, label in train})
    tfidf = TfidfVectorizer(analyzer=split_terms, sublinear_tf=True)
    rows, asked = tfidf.fit_transform([text for text, _ in train]), tfidf.transform(texts)
    scores = np.zeros((len(texts), len(known)))
    for column, label in enumerate(known):
        about = np.array([own == label for _, own in train])
        model, held_out, part = LinearSVC(C=0.5, random_state=0), np.full(len(train), -1.0), np.arange(len(train)) % 3
        for number in range(3):
            if about[part != number].any():
                held_out[part == number] = model.fit(rows[part != number], about[part != number]).decision_function(
                    rows[part == number]
                )
        order = np.argsort(-held_out, kind="stable")
        f1 = 2 * np.cumsum(about[order]) / (np.arange(1, len(train) + 1) + about.sum())
        scores[:, column] = model.fit(rows, about).decision_function(asked) - held_out[order[f1.argmax()]]
    found = [[known[at] for at in np.argsort(-row) if row[at] >= 0] for row in scores]
    tell("TF-IDF + SVC", found, labels)
    tagger = Tagger([Topic(label, "", "", "") for label in known])
    tagger.fit_labelled([text for text, _ in train], [[label] for _, label in train])
    guessed = tagger.tag_texts([(text, "") for text in texts], why=False)
    tell("the product", [[guess.topic for guess in own] for own in guessed], labels)


def tell(method: str, found: list[list[str]], labels: list[list[str]]) -> None:
    score = score_tags(found, labels)
    print(
        f"  {method:16}  micro F1 {score.micro_f1:.3f}  macro {score.macro_f1:.3f}  first {score.first_label:.3f}  "
        f"R@3 {score.recall_at_3:.3f}  without {score.without / score.texts:.2f}",
        flush=True,
    )


def measure_speed(texts: Sequence[str]) -> None:
    """Tag with the topics that ship, taught by the texts themselves, as in service."""
    from radar.config import load_shipped_topics

    topics = load_shipped_topics()
    tagger = Tagger(topics)
    begun = time.process_time()
    tagger.fit_texts([(text, "") for text in texts[:4000]])
    modelled = len(tagger.model.topics) if tagger.model else 0
    print(f"  learnt from 4,000 headlines in {time.process_time() - begun:.1f} s: {modelled} of {len(topics)} topics")
    documents = [" ".join(texts[at : at + 9])[:650] for at in range(0, len(texts) - 9, 2)]
    for kind, some in (("headlines", texts), ("documents of 650 characters", documents)):
        for why in (False, True):
            rates = []
            for _ in range(3):
                begun = time.process_time()
                tagger.tag_texts([(text, "") for text in some], why=why)
                rates.append(len(some) / (time.process_time() - begun))
            print(f"  {kind}{', with reasons' if why else ''}: {np.median(rates):,.0f}/s")
    print(f"  peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def main() -> None:
    folder = Path(sys.argv[1]) / "tagging"
    sets: dict[str, Callable[[Path, set[str]], tuple[Rows, Rows]]] = {
        "techcrunch": read_techcrunch,
        "stackoverflow": read_stackoverflow,
    }
    titles: list[str] = []
    for name, load in sets.items():
        try:
            labels = {topic.slug for topic in load_labels(TOPICS / f"{name}.toml")}
            train, test = load(folder, labels)
        except FileNotFoundError as error:
            print(f"{name}: absent ({error.filename})")
            continue
        print(f"{name}, 20 labels, no labels given ({len(test):,} texts)")
        compare_unlabelled(name, test)
        train, test = load(folder, set())
        print(f"{name}, all labels, {len(train):,} labelled texts ({len(test):,} to tag)")
        compare_labelled(train, test)
        titles += [text for text, _ in train]
    if titles:
        print("speed")
        measure_speed(titles)


if __name__ == "__main__":
    main()
