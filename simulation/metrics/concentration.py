"""How concentrated shares are, how much they differ, and how much they moved.

A share vector holds one share for each provider and sums to 1.  Where nobody has adopted there are
no shares (all NaN, or all 0), and every index is NaN there: an empty market is neither competitive
nor a monopoly.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]


def exists(shares: Numbers) -> NDArray[np.bool_]:
    """Whether a share vector (last axis) describes anybody at all; shape of the other axes."""
    return np.asarray(shares.sum(axis=-1) > 0)


def hhi(shares: ArrayLike) -> Numbers:
    """Herfindahl-Hirschman index: the sum of squared shares (C2, C4).

    Parameters
    ----------
    shares : (..., providers), share
        Non-negative, summing to 1 over the last axis.

    Returns
    -------
    (...,), 0-1
        1/k for k equal providers, 1 for a monopoly; NaN where nobody has adopted.
    """
    values = np.asarray(shares, np.float64)
    return np.where(exists(values), np.sum(values**2, axis=-1), np.nan)


def gini(amounts: ArrayLike) -> Numbers:
    """Gini coefficient of amounts that are not negative; NaN where there is nothing.

    (n + 1 - 2*sum of cumulated shares)/n: 0 where all are alike, 1 - 1/n where one has all.
    Amounts (..., n) -> (...,).
    """
    ranked = np.sort(np.asarray(amounts, np.float64))
    size, whole = ranked.shape[-1], ranked.sum(axis=-1)
    some = whole > 0.0
    shares = np.cumsum(ranked, axis=-1) / np.where(some, whole, 1.0)[..., None]
    return np.where(some, (size + 1 - 2.0 * shares.sum(axis=-1)) / max(size, 1), np.nan)


def top(shares: ArrayLike, count: int) -> Numbers:
    """Joint share of the `count` largest providers; `shares` (..., providers) -> (...,)."""
    values = np.asarray(shares, np.float64)
    largest = np.sort(values, axis=-1)[..., ::-1][..., :count]
    return np.where(exists(values), largest.sum(axis=-1), np.nan)


def entropy(shares: ArrayLike) -> Numbers:
    """Shannon entropy `-sum s ln s` in nats, with 0 ln 0 = 0; (..., labels) -> (...,)."""
    values = np.asarray(shares, np.float64)
    logs = np.log(values, out=np.zeros_like(values), where=values > 0)
    return np.asarray(-np.sum(values * logs, axis=-1))


def largest_entropy(labels: int) -> float:
    """Entropy of equal shares, `ln(labels)`, by which divergences are scaled to 0-1.

    One label leaves no room to differ; its divergence is 0 whatever it is divided by.
    """
    return float(np.log(max(labels, 2)))


def largest_divergence(vectors: int, labels: int) -> float:
    """What `jensen_shannon` reaches at most: each of n <= labels vectors another monopolist."""
    return min(1.0, largest_entropy(vectors) / largest_entropy(labels))


def jensen_shannon(vectors: ArrayLike) -> Numbers:
    """Generalised Jensen-Shannon divergence `[H(mean s) - mean H(s)] / ln(labels)`.

    Parameters
    ----------
    vectors : (..., n, labels), share
        n share vectors.  Vectors without anybody in them are left out.

    Returns
    -------
    (...,), 0-1
        0 if all vectors are equal; at most `largest_divergence`, where each holds a monopolist
        of its own; NaN where fewer than two vectors are left.
    """
    values = np.asarray(vectors, np.float64)
    present = exists(values)
    kept = np.where(present[..., None], values, 0.0)
    count = present.sum(axis=-1)
    weight = np.maximum(count, 1)
    between = entropy(kept.sum(axis=-2) / weight[..., None])
    within = entropy(kept).sum(axis=-1) / weight
    # Rounding can leave -1e-17 where all vectors are equal; a divergence is never negative.
    divergence = np.maximum(between - within, 0.0) / largest_entropy(values.shape[-1])
    return np.where(count >= 2, divergence, np.nan)


def turbulence(now: ArrayLike, before: ArrayLike) -> Numbers:
    """Share that changed hands: half the absolute change; two (..., providers) -> (...,)."""
    change = np.asarray(now, np.float64) - np.asarray(before, np.float64)
    return np.asarray(np.abs(change).sum(axis=-1) / 2)
