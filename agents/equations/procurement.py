"""Enterprise tenders: E24-E27.

Additive multi-attribute value with fixed scales (Keeney and Raiffa 1976), so that a narrow gap
weighs little, a wide one much, and an irrelevant offer changes nothing.
"""

import numpy as np
from numpy.typing import NDArray

from agents.equations.either import either

Array = NDArray[np.float64]
CRITERIA = ("capability", "safety", "cost", "stability", "integration")
DEAREST = 1e12  # $/Mtok; self-hosting without any volume costs no more than this
LEAST_VOLUME = 1e-290  # trillion tokens a month; of less a fee's share may be no number


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
    trillion tokens a month.  A buyer without volume cannot carry a fee: the cost is out of reach.
    """
    yearly = fee / (12.0 * np.maximum(volume, LEAST_VOLUME))
    cost: Array = (unit_cost + yearly) * (1.0 + migration)
    return cost


def passed_on(unit_cost: Array, cost: Array, migration: Array, response: float) -> Array:
    """d ln TCO / d ln price of self-hosted open weights (section 7.13): m + η (1 − m).

    m is the part of the TCO `cost` that is unit cost; the fee falls on fewer tokens where they are
    dearer, with elasticity `response` η of use.  0 where the cost is out of reach.
    """
    metered = unit_cost * (1.0 + migration) / cost
    felt: Array = either(cost < DEAREST, metered + response * (1.0 - metered), 0.0)
    return felt


def worth_of_cost(cost: Array) -> Array:
    """E25: value of a total cost of ownership in $/Mtok, −ln TCO, alike for all above `DEAREST`."""
    worth: Array = -np.log(np.minimum(cost, DEAREST))
    return worth


def standardised(value: Array, best: Array, scale: float) -> Array:
    """E25: z = (value − best)/scale with the best of the live offers, which has 0."""
    z: Array = (value - best) / scale
    return z


def min_max(value: Array, worst: Array, best: Array) -> Array:
    """Variant of E25: value between the worst (0) and the best (1) on the list; 0 if they tie."""
    z: Array = (value - worst) / either(best > worst, best - worst, 1.0)
    return z


def incumbent_bonus(tenure: Array, base: float, growth: float, months: float) -> Array:
    """E25: advantage of the provider in place, ek0 + ek1 (1 − e^(−τ/months)), util."""
    bonus: Array = base - growth * np.expm1(-tenure / months)
    return bonus


def favoured_price(contract: Array, offered: Array) -> Array:
    """E26: most-favoured clause; the lower of the contract price and today's offer, $/Mtok."""
    price: Array = np.fmin(contract, offered)
    return price
