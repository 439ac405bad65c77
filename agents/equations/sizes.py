"""Skewed sizes and spending.

They are deterministic quantiles, so that divergence between runs does not measure who happened to
draw the giant.

Firm sizes: Axtell (2001), doi:10.1126/science.1062081.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from agents.equations.choice import fixed

Array = NDArray[np.float64]
WINSOR = 0.99
ROOMIEST = 25 / 3  # largest over mean size where the stated largest lies below the mean


@lru_cache(maxsize=4)
def pareto_sizes(count: int, total: float, exponent: float, largest: float) -> Array:
    """Quantiles of a Pareto law truncated at `largest`, increasing, with sum `total`.

    Returns shape (count,), in the unit of `total`.  With so few firms that `largest` is below
    25/3 of the mean size, that multiple of the mean is the truncation instead.
    """
    if count == 1:
        return fixed(np.array([total]))
    top = max(largest, ROOMIEST * total / count)
    level = (np.arange(count) + 0.5) / count
    low, high = top * 1e-12, top
    for _ in range(200):  # bisection on the smallest size: the sum rises with it
        smallest = np.sqrt(low * high)
        sizes = smallest * (1 - level * (1 - (smallest / top) ** exponent)) ** (-1 / exponent)
        low, high = (smallest, high) if sizes.sum() < total else (low, smallest)
    return fixed(sizes * (total / sizes.sum()))


def spending_weights(count: int, spread: float) -> Array:
    """Quantiles of a lognormal with sigma `spread`, winsorised at the 99th percentile, mean 1.

    Returns shape (count,), increasing, without unit; all 1 where spread = 0.
    """
    level = np.minimum((np.arange(count) + 0.5) / count, WINSOR)
    weights = np.exp(spread * ndtri(level))
    scaled: Array = weights / weights.mean()
    return scaled
