"""What the race costs and what it gives away: F4, F5 and F6."""

import numpy as np

from experiments.facts.fact import NO_NUMBER, Fact, Part, RunLike, until
from experiments.facts.statistics import slope


def prices(records: RunLike) -> dict[str, float]:
    """Yearly change of the price of a fixed capability, and of the best offer's, OOM."""
    columns = {"fixed price": "fixed_price", "frontier price": "frontier_price"}
    return {name: slope(until(records, column)) for name, column in columns.items()}


def training_cost(records: RunLike) -> dict[str, float]:
    """Yearly factor of the cost of the training runs behind new best models."""
    return {"record cost": 10.0 ** slope(until(records, "record_run_cost"))}


def open_lag(records: RunLike) -> dict[str, float]:
    """Months by which open weights follow the best offer, median over the months."""
    known = until(records, "open_lag")
    known = known[np.isfinite(known)]
    return {"open lag": float(np.median(known)) if len(known) else NO_NUMBER}


FACTS = (
    Fact(
        "F4",
        "the price of fixed capability collapses, that of the best offer hardly falls",
        "[25] Epoch: 10 x a year or more (9-900)",
        "slope of the logarithm of the price, 2023-25, by least squares",
        (
            Part("fixed price", "price of GPT-4 level", "OOM/year", high=-0.9),
            Part("frontier price", "price of the best offer", "OOM/year", -0.6, 0.2),
        ),
        prices,
    ),
    Fact(
        "F5",
        "frontier training runs cost 2.4 times more each year",
        "[26] Cottier et al. 2024: 2.4 x (2.0-3.1)",
        "slope of the logarithm of the cost of record runs to the end of 2025",
        (Part("record cost", "cost of record runs", "x/year", 2.0, 3.1),),
        training_cost,
    ),
    Fact(
        "F6",
        "open weights trail the frontier by months",
        "[20] Epoch: 3-4 months (1.1-5.3); [27] AI Index 2025",
        "median over the months to the end of 2025",
        (Part("open lag", "lag of open weights", "months", 2, 14),),
        open_lag,
    ),
)
