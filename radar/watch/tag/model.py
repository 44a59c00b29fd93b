"""What the tagger has learnt: plain arrays that score words for topics, say which words decided, and can be stored."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from radar.errors import RadarError
from radar.text import STOP_WORDS
from radar.vectors import sum_words
from radar.watch.tag.rows import Floats, Vocabulary, Words, embed_words

#: Texts scored at a time: fast, and the peak of memory stays low.
CHUNK = 256


@dataclass(frozen=True, slots=True)
class Weights:
    """Linear weights: words × topics, meanings × topics, and a bias a topic; contiguous, so that one text is quick."""

    by_word: Floats
    by_meaning: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """A linear score for each of its topics; from `threshold` on a text is about the topic.

    `trust` maps how far a score is above its threshold to the chance that the tag is right. `trial` are the weights
    learnt without the texts that judge (see learn.FOLDS): with them one model can be compared with the next.
    """

    topics: tuple[str, ...]
    vocabulary: Vocabulary
    mean: Floats  # of the embedding over what it learnt from
    weights: Weights
    trial: Weights
    threshold: Floats
    trust: tuple[float, float]

    def score(self, documents: Sequence[Words], *, trial: bool = False) -> Floats:
        """Return by how much each text (row) is above the threshold of each topic (column); below it is negative."""
        weights = self.trial if trial else self.weights
        scores = np.empty((len(documents), len(self.topics)), dtype=np.float32)
        for start in range(0, len(documents), CHUNK):
            chunk = documents[start : start + CHUNK]
            rows = self.vocabulary.encode([words.folded for words in chunk])
            scores[start : start + CHUNK] = rows @ weights.by_word
            scores[start : start + CHUNK] += embed_words(chunk, self.mean) @ weights.by_meaning
        scores += weights.bias - self.threshold
        return scores

    def to_confidence(self, score: float) -> float:
        """Return the chance that a tag with that score is right."""
        slope, offset = self.trust
        return float(1 / (1 + np.exp(-(slope * score + offset))))

    def find_score(self, confidence: float) -> float:
        """Return the score whose tags are right with that chance."""
        slope, offset = self.trust
        return (float(np.log(confidence / (1 - confidence))) - offset) / slope

    def explain(self, document: Words, topic: str, most: int = 3) -> tuple[str, ...]:
        """Return the words that spoke most for a topic; each word's part in the score is known, since it is a sum."""
        column = self.topics.index(topic)
        row = self.vocabulary.encode([document.folded])
        parts: dict[str, float] = {}
        for at, value in zip(row.indices, row.data, strict=True):
            parts[self.vocabulary.words[at]] = float(value * self.weights.by_word[at, column])
        each = sum_words([[word] for word in document.plain])
        whole = each.sum(axis=0)
        length = float(np.linalg.norm(whole))
        if length:
            centred = float(np.linalg.norm(whole / length - self.mean)) or 1.0
            # The mean is shared out evenly, so that the parts add up to the whole.
            drift = float(self.mean @ self.weights.by_meaning[:, column]) / len(document.plain)
            shares = each @ self.weights.by_meaning[:, column] / length - drift
            for word, share in zip(document.folded, shares / centred, strict=True):
                parts[word] = parts.get(word, 0.0) + float(share)
        best = sorted((-part, word) for word, part in parts.items() if part > 0 and word not in STOP_WORDS)
        return tuple(word for _, word in best[:most])

    def dump(self) -> bytes:
        """Return the model as bytes: NumPy arrays in a zip archive, no pickle."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            words=_pack(self.vocabulary.words),
            topics=_pack(self.topics),
            rarity=self.vocabulary.rarity,
            mean=self.mean,
            threshold=self.threshold,
            trust=np.array(self.trust, dtype=np.float64),
            **_dump_weights("weights", self.weights),
            **_dump_weights("trial", self.trial),
        )
        return file.getvalue()

    @classmethod
    def load(cls, data: bytes) -> "Model":
        """Read what `dump` wrote. Raises RadarError for anything else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                words, topics = _unpack(arrays["words"]), _unpack(arrays["topics"])
                shape = (len(words), len(topics))
                slope, offset = arrays["trust"]
                return cls(
                    topics,
                    Vocabulary(words, arrays["rarity"]),
                    arrays["mean"],
                    _load_weights("weights", arrays, shape),
                    _load_weights("trial", arrays, shape),
                    arrays["threshold"],
                    (float(slope), float(offset)),
                )
        except (ValueError, KeyError, IndexError, EOFError, OSError, zipfile.BadZipFile) as error:
            raise RadarError(f"the stored tagger cannot be read ({error}); it will be taught anew") from None


def round_weights(weights: Weights) -> Weights:
    """Return weights as they are stored: small ones left out, the rest in half precision."""
    by_word = weights.by_word
    least = 0.01 * np.abs(by_word).max(axis=0, initial=0.0)
    kept = np.where(np.abs(by_word) >= least, by_word, 0)
    return Weights(
        np.ascontiguousarray(kept.astype(np.float16).astype(np.float32)),
        np.ascontiguousarray(weights.by_meaning, dtype=np.float32),
        np.asarray(weights.bias, dtype=np.float32),
    )


def _dump_weights(name: str, weights: Weights) -> dict[str, Any]:
    rows, columns = weights.by_word.nonzero()
    return {
        f"{name}_rows": rows.astype(np.int32),
        f"{name}_columns": columns.astype(np.int16),
        f"{name}_values": weights.by_word[rows, columns].astype(np.float16),
        f"{name}_by_meaning": weights.by_meaning,
        f"{name}_bias": weights.bias,
    }


def _load_weights(name: str, arrays: Mapping[str, Any], shape: tuple[int, int]) -> Weights:
    by_word = np.zeros(shape, dtype=np.float32)
    by_word[arrays[f"{name}_rows"], arrays[f"{name}_columns"]] = arrays[f"{name}_values"]
    return Weights(by_word, arrays[f"{name}_by_meaning"], arrays[f"{name}_bias"])


def _pack(words: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def _unpack(array: "np.ndarray[tuple[int], np.dtype[np.uint8]]") -> tuple[str, ...]:
    text = array.tobytes().decode()
    return tuple(text.split("\n")) if text else ()
