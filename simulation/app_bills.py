"""What application companies use and pay in a month (E29, E32)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.apps import API
from agents.codes import CODES, NONE
from agents.equations.shares import shares_of
from agents.kernels.apps import bill_range

if TYPE_CHECKING:
    from simulation.market import Market
    from simulation.phases.serve_bill import Bills

Array = NDArray[np.float64]


def app_demand(market: "Market", whole: Array) -> Array:
    """E29: tokens that apps ask each provider for, trillion, (3, codes); `whole` (3,) in all.

    Companies without a provider ask nobody.
    """
    columns = market.apps.columns
    cell = columns["segment"] * np.uint8(CODES) + columns["provider"]
    use = np.bincount(cell, columns["share"], API.size * CODES).reshape(API.size, CODES)
    use[:, NONE] = 0.0
    demand: Array = whole[:, None] * (use + market.apps.in_house)
    return demand


def bill_apps(market: "Market", whole: Array, bills: "Bills") -> None:
    """Bill each company its part of `whole` (3,) at the list price of its provider's offer.

    It gets as much of it as the provider serves.  Use that a provider has absorbed is billed to
    that use's own customers, at the same price.
    """
    apps, price, served = market.apps, market.offers.price[API], bills.served_share
    bills.app_tokens[:] = whole[:, None] * apps.in_house * served
    bills.app_spend[:] = bills.app_tokens * price
    bill_range(apps.room, len(apps), whole, served, price, bills.app_tokens, bills.app_spend)
    bills.revenue[:] += bills.app_spend
    apps.reach = shares_of(bills.tokens + bills.app_tokens)
