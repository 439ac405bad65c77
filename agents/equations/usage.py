"""How much is used and what is paid: E22, E27 and the billing of E32."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def usage_growth(capability: Array, slope: float | Array, saturation: float | Array) -> Array:
    """Factor on tokens from capability: 10^(θ A), A = A_sat (1 − e^(−max(Q, 0)/A_sat))."""
    effective = -saturation * np.expm1(-np.maximum(capability, 0.0) / saturation)
    factor: Array = 10.0 ** (slope * effective)
    return factor


def price_response(price: Array, reference: float, elasticity: float) -> Array:
    """Factor on tokens from price: (p/p_ref)^(−η); p in $/Mtok; 1 where η = 0."""
    factor: Array = (price / reference) ** (-elasticity)
    return factor


def ramp(age: NDArray[Any], months: float) -> Array:
    """E27: share of full volume reached `age` months after adoption, 1 − e^(−τ/months)."""
    reached: Array = -np.expm1(-age / months)
    return reached


def ramp_of_next_year(age: NDArray[Any], months: float) -> Array:
    """Mean of `ramp` over the twelve months after `age`: the volume a buyer plans for."""
    start = np.exp(-age / months)
    mean: Array = 1.0 - start * (months / 12.0) * -np.expm1(-12.0 / months)
    return mean


def paying_ramp(month: int, start: float, step: float) -> float:
    """Share of the long-run paying share reached in `month`: min(1, start + step t)."""
    return min(1.0, start + step * month)
