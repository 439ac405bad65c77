"""The tables of money, compute and the race in the report, as HTML."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from experiments import report_tables as tables
from experiments import watch_metrics as metrics
from experiments.plots import amounts, series


class Measure(NamedTuple):
    """A row of the table of the market: its name, its column in `market`, its pattern and unit."""

    words: str
    column: str
    pattern: str
    unit: str


MEASURES = (
    Measure("Price of the best offer", "frontier_price", "price", "$ per million tokens"),
    Measure("Price of GPT-4 level", "fixed_price", "price", "$ per million tokens"),
    Measure("Lead over the second", "capability_gap", "number", "OOM"),
    Measure("Lead over open weights", "open_gap", "number", "OOM"),
    Measure("Lag of open weights", "open_lag", "count", "months"),
    Measure("Changes of the lead", "lead_changes", "count", "since the start"),
    Measure("Rent of compute", "rent", "number", "$ per H100-equivalent hour"),
    Measure("Cost of its hardware", "hardware_cost", "number", "$ per H100-equivalent hour"),
    Measure("Revenue per compute", "revenue_per_compute", "number", "$ per PFLOP-hour, at peak"),
    Measure("Highest payment pressure", "payment_pressure", "number", "dues over means"),
    Measure("Dues still to come", "commitments", "millions", "of all providers"),
    Measure("Written off", "written_off", "millions", "since the start"),
)


def money_tables(records: series.RunLike) -> str:
    """Money and customers of each provider, and measures of the market; what there is of them."""
    day = tables.safe(series.dates(records)[-1])
    parts = []
    if series.decided(records):
        caption = f"Money of each provider in {day}, {tables.seed_of(records)}."
        parts.append(by_provider(records, metrics.MONEY, caption + who_left(records)))
    if found := metrics.known(records, metrics.CUSTOMERS):
        caption = f"Customers and compute, last year to {day}, {tables.seed_of(records)}."
        parts.append(by_provider(records, found, caption))
    return "".join(parts) + of_market(records)


def by_provider(records: series.RunLike, watches: Sequence[metrics.Watch], caption: str) -> str:
    """One row for each provider that is there at the end, with every digit behind each number."""
    return by_line(metrics.lines_of(records, watches), watches, caption)


def by_line(lines: Sequence[metrics.Line], watches: Sequence[metrics.Watch], caption: str) -> str:
    """One row for each line."""
    rows = [[tables.safe(line.name), *map(cell, line.values, line.cells)] for line in lines]
    return tables.table(caption, ["Provider", *(heading(watch) for watch in watches)], rows)


def heading(watch: metrics.Watch) -> str:
    """Head of a column with what it means below."""
    return f"{tables.safe(watch.head)}<br><small>{tables.safe(watch.meaning)}</small>"


def cell(value: float, written: str) -> str:
    """A number as it is written, with the exact one in the element; a dash if there is none."""
    return f'<data value="{float(value)!r}">{written}</data>' if np.isfinite(value) else "–"


def who_left(records: series.RunLike) -> str:
    """Those who are not in the table."""
    found = metrics.farewells(records)
    said = [f"{tables.safe(name)} {tables.safe(words)}" for name, words in found]
    return f" Not there any more: {'; '.join(said)}." if said else ""


def of_market(records: series.RunLike) -> str:
    """Prices, race, rent and promises in the opening month and in the last."""
    first, days = tables.opening_of(records), [tables.safe(d) for d in series.dates(records)]
    rows = []
    for measure in MEASURES:
        values = series.market(records, measure.column)
        if np.isfinite(values).any():
            ends = [cell(float(v), written(float(v), measure.pattern)) for v in values[[first, -1]]]
            rows.append([measure.words, *ends, measure.unit])
    if not rows:
        return ""
    return tables.table(
        f"Prices, the race and compute, {tables.seed_of(records)}.",
        ["Measure", days[first], days[-1], "unit"],
        rows,
    )


def written(value: float, pattern: str) -> str:
    """A number of the table of the market, as a person reads it; nothing where there is none."""
    if not np.isfinite(value):
        return ""
    if pattern == "price":
        return amounts.price(value)
    if pattern == "millions":
        return amounts.money(value)
    return f"{value:,.0f}" if pattern == "count" else f"{value:.2f}"
