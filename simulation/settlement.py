"""Who pays whom at the month's end: bills of users, compute, operations, parents (E33).

Cash moves through the ledger; credits, arrears and debt are columns of the providers.
"""

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.equations.pricing import HOURS
from agents.equations.shares import shares_of
from agents.kernels.payments import Ahead, Bill, Money, Terms, settle
from agents.kernels.settlement import Costs, OwnBooks
from agents.labs import remember
from simulation.ledger import PROVIDERS
from simulation.own_terms import own_rent

if TYPE_CHECKING:
    from simulation.market import Market

YEAR = 12
Array = NDArray[np.float64]
OF_LABS = attrgetter(*OwnBooks._fields[: OwnBooks._fields.index("backed")])


def pay(market: "Market") -> None:
    """E33: users pay providers and hosts, these their people and compute, as far as they can.

    E34: and how hard the dues of the next year press, and what is burnt a month.
    """
    labs, ledger, compute, bills = market.labs, market.ledger, market.compute, market.bills
    means, config, month = market.roster.means, market.config, market.month
    receive(market)
    costs = Costs(
        compute.served.inference,
        compute.served.spot,
        HOURS * own_rent(market),
        compute.spot_parts,
        compute.due[month],
        sublet_income(market),
    )
    terms = Terms(
        HOURS * compute.rent,
        config.consumers.ad_revenue > 0.0,
        config.compute.chip_share,
        (config.finance.interest, config.finance.debt_limit),
    )
    labs.pressure, labs.burn = settle(
        Money(ledger.moved, ledger.paths, ledger.owners),
        ledger.others,
        Bill(bills.spend, bills.fees, bills.revenue, bills.app_spend),
        OwnBooks._make((*OF_LABS(labs), means.backed, means.revenue_shared)),
        costs,
        Ahead(compute.due[month + 1 : month + 1 + YEAR], compute.paid, labs.past_outflow),
        terms,
    )


def receive(market: "Market") -> None:
    """What the month's bills bring in, M$, and what was served for it."""
    labs, bills = market.labs, market.bills
    labs.revenue = bills.revenue.sum(axis=0)
    remember(labs.past_revenue, labs.revenue)
    labs.segment_revenue = bills.revenue.copy()
    labs.tokens = bills.served.copy()


def sublet_income(market: "Market") -> Array:
    """What clouds pay back for contracted compute left idle, (16,), M$."""
    compute, settings, ledger = market.compute, market.config.compute, market.ledger
    if settings.sublet == 0.0:
        return np.zeros(CODES)
    price = HOURS * settings.sublet * compute.rent
    signed = compute.contracted[market.month]
    back = shares_of(signed) * (compute.served.idle * price)[:, None]
    ledger.post(ledger.suppliers, PROVIDERS, "sublet", back.T)
    income: Array = back.sum(axis=1)
    return income
