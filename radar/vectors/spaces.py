"""Spaces learnt from the texts at hand: words weighted by rarity, and the directions in which words vary together."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.extmath import randomized_svd

from radar.text import split_terms

Rows = NDArray[np.float32]
Matrix = Any  # scipy.sparse.csr_matrix of float32, rows of length 1 (or all zero): scikit-learn ships no types
_NOISE = 1e-3  # a row shorter than this lies outside the space; its direction would be rounding


class TfidfSpace:
    """A vocabulary weighted by how rare its words are, learnt from the texts at hand.

    Rows are L2-normalised, so a product of two is their cosine. A text without a known word is a row of zeros, whose
    cosine to everything is 0: it never joins anything.
    """

    def __init__(self, texts: Sequence[str], *, bigrams: bool = False) -> None:
        self._vectorizer = TfidfVectorizer(
            analyzer=_split_with_bigrams if bigrams else split_terms, sublinear_tf=True, dtype=np.float32
        )
        try:
            self.matrix: Matrix = self._vectorizer.fit_transform(texts)
        except ValueError:  # not a single word in all texts
            self._vectorizer.fit(["nothing"])
            self.matrix = sparse.csr_matrix((len(texts), 1), dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return one row a text; words never seen are passed over."""
        return self._vectorizer.transform(texts) if texts else self.matrix[:0]

    @property
    def words(self) -> Sequence[str]:
        """The word behind each column."""
        names: Sequence[str] = self._vectorizer.get_feature_names_out()
        return names


class LsaSpace:
    """Latent semantic analysis: TF-IDF rows along the directions in which the archive's words vary together.

    Learnt from the installation's own archive, so it knows names that no shipped table can; the same texts give the
    same space. Rows are dense float32 of length 1, or all zero where a text shares nothing with the archive.
    """

    def __init__(self, texts: Sequence[str], dimensions: int = 150) -> None:
        self._words = TfidfSpace(texts)
        most = min(dimensions, *self._words.matrix.shape)
        directions = randomized_svd(self._words.matrix, most, random_state=0)[2] if most else np.zeros((1, 1))
        self._directions: Rows = directions.T.astype(np.float32)  # words × directions
        self.matrix: Rows = self._turn(self._words.matrix)

    def encode(self, texts: Sequence[str]) -> Rows:
        """Return one row a text; words never seen are passed over."""
        return self._turn(self._words.encode(texts))

    def _turn(self, matrix: Matrix) -> Rows:
        rows = matrix @ self._directions
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.where(lengths > _NOISE, rows / np.maximum(lengths, _NOISE), 0).astype(np.float32)


def _split_with_bigrams(text: str) -> list[str]:
    terms = split_terms(text)
    return terms + [f"{first} {second}" for first, second in itertools.pairwise(terms)]
