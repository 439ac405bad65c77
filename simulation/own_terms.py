"""On which terms each provider gets compute, and reaches consumers: arrays of shape (16,)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CONSUMER

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


def restricted(market: "Market") -> NDArray[np.bool_]:
    """Who is under export control."""
    region = market.config.compute.export_region
    under: NDArray[np.bool_] = market.roster.origins == ("" if region is None else region)
    return under & (region is not None)


def surcharges(market: "Market") -> Array:
    """What each pays on top of the rent, as a share of it (E4)."""
    return np.where(restricted(market), market.config.compute.export_surcharge, 0.0)


def own_rent(market: "Market") -> Array:
    """Rent that each pays, $/H100e-hour: own chips are cheaper, controlled ones dearer."""
    own: Array = market.compute.rent * (1.0 + surcharges(market)) * market.roster.means.own_chips
    return own


def execution(market: "Market") -> Array:
    """E15: commercial execution by segment, (3, 16); a bundled assistant sells by its product."""
    own = np.broadcast_to(market.roster.means.execution, market.labs.brand.shape).copy()
    by_product = market.config.research.bundle_execution
    own[CONSUMER] = np.where(
        market.labs.bundles, np.maximum(own[CONSUMER], by_product), own[CONSUMER]
    )
    return own
