"""What application companies use and pay in a month (E29, E32)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.apps import API
from agents.kernels.app_bills import ask, bill_served

if TYPE_CHECKING:
    from simulation.market import Market
    from simulation.phases.serve_bill import Bills

Array = NDArray[np.float64]


def app_demand(market: "Market", bills: "Bills") -> Array:
    """E29: put what apps ask for on the bills; returns it by segment, (3,), trillion tokens.

    Companies without a provider ask nobody.
    """
    apps, usage_share = market.apps, float(market.config.apps.usage_share)
    whole: Array = ask(apps.room, len(apps), apps.in_house, usage_share, bills)
    return whole


def bill_apps(market: "Market", whole: Array, bills: "Bills") -> None:
    """Shrink bills to what is served; bill each company its part of `whole` (3,) at the list price.

    It gets as much of it as the provider of its offer serves.  Use that a provider has absorbed is
    billed to that use's own customers, at the same price.
    """
    apps, price = market.apps, market.offers.price
    apps.reach = bill_served(apps.room, len(apps), apps.in_house, whole, price, API, bills)
