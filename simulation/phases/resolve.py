"""Phase 11, resolve: distress, sales, exit and entry (E42, E43).

Users of a provider without an offer reconsider with certainty in phases 5 to 7.  On recorded
supply a provider is on the market in the months in which the record has an offer of it.
"""

from typing import TYPE_CHECKING

import numpy as np

from agents.codes import CODES
from simulation.distress import renegotiate, rescue, take_stage
from simulation.entry import enter
from simulation.exit import leave
from simulation.money_identities import check_money
from simulation.newcomers import admit
from simulation.offers import places
from simulation.runways import look_at_runways
from simulation.sale import sell

if TYPE_CHECKING:
    from simulation.market import Market


def resolve(market: "Market") -> None:
    """Let providers in and out, and note entries and exits of the month."""
    if market.endogenous:
        renegotiate(market)
        rescue(market)
        offered = sell(market)
        leave(market)
        take_stage(market, offered)
        enter(market, market.month + 1)
        admit(market)
        look_at_runways(market)
        market.ledger.close()
        check_money(market)
    note_offers(market)
    review(market)
    market.was_live = market.offers.live.copy()


def review(market: "Market") -> None:
    """Tell providers how they stand."""
    on_offer: list[bool] = np.asarray(market.offers.live.any(axis=0)).tolist()
    conditions, gone = condition(market), departure(market)
    for provider in market.sellers:
        code = provider.code
        provider.review(on_offer[code], conditions[code], gone[code])


def condition(market: "Market") -> list[str]:
    """How payments press each provider: healthy, stressed or distressed, by code."""
    if not market.endogenous:
        return ["healthy"] * CODES
    finance, pressure = market.config.finance, market.labs.pressure.tolist()
    return [
        "distressed"
        if one > finance.distressed
        else "stressed"
        if one > finance.stressed
        else "healthy"
        for one in pressure
    ]


def departure(market: "Market") -> list[str]:
    """Why who has no offer any more has none: acquired or exited, by code."""
    if not market.endogenous:
        return ["exited"] * CODES
    return ["acquired" if one else "exited" for one in market.labs.acquired.tolist()]


def note_offers(market: "Market") -> None:
    """Note first and last offers, by segment."""
    live = market.offers.live
    if live.tobytes() == market.was_live.tobytes():  # a quarter of the time of `array_equal`
        return
    for segment, code in places(live & ~market.was_live):
        market.recorder.event(
            "entry",
            code,
            segment,
            after=market.offers.capability[segment, code],
            detail="first offer, capability in OOM",
        )
    for segment, code in places(market.was_live & ~live):
        market.recorder.event("exit", code, segment, detail="no offer from this month on")
