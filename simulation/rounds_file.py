"""Reader of the rounds that providers close: who was paid how much, when, at what value.

`configs/data/README.md` describes the form of the file.
"""

import math
import re
from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.csv_table import Line, TableError, rows_of
from simulation.supply_file import NAME_WANTED, is_name, month_number

if TYPE_CHECKING:
    from simulation.config import Config

COLUMNS = (
    "date",
    "provider",
    "round",
    "amount",
    "at_entry",
    "debt",
    "valuation_post",
    "investor",
    "status",
    "source",
    "url",
    "confidence",
    "investor_confidence",
    "note",
)
CLOSED = "closed"
STATES = (CLOSED, "announced")
LARGEST_AMOUNT = 1e9  # M$
DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class Row(NamedTuple):
    """One line of the file: `month` counts from the year 0, money is in M$.

    amount : what is paid in the run, less what the cash at entry holds.
    """

    line: int
    month: int
    provider: str
    title: str
    amount: float
    valuation: float
    investor: str
    closed: bool


class Rounds(NamedTuple):
    """Rounds of a run in the order of their dates; arrays of shape (rounds,).

    month : of the run.  provider : its name.  amount : M$, debt that came with it left out.
    valuation : M$, after money; NaN where none is known.  investor : who led; empty where nobody is
    known.
    """

    month: NDArray[np.int64]
    provider: NDArray[np.str_]
    amount: NDArray[np.float64]
    valuation: NDArray[np.float64]
    investor: NDArray[np.str_]


def rounds_of(config: "Config") -> Rounds:
    """Rounds that the config's run uses; none where it names no file."""
    path = config.finance.rounds
    if path is None:
        return arrays_of(())
    left_out = config.supply.exclude
    entries = {name: own.entry for name, own in config.providers.items() if name not in left_out}
    return rounds(path, config.content(path), config.start, config.months, entries)


def rounds(
    path: Path, content: bytes, start: str, months: int, entries: Mapping[str, int]
) -> Rounds:
    """Rounds that close during a run of `months` months from `start` (YYYY-MM) on.

    Left out are rounds that were announced and did not close, those of other providers, and what a
    provider's cash at entry holds: rounds before its first month, and what `at_entry` says of
    others.

    Parameters
    ----------
    content : bytes
        Of the file at `path`, which messages name.
    entries : {provider: month of the run in which it enters}
        In the order of the config.

    Raises
    ------
    TableError
        With all defects of the file at once.
    """
    first, order = month_number(start), list(entries)
    kept = [
        row._replace(month=row.month - first)
        for row in read(path, content)
        if row.closed
        and row.provider in entries
        and row.amount > 0.0
        and entries[row.provider] <= row.month - first < months
    ]
    kept.sort(key=lambda row: (row.month, order.index(row.provider)))
    return arrays_of(kept)


def arrays_of(rows: Sequence[Row]) -> Rounds:
    """Rows as arrays."""
    return Rounds(
        np.array([row.month for row in rows], np.int64),
        np.array([row.provider for row in rows], np.str_),
        np.array([row.amount for row in rows], np.float64),
        np.array([row.valuation for row in rows], np.float64),
        np.array([row.investor for row in rows], np.str_),
    )


def unused(path: Path, content: bytes, providers: Container[str]) -> list[str]:
    """Providers of the file that the config does not have."""
    named = {row.provider for row in read(path, content)}
    return sorted(name for name in named if name not in providers)


@lru_cache(maxsize=4)
def read(path: Path, content: bytes) -> tuple[Row, ...]:
    """Rows of a file in its order; a study runs many markets on one file."""
    rows, errors = rows_of(path, content, COLUMNS, row_of)
    seen: dict[tuple[int, str, str], int] = {}
    for row in rows:
        key = (row.month, row.provider, row.title)
        if key in seen:
            errors.append(
                f"{path}:{row.line}: second row for {row.provider}, {row.title} "
                f"(first on line {seen[key]})"
            )
        seen.setdefault(key, row.line)
    if errors:
        raise TableError(errors)
    return tuple(rows)


def row_of(line: Line) -> Row | None:
    """One row, or None after adding to the errors what is wrong with it."""
    before = len(line.errors)
    date = line.text("date", DATE.fullmatch, "a date YYYY-MM-DD")
    provider = line.text("provider", is_name, NAME_WANTED)
    title = line.text("round", bool, "a title")
    status = line.text("status", STATES.__contains__, f"one of {', '.join(STATES)}")
    amount = line.number_of("amount", "M$", 0.0, LARGEST_AMOUNT)
    held, _, valuation = (
        line.number_of(name, "M$", 0.0, LARGEST_AMOUNT) if line.fields[name] else other
        for name, other in (("at_entry", 0.0), ("debt", 0.0), ("valuation_post", math.nan))
    )
    if held > amount >= 0.0:
        line.errors.append(f"{line.where}: at_entry {held:g} M$ is more than amount {amount:g} M$")
    if len(line.errors) > before:
        return None
    month, paid, investor = month_number(date[:7]), amount - held, line.fields["investor"]
    return Row(line.number, month, provider, title, paid, valuation, investor, status == CLOSED)
