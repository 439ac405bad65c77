"""The short table that `run --seeds N` prints: shares, leaders, divergence and basins."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.basins import basins_table
from experiments.divergence import LEADER, Numbers, Paths
from experiments.plots import series
from experiments.summary import MEASURES, SMALLEST_SHARE, title
from simulation.columns import SEGMENTS
from simulation.metrics.concentration import exists

if TYPE_CHECKING:
    from simulation.records import Records, Table

NAME_WIDTH = 19
CELL_WIDTH = 27
BASIN_WIDTH, LONGEST = 27, 100
NOTHING = "." + 20 * " "  # under the median
SMALLEST_PLAIN = 1e-4
QUANTILES = (0.5, 0.1, 0.9)
DIVERGENCES = (
    ("of accounts", "d_run"),
    ("  peers off", "d_run_peers_off"),
    ("  independent draws", "d_run_independent"),
    ("of spend", "d_run_spend"),
    ("  peers off", "d_run_spend_peers_off"),
)


def histories_summary(
    records: "Records", histories: Sequence[Paths], table: "Table", seeds: Sequence[int]
) -> str:
    """Median and 80 % interval of the last month's shares, leaders, D_run, and basins.

    Parameters
    ----------
    records : the first history, which names the config and the providers
    histories : all of them
    table : of `divergence_table`
    seeds : whole numbers
    """
    dates = histories[0].dates
    shares = np.stack([history.shares[-1] for history in histories])  # (runs, segments, providers)
    lines = [title(records, dates, f"{len(seeds)} histories, seeds {seeds[0]}-{seeds[-1]}"), ""]
    lines += spread_table(records.providers, shares, dates[-1], table)
    lines += ["", *divergence_rows(table, dates[-1])]
    lines += ["", *basin_rows(basins_table(histories, records.providers, seeds))]
    return "\n".join(line.rstrip() for line in lines)


def spread_table(names: Sequence[str], shares: Numbers, date: str, table: "Table") -> list[str]:
    """Rows of shares in percent: median, 80 % of the runs, and in how many runs it leads."""
    middle, low, high = 100 * quantiles(shares)
    order = np.argsort(-middle.sum(axis=0), kind="stable")
    titles = [f"{name}, {MEASURES[series.SHARE_COLUMN[name]]}" for name in SEGMENTS]
    lines = [line(f"share at {date}, %", titles), line("", ["median  80 % of runs leads"] * 3)]
    lines.append("-" * len(lines[0]))
    for j in order:
        if high[:, j].max() < 100 * SMALLEST_SHARE:
            continue
        leads = table[LEADER + names[j]][-len(SEGMENTS) :]
        cells = [
            f"{middle[i, j]:.1f} {low[i, j]:6.1f} -{high[i, j]:5.1f} {percent(leads[i]):>5}"
            if high[i, j] > 0
            else NOTHING
            for i in range(len(SEGMENTS))
        ]
        lines.append(line(names[j], cells))
    return lines


def quantiles(shares: Numbers) -> Numbers:
    """Median, 10 % and 90 % quantile over the runs in which the segment has adopters, else 0.

    shares : (runs, segments, providers), share -> (3, segments, providers)
    """
    spread = np.zeros((len(QUANTILES), *shares.shape[1:]))
    for segment in range(shares.shape[1]):
        present = shares[exists(shares[:, segment]), segment]
        if len(present):
            spread[:, segment] = np.quantile(present, QUANTILES, axis=0)
    return spread


def divergence_rows(table: "Table", date: str) -> list[str]:
    """D_run of the last month and what it is to be compared with."""
    lines = [line(f"D_run at {date}", list(SEGMENTS))]
    lines.append("-" * len(lines[0]))
    for name, column in DIVERGENCES:
        last = table[column][-len(SEGMENTS) :]
        lines.append(line(name, [digits(value) for value in last]))
        if column == "d_run":
            low = table["d_run_low"][-len(SEGMENTS) :]
            high = table["d_run_high"][-len(SEGMENTS) :]
            ends = zip(map(digits, low), map(digits, high), strict=True)
            cells = [" - ".join(pair) if pair != ("-", "-") else "-" for pair in ends]
            lines.append(line("  80 % interval", cells))
    return lines


def basin_rows(table: "Table") -> list[str]:
    """How often the histories end in each regime, and led by whom, with 95 % intervals."""
    name = f"basins at {table['date'][0]}"
    lines = [f"{name:<{BASIN_WIDTH}}{'runs':>6}{'share':>8}{'95 % interval':>17}   seeds"]
    lines.append("-" * len(lines[0]))
    for row, (regime, leader) in enumerate(zip(table["regime"], table["leader"], strict=True)):
        share, low, high = (
            f"{100 * table[column][row]:.0f}" for column in ("probability", "low", "high")
        )
        interval = f"{low} - {high} %"
        cells = f"{table['runs'][row]:>6}{share + ' %':>8}{interval:>17}   "
        seeds = cut(table["seeds"][row], LONGEST - BASIN_WIDTH - len(cells))
        name = f"  led by {leader}" if leader else regime
        lines.append(f"{name[:BASIN_WIDTH]:<{BASIN_WIDTH}}{cells}{seeds}")
    return lines


def cut(seeds: str, room: int) -> str:
    """As many of the seeds as there is room for."""
    return seeds if len(seeds) <= room else seeds[: room - 1].rpartition(" ")[0] + " …"


def line(name: str, cells: Sequence[str]) -> str:
    """One line: a name and one cell for each segment."""
    return f"{name[:NAME_WIDTH]:<{NAME_WIDTH}}" + "".join(f"{cell:>{CELL_WIDTH}}" for cell in cells)


def percent(share: float) -> str:
    """A frequency in whole percent; blank where it never happens."""
    return f"{100 * share:.0f} %" if share > 0 else ""


def digits(value: float) -> str:
    """A divergence with two digits that count; a dash where it is missing."""
    if not np.isfinite(value):
        return "-"
    if value < SMALLEST_PLAIN:
        return f"{value:.1e}" if value > 0 else "0"
    places = max(1, 1 - int(np.floor(np.log10(value))))
    return f"{value:.{places}f}"
