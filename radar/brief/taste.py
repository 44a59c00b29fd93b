"""How a reader's answers lean towards each story: [Story] + Taste → a number from -1 to 1, and the reason in words."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from radar.records import Tag, Taste, Topic
from radar.vectors import TfidfSpace, embed_texts, scale_rows

Rows = NDArray[np.float32]

#: How much a story's score is multiplied by at the most, and divided by.
SWAY = 2.0
_WORDS = 0.6  # of likeness by words, whose cosines run lower, beside…
_MEANING = 0.5  # …likeness by meaning
_FULL_LIKENESS = 0.5  # at which two stories are as alike as they need be
_AGAINST = 0.25  # of likeness to what was not wanted: most of what surrounds it is wanted
_TOPIC = 0.5  # of the leaning towards a topic: that a topic is liked says less than that a story is
_TELLING = 0.4  # a leaning worth mentioning


def measure_leanings(texts: Sequence[str], space: TfidfSpace, taste: Taste) -> Rows:
    """Return a leaning from -1 to 1 for each text: likeness to the nearest claim that was liked, less so to disliked.

    `space` is learnt from the same texts. The nearest one claim counts, not the sum or the mean of all: liking two
    different things must not raise what lies between them, and no number of answers can say more than one.
    """
    if not texts or not (taste.liked or taste.disliked):
        return np.zeros(len(texts), dtype=np.float32)
    rows = embed_texts(texts)
    known = rows.any(axis=1)
    centre = rows[known].mean(axis=0) if known.any() else np.zeros(rows.shape[1], dtype=np.float32)
    rows[known] = scale_rows(rows[known] - centre)

    def find_nearest(claims: Sequence[str]) -> Rows:
        if not claims:
            return np.zeros(len(texts), dtype=np.float32)
        told = embed_texts(claims)
        there = told.any(axis=1)
        told[there] = scale_rows(told[there] - centre)
        words = np.asarray((space.matrix @ space.encode(claims).T).toarray())
        likeness: Rows = _WORDS * words + _MEANING * (rows @ told.T)
        nearest: Rows = np.maximum(likeness.max(axis=1), 0.0)
        return nearest

    leanings = (find_nearest(taste.liked) - _AGAINST * find_nearest(taste.disliked)) / _FULL_LIKENESS
    return np.clip(leanings, -1.0, 1.0).astype(np.float32)


def lean_on_topics(leaning: float, tags: Sequence[Tag], taste: Taste, topics: Mapping[str, Topic]) -> tuple[float, str]:
    """Return the leaning with that towards the story's topics added, and why in words; "" where it says little."""
    leanings = [(taste.topics.get(tag.topic, 0.0) * tag.confidence, tag.topic) for tag in tags]
    towards, slug = max(leanings, key=lambda one: (abs(one[0]), one[1]), default=(0.0, ""))
    total = max(-1.0, min(1.0, leaning + _TOPIC * towards))
    if abs(total) < _TELLING:
        return total, ""
    name = topics[slug].name if slug in topics and towards * total > 0 else ""
    what = f"items on {name}" if name else "similar items"
    return total, f"you found {what} useful" if total > 0 else f"you said of {what}: not for me"
