"""Phase 11, resolve: entry and exit.

On recorded supply a provider is on the market in the months in which the record has an offer of
it.  Users of one without an offer reconsider with certainty in phases 5 and 6.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simulation.market import Market


def resolve(market: "Market") -> None:
    """Note entries and exits of the month."""
    live = market.offers.live
    for segment, code in np.argwhere(live & ~market.was_live):
        market.recorder.event(
            "entry",
            code,
            segment,
            after=market.offers.capability[segment, code],
            detail="first offer, capability in OOM",
        )
    for segment, code in np.argwhere(market.was_live & ~live):
        market.recorder.event("exit", code, segment, detail="no offer from this month on")
    for provider in market.providers:
        provider.review(bool(live[:, provider.code].any()))
    market.was_live = live.copy()
