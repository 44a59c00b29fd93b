"""How well vectors of headlines serve stories, tags and agendas, and what they cost: TF-IDF, LSA, the shipped table.

    python benchmarks/vectors.py [FOLDER with the sets] [--minilm CACHE]

One simple protocol a task, the same for every space, so that only the vectors differ; Radar's own grouping, tagging and
ranking do more. `--minilm` adds the teacher (needs the packages named in tools/build_embedding.py). Seeds are ours.
"""

import argparse
import csv
import gzip
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from radar.text import fold_phrase, split_terms
from radar.vectors import LsaSpace, TfidfSpace, embed_texts, scale_rows

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data"
Rows = Any
Encode = Callable[[Sequence[str], Sequence[str]], tuple[Rows, Rows]]  # archive, questions → rows of both

#: Tag → terms that hint at it; the first is its name. Whatever has the terms of one tag only is an example of it.
TECHCRUNCH = {
    "Security": "security, hack, breach, hackers, malware, ransomware, vulnerability, encryption",
    "Privacy": "privacy, surveillance, personal data, data protection, tracking users",
    "Social": "social, social network, facebook, twitter, followers, tweets",
    "Artificial Intelligence": "artificial intelligence, ai, machine learning, deep learning, neural network, chatbot",
    "Cloud": "cloud, cloud computing, data center, cloud storage, containers, aws",
    "Finance": "finance, payments, banking, fintech, lending, bitcoin, insurance",
    "Education": "education, students, teachers, schools, edtech, online courses",
    "Health": "health, healthcare, medical, patients, doctors, fitness",
    "Advertising Tech": "advertising, ads, ad tech, marketing, advertisers, ad blocking",
    "Government": "government, federal, congress, president, election, senate",
    "Policy": "policy, regulation, net neutrality, fcc, lawmakers, court",
    "Space": "space, rocket, satellite, nasa, spacex, launch orbit, mars",
    "Virtual Reality": "virtual reality, vr, oculus, headset, vive",
    "Augmented Reality": "augmented reality, ar, hololens, mixed reality, pokemon go",
    "Automotive": "automotive, cars, self-driving, electric car, vehicle, tesla",
    "eCommerce": "ecommerce, online shopping, retail, retailers, marketplace, shoppers",
    "Diversity": "diversity, women, gender, minorities, inclusion",
    "GreenTech": "greentech, solar, clean energy, renewable, climate",
    "Bio": "bio, biotech, gene, dna, genetic, drug discovery",
    "Gaming": "gaming, game, gamers, esports, playstation, xbox",
}
STACKOVERFLOW = {
    "ajax": "ajax, xmlhttprequest, updatepanel",
    "apache": "apache, mod_rewrite, htaccess, httpd",
    "bash": "bash, shell script, sed, awk",
    "cocoa": "cocoa, nsview, nswindow, objective-c",
    "drupal": "drupal, drupal module",
    "excel": "excel, vba, spreadsheet, worksheet",
    "haskell": "haskell, ghc, monad",
    "hibernate": "hibernate, hql, orm mapping",
    "linq": "linq, lambda expression, iqueryable",
    "magento": "magento, shopping cart",
    "matlab": "matlab, matrix plot",
    "oracle": "oracle, pl/sql, sqlplus",
    "osx": "osx, mac, os x, leopard",
    "qt": "qt, qwidget, qt creator",
    "scala": "scala, actors, sbt",
    "sharepoint": "sharepoint, web part, moss",
    "spring": "spring, spring mvc, bean",
    "svn": "svn, subversion, tortoisesvn, repository commit",
    "visual-studio": "visual studio, vs2008, solution project",
    "wordpress": "wordpress, plugin theme, wp",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--minilm", type=Path, metavar="CACHE")
    asked = parser.parse_args()
    if not (asked.folder / "tagging").is_dir():
        print(f"{asked.folder}: the development sets are not here; name their folder as an argument")
        return
    spaces: dict[str, Encode] = {"TF-IDF": encode_tfidf, "LSA": encode_lsa, "table": encode_table}
    if asked.minilm:
        spaces["MiniLM"] = open_minilm(asked.minilm)
    print_quality(asked.folder, spaces)
    print_cost(asked.folder)


def print_quality(folder: Path, spaces: dict[str, Encode]) -> None:
    """Print one line a task, one column a space; "+" are its rows beside those of TF-IDF or LSA."""
    techcrunch = read_rows(folder / "tagging/techcrunch_headlines_dev.tsv.gz")
    stackoverflow = read_rows(folder / "tagging/stackoverflow_titles.tsv.gz")
    uci = read_rows(folder / "stories/uci_news_aggregator_first6k.tsv.gz")
    agendas = read_rows(folder / "relevance/agendas_techcrunch_dev.tsv")
    tagged = [row for row in techcrunch if row["tags"] in TECHCRUNCH]
    with_tag = [row for row in techcrunch if row["tags"]]
    recent = with_tag[len(with_tag) * 3 // 4 :]
    tasks: dict[str, Callable[[Encode], float]] = {
        "TechCrunch-20, nearest seeds": lambda e: tag_nearest(e, texts_of(tagged), labels_of(tagged), TECHCRUNCH),
        "TechCrunch-20, pseudo-labels": lambda e: tag_learnt(e, texts_of(tagged), labels_of(tagged), TECHCRUNCH),
        "StackOverflow-20, nearest seeds": lambda e: tag_nearest(
            e, texts_of(stackoverflow), [row["tag"] for row in stackoverflow], STACKOVERFLOW
        ),
        "StackOverflow-20, pseudo-labels": lambda e: tag_learnt(
            e, texts_of(stackoverflow), [row["tag"] for row in stackoverflow], STACKOVERFLOW
        ),
        "UCI stories, B³": lambda e: score_stories(e, uci, beside_lsa=False),
        "UCI stories beside LSA, B³": lambda e: score_stories(e, uci, beside_lsa=True),
        "agendas, nDCG@10": lambda e: rank_agendas(e, recent, agendas, bm25=0.0),
        "agendas with BM25 .2, nDCG@10": lambda e: rank_agendas(e, recent, agendas, bm25=0.2),
        "CACM, nDCG@10": lambda e: rank_abstracts(e, folder / "relevance", bm25=0.0),
        "CACM with BM25 .5, nDCG@10": lambda e: rank_abstracts(e, folder / "relevance", bm25=0.5),
    }
    print(f"{'':36}" + "".join(f"{name:>9}" for name in spaces))
    totals = dict.fromkeys(spaces, 0.0)
    for task, measure in tasks.items():
        figures = {name: measure(encode) for name, encode in spaces.items()}
        for name, figure in figures.items():
            totals[name] += figure / len(tasks)
        print(f"{task:36}" + "".join(f"{figure:9.3f}" for figure in figures.values()), flush=True)
    print(f"{'mean':36}" + "".join(f"{figure:9.4f}" for figure in totals.values()))


# -- spaces -----------------------------------------------------------------------------------------------------------


def encode_tfidf(archive: Sequence[str], questions: Sequence[str]) -> tuple[Rows, Rows]:
    """Rows of TF-IDF over the archive's own words."""
    space = TfidfSpace(archive)
    return space.matrix, space.encode(questions)


def encode_lsa(archive: Sequence[str], questions: Sequence[str]) -> tuple[Rows, Rows]:
    """Rows of LSA over the archive."""
    space = LsaSpace(archive)
    return space.matrix, space.encode(questions)


def encode_table(archive: Sequence[str], questions: Sequence[str]) -> tuple[Rows, Rows]:
    """Rows of the table that ships."""
    return embed_texts(archive), embed_texts(questions)


def open_minilm(cache: Path) -> Encode:
    """Return the teacher as a space."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
    from teachers import MINILM, Model

    teacher = Model(MINILM, cache)

    def encode(archive: Sequence[str], questions: Sequence[str]) -> tuple[Rows, Rows]:
        return teacher.encode_texts(archive), teacher.encode_texts(questions)

    return encode


def centre(rows: Rows, mean: Rows) -> Rows:
    """Return dense rows of length 1 from the mean, zeros as zeros; sparse rows as they are."""
    return rows if sparse.issparse(rows) else scale_rows(np.where(rows.any(axis=1, keepdims=True), rows - mean, 0))


def multiply(left: Rows, right: Rows) -> Rows:
    """Return the products of rows as a dense array."""
    product = left @ right.T
    return product.toarray() if sparse.issparse(product) else np.asarray(product)


def compare(encode: Encode, archive: Sequence[str], questions: Sequence[str]) -> Rows:
    """Return cosines (archive × questions), both centred on the archive's mean."""
    rows, asked = encode(archive, questions)
    mean = None if sparse.issparse(rows) else rows.mean(0)
    return multiply(centre(rows, mean), centre(asked, mean))


# -- tasks ------------------------------------------------------------------------------------------------------------


def tag_nearest(encode: Encode, texts: Sequence[str], labels: Sequence[str], seeds: dict[str, str]) -> float:
    """Return accuracy of the tag whose terms are nearest."""
    nearest = compare(encode, texts, list(seeds.values())).argmax(1)
    names = list(seeds)
    return float(np.mean([names[at] == label for at, label in zip(nearest, labels, strict=True)]))


def tag_learnt(encode: Encode, texts: Sequence[str], labels: Sequence[str], seeds: dict[str, str]) -> float:
    """Return accuracy of a logistic regression over TF-IDF and the space, taught by texts with one tag's terms."""
    names = list(seeds)
    terms = [[f" {fold_phrase(term)} " for term in listed.split(",")] for listed in seeds.values()]
    pseudo = []
    for text in texts:
        folded = f" {fold_phrase(text)} "
        hits = [at for at, own in enumerate(terms) if any(term in folded for term in own)]
        pseudo.append(hits[0] if len(hits) == 1 else -1)
    known = np.array(pseudo) >= 0
    words = TfidfSpace(texts).matrix
    rows, _ = encode(texts, ["nothing"])
    both = words if sparse.issparse(rows) else sparse.hstack([words, sparse.csr_matrix(centre(rows, rows.mean(0)))])
    both = both.tocsr()
    model = LogisticRegression(C=10, class_weight="balanced", max_iter=300).fit(both[known], np.array(pseudo)[known])
    return float(np.mean([names[at] == label for at, label in zip(model.predict(both), labels, strict=True)]))


def score_stories(encode: Encode, items: Sequence[dict[str, str]], *, beside_lsa: bool) -> float:
    """Return B³ F1 of a stream of centroids at the best of three thresholds; those that meet are merged."""
    items = sorted(items, key=lambda row: int(row["ts_ms"]))
    texts = [row["title"] for row in items]
    rows, _ = encode(texts, ["nothing"])
    if sparse.issparse(rows):
        rows = rows.toarray()
    else:
        rows = centre(rows, rows.mean(0))
        if beside_lsa:
            rows = centre(np.hstack([LsaSpace(texts).matrix, rows]), np.float32(0))
    return max(score_bcubed(stream(rows, near), [row["story"] for row in items]) for near in (0.30, 0.35, 0.40))


def stream(rows: Rows, near: float, together: float = 0.6) -> list[int]:
    """Return the story of each row: the nearest centroid's, or a new one; every 500 rows near centroids merge."""
    sums = np.zeros((len(rows), rows.shape[1]), dtype=np.float32)
    lengths = np.full(len(rows), np.inf, dtype=np.float32)
    joined: list[int] = []
    count = 0
    for at, row in enumerate(rows):
        cosines = sums[:count] @ row / lengths[:count]
        best = int(cosines.argmax()) if count else 0
        if not count or cosines[best] < near:
            best, count = count, count + 1
        joined.append(best)
        sums[best] += row
        lengths[best] = max(float(np.linalg.norm(sums[best])), 1e-9)
        if at % 500 == 499 or at == len(rows) - 1:
            merged = merge(sums[:count], lengths[:count], together)
            joined = [merged[story] for story in joined]
    return joined


def merge(sums: Rows, lengths: Rows, together: float) -> list[int]:
    """Fold centroids into earlier ones nearer than `together`, in place; return the new number of each."""
    now = list(range(len(sums)))
    for at in range(1, len(sums)):
        if not np.isfinite(lengths[at]):
            continue
        cosines = sums[:at] @ sums[at] / (lengths[:at] * lengths[at])
        best = int(cosines.argmax())
        if cosines[best] >= together:
            sums[best] += sums[at]
            lengths[best] = max(float(np.linalg.norm(sums[best])), 1e-9)
            sums[at], lengths[at], now[at] = 0, np.inf, best
    return now


def score_bcubed(found: Sequence[int], gold: Sequence[str]) -> float:
    """Return B³ F1 (Bagga and Baldwin 1998)."""
    from collections import Counter

    both, by_found, by_gold = Counter(zip(found, gold, strict=True)), Counter(found), Counter(gold)
    precision = sum(n * n / by_found[story] for (story, _), n in both.items()) / len(gold)
    recall = sum(n * n / by_gold[label] for (_, label), n in both.items()) / len(gold)
    return 2 * precision * recall / (precision + recall)


def rank_agendas(
    encode: Encode, items: Sequence[dict[str, str]], agendas: Sequence[dict[str, str]], *, bm25: float
) -> float:
    """Return nDCG@10 of headlines for statements; relevant is what bears one of the statement's tags."""
    statements = [row["statement"] for row in agendas]
    scores = rank(encode, texts_of(items), statements, bm25)
    relevant = [np.array([row["tags"] in agenda["tags"].split("|") for row in items]) for agenda in agendas]
    return statistics.mean(score_ndcg(scores[:, at], own) for at, own in enumerate(relevant) if own.any())


def rank_abstracts(encode: Encode, folder: Path, *, bm25: float) -> float:
    """Return nDCG@10 on CACM."""
    with gzip.open(folder / "cacm.docs.jsonl.gz", "rt", encoding="utf-8") as file:
        documents = [json.loads(line) for line in file]
    place = {document["id"]: at for at, document in enumerate(documents)}
    relevant: dict[str, Rows] = {}
    for row in read_rows(folder / "cacm.qrels.tsv.gz"):
        if row["docid"] in place:
            relevant.setdefault(row["qid"], np.zeros(len(documents), dtype=bool))[place[row["docid"]]] = True
    queries = [row for row in read_rows(folder / "cacm.queries.tsv.gz") if row["qid"] in relevant]
    texts = [f"{document['title']}. {document['text']} {document['keywords']}" for document in documents]
    scores = rank(encode, texts, [row["text"] for row in queries], bm25)
    return statistics.mean(score_ndcg(scores[:, at], relevant[row["qid"]]) for at, row in enumerate(queries))


def rank(encode: Encode, texts: Sequence[str], questions: Sequence[str], bm25: float) -> Rows:
    """Return scores (texts × questions): cosines and, weighted, BM25, each as its distance from the mean."""
    dense = standardise(compare(encode, texts, questions))
    return dense if not bm25 else bm25 * standardise(score_bm25(texts, questions)) + (1 - bm25) * dense


def standardise(scores: Rows) -> Rows:
    """Return columns with mean 0 and deviation 1."""
    return (scores - scores.mean(0)) / np.maximum(scores.std(0), 1e-9)


def score_bm25(texts: Sequence[str], questions: Sequence[str], k1: float = 1.2, b: float = 0.75) -> Rows:
    """Return BM25 (texts × questions)."""
    counter = CountVectorizer(analyzer=split_terms, dtype=np.float32)
    counts = counter.fit_transform(texts).tocsr()
    seen = np.asarray((counts > 0).sum(0)).ravel()
    rarity = np.log1p((len(texts) - seen + 0.5) / (seen + 0.5))
    length = np.asarray(counts.sum(1)).ravel()
    long = k1 * (1 - b + b * length / length.mean())
    weights = counts.copy()
    weights.data = counts.data * (k1 + 1) / (counts.data + np.repeat(long, np.diff(counts.indptr)))
    asked = counter.transform(questions)
    asked.data[:] = 1
    return (weights.multiply(rarity).tocsr() @ asked.T).toarray()


def score_ndcg(scores: Rows, relevant: Rows, depth: int = 10) -> float:
    """Return nDCG at a depth, with ties in the order of the archive."""
    gains = 1 / np.log2(np.arange(2, depth + 2))
    top = np.argsort(-scores, kind="stable")[:depth]
    return float((relevant[top] * gains).sum() / gains[: min(depth, int(relevant.sum()))].sum())


# -- cost -------------------------------------------------------------------------------------------------------------


def print_cost(folder: Path) -> None:
    """Print speed by CPU time, and load time and memory of a fresh process."""
    headlines = texts_of(read_rows(folder / "tagging/techcrunch_headlines_dev.tsv.gz"))
    documents = [" ".join(headlines[at : at + 11])[:600] for at in range(3000)]
    for name, texts in (("headlines", headlines), ("documents of 600 characters", documents)):
        rounds = []
        for _ in range(5):
            begun = time.process_time()
            embed_texts(texts)
            rounds.append(len(texts) / (time.process_time() - begun))
        print(f"table: {statistics.median(rounds):,.0f} {name}/s")
    code = (
        "import re, time, numpy, radar.text, radar.errors\n"
        "peak = lambda: int(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1]) / 1024\n"
        "from radar.vectors.embedding import embed_texts\n"
        "before = peak(); begun = time.process_time()\n"
        "embed_texts(['radar']); took = time.process_time() - begun; loaded = peak()\n"
        "embed_texts(['a headline of ten words as the press writes them'] * 20_000)\n"
        "print(took * 1e3, before, loaded, peak())"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(7)]
    columns = zip(*(map(float, run.stdout.split()) for run in runs), strict=True)
    took, before, loaded, full = (statistics.median(column) for column in columns)
    print(f"table: loaded in {took:.0f} ms; a process with numpy peaks at {before:.0f} MB,")
    print(f"  {loaded:.0f} MB with the table, {full:.0f} MB after 20,000 headlines")


# -- reading ----------------------------------------------------------------------------------------------------------


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a TSV with a header."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open() as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def texts_of(rows: Sequence[dict[str, str]]) -> list[str]:
    """Return the headlines."""
    return [row["title"] for row in rows]


def labels_of(rows: Sequence[dict[str, str]]) -> list[str]:
    """Return the tags."""
    return [row["tags"] for row in rows]


if __name__ == "__main__":
    main()
