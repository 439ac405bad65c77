"""What is kept of investors and of the shares of providers each month."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.investor import Ticket
from simulation.newcomers import entry_barrier

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
EQUITY_FIELDS = ("valuation", "post_money", "rounds", "raised", "distress_stage")


class EquityMonth(NamedTuple):
    """Equity at the end of one month, money in M$.

    by_code : (fields, 16), EQUITY_FIELDS, of all who have entered.  stakes : (16, holders), of all
    who have not left.  by_investor : (5, V), dry powder, invested, credits to redeem, holdings,
    degree.  tickets : of the month.  sentiment.  closed, failed : rounds of the month.  barrier :
    to entry.
    """

    by_code: Array
    stakes: Array
    by_investor: Array
    tickets: list[Ticket]
    sentiment: float
    closed: int
    failed: int
    barrier: float


def equity_month(market: "Market") -> EquityMonth:
    """Equity of the month."""
    equity, labs = market.equity, market.labs
    by_code = rows(equity.valuation, equity.last_post, equity.closed, equity.raised, labs.stage)
    size = len(equity.names)
    return EquityMonth(
        by_code,
        equity.stakes.copy(),
        rows(
            equity.powder,
            equity.invested,
            equity.owned @ labs.credits.sum(axis=0),
            equity.valuation @ equity.stakes[:, :size],
            equity.degree,
        ),
        equity.tickets,
        equity.sentiment,
        equity.rounds_closed,
        equity.rounds_failed,
        entry_barrier(market),
    )


def rows(*columns: NDArray[np.float64]) -> Array:
    """Columns of one length as rows, in half the time of making an array of a list of them."""
    return np.concatenate(columns, dtype=np.float64).reshape(len(columns), -1)
