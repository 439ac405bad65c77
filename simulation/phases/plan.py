"""Phase 3, plan: list prices, and the finances that buyers see.

On recorded supply both are read from the record.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simulation.market import Market


def plan(market: "Market") -> None:
    """Post this month's list prices, $/Mtok (consumers have none), and runways, months."""
    offers, supply, month = market.offers, market.supply, market.month
    offers.runway = offers.coming_runway
    before = offers.price
    offers.price = np.where(offers.live, np.nan_to_num(supply.price[month]), 0.0)
    changed = (before != offers.price) & (before > 0.0) & (offers.price > 0.0)
    for segment, code in np.argwhere(changed):
        market.recorder.event(
            "price_change",
            code,
            segment,
            before[segment, code],
            offers.price[segment, code],
            detail="list price, $/Mtok",
        )
