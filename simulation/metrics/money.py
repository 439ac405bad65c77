"""Money and compute of each provider by month: what it has, owes, uses and gets for it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.equations.pricing import HOURS
from simulation.lab_records import LAB_FIELDS
from simulation.metrics.choosers import quotient

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
YEAR = 12
FOR_QUOTIENTS = ("compute_idle", "gross_profit")  # kept for columns of other names


def money_columns(history: "History", revenue: Array) -> dict[str, Array]:
    """Columns of the providers table, (months, providers); `revenue` in M$."""
    labs = history.labs
    used = labs["compute_inference"] + labs["compute_research"]
    contracted = labs["compute_contracted"]
    columns = {name: labs[name] for name in LAB_FIELDS if name not in FOR_QUOTIENTS}
    return columns | {
        "utilisation": quotient(contracted - labs["compute_idle"], contracted),
        "compute_margin": quotient(labs["gross_profit"], revenue),
        "revenue_per_compute": revenue_per_compute(revenue, used),
        "revenue_per_compute_dollar": quotient(revenue, labs["compute_cost"]),
        "commitments_to_revenue": quotient(labs["commitments"], YEAR * revenue),
    }


def revenue_per_compute(revenue: Array, used: Array) -> Array:
    """Revenue (M$) per PFLOP-hour, at peak, of compute used (thousand H100-equivalent months)."""
    return quotient(revenue, HOURS * used)
