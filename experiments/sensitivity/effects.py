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

    method : morris, sobol, fast, pawn or delta
    factors : names, in the order of the numbers
    measures : by name: mu_star, mu, sigma (Morris); first, total (Sobol, FAST); median, maximum
        (PAWN); delta, first (delta)
    used, planned : base points (blocks, trajectories) that entered, and that the design has
    noise : share of the variance of one run's outcome that is luck; nan where seeds cannot tell
    """

    method: str
    factors: tuple[str, ...]
    measures: dict[str, Measure]
    used: int
    planned: int
    noise: float
