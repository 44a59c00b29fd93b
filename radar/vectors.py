"""Texts as rows of a matrix: the one border through which grouping, tagging and ranking compare them."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from radar.text import split_terms

Matrix = Any  # scipy.sparse.csr_matrix of float32, rows of length 1 (or all zero): scikit-learn ships no types


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
        return self._vectorizer.transform(texts)

    @property
    def words(self) -> Sequence[str]:
        """The word behind each column."""
        names: Sequence[str] = self._vectorizer.get_feature_names_out()
        return names


def _split_with_bigrams(text: str) -> list[str]:
    terms = split_terms(text)
    return terms + [f"{first} {second}" for first, second in itertools.pairwise(terms)]
