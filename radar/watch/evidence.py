"""Weigh counts against what the past leads one to expect: one measure for listed topics and candidates alike."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

Floats = NDArray[np.float64]

PAST = 104  # weeks a window is held against, at most
LEAST_GROWTH = 1.5  # times the expectation: less is no news, however many reports make it significant


def weigh_counts(count: Floats, past: Floats, expected: Floats, spread: Floats | None = None) -> Floats:
    """Return -log10 of the chance of `count` reports or more; 0 where they do not exceed LEAST_GROWTH × `expected`.

    The chance is the predictive tail of a Gamma–Poisson model that has seen `past` reports: with r = expected / (past +
    1/2), the Beta tail I_{r/(1+r)}(count, past + 1/2). It carries the uncertainty of a short past, where a plug-in
    Poisson is over-confident: shuffled archives raised twice as many alarms with that. `expected` may be a sum over
    feeds, each with its own past, so that a feed that joins or leaves changes nothing. Reports that come in bursts
    count for less: `spread` is the past's variance-to-mean ratio, by which counts are divided first.
    """
    strength = np.zeros(len(count))
    at = np.flatnonzero((count > 0) & (expected > 0) & (count >= LEAST_GROWTH * expected))
    rate = expected[at] / (past[at] + 0.5)
    width = np.ones(len(at)) if spread is None else spread[at]
    chance = betainc(count[at] / width, past[at] / width + 0.5, rate / (1 + rate))
    strength[at] = -np.log10(np.maximum(chance, 1e-300))
    return strength
