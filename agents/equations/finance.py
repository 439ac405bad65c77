"""How hard commitments press, and how long the money lasts: E34 and E24's runway."""

import numpy as np
from numpy.typing import NDArray

from agents.equations.either import either

Array = NDArray[np.float64]
LEAST_MEANS = 1.0  # M$, so that nobody's pressure is infinite


def payment_pressure(due: Array, income: Array, liquid: Array) -> Array:
    """E34: PPR = dues of the next 12 months/max(1, 12·max(income, 0) + max(liquid, 0)).

    due : M$.  income : M$ a month, revenue and parent's flow less operating expense.
    liquid : M$.
    """
    means = 12.0 * np.maximum(income, 0.0) + np.maximum(liquid, 0.0)
    pressure: Array = due / np.maximum(means, LEAST_MEANS)
    return pressure


def runway(liquid: Array, burn: Array, limit: float) -> Array:
    """Months of liquid means at this burn (M$ a month), between 0 and `limit`."""
    means = np.maximum(liquid, 0.0)
    lasts = means < limit * burn
    months: Array = either(lasts, means / either(lasts, burn, 1.0), limit)
    return months
