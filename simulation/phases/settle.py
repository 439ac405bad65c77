"""Phase 9, settle: bills are paid, and money, compute and people are conserved (E33, E34).

On recorded supply providers have no costs and no contracts for compute: what users pay reaches the
providers, the clouds that host open weights, or, for advertising, comes from advertisers.
"""

from typing import TYPE_CHECKING

import numpy as np

from agents.equations.finance import payment_pressure
from simulation.identities import check_bills, check_people
from simulation.settlement import collect, host, pay, supply_chips

if TYPE_CHECKING:
    from simulation.market import Market

YEAR = 12


def settle(market: "Market") -> None:
    """Pay, look at the payments to come, and check the books; a broken identity ends the run."""
    if market.endogenous:
        market.ledger.open()
        collect(market)
        host(market)
        pay(market)
        supply_chips(market)
        look_ahead(market)
    check_people(market)
    check_bills(market)


def look_ahead(market: "Market") -> None:
    """E34: how hard the dues of the next year press, and what is burnt a month."""
    labs, month = market.labs, market.month
    due = market.compute.due[month + 1 : month + 1 + YEAR].sum(axis=(0, 2))
    income = labs.revenue + labs.support - labs.operations
    pressed = labs.active & ~market.roster.means.backed  # a parent pays whatever comes
    labs.pressure = np.where(pressed, payment_pressure(due, income, labs.liquid), 0.0)
    labs.burn = np.maximum(labs.past_outflow.sum(axis=0) / len(labs.past_outflow), 0.0)
