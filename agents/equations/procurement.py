"""Enterprise tenders: E24-E27.

Additive multi-attribute value with fixed scales (Keeney and Raiffa 1976), so that a narrow gap
weighs little, a wide one much, and an irrelevant offer changes nothing.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CRITERIA = ("capability", "safety", "cost", "stability", "integration")


def coverage(brand: Array, slope: float, base: float) -> Array:
    """E24: probability that an offer reaches the shortlist, 1 − e^−(c b + base)."""
    reached: Array = -np.expm1(-(slope * brand + base))
    return reached


def ownership_cost(price: Array, discount: float, migration: Array) -> Array:
    """E25: total cost of ownership of a vendor's offer, $/Mtok.

    TCO = p (1 − disc)(1 + migration); migration is the cost of moving as a share, 0 for the
    incumbent.
    """
    cost: Array = price * (1.0 - discount) * (1.0 + migration)
    return cost


def hosting_cost(unit_cost: Array, fee: float, volume: Array, migration: Array) -> Array:
    """E27: total cost of ownership of self-hosted open weights, $/Mtok.

    TCO = (c + fee/(12 q))(1 + migration); `unit_cost` c in $/Mtok, `fee` in M$/year, `volume` q in
    trillion tokens a month.  A buyer without volume cannot carry the fee: the cost is infinite,
    as it is where the volume is so small that the quotient is no number.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        yearly = np.where(volume > 0.0, fee / (12.0 * volume), np.inf if fee > 0.0 else 0.0)
    cost: Array = (unit_cost + yearly) * (1.0 + migration)
    return cost


def standardised(value: Array, live: NDArray[np.bool_], scale: float) -> Array:
    """E25: z = (value − best)/scale over the live offers of the last axis; 0 for the best."""
    best = np.max(np.where(live, value, -np.inf), axis=-1, keepdims=True)
    z: Array = np.where(live, (value - best) / scale, 0.0)
    return z


def min_max(value: Array, live: NDArray[np.bool_]) -> Array:
    """Variant of E25: value between the worst (0) and the best (1) live offer; 0 if they tie."""
    best = np.max(np.where(live, value, -np.inf), axis=-1, keepdims=True)
    worst = np.min(np.where(live, value, np.inf), axis=-1, keepdims=True)
    spread = np.where(best > worst, best - worst, 1.0)
    z: Array = np.where(live, (value - worst) / spread, 0.0)
    return z


def incumbent_bonus(tenure: Array, base: float, growth: float, months: float) -> Array:
    """E25: advantage of the provider in place, ek0 + ek1 (1 − e^(−τ/months)), util."""
    bonus: Array = base - growth * np.expm1(-np.asarray(tenure, np.float64) / months)
    return bonus


def favoured_price(contract: Array, offered: Array) -> Array:
    """E26: most-favoured clause; the lower of the contract price and today's offer, $/Mtok."""
    price: Array = np.fmin(contract, offered)
    return price
