"""Learn from texts whose topics are known, or nearly: a logistic regression a topic, thresholds by cross-validation."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from radar.watch.tag.model import Model, Weights, round_weights
from radar.watch.tag.rows import Floats, Matrix, Vocabulary, Words, embed_words

#: Texts are dealt into so many parts; each part is scored by a model that has not seen it. The first part also judges
#: between models, hence a text is always in the same part.
FOLDS = 3
#: A topic's own threshold counts like its examples, the one common to all topics like so many.
_SHRINK = 10.0
#: Where few texts leave a wide gap, what is seen later in the gap is more often neither.
_NEARER = 0.8
#: How closely labels are followed, and guesses, which are wrong more often: liblinear's C.
#: Of several, that is taken which answers best on texts not seen.
LABELS_FOLLOWED, GUESSES_FOLLOWED = (1.0, 3.0, 10.0), (1.0,)


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts and what is known of them: `about` is 1 (about the topic), 0 (not) or -1 (unknown), texts × topics.

    `weight` says how much each answer counts; each "no" of weight 1 to a topic stands for so many more in the archive.
    `judged` marks the texts that are as they will be met, so that thresholds are chosen on them. `part` is
    0 … FOLDS - 1, or FOLDS for what is never held out.
    """

    topics: tuple[str, ...]
    documents: Sequence[Words]
    about: NDArray[np.int8]
    weight: Floats
    stands_for: Floats
    judged: NDArray[np.bool_]
    part: NDArray[np.int8]
    followed: tuple[float, ...]  # how closely: LABELS_FOLLOWED or GUESSES_FOLLOWED


def learn_model(examples: Examples, vocabulary: Vocabulary) -> Model:
    """Return what the examples teach; the same examples teach the same, in any process."""
    embedded = embed_words(examples.documents)
    known = embedded.any(axis=1)
    mean = embedded[known].mean(axis=0) if known.any() else np.zeros(embedded.shape[1], dtype=np.float32)
    rows = sparse.hstack(
        [
            vocabulary.encode([words.folded for words in examples.documents]),
            sparse.csr_matrix(embed_words(examples.documents, mean)),
        ],
        format="csr",
        dtype=np.float64,
    )
    words = len(vocabulary.words)
    best = max(
        (_cross_validate(rows, examples, followed, words) for followed in examples.followed), key=lambda tried: tried.f1
    )
    weights = _fit(rows, examples, best.followed, np.ones(len(examples.part), dtype=bool), words)
    trust = _calibrate(best.scores - best.threshold, examples)
    return Model(examples.topics, vocabulary, mean, weights, best.trial, best.threshold, trust)


class _Tried(NamedTuple):
    """What came of learning all parts but one, in turn, and answering that one."""

    followed: float
    scores: NDArray[np.float64]
    threshold: Floats
    f1: float
    trial: Weights  # learnt without the first part


def _cross_validate(rows: Matrix, examples: Examples, followed: float, words: int) -> _Tried:
    scores = np.zeros(examples.about.shape)
    trials = []
    for part in range(FOLDS):
        trials.append(_fit(rows, examples, followed, examples.part != part, words))
        mine = np.flatnonzero(examples.part == part)
        scores[mine] = _apply(trials[-1], rows[mine], words)
    threshold = choose_thresholds(scores, examples)
    said = (scores > threshold) & examples.judged[:, None]
    weight = weigh_answers(examples) * (examples.judged[:, None] & (examples.about >= 0))
    right = float(weight[said & (examples.about == 1)].sum())
    f1 = 2 * right / max(float(weight[said].sum() + weight[examples.about == 1].sum()), 1e-9)
    return _Tried(followed, scores, threshold, f1, trials[0])


def _fit(rows: Matrix, examples: Examples, followed: float, among: NDArray[np.bool_], words: int) -> Weights:
    count = len(examples.topics)
    coefficients = np.zeros((rows.shape[1], count), dtype=np.float32)
    bias = np.full(count, -10.0, dtype=np.float32)  # nothing known: never
    for column in range(count):
        about = examples.about[:, column]
        chosen = np.flatnonzero(among & (about >= 0))
        if about[chosen].any() and not about[chosen].all():
            model = LogisticRegression(
                C=followed, class_weight="balanced", solver="liblinear", dual=True, tol=0.01, random_state=0
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # near enough, and the same every time
                model.fit(rows[chosen], about[chosen], sample_weight=examples.weight[chosen, column])
            coefficients[:, column] = model.coef_[0]
            bias[column] = model.intercept_[0]
    return round_weights(Weights(coefficients[:words], coefficients[words:], bias))


def _apply(weights: Weights, rows: Matrix, words: int) -> Floats:
    scores: Floats = rows[:, :words] @ weights.by_word + rows[:, words:] @ weights.by_meaning + weights.bias
    return scores


def choose_thresholds(scores: NDArray[np.float64], examples: Examples) -> Floats:
    """Return the score from which each topic is best tagged: by F1 on texts the scoring model had not seen.

    With few examples a topic's own best is luck; it is drawn towards the best for all topics together.
    """
    answers = []
    shares = weigh_answers(examples)
    for column in range(len(examples.topics)):
        row = np.flatnonzero(examples.judged & (examples.about[:, column] >= 0))
        answers.append((scores[row, column], examples.about[row, column], shares[row, column]))
    common = find_best_cut(*(np.concatenate(part) for part in zip(*answers, strict=True))) if answers else 0.0
    thresholds = []
    for score, about, weight in answers:
        positive = float(weight[about == 1].sum())
        own = find_best_cut(score, about, weight) if positive else common
        thresholds.append((positive * own + _SHRINK * common) / (positive + _SHRINK))
    return np.array(thresholds, dtype=np.float32)


def weigh_answers(examples: Examples) -> Floats:
    """Return how much each answer counts when models are judged: a sampled "no" for all it stands for."""
    sampled = (examples.about == 0) & (examples.weight == 1)
    weights: Floats = np.where(sampled, examples.stands_for, examples.weight)
    return weights


def find_best_cut(score: NDArray[np.float64], about: NDArray[np.int8], weight: Floats) -> float:
    """Return the score from which "yes" gives the best F1; between two texts, nearer to the one that is."""
    if not (about == 1).any():
        return 0.0
    order = np.argsort(-score, kind="stable")
    right = np.cumsum((weight * (about == 1))[order])
    said = np.cumsum(weight[order])
    best = int(np.argmax(2 * right / (said + right[-1])))
    below = score[order[best + 1]] if best + 1 < len(order) else score[order[best]] - 1
    return float(_NEARER * score[order[best]] + (1 - _NEARER) * below)


def _calibrate(margins: NDArray[np.float64], examples: Examples) -> tuple[float, float]:
    """Return slope and offset that turn margins above the threshold into chances (Platt, 1999), for all topics at once.

    Scores of topics with many examples and with few are on one scale once their thresholds are taken off.
    """
    known = examples.judged[:, None] & (examples.about >= 0)
    margin, about, weight = margins[known], examples.about[known], weigh_answers(examples)[known]
    if not (about == 1).any() or (about == 1).all():
        return 1.0, 0.0
    model = LogisticRegression(C=1.0, solver="lbfgs")
    model.fit(margin[:, None], about, sample_weight=weight)
    slope = max(float(model.coef_[0, 0]), 0.1)
    return round(slope, 4), round(float(model.intercept_[0]), 4)
