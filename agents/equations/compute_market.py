"""Capacity, cost and rent of compute, and who is served: E1 to E4."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def grown_capacity(capacity: float, month: int, growth: float, half_life: float) -> float:
    """E1: K_(t+1) = K_t (1 + γ_K 2^(−t/h_K)), thousand H100-equivalents."""
    return float(capacity * (1.0 + growth * 2.0 ** (-month / half_life)))


def hardware_cost(capacity: float, at_start: float, cost: float, learning: float) -> float:
    """E2, Wright's law: c = c_0 (K/K_0)^(−b_W), $/H100e-hour; K stands for cumulative output.

    Source: Wright (1936), doi:10.2514/8.155.
    """
    return float(cost * (capacity / at_start) ** -learning)


def next_rent(rent: float, tightness: float, response: float, low: float, high: float) -> float:
    """E3: w·(D/K)^ξ held in [low, high], $/H100e-hour.

    tightness D/K : demand over capacity, clipped by the caller.  The upper limit counts last.
    """
    return float(min(max(rent * tightness**response, low), high))


def spot_share(capacity: float, contracted: float, demand: float) -> float:
    """E4: part of spot demand that is served, min(1, (K − contracted)/demand)."""
    if demand <= 0.0:
        return 1.0
    return float(min(max(capacity - contracted, 0.0) / demand, 1.0))
