"""Phase 2, compute market: how much of the demand for each provider can be served.

On recorded supply the compute market is not modelled: reliability is read from the record.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simulation.market import Market


def compute_market(market: "Market") -> None:
    """Read which offers stand this month, and their reliability."""
    offers, supply, month = market.offers, market.supply, market.month
    offers.live = supply.available[month].copy()
    offers.reliability = np.where(offers.live, supply.reliability[month], 0.0)
