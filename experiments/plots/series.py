"""The arrays that figures draw: the tables of a run turned into months x segments x providers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.codes import OPEN_NAME
from simulation.columns import NOBODY, SEGMENTS
from simulation.entrants import PLACE

Numbers = NDArray[np.float64]
Words = NDArray[np.object_]
Table = Mapping[str, NDArray[Any]]

# The measure of a share that fits what the segment pays for: subscriptions are not metered.
SHARE_COLUMN = {"coding": "spend_share", "enterprise": "spend_share", "consumer": "user_share"}
SHARE_WORDS = {
    "coding": "share of developers' spend",
    "enterprise": "share of enterprise spend",
    "consumer": "share of consumer users",
}
BUYERS = {"coding": "developers", "enterprise": "enterprises", "consumer": "consumers"}
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_IN_YEAR = 12
HHI_SCALE = 10_000
# Columns of the market table that a report begins with.
HEADLINES = ("revenue", "retention_coding", "renewal_rate")
NEAR = 0.02  # a lead that another seed may well turn round


class RunLike(Protocol):
    """What a figure needs of a run; `simulation.records.Records` has it."""

    @property
    def config(self) -> Any:
        """The resolved config."""
        ...

    @property
    def providers(self) -> tuple[str, ...]:
        """Names of the providers, in the order of their codes."""
        ...

    @property
    def tables(self) -> Mapping[str, Table]:
        """Table name -> column name -> array."""
        ...


class Run(NamedTuple):
    """A run as RunLike has it."""

    config: Any
    providers: tuple[str, ...]
    tables: Mapping[str, Table]


def without_empty_places(records: RunLike) -> RunLike:
    """The run as it is told: without places for entrants that nobody ever had."""
    status = np.asarray(records.tables["providers"]["status"], object)
    came = (status.reshape(-1, len(records.providers)) != "pre_entry").any(axis=0)
    empty = {
        name
        for name, ever in zip(records.providers, came, strict=True)
        if name.startswith(f"{PLACE} ") and not ever
    }
    if not empty:
        return records
    tables = {name: kept(table, empty) for name, table in records.tables.items()}
    return Run(records.config, tuple(n for n in records.providers if n not in empty), tables)


def kept(table: Table, empty: set[str]) -> Table:
    """Rows of a table that name nobody of `empty`."""
    named = [table[name] for name in ("provider", "priced") if name in table]
    rows = np.all([~np.isin(names, list(empty)) for names in named], axis=0) if named else ...
    return {name: values[rows] for name, values in table.items()}


def month_count(records: RunLike) -> int:
    """Months of the run."""
    return len(records.tables["market"]["month"])


def dates(records: RunLike) -> list[str]:
    """Calendar months of the run, YYYY-MM."""
    return [str(date) for date in records.tables["market"]["date"]]


def spoken_date(date: str) -> str:
    """`2025-12` as `Dec 2025`."""
    year, month = date.split("-")
    return f"{MONTH_NAMES[int(month) - 1]} {year}"


def market(records: RunLike, column: str) -> Numbers:
    """A column of the market table: (T,)."""
    return np.asarray(records.tables["market"][column], np.float64)


def regimes(records: RunLike) -> Words:
    """Regime of each month: (T,)."""
    return np.asarray(records.tables["market"]["regime"], object)


def earning_most(providers: Sequence[str], revenue: Numbers) -> Words:
    """Who has most revenue (..., P), of equal ones the first; nobody where there is none: (...)."""
    names = np.array(providers, object)[revenue.argmax(axis=-1)]
    return np.where(revenue.max(axis=-1) > 0, names, NOBODY)


def last_change(labels: Words) -> int:
    """Month from which on the last of the labels (T,) has held; 0 if it always has."""
    other = np.flatnonzero(labels != labels[-1])
    return int(other[-1]) + 1 if len(other) else 0


def cube(records: RunLike, column: str) -> Numbers:
    """A column of the segments table as (T, 3, P): month, segment, provider."""
    values = np.asarray(records.tables["segments"][column], np.float64)
    return values.reshape(month_count(records), len(SEGMENTS), len(records.providers))


def by_provider(records: RunLike, column: str) -> Numbers:
    """A column of the providers table as (T, P): month, provider."""
    values = np.asarray(records.tables["providers"][column], np.float64)
    return values.reshape(month_count(records), len(records.providers))


def on_market(records: RunLike) -> NDArray[np.bool_]:
    """Whether a provider is in the market, from its entry to its exit: (T, P)."""
    status = np.asarray(records.tables["providers"]["status"], object)
    there = np.array(
        [word not in {"pre_entry", "acquired", "exited", ""} for word in status], np.bool_
    )
    return there.reshape(month_count(records), len(records.providers))


def ever(records: RunLike) -> NDArray[np.bool_]:
    """Which providers were in the market at any time: (P,)."""
    return np.asarray(on_market(records).any(axis=0), np.bool_)


def released(records: RunLike) -> NDArray[np.bool_]:
    """Whether a provider released a model in a month, in any segment: (T, P)."""
    return np.asarray(cube(records, "released").astype(bool).any(axis=1), np.bool_)


def left(records: RunLike) -> NDArray[np.bool_]:
    """Which providers were in the market and are no more: (P,)."""
    return np.asarray(ever(records) & ~on_market(records)[-1], np.bool_)


def while_there(records: RunLike, column: str) -> Numbers:
    """A column of the providers table (T, P), NaN where a provider is not in the market."""
    return np.where(on_market(records), by_provider(records, column), np.nan)


def decided(records: RunLike) -> bool:
    """Whether providers decided for themselves: on recorded supply they have no money."""
    return bool(np.isfinite(by_provider(records, "payment_pressure")).any())


def shares(records: RunLike) -> Numbers:
    """Share by the measure of each segment: (T, 3, P), 0 where nobody has adopted."""
    parts = [cube(records, SHARE_COLUMN[name])[:, i] for i, name in enumerate(SEGMENTS)]
    return np.nan_to_num(np.stack(parts, axis=1))


def sells(records: RunLike) -> NDArray[np.bool_]:
    """Whether a provider ever has an account in a segment: (3, P)."""
    used = np.nan_to_num(cube(records, "accounts")).max(axis=0) > 0
    return np.asarray(used, np.bool_)


def uses_product_terms(records: RunLike) -> bool:
    """Whether any product term, recorded or walked at random, differs from zero in this run."""
    recorded = np.nan_to_num(np.asarray(records.tables["segments"]["product_term"], np.float64))
    return bool((recorded != 0).any()) or float(records.config.choice.product_step) > 0


def moves(records: RunLike, segment: str) -> Numbers:
    """Agents who moved from row to column over the run: (P + 1, P + 1), nobody at the end."""
    flows = records.tables["flows"]
    codes = {name: i for i, name in enumerate((*records.providers, NOBODY))}
    rows = np.flatnonzero(np.asarray(flows["segment"]) == segment)
    ends = tuple([codes[name] for name in flows[end][rows]] for end in ("from", "to"))
    agents = np.zeros((len(codes), len(codes)))
    np.add.at(agents, ends, flows["agents"][rows])
    return agents


def near_tie(shares: Numbers) -> int | None:
    """The second of the shares (P,) where the largest is ahead by less than two points."""
    if len(shares) < 2 or shares.max() <= 0:
        return None
    second, first = np.argsort(shares, kind="stable")[-2:]
    return int(second) if shares[first] - shares[second] < NEAR else None


def note_on_open(records: RunLike) -> str:
    """How the index counts open weights, and what it is without them; nothing where none sell."""
    if OPEN_NAME not in records.providers:
        return ""
    of_open = shares(records)[-1, :, records.providers.index(OPEN_NAME)]
    rest = [
        f"{name} {HHI_SCALE * (value - of_open[i] ** 2):,.0f}"
        for i, name in enumerate(SEGMENTS)
        if np.isfinite(value := last_finite(market(records, f"hhi_{name}"))) and of_open[i] > 0
    ]
    if not rest:
        return ""
    return (
        "OPEN counts as one provider, though many hosts compete to sell it. "
        f"Without its square in {spoken_date(dates(records)[-1])}: {', '.join(rest)}."
    )


def last_finite(values: Numbers) -> float:
    """The last number of a series that is one; NaN if none is."""
    finite = np.flatnonzero(np.isfinite(values))
    return float(values[finite[-1]]) if len(finite) else float("nan")


def yearly_change(values: Numbers) -> float:
    """Yearly factor of a price (T,) from its first number to its last; NaN within a year."""
    known = np.flatnonzero(np.isfinite(values) & (values > 0))
    if not len(known) or known[-1] - known[0] < MONTHS_IN_YEAR:
        return float("nan")
    first, last = values[known[0]], values[known[-1]]
    return float((last / first) ** (MONTHS_IN_YEAR / (known[-1] - known[0])))


def headline_numbers(records: RunLike) -> dict[str, float]:
    """The last number of each column that a report begins with; NaN where there is none."""
    return {name: last_finite(market(records, name)) for name in HEADLINES}


def percent(share: float) -> str:
    """A share as a person would say it: 43 %, 0.4 %, under 0.1 %."""
    if not np.isfinite(share):
        return "no data"
    if share == 0 or share >= 0.0095:
        return f"{100 * share:.0f} %"
    return f"{100 * share:.1f} %" if share >= 0.001 else "<0.1 %"
