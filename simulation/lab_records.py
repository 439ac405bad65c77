"""What is kept of the supply side each month: columns of the providers, and of compute.

A month keeps what is there; what follows from it is worked out of all months at once.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from agents.equations.pricing import fixed_capability_price, serving_need, unit_cost
from agents.open_weights import ANYBODY

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
    "rent",
    "hardware_cost",
    "compute_capacity",
    "compute_demand",
    "compute_used",
    "spot_served",
    "fixed_price",
)
PRICING = (  # what the last of them is made of
    "open_capability",
    "open_efficiency",
    "open_serving_efficiency",
    "serving_need",
    "size_exponent",
    "host_margin",
)
OF_LABS = {  # column of the providers by field
    "model_capability": "capability",
    "efficiency": "efficiency",
    "serving_efficiency": "serving_efficiency",
    "markup": "markup",
    "budget": "budget",
    "parent_support": "support",
    "compute_ordered": "ordered",
    "compute_inference": "inference_used",
    "compute_research": "research_used",
    "compute_cost": "compute_cost",
    "gross_profit": "gross_profit",
    "cash": "cash",
    "debt": "debt",
    "paid_in": "paid_in",
    "burn": "burn",
    "payment_pressure": "pressure",
    "run_cost": "run_cost",
    "released_run_cost": "record_cost",
    "written_off": "written_off",
    "entered": "entered",
    "exited": "exited",
    "released": "released",
}
columns_of = attrgetter(*OF_LABS.values())
BY_SUPPLIER = ("credits", "deferred", "compute_contracted", "owed")  # `owed` has one more column
SPENT = ("spent_scale", "spent_efficiency", "spent_safety", "spent_sales")
ROWS = (*OF_LABS, *SPENT, "compute_idle", "commitments", "surcharge")


def lab_row(market: "Market") -> Array:
    """ROWS of every code, then BY_SUPPLIER, as they are: one after the other."""
    labs, compute, month = market.labs, market.compute, market.month
    row: Array = np.concatenate(  # a third of the time of making an array of a list of them
        [
            *columns_of(labs),
            labs.spending.ravel(),
            compute.served.idle,
            compute.still_due(month + 1),
            market.roster.surcharge,
            labs.credits.ravel(),
            labs.deferred.ravel(),
            compute.contracted[month].ravel(),
            labs.owed.ravel(),
        ]
    )
    return row


def raw_columns(rows: Sequence[Array]) -> dict[str, Array]:
    """ROWS, and BY_SUPPLIER summed over suppliers, of `lab_row` by month: (months, 16) each."""
    held = np.stack(rows)
    whole, by_supplier = np.split(held, [len(ROWS) * CODES], axis=1)
    whole = np.moveaxis(whole.reshape(len(held), len(ROWS), CODES), 1, 0)
    columns: dict[str, Array] = dict(zip(ROWS, whole, strict=True))
    suppliers = by_supplier.shape[1] // CODES // len(BY_SUPPLIER)
    ends = np.arange(1, len(BY_SUPPLIER)) * CODES * suppliers
    for name, part in zip(BY_SUPPLIER, np.split(by_supplier, ends, axis=1), strict=True):
        columns[name] = part.reshape(len(held), CODES, -1).sum(axis=2)
    return columns


def lab_columns(rows: Sequence[Array], best_open: Array | float = np.nan) -> dict[str, Array]:
    """LAB_FIELDS, and flags as numbers, of `lab_row` by month: (months, 16) each.

    NaN where nobody has entered.  best_open : (months,), capability of the best open weights.
    """
    columns = raw_columns(rows)
    columns["arrears"] = columns["deferred"] + columns["owed"]
    released = columns["released"] > 0.0
    columns["released_run_cost"] = np.where(released, columns["released_run_cost"], np.nan)
    there = columns["entered"] > 0.0  # who is not there yet has nothing; nobody decides for OPEN
    served = columns["compute_inference"][:, OPEN].copy()
    for name in LAB_FIELDS:
        columns[name] = np.where(there, columns[name], np.nan)
    columns["compute_inference"][:, OPEN] = served
    columns["compute_research"][:, OPEN] = 0.0
    columns["model_capability"][:, OPEN] = np.where(np.isfinite(best_open), best_open, np.nan)
    return columns


def compute_row(market: "Market") -> list[float]:
    """COMPUTE_FIELDS of the month but for the last, then PRICING."""
    compute, opened, config = market.compute, market.open_models, market.config
    return [
        compute.rent,
        compute.cost,
        compute.capacity,
        compute.demand,
        compute.used,
        compute.spot_share,
        float(opened.capability[ANYBODY]),
        float(opened.efficiency[ANYBODY]),
        float(opened.serving_efficiency[ANYBODY]),
        config.research.serving_need,
        config.research.size_exponent,
        config.enterprises.host_margin,
    ]


def compute_columns(
    rows: Sequence[list[float]], labs: Sequence[Array], offered: NDArray[np.bool_]
) -> dict[str, Array]:
    """COMPUTE_FIELDS and PRICING of `compute_row` by month, (months,).

    labs : as for `lab_columns`.  offered : (months, 16), who sells tokens.
    """
    columns = dict(zip((*COMPUTE_FIELDS[:-1], *PRICING), np.array(rows, np.float64).T, strict=True))
    makers = raw_columns(labs)
    columns["fixed_price"] = fixed_prices(columns, makers, offered)
    return columns


def fixed_prices(
    months: Mapping[str, Array], makers: Mapping[str, Array], offered: NDArray[np.bool_]
) -> Array:
    """E7: what a model of a fixed capability costs in each month, $/Mtok; NaN if nobody makes one.

    A better algorithm makes it with less training compute (`efficiency`), hence smaller, and
    serves it with less again (`serving_efficiency`).
    """
    able, trained, served, markup = (
        makers[name].copy()
        for name in ("model_capability", "efficiency", "serving_efficiency", "markup")
    )
    able[:, OPEN], trained[:, OPEN] = months["open_capability"], months["open_efficiency"]
    served[:, OPEN], markup[:, OPEN] = months["open_serving_efficiency"], months["host_margin"] - 1
    rates = (months[name][:, None] for name in ("serving_need", "size_exponent"))
    rent = months["rent"][:, None] * (1.0 + makers["surcharge"])
    cost = unit_cost(serving_need(GPT_4 - trained, served, *rates), rent)
    return fixed_capability_price(cost, markup, offered & (able >= GPT_4))
