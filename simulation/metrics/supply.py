"""Compute, and how heavily what was signed for it weighs, by month."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.metrics.money import revenue_per_compute

if TYPE_CHECKING:
    from simulation.tables import History

Array = NDArray[np.float64]
COMPUTE = (
    "rent",
    "hardware_cost",
    "compute_capacity",
    "compute_demand",
    "compute_used",
    "spot_served",
)


def supply_columns(history: "History") -> dict[str, Array]:
    """Columns of the market table, (months,)."""
    labs, compute = history.labs, history.compute
    revenue = history.raw["revenue"].sum(axis=(1, 2))
    return {name: compute[name] for name in COMPUTE} | {
        "compute_contracted": whole(labs["compute_contracted"]),
        "revenue_per_compute": revenue_per_compute(revenue, compute["compute_used"]),
        "payment_pressure": highest(labs["payment_pressure"]),
        "commitments": whole(labs["commitments"]),
        "written_off": whole(labs["written_off"]),
    }


def whole(values: Array) -> Array:
    """Sum over providers, leaving out those that have none; NaN where nobody has."""
    known = ~np.isnan(values)
    return np.where(known.any(axis=1), np.where(known, values, 0.0).sum(axis=1), np.nan)


def highest(values: Array) -> Array:
    """Largest over providers, leaving out those that have none; NaN where nobody has."""
    known = ~np.isnan(values)
    return np.where(known.any(axis=1), np.where(known, values, -np.inf).max(axis=1), np.nan)
