"""What is kept of the supply side each month: columns of the providers, compute, payments."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from agents.equations.pricing import fixed_capability_price
from agents.open_weights import ANYBODY
from simulation.shelf import fixed_costs

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
GPT_4 = 0.85  # OOM, the capability whose price is followed
LAB_FIELDS = (
    "model_capability",
    "efficiency",
    "serving_efficiency",
    "markup",
    "budget",
    "spent_scale",
    "spent_efficiency",
    "spent_safety",
    "spent_sales",
    "parent_support",
    "compute_ordered",
    "compute_inference",
    "compute_research",
    "compute_contracted",
    "compute_idle",
    "compute_cost",
    "gross_profit",
    "cash",
    "credits",
    "debt",
    "arrears",
    "paid_in",
    "burn",
    "payment_pressure",
    "commitments",
    "run_cost",
    "released_run_cost",
    "written_off",
)
COMPUTE_FIELDS = (
    "fixed_price",
    "rent",
    "hardware_cost",
    "compute_capacity",
    "compute_demand",
    "compute_used",
    "spot_served",
)


def lab_row(market: "Market") -> Array:
    """LAB_FIELDS of every code, (fields, 16); the missing ones are NaN on recorded supply."""
    labs, compute, month = market.labs, market.compute, market.month
    released = np.where(labs.released, labs.record_cost, np.nan)
    row: Array = np.concatenate(  # a third of the time of making an array of a list of them
        [
            labs.capability,
            labs.efficiency,
            labs.serving_efficiency,
            labs.markup,
            labs.budget,
            labs.spending.ravel(),
            labs.support,
            labs.ordered,
            labs.inference_used,
            labs.research_used,
            compute.contracted[month].sum(axis=1),
            compute.served.idle,
            labs.compute_cost,
            labs.gross_profit,
            labs.cash,
            labs.credits.sum(axis=1),
            labs.debt,
            labs.arrears,
            labs.paid_in,
            labs.burn,
            labs.pressure,
            compute.still_due(month + 1),
            labs.run_cost,
            released,
            labs.written_off,
        ]
    ).reshape(len(LAB_FIELDS), CODES)
    row[:, ~labs.entered] = np.nan  # who is not there yet has nothing; nobody decides for OPEN
    row[LAB_FIELDS.index("compute_inference"), OPEN] = labs.inference_used[OPEN]
    row[LAB_FIELDS.index("compute_research"), OPEN] = 0.0
    row[LAB_FIELDS.index("model_capability"), OPEN] = open_capability(market)
    return row


def open_capability(market: "Market") -> float:
    """Capability of the best open weights; NaN before there are any."""
    best = float(market.open_models.capability[ANYBODY])
    return best if np.isfinite(best) else np.nan


def compute_row(market: "Market") -> list[float]:
    """COMPUTE_FIELDS of the month."""
    compute = market.compute
    return [
        fixed_capability_price(*fixed_costs(market, GPT_4)),
        compute.rent,
        compute.cost,
        compute.capacity,
        compute.demand,
        compute.used,
        compute.spot_share,
    ]
