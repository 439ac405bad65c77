"""What a merger does to the concentration of a market (E42; Merger Guidelines 2023)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Merger(NamedTuple):
    """HHI after a merger and its rise, 0-1, and the share of the two together."""

    concentration: float
    rise: float
    share: float


def merged(shares: NDArray[np.float64], one: int, other: int) -> Merger:
    """The merger of two of those who have `shares` of a market, which sum to 1.

    The rise is 2 s_a s_b, the concentration Σ s² and this rise.
    """
    rise = 2.0 * float(shares[one]) * float(shares[other])
    return Merger(float(np.square(shares).sum()) + rise, rise, float(shares[one] + shares[other]))
