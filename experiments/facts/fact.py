"""What a stylised fact is: a sentence, where it comes from, and numbers of a run with their bands.

A fact measures one run at a time; `experiments.scoring` holds the numbers of an ensemble against
the bands.  Everything dated is read at the end of 2025, where the record ends; a month that a run
does not have gives no number.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Table = Mapping[str, NDArray[Any]]

END = "2025-12"
YEAR = 12
NO_NUMBER = float("nan")
MEDIAN, SHARE = "median", "share of seeds"
SIGNIFICANT = 1.645  # standard errors: one-sided, 5 %


class RunLike(Protocol):
    """What a fact needs of a run; `simulation.records.Records` has it."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """Table name -> column name -> array."""
        ...


class Part(NamedTuple):
    """One number of a fact and the band, ends included, in which the ensemble's must lie.

    key : name among the readings of the fact.  what : in words.
    over : MEDIAN of the seeds, or SHARE of the seeds for a flag.
    """

    key: str
    what: str
    unit: str
    low: float = -math.inf
    high: float = math.inf
    over: str = MEDIAN


class Fact(NamedTuple):
    """A stylised fact of the specification, section 10.

    name : as F4.  sentence : the fact.  source : who observed it.  test : how it is scored.
    measure : readings of a run by key, NaN where it has none; those of `parts` among them.
    """

    name: str
    sentence: str
    source: str
    test: str
    parts: tuple[Part, ...]
    measure: Callable[[RunLike], Mapping[str, float]]

    @property
    def number(self) -> int:
        """Its number: 4 of F4."""
        return int(self.name[1:])


def dates(records: RunLike) -> list[str]:
    """Calendar months of the run, YYYY-MM."""
    return [str(date) for date in records.tables["market"]["date"]]


def until(records: RunLike, column: str, day: str = END) -> Numbers:
    """A column of the market table up to a month; nothing where the run ends before it."""
    days = dates(records)
    last = days.index(day) + 1 if day in days else 0
    return np.asarray(records.tables["market"][column][:last], np.float64)


def at(records: RunLike, column: str, day: str = END) -> float:
    """A column of the market table in one month; NaN where the run does not have it."""
    values = until(records, column, day)
    return float(values[-1]) if len(values) else NO_NUMBER


def of_provider(records: RunLike, name: str) -> dict[str, NDArray[Any]]:
    """Rows of one provider in the providers table."""
    table = records.tables["providers"]
    return {column: values[table["provider"] == name] for column, values in table.items()}


def held(records: RunLike, name: str, column: str, day: str = END) -> float:
    """A column of a provider in one month; NaN where there is no such row."""
    rows = of_provider(records, name)
    found = rows[column][rows["date"] == day]
    return float(found[0]) if len(found) else NO_NUMBER


def quotient(above: float, below: float) -> float:
    """Ratio of two readings; NaN where there is nothing to divide by."""
    return above / below if below else NO_NUMBER
