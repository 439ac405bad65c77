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
        "compute_contracted": labs["compute_contracted"].sum(axis=1),
        "revenue_per_compute": revenue_per_compute(revenue, compute["compute_used"]),
        "payment_pressure": labs["payment_pressure"].max(axis=1),
        "commitments": labs["commitments"].sum(axis=1),
        "written_off": labs["written_off"].sum(axis=1),
    }
