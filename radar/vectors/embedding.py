"""Texts as 192 numbers each, from a table of word vectors that ships with Radar: numpy only, 50,000 headlines a second.

A text's row is the sum of its words' rows, scaled to length 1. The table was distilled from sentence models by
`tools/build_embedding.py`; NOTICE says from which.
"""

import functools
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radar.errors import RadarError
from radar.text import fold_plural, split_terms, split_tokens

Rows = NDArray[np.float32]

DIMENSIONS = 192
TABLE = Path(__file__).resolve().parent.parent / "data" / "embedding.npz"
TABLE_SHA256 = "b5ce5fd5fcb55918aaca7f95a4bcc5c54c9ac0d5081254572da02fd5e777323e"
_LONGEST = 1000  # characters of a text that are read: what a story is about is said by then
_CHUNK = 256  # texts at a time: faster than 2,048, and 100 MB less at the peak
_MOST_KNOWN = 50_000  # words whose rows are remembered, besides the table's own
_LONGEST_PART = 18  # characters of a word or piece in the table that are sought within an unknown one
_JOINTS = re.compile(r"[.&'+#]")


def embed_texts(texts: Sequence[str]) -> Rows:
    """Return one row of length 1 a text, float32 (texts × DIMENSIONS); products of rows are cosines.

    A text of which nothing is known (empty, emoji, a script without words in the table) is a row of zeros: its cosine
    to everything is 0, never NaN. A row depends on its text alone. Raises RadarError when the table is damaged.
    """
    return _load_shipped().embed(texts)


def find_near_words(text: str, limit: int) -> list[str]:
    """Return the words of the table nearest in meaning to a text, none of its own, nearest first.

    Only what the table holds whole speaks for the text: the parts of a name that nobody knows lead anywhere.
    """
    return _load_shipped().find_near_words(text, limit)


def sum_words(documents: Sequence[Sequence[str]]) -> Rows:
    """Return the sum of its words' rows for each document, given as `split_tokens` cuts it; `embed_texts` scales it."""
    return _load_shipped().sum_words(documents)


def scale_rows(rows: Rows) -> Rows:
    """Return rows at length 1; rows of zeros stay."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    scaled: Rows = rows / np.maximum(lengths, np.finfo(np.float32).tiny)[:, None]
    return scaled


def rank_word(word: str) -> int:
    """Return a word's place among the table's words, the most frequent first; one it has not comes after all."""
    return _load_shipped().rank(word)


class EmbeddingTable:
    """Words and pieces of words, each with its row."""

    def __init__(self, words: Sequence[str], numbers: NDArray[np.int8], scales: Rows) -> None:
        """Take a word a row (## begins a piece that continues a word) and the scale of each column."""
        self._words = words
        self._rows = {word: row for row, word in enumerate(words)}
        self._numbers, self._scales = numbers, scales
        self._known: dict[str, tuple[int, ...]] = {}

    @classmethod
    def load(cls, path: Path, digest: str) -> "EmbeddingTable":
        """Read a table. Raises RadarError unless the file's SHA-256 is the digest."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise RadarError(f"{path}: cannot be read ({error.strerror}); install Radar again") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise RadarError(f"{path} is damaged (its SHA-256 is not the one Radar ships); install Radar again")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            words = arrays["words"].tobytes().decode().split("\n")
            return cls(words, arrays["numbers"], arrays["scales"])

    def __len__(self) -> int:
        return len(self._rows)

    def rank(self, word: str) -> int:
        """Return a word's row: rows are in order of frequency."""
        return self._rows.get(word, len(self._rows))

    def embed(self, texts: Sequence[str]) -> Rows:
        """Return one row a text; see embed_texts."""
        rows = np.zeros((len(texts), len(self._scales)), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = [split_tokens(text[:_LONGEST]) for text in texts[start : start + _CHUNK]]
            rows[start : start + _CHUNK] = scale_rows(self.sum_words(chunk))
        return rows

    @functools.cached_property
    def _lengths(self) -> Rows:
        table = self._numbers.astype(np.float32) * self._scales
        lengths: Rows = np.maximum(np.sqrt(np.einsum("ij,ij->i", table, table)), np.finfo(np.float32).tiny)
        return lengths

    def find_near_words(self, text: str, limit: int) -> list[str]:
        """Return the words nearest to a text; see find_near_words."""
        own = split_terms(text)
        row = self.embed([" ".join(word for word in own if word in self._rows)])[0]
        if not row.any():
            return []
        near = (self._numbers.astype(np.float32) @ (self._scales * row)) / self._lengths
        # Far more than are wanted: pieces, plurals and the text's own words fall away.
        many = min(len(near), 20 * limit)
        nearest = np.flatnonzero(near >= np.partition(near, -many)[-many])
        found: dict[str, None] = {}
        for at in nearest[np.argsort(-near[nearest], kind="stable")]:
            if near[at] <= 0 or len(found) == limit:
                break
            word = fold_plural(self._words[at])
            if not word.startswith("##") and word not in own:
                found[word] = None
        return list(found)

    def sum_words(self, documents: Sequence[Sequence[str]]) -> Rows:
        """Return the sum of its words' rows for each document, given as words; a few hundred at a time are fastest."""
        rows = np.zeros((len(documents), len(self._scales)), dtype=np.float32)
        ids: list[int] = []
        filled: list[int] = []
        starts: list[int] = []
        for at, words in enumerate(documents):
            begin = len(ids)
            for word in words:
                known = self._known.get(word)
                ids += self._look_up(word) if known is None else known
            if len(ids) > begin:
                filled.append(at)
                starts.append(begin)
        if filled:
            # Sums of whole numbers are exact in float32: the order of the words cannot matter.
            rows[filled] = np.add.reduceat(self._numbers[ids].astype(np.float32), starts, axis=0) * self._scales
        return rows

    def _look_up(self, word: str) -> tuple[int, ...]:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        found = self._known[word] = tuple(compose_word(word, self._rows))
        return found


def compose_word(word: str, rows: Mapping[str, Any]) -> list[Any]:
    """Return what `rows` holds for a word, else for its singular, else for the parts it can be put together from.

    A part is the longest known beginning and then, greedily, the longest known continuations (keys with ##); a letter
    that continues nothing is passed over.
    """
    for known in (word, fold_plural(word)):
        if known in rows:
            return [rows[known]]
    return [row for part in _JOINTS.split(word) for row in _compose_part(part, rows)]


def _compose_part(part: str, rows: Mapping[str, Any]) -> list[Any]:
    if part in rows:
        return [rows[part]]
    found = []
    at = 0
    for end in range(min(len(part), _LONGEST_PART), 1, -1):
        if part[:end] in rows:
            found.append(rows[part[:end]])
            at = end
            break
    while at < len(part):
        for end in range(min(len(part), at + _LONGEST_PART), at, -1):
            if (piece := "##" + part[at:end]) in rows:
                found.append(rows[piece])
                at = end
                break
        else:
            at += 1
    return found


@functools.cache
def _load_shipped() -> EmbeddingTable:
    return EmbeddingTable.load(TABLE, TABLE_SHA256)
