"""Application companies: E29-E31.

Sizes grow by Gibrat's law, with entry at the bottom and exit (Gabaix 1999,
doi:10.1162/003355399556133; Axtell 2001, doi:10.1126/science.1062081).
"""

from functools import lru_cache
from math import exp

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, pdtr, pdtrik

Array = NDArray[np.float64]
QUANTILES = 65_536
FEW = 100.0  # mean of arrivals up to which their probabilities are added up one by one


@lru_cache(maxsize=1)
def normal_table() -> Array:
    """Quantiles of the standard normal at (k + ½)/65,536; shape (65,536,), increasing."""
    table: Array = ndtri((np.arange(QUANTILES) + 0.5) / QUANTILES)
    table.flags.writeable = False
    return table


def gibrat(size: Array, luck: Array, spread: float, drift: float) -> Array:
    """E29: ln y' = ln y + σ_y ξ − drift; `luck` ξ is standard normal."""
    grown: Array = size * np.exp(spread * luck - drift)
    return grown


def mean_growth(spread: float, drift: float) -> float:
    """E29: expected factor of one month's growth, e^(σ_y²/2 − drift)."""
    return float(np.exp(spread**2 / 2.0 - drift))


def chance(hazard: Array | float) -> Array:
    """E30, E31: probability that something of this monthly hazard happens, 1 − e^−hazard."""
    happens: Array = -np.expm1(-np.asarray(hazard, np.float64))
    return happens


def app_utility(capability: Array, price: Array, weight: float, price_weight: float) -> Array:
    """E30 without lock-in: V = β_a Q − β_p,app ln p, util; p in $/Mtok above 0, any shape."""
    utility: Array = weight * capability - price_weight * np.log(price)
    return utility


def arrivals(mean: float, luck: float) -> int:
    """E31: Poisson number with `mean`: the smallest n with P(N ≤ n) ≥ luck, uniform in (0, 1).

    With the same luck a higher mean never lets in fewer.
    """
    if mean <= 0.0:
        return 0
    if mean > FEW:
        found = int(np.ceil(pdtrik(luck, mean)))
        return found - 1 if found > 0 and pdtr(found - 1, mean) >= luck else found
    found, chance_of = 0, exp(-mean)
    reached = chance_of
    while reached < luck and reached + chance_of != reached:
        found += 1
        chance_of *= mean / found
        reached += chance_of
    return found
