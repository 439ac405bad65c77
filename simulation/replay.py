"""Supply that is on record: what each phase reads from the record in place of decisions.

Constant offers are a record too.  Nothing is rationed, and nobody has costs or contracts.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simulation.market import Market


def stand(market: "Market") -> None:
    """Phase 2: which offers stand this month, and how reliable they are."""
    offers, supply, month = market.offers, market.supply, market.month
    offers.live = supply.available[month].copy()
    offers.reliability = np.where(offers.live, supply.reliability[month], 0.0)


def post_prices(market: "Market") -> None:
    """Phase 3: list prices, $/Mtok, and who bundles."""
    offers, supply = market.offers, market.supply
    before = offers.price
    offers.price = np.where(offers.live, np.nan_to_num(supply.price[market.month]), 0.0)
    offers.bundled = np.isin(np.array(supply.names), market.config.consumers.bundled)
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


def release(market: "Market") -> None:
    """Phase 4: capability, safety, brand and product terms, and what is new."""
    offers, supply, month = market.offers, market.supply, market.month
    for name in ("capability", "safety", "brand"):
        setattr(offers, name, np.where(offers.live, getattr(supply, name)[month], 0.0))
    offers.term = np.where(offers.live, supply.product_term[month], 0.0)
    offers.open_weights, offers.origin = supply.open_weights[month], supply.origin[month]
    offers.released = supply.released[month] & offers.live
    offers.release_count = supply.counts_as_release[month]


def fund(market: "Market") -> None:
    """Phase 10: next month's runway."""
    following = min(market.month + 1, len(market.supply.runway) - 1)
    market.offers.coming_runway = market.supply.runway[following]
