"""What a reader's answers teach the ranking: residual nDCG@10 before and after the first n items were judged.

    python benchmarks/feedback.py [FOLDER with the sets]

For each question the ranking's first n items are answered: "useful" where they are relevant, else "not for me". Then
the rest is ranked again and scored without them, against the old order of the same rest. Questions of which nothing
relevant is left are passed over. CACM: abstracts on computing. TechCrunch: headlines; the questions are statements of
an agenda, a headline is relevant when it bears one of the statement's tags. Topics are left out, since the sets have
none: what is measured is what words and meaning alone teach. As controls, the same with every answer "useful" (what a
ranking that believes itself would learn) and every answer "not for me".
"""

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from search_quality import DEFAULT, Judged, read_cacm, read_techcrunch

from radar.brief.taste import SWAY, measure_leanings
from radar.records import Taste
from radar.vectors import TfidfSpace, embed_texts, scale_rows

JUDGED = (5, 10, 20)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not (folder / "relevance" / "cacm.docs.jsonl.gz").exists():
        sys.exit(f"{folder}: the public sets are not here; name their folder as an argument")
    print(f"{'set':24} {'judged':>6} {'questions':>9} {'before':>7} {'after':>7} {'all useful':>11} {'all not':>8}")
    _report("CACM, abstracts", *read_cacm(folder / "relevance"), words=0.5)
    _report("TechCrunch, headlines", *read_techcrunch(folder), words=0.2)


def _report(
    name: str, documents: Sequence[tuple[str, str, str]], questions: Mapping[str, str], relevant: Judged, words: float
) -> None:
    texts = [f"{title} {title} {text[:400]}" for _, title, text in documents]
    space = TfidfSpace(texts)
    judged = [id_ for id_ in questions if relevant.get(id_)]
    scores = rank(texts, space, [questions[id_] for id_ in judged], words)
    wanted = np.array([[document[0] in relevant[id_] for id_ in judged] for document in documents])
    for number in JUDGED:
        found = [
            result
            for column in range(len(judged))
            if (result := answer(documents, texts, space, scores[:, column], wanted[:, column], number))
        ]
        before, after, useful, useless = np.mean(found, axis=0)
        print(f"{name:24} {number:6} {len(found):9} {before:7.3f} {after:7.3f} {useful:11.3f} {useless:8.3f}")


def rank(texts: Sequence[str], space: TfidfSpace, questions: Sequence[str], words: float) -> np.ndarray:
    """Return scores in 0..1 (texts × questions): likeness by words and by meaning, added in standard deviations."""
    rows = embed_texts(texts)
    centre = rows.mean(axis=0)
    lexical = np.asarray((space.matrix @ space.encode(questions).T).toarray())
    dense = scale_rows(rows - centre) @ scale_rows(embed_texts(questions) - centre).T
    added = sum(
        share * (part - part.mean(axis=0)) / (part.std(axis=0) + 1e-9)
        for share, part in ((words, lexical), (1 - words, dense))
    )
    squeezed: np.ndarray = 1 / (1 + np.exp(2 - added))
    return squeezed


def answer(
    documents: Sequence[tuple[str, str, str]],
    texts: Sequence[str],
    space: TfidfSpace,
    scores: np.ndarray,
    wanted: np.ndarray,
    number: int,
) -> tuple[float, ...] | None:
    """Return the residual nDCG@10 before, after, and after wrong answers of both kinds; None if nothing is left."""
    order = np.argsort(-scores, kind="stable")
    seen, rest = order[:number], order[number:]
    if not wanted[rest].any():
        return None
    title = [documents[row][1] for row in seen]
    liked = tuple(one for one, row in zip(title, seen, strict=True) if wanted[row])
    tastes = (
        Taste(liked=liked, disliked=tuple(one for one in title if one not in liked)),
        Taste(liked=tuple(title)),
        Taste(disliked=tuple(title)),
    )
    again = [scores * SWAY ** measure_leanings(texts, space, taste) for taste in tastes]
    return tuple(score(rest[np.argsort(-part[rest], kind="stable")], wanted) for part in (scores, *again))


def score(order: np.ndarray, wanted: np.ndarray) -> float:
    """Return nDCG@10."""
    gain = sum(1 / math.log2(place + 2) for place, row in enumerate(order[:10]) if wanted[row])
    return gain / sum(1 / math.log2(place + 2) for place in range(min(10, int(wanted[order].sum()))))


if __name__ == "__main__":
    main()
