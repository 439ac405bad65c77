"""Utility and choice between offers: E17, E17b, E17d, E18.

Discrete choice with state dependence and social interactions: McFadden (1974); Brock and Durlauf
(2001), doi:10.1111/1467-937X.00168; Dubé, Hitsch and Rossi (2010),
doi:10.1111/j.1756-2171.2010.00106.x.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]
STEEPEST = 300.0  # exponents beyond this decide every race already


class Terms(NamedTuple):
    """The parts of an offer's utility that are the same for a whole taste type; each in util.

    `capability` has shape (taste types, offers), the others (offers,).
    """

    capability: Array
    price: Array
    safety: Array
    brand: Array
    reliability: Array
    product: Array

    def common(self) -> Array:
        """Sum of the terms that all taste types share, shape (offers,), util."""
        return self.price + self.safety + self.brand + self.reliability + self.product


@lru_cache(maxsize=32)
def taste_types(spread: float, types: int = 8) -> Array:
    """Equal-probability types of a lognormal(0, spread): the mean of each quantile band.

    Returns shape (types,), without unit.  The band means keep the mean of the distribution.
    """
    if spread == 0.0:
        return fixed(np.ones(types))
    edges = ndtri(np.linspace(0.0, 1.0, types + 1))
    band = np.diff(ndtr(edges - spread))
    return fixed(np.exp(spread**2 / 2) * band * types)


def fixed(values: Array) -> Array:
    """`values`, which nobody may write to from now on: they are handed out again and again."""
    values.flags.writeable = False
    return values


def bounded_exponential(exponent: Array) -> Array:
    """e^x with x held in [-300, 300], so that products of weights neither vanish nor overflow."""
    weight: Array = np.exp(np.minimum(np.maximum(exponent, -STEEPEST), STEEPEST))
    return weight


def switching_cost(
    tenure: Array, base: float | Array, growth: float | Array, months: float | Array
) -> Array:
    """E18: S(τ) = k0 + k1 (1 − e^(−τ/τ_k)), util; tenure τ in months, any shape."""
    cost: Array = base + growth * (1.0 - np.exp(-np.asarray(tenure, np.float64) / months))
    return cost


def upgrading(rate: float) -> float:
    """E17d: part of the way to the newest version that users who upgrade go, 1 − e^(−rate)."""
    return float(1.0 - np.exp(-rate))


def upgraded(moved: Array, newest: Array, part: float) -> Array:
    """E17d: capability reached by users who upgrade, G' = G + part·(Q − G), OOM."""
    reached: Array = moved + part * (newest - moved)
    return reached


def capability_in_use(moved: Array, year_old: Array, share: float) -> Array:
    """E17d: Q_own = share·G + (1 − share)·Q_(t−12), OOM: what a provider's own users work with."""
    used: Array = share * moved + (1.0 - share) * year_old
    return used


def logit_shares(utility: Array) -> Array:
    """Multinomial logit over the last axis: e^V / Σ e^V."""
    weight = np.exp(utility - utility.max(axis=-1, keepdims=True))
    shares: Array = weight / weight.sum(axis=-1, keepdims=True)
    return shares


def nested_shares(utility: Array, in_nest: NDArray[np.bool_], dissimilarity: float) -> Array:
    """E17b: logit in which the offers `in_nest` form one nest with `dissimilarity` λ.

    W = (Σ_nest e^(V/λ))^λ; P(j in nest) = W/(W + Σ_others e^V) · e^(V_j/λ)/Σ_nest e^(V/λ).
    utility : (..., offers), util.  Returns shares of the same shape.
    """
    if not in_nest.any():
        return logit_shares(utility)
    inner = utility[..., in_nest] / dissimilarity
    top = inner.max(axis=-1, keepdims=True)
    inclusive = dissimilarity * (top + np.log(np.exp(inner - top).sum(axis=-1, keepdims=True)))
    outer = logit_shares(np.concatenate([inclusive, utility[..., ~in_nest]], axis=-1))
    shares: Array = np.empty_like(utility)
    shares[..., in_nest] = outer[..., :1] * logit_shares(inner)
    shares[..., ~in_nest] = outer[..., 1:]
    return shares
