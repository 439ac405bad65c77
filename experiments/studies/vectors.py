"""Where the runs of one market ended, as share vectors, from the rows of a study."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODING, ENTERPRISE
from experiments.studies.cells import numbers
from experiments.studies.rows import Row
from simulation.columns import SEGMENTS
from simulation.metrics.divergence import independent_draws

Numbers = NDArray[np.float64]


class Ends(NamedTuple):
    """Ends of the runs of one market, by seed: (seeds, segments, providers).

    accounts : agents.  shares : of accounts.  spend : shares of spend; of consumers, of accounts.
    """

    accounts: Numbers
    shares: Numbers
    spend: Numbers


def ends_of(rows: Sequence[Row]) -> Ends:
    """Ends of one market; a consumer pays like any other, so that their number stands for spend."""
    names = providers(rows)
    accounts = np.stack(
        [[numbers(rows, f"{part} {name}") for name in names] for part in SEGMENTS]
    ).transpose(2, 0, 1)
    shares = accounts / accounts.sum(axis=2, keepdims=True)
    spend = shares.copy()
    for segment in (CODING, ENTERPRISE):
        columns = [numbers(rows, f"{SEGMENTS[segment]} spend {name}") for name in names]
        spend[:, segment] = np.stack(columns, axis=1)
    return Ends(accounts, shares, spend)


def providers(rows: Sequence[Row]) -> list[str]:
    """Names of the providers, from the columns of developers' accounts."""
    first = f"{SEGMENTS[CODING]} spend "
    return [column.removeprefix(first) for column in rows[0] if column.startswith(first)]


def by_chance(ends: Ends, segment: int) -> float:
    """D_run that independent draws from the mean shares would have."""
    adopters = ends.accounts[:, segment].sum(axis=1).mean()
    drawn = independent_draws(ends.shares[:, segment].mean(axis=0), adopters, len(ends.shares))
    return float(drawn)
