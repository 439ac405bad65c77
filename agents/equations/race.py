"""The exponential race: an exact logit draw whose luck belongs to each option.

Option j of weight w_j = e^(V_j) arrives after an exponential time of rate w_j; the first to arrive
is chosen, so P(j) = w_j/Σw.  Equivalently the largest w_j·E_j wins, with E_j = 1/Exp(1) keyed to
the option.  Raising one option moves only agents that must move, and an entrant takes agents from
others without reshuffling them.

Inside a nest the race stays exact by a positive-stable mixture: the score of a member is
(w_j^(1/λ)·E_j·A)^λ with one A for the nest, positive λ-stable with Laplace transform e^(−s^λ)
(Kanter 1975, doi:10.1214/aop/1176996309; the nested logit as such a mixture: McFadden 1978).

Both laws are read from tables of 65,536 quantiles.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

QUANTILES = 65_536
INFINITY_BITS = 0x7FF0  # upper 16 bits of infinity
ANGLES = 160
GRID = 1_200
CROWDING = 4.0  # nodes crowd where the angle nears π, which makes the upper tail


@lru_cache(maxsize=1)
def arrival_table() -> NDArray[np.float32]:
    """Quantiles of 1/Exp(1) at (k + ½)/65,536; shape (65,536,), increasing."""
    level = (np.arange(QUANTILES) + 0.5) / QUANTILES
    table = (-1.0 / np.log(level)).astype(np.float32)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=8)
def nest_table(dissimilarity: float) -> NDArray[np.float32]:
    """Quantiles of A^λ at (k + ½)/65,536 for λ = `dissimilarity`; shape (65,536,), increasing.

    With U uniform on (0, π), P(A^λ ≤ y) = E exp(−a(U) y^(−1/(1−λ))), where
    a(u) = sin((1−λ)u) · sin(λu)^(λ/(1−λ)) / sin(u)^(1/(1−λ)).  λ = 1 is the plain logit: A = 1.
    """
    if dissimilarity == 1.0:
        table = np.ones(QUANTILES, np.float32)
    else:
        level = (np.arange(QUANTILES) + 0.5) / QUANTILES
        log_value, probability = _stable_distribution(dissimilarity)
        inside = np.log(level) - np.log1p(-level)
        grid = np.log(probability) - np.log1p(-probability)
        table = np.exp(np.interp(inside, grid, log_value)).astype(np.float32)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=8)
def power_steps(dissimilarity: float) -> NDArray[np.float64]:
    """x^λ at every float64 x >= 0 with 48 low bits of 0, up to infinity; shape (32,753,).

    The upper 16 bits of any x >= 0 count to the entry at or below it, so that x^λ lies between that
    entry and the next, which is at most 2^(λ/16) times as large.
    """
    upper = np.arange(INFINITY_BITS + 1, dtype=np.uint64) << np.uint64(48)
    table = upper.view(np.float64) ** dissimilarity
    table.flags.writeable = False
    return table


def _stable_distribution(lam: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Grid of ln A^λ and its distribution function, wide enough for all 65,536 quantiles."""
    nodes, weights = np.polynomial.legendre.leggauss(ANGLES)
    part = (nodes + 1.0) / 2
    short = np.pi * part**CROWDING
    weights = weights / 2 * CROWDING * part ** (CROWDING - 1)
    angle = np.pi - short
    log_a = (
        np.log(np.sin((1 - lam) * angle))
        + lam / (1 - lam) * np.log(np.sin(lam * angle))
        - np.log(np.sin(short)) / (1 - lam)
    )
    low, high = (1 - lam) * (log_a.min() - 3.0), 13.0
    log_value = np.linspace(low, high, GRID)
    exponent = np.exp(np.minimum(log_a[:, None] - log_value[None, :] / (1 - lam), 700.0))
    probability = weights @ np.exp(-exponent)
    keep = (probability > 1e-9) & (probability < 1.0 - 1e-9)
    first = np.concatenate([[True], np.diff(probability[keep]) > 0.0])
    return log_value[keep][first], probability[keep][first]
