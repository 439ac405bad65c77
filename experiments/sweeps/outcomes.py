"""Outcomes of a run: one number, or one for each label, from the tables of its records.

Of the rows that count, each month gives one number: the row itself, the sum, mean or extreme of
several, or the row of the leader.  The outcome is that of the last month, of another, or of all.  A
missing number is left out of sums, means and extremes; where nothing is left the outcome is nan.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.job import Outcome

Columns = Mapping[str, NDArray[Any]]
Numbers = NDArray[np.float64]
OTHERS = "others"
MONTHLY = "market"  # has one row for every month, and says how many there are
END = "end"


class Measured(NamedTuple):
    """How one outcome is read; fields are those of a sweep file, resolved.

    labels : of a vector, without `others`, which is its last entry; empty for one number.
    """

    name: str
    table: str
    column: str
    at: str | int = END
    where: tuple[tuple[str, Any], ...] = ()
    rows: str | None = None
    leader_by: str | None = None
    equal: Any = None
    above: float | None = None
    below: float | None = None
    vector: str | None = None
    labels: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[str, ...]:
        """Labels of a vector outcome with the others; empty for one number."""
        return (*self.labels, OTHERS) if self.vector is not None else ()


def measured(outcome: Measured, tables: Mapping[str, Columns]) -> Outcome:
    """Outcome of a run.

    Parameters
    ----------
    outcome : what is asked for
    tables : columns by name, by table; the tables `outcome.table` and `MONTHLY` are there

    Raises
    ------
    ValueError
        Several rows of a month are left, and nothing says what is made of them.

    """
    months = len(tables[MONTHLY]["month"])
    table = tables[outcome.table]
    counts = np.ones(len(table["month"]), np.bool_)
    for column, wanted in outcome.where:
        counts &= table[column] == wanted
    month, values = table["month"][counts].astype(np.int64), numbers(outcome, table)[counts]
    if outcome.vector is not None:
        codes = codes_of(table[outcome.vector][counts], outcome.labels)
        wide = by_label(month, codes, values, months, len(outcome.entries))
        return tuple(over_time(wide, outcome.at).tolist())
    if outcome.leader_by is not None:
        lead = table[outcome.leader_by][counts].astype(np.float64)
        first = leaders(month, lead)
        month, values = month[first], values[first]
    elif outcome.rows is None and np.bincount(month, minlength=1).max() > 1:
        raise ValueError(f"outcome {outcome.name}: several rows a month; say what `rows` are")
    series = by_month(month, values, months, outcome.rows or "mean")
    return float(over_time(series[:, None], outcome.at)[0])


def numbers(outcome: Measured, table: Columns) -> Numbers:
    """Column as numbers: its own, or 1 where the question is answered with yes; nan stays nan."""
    column = table[outcome.column]
    if outcome.equal is not None:
        found = (column == outcome.equal).astype(np.float64)
        return np.where(np.isnan(column), np.nan, found) if column.dtype.kind == "f" else found
    values = column.astype(np.float64)
    if outcome.above is None and outcome.below is None:
        return values
    yes = values > outcome.above if outcome.above is not None else values < (outcome.below or 0.0)
    return np.where(np.isnan(values), np.nan, yes)


def codes_of(names: NDArray[Any], labels: tuple[str, ...]) -> NDArray[np.int64]:
    """Place of each name among the labels; one past the last for all others."""
    place = {label: code for code, label in enumerate(labels)}
    return np.array([place.get(name, len(labels)) for name in names.tolist()], np.int64)


def by_label(
    month: NDArray[np.int64], codes: NDArray[np.int64], values: Numbers, months: int, labels: int
) -> Numbers:
    """Sum of the rows of each month and label, shape (months, labels); 0 where there is none."""
    flat = np.bincount(month * labels + codes, np.nan_to_num(values), months * labels)
    return flat.astype(np.float64).reshape(months, labels)


def leaders(month: NDArray[np.int64], lead: Numbers) -> NDArray[np.int64]:
    """Row of the leader of each month that has one: the largest, and of equals the first."""
    known = np.flatnonzero(~np.isnan(lead))
    order = known[np.lexsort((known, -lead[known], month[known]))]
    _, first = np.unique(month[order], return_index=True)
    return order[first]


def by_month(month: NDArray[np.int64], values: Numbers, months: int, rows: str) -> Numbers:
    """One number for each month, shape (months,); nan where no row has one, 0 for a sum."""
    known = ~np.isnan(values)
    month, values = month[known], values[known]
    total = np.bincount(month, values, months).astype(np.float64)
    if rows == "sum":
        return total
    count = np.bincount(month, minlength=months)
    if rows == "mean":
        return np.divide(total, count, out=np.full(months, np.nan), where=count > 0)
    sign = 1.0 if rows == "max" else -1.0
    best = np.full(months, -np.inf)
    np.maximum.at(best, month, sign * values)
    return np.where(count > 0, sign * best, np.nan)


def over_time(series: Numbers, at: str | int) -> Numbers:
    """Numbers at a month, or over all of them; `series` has shape (months, entries)."""
    months = len(series)
    if not isinstance(at, str):
        return series[at] if at < months else np.full(series.shape[1], np.nan)
    if at == END:
        return series[-1]
    known = ~np.isnan(series)
    filled = np.where(known, series, {"max": -np.inf, "min": np.inf}.get(at, 0.0))
    count = known.sum(axis=0)
    if at == "sum":
        found = filled.sum(axis=0)
    elif at == "mean":
        found = filled.sum(axis=0) / np.maximum(count, 1)
    else:
        found = filled.max(axis=0) if at == "max" else filled.min(axis=0)
    return np.where(count > 0, found, np.nan)
