"""What a sensitivity study says: how much each factor matters, and how sure that is."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Measure(NamedTuple):
    """A number for each factor, shape (factors,), with the ends of its 95 % interval."""

    value: Numbers
    low: Numbers
    high: Numbers


class Effects(NamedTuple):
    """Effects of the factors on one outcome.

    method : morris, sobol, fast, pawn, delta or structure
    factors : names, in the order of the numbers
    measures : by name: mu_star, mu, sigma (Morris); first, total (Sobol, FAST); median, maximum
        (PAWN); delta, first (delta); share (structure)
    used, planned : base points (blocks, trajectories) that entered, and that the design has
    noise : share of the variance of one run's outcome that is luck; nan where seeds cannot tell
    reason : why numbers are nan, in a sentence; empty where they are not
    """

    method: str
    factors: tuple[str, ...]
    measures: dict[str, Measure]
    used: int
    planned: int
    noise: float
    reason: str = ""


class Shares(NamedTuple):
    """Variance of one run's outcome, split into where it comes from.

    components : "parameters", "seed", "seed x parameters" and, where networks vary, "network",
        "network x parameters", "rest"
    share : of the whole variance, shape (components,); cut at 0, and the values sum to 1
    variance : the whole variance, in the square of the outcome's unit
    used, planned : points with enough runs to enter, and points of the design
    reason : why shares are nan, in a sentence; empty where they are not
    """

    components: tuple[str, ...]
    share: Measure
    variance: float
    used: int
    planned: int
    reason: str = ""


def unknown(names: tuple[str, ...], count: int) -> dict[str, Measure]:
    """Measures of `count` factors of which nothing can be said."""
    nothing = np.full(count, np.nan)
    return {name: Measure(nothing, nothing, nothing) for name in names}
