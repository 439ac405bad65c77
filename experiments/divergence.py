"""Several histories of one config as arrays and one table: how far they lie apart, who leads.

D_run is taken over the shares of *accounts*, each adopter counted once, because only they can be
set beside independent draws: a few large spenders make the spend of any finite market a lottery.
The divergence of spend stands in columns of its own.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.plots import series
from simulation.columns import SEGMENT, SEGMENTS, WHEN, Column
from simulation.metrics.concentration import exists
from simulation.metrics.divergence import d_run, d_run_interval, independent_draws, leader_frequency
from simulation.records import Table

if TYPE_CHECKING:
    from simulation.records import Records

Numbers = NDArray[np.float64]
LEADER = "leader_"

COLUMNS = (
    *WHEN,
    SEGMENT,
    Column("runs", "whole", "runs", "histories compared"),
    Column("accounts", "number", "agents", "adopters of the segment, mean over the runs"),
    Column("d_run", "number", "0-1", "divergence between the runs' shares of accounts"),
    Column("d_run_low", "number", "0-1", "lower end of its 80 % jackknife interval"),
    Column("d_run_high", "number", "0-1", "upper end of its 80 % jackknife interval"),
    Column("d_run_peers_off", "number", "0-1", "d_run of the same seeds with peer weights 0"),
    Column(
        "d_run_independent",
        "number",
        "0-1",
        "d_run expected of independent draws from the mean shares; a yardstick, no lower bound",
    ),
    Column("d_run_spend", "number", "0-1", "divergence between the runs' shares of spend"),
    Column(
        "d_run_spend_peers_off",
        "number",
        "0-1",
        "d_run_spend of the same seeds with peer weights 0",
    ),
)


class Paths(NamedTuple):
    """What is kept of one history; arrays are (months, 3 segments, providers).

    accounts : agents; spend : share; shares : share by the measure that fits the segment
    ends : last number of each column of the market table that `series.HEADLINES` names
    regimes : (months,), label of each month.  revenue : (months, providers), M$
    """

    dates: list[str]
    accounts: Numbers
    spend: Numbers
    shares: Numbers
    ends: dict[str, float]
    regimes: series.Words
    revenue: Numbers


def paths_of(records: "Records") -> Paths:
    """Keep of a run what comparing histories needs."""
    return Paths(
        dates=series.dates(records),
        accounts=np.nan_to_num(series.cube(records, "accounts")),
        spend=np.nan_to_num(series.cube(records, "spend_share")),
        shares=series.shares(records),
        ends=series.headline_numbers(records),
        regimes=series.regimes(records),
        revenue=np.nan_to_num(series.by_provider(records, "revenue")),
    )


def account_shares(histories: Sequence[Paths]) -> Numbers:
    """Shares of accounts; (runs, months, 3 segments, providers), 0 where nobody has adopted."""
    counts = np.stack([history.accounts for history in histories])
    return counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)


def columns_for(providers: Sequence[str]) -> tuple[Column, ...]:
    """Every column of the table, with one for each provider that may lead."""
    return COLUMNS + tuple(
        Column(
            LEADER + name,
            "number",
            "share",
            f"runs in which {name} has the largest share (of spend; of users for consumers)",
        )
        for name in providers
    )


def divergence_table(
    histories: Sequence[Paths], peers_off: Sequence[Paths], providers: Sequence[str]
) -> Table:
    """One row for each month and segment; see `columns_for` for the columns."""
    shares = account_shares(histories)
    adopters = np.stack([history.accounts for history in histories]).sum(axis=-1).mean(axis=0)
    present = exists(shares)[..., None]
    mean = shares.sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    interval = d_run_interval(shares)
    months, segments = adopters.shape
    dates = np.repeat(np.array(histories[0].dates, object), segments)
    leaders = leader_frequency(np.stack([history.shares for history in histories]))
    numbers: dict[str, Numbers] = {
        "accounts": adopters,
        "d_run": d_run(shares),
        "d_run_low": interval.low,
        "d_run_high": interval.high,
        "d_run_peers_off": d_run(account_shares(peers_off)),
        "d_run_independent": independent_draws(mean, adopters, len(histories)),
        "d_run_spend": d_run(np.stack([history.spend for history in histories])),
        "d_run_spend_peers_off": d_run(np.stack([history.spend for history in peers_off])),
    }
    numbers |= {LEADER + name: leaders[..., code] for code, name in enumerate(providers)}
    return {
        "month": np.repeat(np.arange(months), segments),
        "date": dates,
        "segment": np.tile(np.array(SEGMENTS, object), months),
        "runs": np.full(months * segments, len(histories)),
        **{name: values.ravel() for name, values in numbers.items()},
    }
