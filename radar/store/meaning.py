"""Ranking by meaning: how near stories and topics are to a question among the table's word vectors; needs numpy."""

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from radar.vectors.embedding import Rows, embed_texts

#: Characters of a story that are compared: its title and how its summary begins. More blurs what it is about (CACM,
#: nDCG@10: .48 with 300, .47 with 1,000).
READ_LETTERS = 300
#: Weight of the words beside the meaning: for headlines, and what it grows to with the text's length in words.
_HEADLINES, _ABSTRACTS, _LONG = 0.2, 0.4, 100
#: A story that holds no word of the question is an answer if it is at least so near.
NEAR_STORY = 0.3
#: And a topic is meant.
_NEAR_TOPIC = 0.5


def measure_nearness(question: str, texts: Sequence[str]) -> list[float]:
    """Return the cosine of each text to the question, rounded; 0 where nothing is known of either."""
    rows = embed_texts([question, *(text[:READ_LETTERS] for text in texts)])
    return [round(float(cosine), 5) for cosine in rows[1:] @ rows[0]]


def find_near_topics(question: str, texts: Sequence[str], limit: int = 2) -> list[int]:
    """Return which of the topics (name and definition) a question is about, nearest first."""
    near = _embed_topics(tuple(texts)) @ embed_texts([question])[0]
    order = sorted(range(len(texts)), key=lambda place: (-near[place], place))
    return [place for place in order[:limit] if near[place] >= _NEAR_TOPIC]


@functools.lru_cache(maxsize=1)
def _embed_topics(texts: tuple[str, ...]) -> Rows:
    return embed_texts(texts)  # the same at every question: 5 ms


def blend(scores: Sequence[float], near: Sequence[float], texts: Sequence[str]) -> list[float]:
    """Return scores of 0..1 from what words and meaning say: the weighted sum of both, each in standard deviations."""
    words = sum(text.count(" ") + 1 for text in texts) / max(1, len(texts))
    weight = _HEADLINES + (_ABSTRACTS - _HEADLINES) * min(1.0, words / _LONG)
    mixed = weight * _standardise(scores) + (1 - weight) * _standardise(near)
    return [round(float(value), 6) for value in 1 / (1 + np.exp(-mixed))]


def _standardise(values: Sequence[float]) -> NDArray[np.float64]:
    row = np.array(values, dtype=np.float64)
    scaled: NDArray[np.float64] = (row - row.mean()) / (float(row.std()) or 1.0)
    return scaled
