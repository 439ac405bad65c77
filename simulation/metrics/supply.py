"""Compute, and how heavily what was signed for it weighs, by month."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.lab_records import COMPUTE_FIELDS
from simulation.metrics.money import revenue_per_compute

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]


def supply_columns(history: "History") -> dict[str, Array]:
    """Columns of the market table, (months,)."""
    labs, compute = history.labs, history.compute
    revenue = history.raw["revenue"].sum(axis=(1, 2))
    decided = ~np.isnan(compute["rent"])  # even where nobody has entered yet
    return {name: compute[name] for name in COMPUTE_FIELDS if name != "fixed_price"} | {
        "compute_contracted": whole(labs["compute_contracted"], decided),
        "revenue_per_compute": revenue_per_compute(revenue, compute["compute_used"]),
        "payment_pressure": highest(labs["payment_pressure"], decided),
        "commitments": whole(labs["commitments"], decided),
        "written_off": whole(labs["written_off"], decided),
    }


def whole(values: Array, decided: NDArray[np.bool_]) -> Array:
    """Sum over providers, of whom some may have none; NaN in months in which nobody decides."""
    return np.where(decided, np.nansum(values, axis=1), np.nan)


def highest(values: Array, decided: NDArray[np.bool_]) -> Array:
    """Largest over providers, at least 0; NaN in months in which nobody decides."""
    return np.where(decided, np.fmax.reduce(values, axis=1, initial=0.0), np.nan)
