"""Texts as rows of numbers: words weighted by how rare they are, and the shipped embedding; plain arrays, no estimator.

Faster than scikit-learn's vectoriser, since the texts come as words already, and storable without a pickle.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from radar.text import STOP_WORDS, fold_plural, split_tokens
from radar.vectors import scale_rows, sum_words

Floats = NDArray[np.float32]
Matrix = Any  # scipy.sparse.csr_matrix of float32: scipy ships no types

#: Characters of a text that are read: what it is about is said by then.
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Words:
    """A text cut into words, as the embedding knows them and with plurals folded, as everything else does."""

    plain: list[str]
    folded: list[str]


def cut_words(text: str) -> Words:
    """Return the words of a text, stop words included."""
    plain = split_tokens(text[:LONGEST])
    return Words(plain, list(map(fold_plural, plain)))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that are told apart, and how much each says: log((1 + texts) / (1 + texts with it)) + 1."""

    words: tuple[str, ...]
    rarity: Floats
    _column: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_column", {word: column for column, word in enumerate(self.words)})

    @classmethod
    def learn(cls, documents: Sequence[Sequence[str]]) -> "Vocabulary":
        """Return the words of folded documents, in alphabetical order; of many documents, those in two at least."""
        seen = Counter(word for document in documents for word in set(document))
        least = 2 if len(documents) > 1000 else 1
        words = tuple(sorted(word for word, times in seen.items() if times >= least and word not in STOP_WORDS))
        times = np.array([seen[word] for word in words], dtype=np.float64)
        return cls(words, (np.log((1 + len(documents)) / (1 + times)) + 1).astype(np.float32))

    def find(self, word: str) -> int | None:
        """Return the column of a word."""
        return self._column.get(word)

    def encode(self, documents: Iterable[Sequence[str]]) -> Matrix:
        """Return one row a document, of length 1: (1 + log times) × rarity. One without a known word is all zero."""
        columns: list[int] = []
        ends = [0]
        find = self._column.get
        for document in documents:
            columns += [column for column in map(find, document) if column is not None]
            ends.append(len(columns))
        rows = sparse.csr_matrix(
            (
                np.ones(len(columns), dtype=np.float32),
                np.array(columns, dtype=np.int32),
                np.array(ends, dtype=np.int32),
            ),
            shape=(len(ends) - 1, len(self.words)),
        )
        rows.sum_duplicates()
        rows.data = (1 + np.log(rows.data)) * self.rarity[rows.indices]
        filled = np.flatnonzero(np.diff(rows.indptr))
        if len(filled):
            lengths = np.sqrt(np.add.reduceat(rows.data**2, rows.indptr[filled]))
            rows.data /= np.repeat(lengths, np.diff(rows.indptr)[filled])
        return rows


def embed_words(documents: Sequence[Words], mean: Floats | None = None) -> Floats:
    """Return one row of length 1 a document, or of zeros where nothing is known; centred where a mean is given."""
    rows = scale_rows(sum_words([document.plain for document in documents]))
    if mean is None:
        return rows
    rows[rows.any(axis=1)] -= mean
    return scale_rows(rows)
