"""How long the liquid means of providers last at what they burn."""

from typing import TYPE_CHECKING

import numpy as np

from agents.kernels.money_checks import Liquid, look_ahead
from agents.labs import OF_LIQUID
from simulation.offers import SHAPE

if TYPE_CHECKING:
    from simulation.market import Market


def look_at_runways(market: "Market") -> None:
    """How long liquid means last: what buyers see next month."""
    labs, limit = market.labs, market.config.finance.runway_limit
    market.offers.coming_runway = coming = np.empty(SHAPE)
    own = Liquid(*OF_LIQUID(labs)), labs.burn, market.roster.means.backed
    look_ahead(*own, limit, labs.runway, coming)
