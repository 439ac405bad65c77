"""What each provider has of its own: terms for compute, reach, and draws; shape (16,)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.draws import Keys, named_monthly
from agents.equations import pricing

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


def market_rent(market: "Market") -> Array:
    """Rent of the market, $/H100e-hour: dearer under export control."""
    rent: Array = market.compute.rent * (1.0 + market.roster.surcharge)
    return rent


def own_rent(market: "Market") -> Array:
    """Rent that each pays, $/H100e-hour: own chips are cheaper."""
    roster = market.roster
    return pricing.own_rent(market.compute.rent, roster.surcharge, roster.means.own_chips)


def keyed(market: "Market", stream: str) -> Keys:
    """Keys of this month's draws of a stream for each provider, (16,)."""
    seed, months = market.config.seed, market.origin.months
    keys: Keys = named_monthly(seed, stream, months, market.entrants.labels)[market.month]
    return keys
