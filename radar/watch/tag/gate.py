"""Decide whether what was learnt may replace what is in service: never by something worse."""

from typing import NamedTuple

import numpy as np

from radar.records import TagCorrection, Topic
from radar.text import stable_id
from radar.watch.tag.learn import Examples, weigh_answers
from radar.watch.tag.model import Model

#: F1 that may be lost between one model and the next: less is noise.
TOLERANCE = 0.02
#: "Yes" answers, by weight, below which nobody can tell.
_LEAST = 20.0
#: Part of the fingerprint: a version of Radar that learns otherwise learns anew.
_RECIPE = "1"


class Verdict(NamedTuple):
    """Whether a model is accepted, the F1 of both on texts neither has learnt from, and why in words."""

    accepted: bool
    score: float | None
    rival: float | None
    reason: str


def judge_model(candidate: Model | None, rival: Model | None, examples: Examples) -> Verdict:
    """Compare two models on the first part of the examples, on the topics both know; corrections weigh as they do.

    Both answer with their trial weights, which that part did not teach.
    """
    if candidate is None or rival is None:
        return Verdict(True, None, None, "the first" if candidate else "too little to learn from")
    topics = [topic for topic in candidate.topics if topic in rival.topics]
    held_out = np.flatnonzero((examples.part == 0) & examples.judged)
    columns = np.array([examples.topics.index(topic) for topic in topics], dtype=int)
    about = examples.about[held_out][:, columns]
    weight = np.where(about >= 0, weigh_answers(examples)[held_out][:, columns], 0)
    if weight[about == 1].sum() < _LEAST:
        return Verdict(True, None, None, "too few stories to compare it by")
    documents = [examples.documents[row] for row in held_out.tolist()]
    scores = []
    for model in (candidate, rival):
        said = model.score(documents, trial=True)[:, [model.topics.index(topic) for topic in topics]] > 0
        right = float(weight[said & (about == 1)].sum())
        scores.append(round(2 * right / float(weight[said].sum() + weight[about == 1].sum()), 3))
    score, before = scores
    compared = f"{score:.2f} on {len(held_out):,} texts kept apart; the one in service {before:.2f}"
    return Verdict(score >= before - TOLERANCE, score, before, compared)


def take_fingerprint(topics: list[Topic], corrections: list[TagCorrection]) -> str:
    """Return what tells whether the tagger must learn anew: it changes with every topic and every correction."""
    listed = sorted(repr(topic) for topic in topics)
    said = sorted(f"{one.entry_id} {one.topic} {one.wanted}" for one in corrections)
    return stable_id(_RECIPE, *listed, "", *said)
