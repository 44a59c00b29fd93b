"""Texts as rows of a matrix: the one border through which grouping, tagging, ranking and search compare them.

`spaces` learns from the texts at hand and needs scikit-learn, `embedding` brings what it knows and needs numpy only;
`radar query` must be able to import the one without the other, so names are looked up where they are asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radar.vectors.embedding import DIMENSIONS, embed_texts, scale_rows, sum_words
    from radar.vectors.spaces import LsaSpace, Matrix, TfidfSpace

__all__ = ["DIMENSIONS", "LsaSpace", "Matrix", "TfidfSpace", "embed_texts", "scale_rows", "sum_words"]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "spaces" if name in ("LsaSpace", "Matrix", "TfidfSpace") else "embedding"
    return getattr(import_module(f"{__name__}.{home}"), name)
