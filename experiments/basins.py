"""Basins: in which regime, and led by whom, the histories of one config end, and how often.

The leader is the provider with most revenue in the last month, of equal ones the first.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.plots import series
from simulation.columns import NOBODY, Column
from simulation.metrics.frequency import frequency_interval
from simulation.metrics.regime import REGIMES

if TYPE_CHECKING:
    from experiments.divergence import Paths
    from simulation.records import Table

WHOEVER = ""  # in place of a leader: the regime as a whole

COLUMNS = (
    Column("date", "text", "YYYY-MM", "last month of the histories"),
    Column("regime", "text", "", "regime of that month, as in the table `market`"),
    Column(
        "leader", "text", "", "provider with most revenue in that month; empty: whoever that is"
    ),
    Column("runs", "whole", "runs", "histories that end so"),
    Column("of", "whole", "runs", "histories compared"),
    Column("probability", "number", "share", "of the histories, those that end so"),
    Column("low", "number", "share", "lower end of its 95 % score interval"),
    Column("high", "number", "share", "upper end of its 95 % score interval"),
    Column("seeds", "text", "", "seeds of these histories, with blanks between them"),
)


class Basin(NamedTuple):
    """One way to end and the seeds that do; `leader` is `WHOEVER` for a regime as a whole."""

    regime: str
    leader: str
    seeds: tuple[int, ...]


def basins_of(
    histories: Sequence["Paths"], providers: Sequence[str], seeds: Sequence[int]
) -> list[Basin]:
    """Each regime in the order of its test, followed by its leaders, the most frequent first.

    A regime in which no history ended is there, without seeds; no regime at all only if one did.
    """
    ends = [
        (seed, str(history.regimes[-1]), str(series.earning_most(providers, history.revenue[-1])))
        for seed, history in zip(seeds, histories, strict=True)
    ]
    found = []
    for regime in (*REGIMES, NOBODY):
        inside = {seed: leader for seed, label, leader in ends if label == regime}
        if inside or regime != NOBODY:
            found.append(Basin(regime, WHOEVER, tuple(inside)))
        if regime != NOBODY:
            found += by_leader(regime, inside)
    return found


def by_leader(regime: str, inside: dict[int, str]) -> list[Basin]:
    """Basins of one regime, of which `inside` names the leader of each seed."""
    parts = [
        Basin(regime, name, tuple(seed for seed, leader in inside.items() if leader == name))
        for name in dict.fromkeys(inside.values())
    ]
    return sorted(parts, key=lambda basin: -len(basin.seeds))


def basins_table(
    histories: Sequence["Paths"], providers: Sequence[str], seeds: Sequence[int]
) -> "Table":
    """One row for each basin; see `COLUMNS`."""
    found = basins_of(histories, providers, seeds)
    runs = np.array([len(basin.seeds) for basin in found])
    low, high = frequency_interval(runs, len(histories))
    return {
        "date": np.full(len(found), histories[0].dates[-1], object),
        "regime": np.array([basin.regime for basin in found], object),
        "leader": np.array([basin.leader for basin in found], object),
        "runs": runs,
        "of": np.full(len(found), len(histories)),
        "probability": runs / len(histories),
        "low": low,
        "high": high,
        "seeds": np.array([" ".join(map(str, basin.seeds)) for basin in found], object),
    }
