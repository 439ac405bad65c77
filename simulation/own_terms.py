"""On which terms each provider gets compute, and reaches consumers: arrays of shape (16,)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CONSUMER

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


def own_rent(market: "Market") -> Array:
    """Rent that each pays, $/H100e-hour: own chips are cheaper, controlled ones dearer."""
    roster = market.roster
    own: Array = market.compute.rent * (1.0 + roster.surcharge) * roster.means.own_chips
    return own


def execution(market: "Market") -> Array:
    """E15: commercial execution by segment, (3, 16); a bundled assistant sells by its product."""
    own = np.broadcast_to(market.roster.means.execution, market.labs.brand.shape).copy()
    by_product = market.config.research.bundle_execution
    own[CONSUMER] = np.where(
        market.labs.bundles, np.maximum(own[CONSUMER], by_product), own[CONSUMER]
    )
    return own
