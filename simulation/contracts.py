"""Contracts for compute: which cloud, how much, at which price (E10)."""

from typing import TYPE_CHECKING

from agents.compute_parameters import LONGEST_TERM
from agents.equations.pricing import HOURS
from agents.strategy import Deal
from agents.supplier import Contract

if TYPE_CHECKING:
    from simulation.market import Market

LEAST_DEAL = 1e-9  # thousand H100-equivalents: below it nothing is signed


def sign_deal(market: "Market", code: int, deal: Deal) -> None:
    """Sign as much of a deal as a cloud has free, at a price fixed today, used or not."""
    if not deal.capacity > LEAST_DEAL:
        return
    compute, settings, month = market.compute, market.config.compute, market.month
    first = month + settings.contract_lead
    free = compute.free(first)
    supplier = chosen_supplier(market, code, free, deal.capacity)
    capacity = min(deal.capacity, free[supplier])
    sign(market, code, supplier, Deal(capacity, deal.months), first)


def sign_dues(market: "Market", code: int, supplier: int | None, dues: float) -> float:
    """E39: sign for compute worth `dues` over the usual term, as far as there is any; M$ signed.

    supplier : cloud; None for the one that the provider would choose itself.
    """
    compute, settings = market.compute, market.config.compute
    first = market.month + max(settings.contract_lead, 1)  # this month is settled already
    free = compute.free(first)
    price = contract_price(market, code)
    if not price > 0.0:
        return 0.0
    capacity = dues / (price * settings.contract_term)
    if supplier is None:
        supplier = chosen_supplier(market, code, free, capacity)
    deal = Deal(min(capacity, free[supplier]), settings.contract_term)
    return sign(market, code, supplier, deal, first)


def contract_price(market: "Market", code: int) -> float:
    """Price of a contract signed today, M$ a month for each thousand H100-equivalents."""
    dearer = 1.0 + float(market.roster.surcharge[code])
    discount = market.config.compute.contract_discount
    return HOURS * market.compute.rent * (1.0 - discount) * dearer


def sign(market: "Market", code: int, supplier: int, deal: Deal, first: int) -> float:
    """Put a deal from month `first` on, of LONGEST_TERM at most, into the books; its dues, M$."""
    compute, month = market.compute, market.month
    capacity, months = deal.capacity, min(deal.months, LONGEST_TERM)
    if not capacity > LEAST_DEAL or months < 1:
        return 0.0
    price = contract_price(market, code) * capacity
    compute.sign(Contract(code, supplier, month, first, first + months, capacity, price))
    market.recorder.event(
        "contract",
        code,
        after=capacity,
        detail=f"{compute.names[supplier]}: {capacity:.3g} thousand H100e for {months} "
        f"months from month {first} on, {price:.3g} M$ a month",
    )
    return price * months


def chosen_supplier(market: "Market", code: int, free: list[float], wanted: float) -> int:
    """The home cloud as long as it has enough or nobody else may be asked, else the freest."""
    own = market.roster.settings[code]
    most = free.index(max(free))
    if own.home is None:
        return most
    home = market.compute.names.index(own.home)
    bound = exclusive_home(market, code) is not None
    return home if bound or free[home] >= min(wanted, free[most]) else most


def exclusive_home(market: "Market", code: int) -> int | None:
    """Cloud at which alone a provider may sign today; None where it may choose."""
    own = market.roster.settings[code]
    if own.home is None or market.month >= own.exclusive_until:
        return None
    return market.compute.names.index(own.home)
