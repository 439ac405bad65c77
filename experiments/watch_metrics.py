"""The numbers to watch, by provider and of the market: for the printed table and for the report.

What a run does not have, money on recorded supply, is left out column by column.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from experiments.plots import amounts, funding, series

YEAR = series.MONTHS_IN_YEAR
NAME_WIDTH, CELL_WIDTH, SHORT = 16, 10, 9
MISSING = "-"
LARGE = 1e4  # numbers from which on only the power fits a cell


class Watch(NamedTuple):
    """One column: a short head, what it means, its column in `providers`, how it is written.

    `over` is how a year of months becomes one number: the last month, its sum, or the last number
    there is in it.
    """

    head: str
    meaning: str
    column: str
    written: Callable[[float], str]
    over: str = "month"


class Line(NamedTuple):
    """One provider: its name, its numbers, and how they are written, in the order of columns."""

    name: str
    values: series.Numbers
    cells: list[str]


def percent(share: float) -> str:
    """A share as a number of per cent, for a column that says so."""
    return f"{100 * share:.0f}"


def tenths(value: float) -> str:
    """One decimal, of absurd numbers the power."""
    return f"{value:.1f}" if value < LARGE else f"{value:.0e}"


def hundredths(value: float) -> str:
    """Two decimals, of absurd numbers the power."""
    return f"{value:.2f}" if value < LARGE else f"{value:.0e}"


MONEY = (
    Watch("revenue/y", "revenue at a yearly rate", "revenue", lambda m: amounts.money(YEAR * m)),
    Watch("cash", "cash at the end", "cash", amounts.money),
    Watch("burn/y", "burn at a yearly rate", "burn", lambda m: amounts.money(YEAR * m)),
    Watch("owed", "dues for compute still to come", "commitments", amounts.money),
    Watch("in years", "the same in years of revenue", "commitments_to_revenue", tenths),
    Watch("pressure", "payment pressure", "payment_pressure", hundredths),
    Watch("runway", "months of cash", "runway", "{:.0f}".format),
)
CAPITAL = (
    Watch("value", "before money", "valuation", amounts.money),
    Watch("x revenue", "value over yearly revenue", "revenue_multiple", tenths),
    Watch("rounds", "closed so far", "rounds", "{:,.0f}".format),
    Watch("raised", "in them, credits included", "raised", amounts.money),
    Watch("founder,%", "held by founders at the end", "founder_share", percent),
)
CUSTOMERS = (
    Watch("kept, %", "developers who came a year before", "retention_coding", percent, "known"),
    Watch("signed", "first contracts", "signings", "{:,.0f}".format, "sum"),
    Watch("renewed,%", "of its tenders", "renewal_rate", percent),
    Watch("used, %", "of compute under contract", "utilisation", percent),
    Watch("$/PFLOP-h", "revenue per compute used", "revenue_per_compute", hundredths),
    Watch("$/$", "revenue over compute cost", "revenue_per_compute_dollar", hundredths),
)


def known(records: series.RunLike, watches: Sequence[Watch]) -> list[Watch]:
    """The columns that this run has any number but zero in."""
    return [
        watch for watch in watches if np.nan_to_num(series.while_there(records, watch.column)).any()
    ]


def at_the_end(records: series.RunLike, watch: Watch) -> series.Numbers:
    """One number for each provider (P,): of the last month, or over the last twelve."""
    values = series.while_there(records, watch.column)
    if watch.over == "month":
        return values[-1]
    year = values[-YEAR:]
    if watch.over == "sum":
        return np.where(np.isfinite(year).any(axis=0), np.nansum(year, axis=0), np.nan)
    return np.array([series.last_finite(column) for column in year.T])


def lines_of(records: series.RunLike, watches: Sequence[Watch]) -> list[Line]:
    """Providers that are there at the end, the largest revenue first."""
    revenue = np.nan_to_num(series.by_provider(records, "revenue"))[-1]
    there = series.on_market(records)[-1]
    values = np.array([at_the_end(records, watch) for watch in watches]).T
    found = []
    for i in np.argsort(-revenue, kind="stable"):
        if there[i]:
            told = [
                watch.written(float(value)) if np.isfinite(value) else MISSING
                for watch, value in zip(watches, values[i], strict=True)
            ]
            found.append(Line(records.providers[i], values[i], told))
    return found


def raisers(records: series.RunLike) -> list[Line]:
    """Numbers of CAPITAL of those who are there at the end and have raised money."""
    rounds = [watch.column for watch in CAPITAL].index("rounds")
    return [line for line in lines_of(records, CAPITAL) if line.values[rounds] > 0]


def farewells(records: series.RunLike) -> list[tuple[str, str]]:
    """Who left, when, and what its creditors lost, the first to leave first."""
    there, days = series.on_market(records), series.dates(records)
    lost = np.nan_to_num(series.by_provider(records, "written_off"))[-1]
    last = {int(i): int(np.flatnonzero(there[:, i])[-1]) for i in series.left(records).nonzero()[0]}
    return [
        (
            records.providers[i],
            f"left after {days[month]}"
            + (f", {amounts.money(lost[i])} written off" if lost[i] > 0 else ""),
        )
        for i, month in sorted(last.items(), key=lambda item: (item[1], item[0]))
    ]


def watch_lines(records: series.RunLike) -> list[str]:
    """The printed part: money, customers and compute by provider, then lines of the market."""
    day = series.dates(records)[-1]
    lines: list[str] = []
    if series.decided(records):
        lines += [*printed(f"money, {day}", MONEY, lines_of(records, MONEY)), ""]
        if raised := raisers(records):
            lines += [*printed(f"capital, {day}", CAPITAL, raised), ""]
    if found := known(records, CUSTOMERS):
        span = min(YEAR, series.month_count(records))
        lines += [
            *printed(f"last {span} month{'s' * (span > 1)}", found, lines_of(records, found)),
            "",
        ]
    if gone := farewells(records):
        lines += [f"{name[: NAME_WIDTH - 1]:<{NAME_WIDTH}}{words}" for name, words in gone] + [""]
    return [*lines, *market_lines(records)]


def printed(title: str, watches: Sequence[Watch], lines: Sequence[Line]) -> list[str]:
    """A table of fixed width."""
    head = f"{title:<{NAME_WIDTH}}" + "".join(f"{watch.head:>{CELL_WIDTH}}" for watch in watches)
    rows = [
        f"{line.name[: NAME_WIDTH - 1]:<{NAME_WIDTH}}"
        + "".join(f"{cell:>{CELL_WIDTH}}" for cell in line.cells)
        for line in lines
    ]
    return [head, "-" * len(head), *rows]


def market_lines(records: series.RunLike) -> list[str]:
    """One line each: prices, race, record runs, lag of open weights, compute, creditors."""
    said = [price_line(records), race_line(records), open_line(records)]
    if series.decided(records):
        said += [run_line(records), compute_line(records), owed_line(records)]
        said += [rounds_line(records), investors_line(records)]
    return [f"{name:<{NAME_WIDTH}}{words}" for name, words in said if words]


def price_line(records: series.RunLike) -> tuple[str, str]:
    """Price of a fixed capability and of the best offer, with their yearly change."""
    said = []
    for column, words in (("fixed_price", "GPT-4 level"), ("frontier_price", "best")):
        values = series.market(records, column)
        here = values[np.isfinite(values)]
        if len(here):
            change = 100 * (series.yearly_change(values) - 1)
            yearly = f" ({change:+.0f} %/y)" if np.isfinite(change) else ""
            said.append(f"{words} {plain(here[0])} > {plain(here[-1])}{yearly}")
    return "price, $/Mtok", ", ".join(said)


def plain(dollars: float) -> str:
    """A price in plain signs, for a terminal."""
    if dollars >= amounts.CENTS:
        return f"{dollars:.2f}"
    return f"{dollars:.2g}" if dollars >= amounts.SMALL else f"{dollars:.1e}"


def race_line(records: series.RunLike) -> tuple[str, str]:
    """Lead of the best and how often it changed hands."""
    gap = series.last_finite(series.market(records, "capability_gap"))
    changes = series.last_finite(series.market(records, "lead_changes"))
    said = [
        f"{gap:.2f} OOM ahead of the second" if np.isfinite(gap) else "",
        f"{changes:.0f} lead change{'s' * (changes != 1)}" if np.isfinite(changes) else "",
    ]
    return "best model", ", ".join(part for part in said if part)


def open_line(records: series.RunLike) -> tuple[str, str]:
    """How far open weights are behind."""
    gap = series.last_finite(series.market(records, "open_gap"))
    lag = series.last_finite(series.market(records, "open_lag"))
    if not np.isfinite(lag):
        return "open weights", ""
    return "open weights", f"{lag:.0f} months and {gap:.2f} OOM behind the best offer"


def run_line(records: series.RunLike) -> tuple[str, str]:
    """Cost of training runs that gave a new most capable model."""
    cost = series.market(records, "record_run_cost")
    here = cost[np.isfinite(cost)]
    if not len(here):
        return "record runs", ""
    more = f" > {amounts.money(here[-1])}" if len(here) > 1 else ""
    return "record runs", f"{len(here)}, the first and last cost {amounts.money(here[0])}{more}"


def compute_line(records: series.RunLike) -> tuple[str, str]:
    """Rent, cost and use of compute at the end, and what all earn with it."""
    names = ("rent", "hardware_cost", "compute_used", "compute_capacity", "revenue_per_compute")
    rent, cost, used, held, earned = (series.market(records, name)[-1] for name in names)
    said = f"rent {hundredths(rent)} $/H100e-h, hardware {hundredths(cost)}"
    if held > 0:
        said += f", {percent(used / held)} % in use"
    return "compute", said + (
        f", revenue {hundredths(earned)} $/PFLOP-h" if np.isfinite(earned) else ""
    )


def owed_line(records: series.RunLike) -> tuple[str, str]:
    """What all still owe, the highest pressure of the last month, and what was lost."""
    names = ("commitments", "payment_pressure", "written_off")
    owed, pressure, lost = (series.last_finite(series.market(records, name)) for name in names)
    return "promises", (
        f"{amounts.money(owed)} owed, highest pressure {hundredths(pressure)}, "
        f"{amounts.money(lost)} written off"
    )


def rounds_line(records: series.RunLike) -> tuple[str, str]:
    """How many rounds closed, what they brought, and the highest multiple of revenue in one."""
    found = funding.rounds(records)
    if not found:
        return "rounds", ""
    said = [f"{len(found):,} closed", f"{amounts.money(sum(each.amount for each in found))} raised"]
    priced = [each for each in found if np.isfinite(each.multiple)]
    if priced:
        dearest = max(priced, key=lambda each: each.multiple)
        day = series.dates(records)[dearest.month]
        multiple = (
            f"{dearest.multiple:,.0f}" if dearest.multiple < LARGE else tenths(dearest.multiple)
        )
        said.append(f"up to {multiple}x revenue ({dearest.provider[:SHORT]} {day})")
    return "rounds", ", ".join(said)


def investors_line(records: series.RunLike) -> tuple[str, str]:
    """Mood and means of investors at the end; nothing where there are none."""
    powder = series.last_finite(series.market(records, "dry_powder"))
    if not powder > 0:
        return "investors", ""
    mood = series.last_finite(series.market(records, "sentiment"))
    return "investors", f"sentiment {hundredths(mood)}, {amounts.money(powder)} to invest"
