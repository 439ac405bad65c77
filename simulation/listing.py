"""Listings: a provider sells shares to the public, and venture funds sell theirs (E41)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.codes import PUBLIC
from agents.equations.investment import most_sold
from agents.labs import anybody
from simulation.rounds import YEAR, Round, close

if TYPE_CHECKING:
    from simulation.market import Market


def list_providers(market: "Market") -> None:
    """List who can be listed this month, and see how those who are fare."""
    settings, equity = market.config.investment, market.equity
    if settings.listing_open and equity.sentiment >= 1.0:
        for code in np.flatnonzero(ready(market)).tolist():
            go_public(market, code)
    if not anybody(equity.listed):
        return
    fallen = equity.valuation < settings.listing_fall * equity.mark  # NaN for who has no mark
    for code in (fallen & market.labs.active).nonzero()[0].tolist():
        before = float(equity.mark[code])
        equity.sentiment -= settings.listing_loss
        equity.mark[code] = np.nan
        detail = "value far below that at listing, M$; sentiment falls"
        market.recorder.event(
            "listing_fall", code, before=before, after=equity.valuation[code], detail=detail
        )


def ready(market: "Market") -> np.ndarray:
    """E41: who has the revenue, and no fresh money or venture funds who want to sell, (16,)."""
    settings, equity, labs = market.config.investment, market.equity, market.labs
    able = market.roster.means.raises & labs.active & ~equity.listed & (equity.valuation > 0.0)
    able = able & (YEAR * labs.revenue >= settings.listing_revenue)
    waited = market.month - equity.last_round > settings.listing_wait
    held = np.where(equity.stakes[:, : len(equity.names)] > 0.0, market.month - equity.since, 0.0)
    aged = (held[:, equity.venture] > settings.listing_age).any(axis=1)
    return np.asarray(able & (waited | aged))


def go_public(market: "Market", code: int) -> None:
    """Sell new shares to the public, and those of venture funds at the same price."""
    settings, equity, ledger = market.config.investment, market.equity, market.ledger
    value = float(equity.valuation[code])
    amount = most_sold(value, settings.listing_share)
    if amount > 0.0:
        close(market, code, Round("ipo", value, {PUBLIC: amount}, False))
    post_money = value + amount
    sellers = np.flatnonzero(equity.venture)
    shares = equity.stakes[code, sellers]
    ledger.post(ledger.account("savers"), ledger.funds[sellers], "shares", shares * post_money)
    equity.powder[sellers] += shares * post_money
    equity.stakes[code, PUBLIC] += shares.sum()
    equity.stakes[code, sellers] = 0.0
    equity.since[code, sellers] = np.inf
    equity.listed[code], equity.mark[code] = True, post_money
    market.recorder.event("listing", code, after=post_money, detail="value at listing, M$")
