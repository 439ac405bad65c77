"""Contracts for compute: which cloud, how much, at which price (E10)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.equations.pricing import HOURS
from agents.strategy import Deal
from agents.supplier import Contract

if TYPE_CHECKING:
    from simulation.market import Market

LEAST_DEAL = 1e-9  # thousand H100-equivalents: below it nothing is signed


def sign_deal(market: "Market", code: int, deal: Deal) -> None:
    """Sign as much of a deal as a cloud has free, at a price fixed today, used or not."""
    compute, settings, month = market.compute, market.config.compute, market.month
    first = month + settings.contract_lead
    free = compute.free(min(first, len(compute.contracted) - 1))
    supplier = chosen_supplier(market, code, free, deal.capacity)
    capacity = min(deal.capacity, float(free[supplier]))
    if not capacity > LEAST_DEAL or deal.months < 1:
        return
    dearer = 1.0 + float(market.roster.surcharge[code])
    rent = compute.rent * (1.0 - settings.contract_discount) * dearer
    price = HOURS * rent * capacity
    compute.sign(Contract(code, supplier, month, first, first + deal.months, capacity, price))
    market.recorder.event(
        "contract",
        code,
        after=capacity,
        detail=f"{compute.names[supplier]}: {capacity:.3g} thousand H100e for {deal.months} "
        f"months from month {first} on, {price:.3g} M$ a month",
    )


def chosen_supplier(market: "Market", code: int, free: np.ndarray, wanted: float) -> int:
    """The home cloud as long as it has enough or nobody else may be asked, else the freest."""
    own = market.config.providers[market.supply.names[code]]
    most = int(np.argmax(free))
    if own.home is None:
        return most
    home = market.compute.names.index(own.home)
    bound = market.month < own.exclusive_until
    return home if bound or free[home] >= min(wanted, float(free[most])) else most
