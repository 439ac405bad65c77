"""Sales of providers that found no money: who bids, and who may buy (E42, stage iii)."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from agents.codes import NONE
from agents.draws import below, keys_of, name_key, uniform
from agents.equations.antitrust import merged
from agents.equations.shares import shares_of
from agents.labs import anybody
from simulation.distress import lately
from simulation.merger import absorb
from simulation.own_terms import keyed
from simulation.phases.plan import in_turn
from simulation.situation import parent_flow
from simulation.takeover import pay_holders, take_over

if TYPE_CHECKING:
    from simulation.market import Market

YEAR = 12
LEAST = 1e-6  # M$: with less nobody buys anything
SOLE = 1.0 - 1e-9  # stake of who owns all


class Bid(NamedTuple):
    """Who offers how much, M$: a provider by its code, or an investor by its place.

    code : NONE if the bidder is an investor.  account : whose cash it is.
    """

    amount: float
    name: str
    code: int
    investor: int
    account: int


def for_sale(market: "Market") -> np.ndarray:
    """Whose down round has failed lately, and who has little left, flags (16,)."""
    labs, equity = market.labs, market.equity
    failed = lately(market, equity.failed_rescue)
    if not anybody(failed):
        return failed
    short = labs.liquid < market.config.distress.sale_months * labs.burn
    able = short & ~market.roster.means.backed & (equity.valuation > 0.0)
    return np.asarray(failed & able)


def sell(market: "Market") -> np.ndarray:
    """Sell whom somebody may buy; returns flags (16,) of all who were for sale."""
    found = for_sale(market)
    if not anybody(found):
        return found
    for code in in_turn(market, np.flatnonzero(found).tolist(), "sales.order"):
        if not any(bought(market, code, bid) for bid in bids(market, code)):
            market.recorder.event(
                "failed_sale", code, before=market.equity.valuation[code], detail="no buyer"
            )
    return found


def bids(market: "Market", code: int) -> list[Bid]:
    """V·U(.5, 1) of everybody who could pay half of the value V, the highest first.

    Nobody bids more than it can pay.
    """
    settings, value = market.config.distress, float(market.equity.valuation[code])
    bidders = [*investors(market, code), *providers(market, code)]
    least = max(settings.bidder_means * value, LEAST)
    able = [bid for bid in bidders if bid.amount >= least]
    if not able:
        return []
    names = [key_name(market, bid) for bid in able]
    keys = below(keyed(market, "sales")[code], keys_of(tuple(names)))
    low = settings.lowest_bid
    parts = (low + (1.0 - low) * uniform(keys)).tolist()
    offers = [
        bid._replace(amount=min(value * part, bid.amount))
        for bid, part in zip(able, parts, strict=True)
    ]
    return sorted(offers, key=lambda bid: -bid.amount)


def key_name(market: "Market", bid: Bid) -> str:
    """Name by which draws are keyed: that of the company, and not of its place."""
    return bid.name if bid.code == NONE else market.entrants.labels[bid.code]


def investors(market: "Market", code: int) -> list[Bid]:
    """Strategic investors with all that they could pay; not who owns the provider already."""
    equity, ledger = market.equity, market.ledger
    return [
        Bid(float(equity.powder[place]), name, NONE, place, int(ledger.funds[place]))
        for place, name in enumerate(equity.names)
        if equity.kinds[place] == "strategic" and equity.stakes[code, place] < SOLE
    ]


def providers(market: "Market", code: int) -> list[Bid]:
    """Other providers with the cash that they have; of a backed one its parent pays.

    A parent could pay as much as it supports its provider with in a year.
    """
    labs, backed = market.labs, market.roster.means.backed
    own, flow = np.minimum(labs.cash, labs.liquid), YEAR * parent_flow(market)
    parents = market.ledger.account("parents")
    return [
        Bid(float(flow[other]), market.supply.names[other], other, -1, parents)
        if backed[other]
        else Bid(float(own[other]), market.supply.names[other], other, -1, other)
        for other in np.flatnonzero(labs.active).tolist()
        if other != code
    ]


def bought(market: "Market", code: int, bid: Bid) -> bool:
    """Close a sale, unless the regulator blocks it."""
    if bid.code != NONE:
        merger = merged(shares_of(market.labs.revenue), bid.code, code)
        key = below(keyed(market, "antitrust")[code], name_key(key_name(market, bid)))
        if market.regulator.blocks(merger, market.config.distress, float(uniform(key)[0])):
            market.recorder.event(
                "blocked_sale",
                code,
                before=merger.rise,
                after=merger.concentration,
                detail=f"{bid.name} may not buy it: HHI of revenue would be "
                f"{merger.concentration:.4g}, {merger.rise:.4g} higher, and its share "
                f"{merger.share:.4g}",
            )
            return False
    value = float(market.equity.valuation[code])
    pay_holders(market, code, bid.account, bid.amount)
    if bid.code != NONE:
        what = absorb(market, code, bid.code, bid.amount)
    else:
        what = take_over(market, code, bid.investor, bid.amount)
    market.recorder.event(
        "acquisition",
        code,
        before=value,
        after=bid.amount,
        detail=f"{bid.name} buys it for {bid.amount:.4g} M$; {what}",
    )
    return True
