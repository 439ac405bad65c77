"""Phase 4, research: what is released, and how it spreads.

Releases, capability, safety and brand are read from the record; the product term has its common
random walk (E17c), and a new version reaches users slowly (E17d).
"""

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from agents.draws import below, stream, uniform
from simulation.offers import nest_members

if TYPE_CHECKING:
    from simulation.market import Market


def research(market: "Market") -> None:
    """Set this month's capability, safety, brand and product terms, and note releases."""
    offers, supply, month = market.offers, market.supply, market.month
    live, before = offers.live, offers.capability
    for name in ("capability", "safety", "brand"):
        setattr(offers, name, np.where(live, getattr(supply, name)[month], 0.0))
    offers.nested = nest_members(live, supply.open_weights[month])
    offers.released = supply.released[month] & live
    serving = np.maximum(live.sum(axis=1), 1)
    offers.release_rate = supply.counts_as_release[month] / serving
    walk_product_terms(market)
    offers.product = np.where(live, supply.product_term[month] + offers.walk, 0.0)
    offers.upgrade(market.config.choice, market.was_live)
    for segment, code in np.argwhere(offers.released):
        market.recorder.event(
            "release",
            code,
            segment,
            before[segment, code],
            offers.capability[segment, code],
            detail="capability, OOM",
        )


def walk_product_terms(market: "Market") -> None:
    """E17c: one keyed normal step for each provider and segment on the market last month."""
    offers, step = market.offers, market.config.choice.product_step
    if step == 0.0:
        return
    keys = below(stream(market.config.seed, "product_walk"), market.month, market.supply.keys)
    luck = ndtri(uniform(below(keys, np.arange(len(offers.live))[:, None])))
    offers.walk = np.where(offers.live, offers.walk + step * luck * market.was_live, 0.0)
