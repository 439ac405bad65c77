"""What providers put on offer: models by segment, safety, brand and prices (E7-E9, E13, E16)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, ENTERPRISE, OPEN
from agents.equations.pricing import capped_price, serving_need, unit_cost
from agents.equations.research import segment_capability
from agents.open_weights import ADMITTED, ANYBODY
from simulation.lasting import price_factors
from simulation.offers import SHAPE
from simulation.own_terms import market_rent

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
LOWEST, HIGHEST = 1e-6, 1e6  # $/Mtok: the bounds of a list price, as in a supply file
OPEN_TO = [ANYBODY, ADMITTED, ADMITTED]  # which open model each segment gets
OTHERS = np.arange(CODES) != OPEN


def open_up(market: "Market") -> None:
    """E16: the best released weights, of anybody and of whom enterprises admit."""
    labs, opened = market.labs, market.open_models
    giving = labs.weights & labs.active
    if not giving.any() and not opened.exists.any():
        return
    for which, allowed in ((ANYBODY, giving), (ADMITTED, giving & ~market.roster.refused)):
        if not allowed.any():
            continue
        best = np.where(allowed, labs.capability, -np.inf).argmax()
        if labs.capability[best] > opened.capability[which]:
            opened.released[which] = True
            opened.source[which] = best
            opened.capability[which] = labs.capability[best]
            opened.size[which] = labs.size[best]
            opened.safety[which] = labs.safety[best]
            opened.focus[:, which] = labs.focus[:, best]
        for name in ("efficiency", "serving_efficiency"):
            held = getattr(opened, name)
            held[which] = max(held[which], getattr(labs, name)[allowed].max())


def serving_needs(market: "Market") -> Array:
    """E7: thousand H100-equivalent months per trillion tokens, (3, 16)."""
    labs, opened, settings = market.labs, market.open_models, market.config.research
    rates = (settings.serving_need, settings.size_exponent)
    need = np.empty(SHAPE)
    need[:] = serving_need(labs.size, labs.serving_efficiency, *rates)
    of_open = serving_need(opened.size, opened.serving_efficiency, *rates)
    need[:, OPEN] = of_open[OPEN_TO]
    return need


def post(market: "Market") -> None:
    """Put the month's offers out."""
    offers, labs, opened = market.offers, market.labs, market.open_models
    live, settings = offers.live, market.config.research
    capability = segment_capability(labs.capability, labs.focus, settings.specialisation)
    offers.capability = np.where(live, capability, 0.0)
    offers.safety, offers.brand = np.where(live, labs.safety, 0.0), np.where(live, labs.brand, 0.0)
    offers.term = np.zeros(SHAPE)
    offers.released, offers.open_weights = labs.released & live, labs.weights & live
    offers.reliability = np.where(live, labs.reliability, 0.0)
    offers.origin = np.repeat(market.roster.origins[None], len(live), axis=0)
    post_open(market)
    offers.release_count = fresh_models(market)
    opened.released[:] = False  # an event of next month may set it
    post_prices(market)


def post_open(market: "Market") -> None:
    """Put out what OPEN serves, where there is any."""
    offers, opened, settings = market.offers, market.open_models, market.config.research
    offers.origin[:, OPEN] = market.roster.origins[opened.source[OPEN_TO]]
    for segment, which in enumerate(OPEN_TO):
        if offers.live[segment, OPEN]:
            capability, focus = opened.capability[which], opened.focus[:, which]
            tailored = segment_capability(capability, focus, settings.specialisation)
            offers.capability[segment, OPEN] = tailored[segment]
            offers.safety[segment, OPEN] = opened.safety[which]
            offers.brand[segment, OPEN] = settings.open_brand
            offers.released[segment, OPEN] = opened.released[which]


def fresh_models(market: "Market") -> NDArray[np.int64]:
    """Releases by segment that wake users (E20): OPEN's repeat those of the labs behind it."""
    released = market.offers.released.copy()
    opened = market.open_models
    for segment, which in ((CODING, ANYBODY), (ENTERPRISE, ADMITTED)):
        source = opened.source[which]
        if source < OPEN and released[segment, source]:
            released[segment, OPEN] = False
    return np.asarray(released.sum(axis=1), np.int64)


def post_prices(market: "Market") -> None:
    """E7-E9: list price on the new unit cost, capped by open weights; consumers pay none."""
    offers, labs, planning = market.offers, market.labs, market.config.planning
    need = serving_needs(market)
    cost = unit_cost(need, market_rent(market))
    price = cost * (1.0 + labs.markup)
    price[:, OPEN] = market.config.enterprises.host_margin * cost[:, OPEN]
    of_open = np.where(offers.live[:, OPEN], price[:, OPEN], np.nan)[:, None]
    best_open = market.open_models.capability[OPEN_TO][:, None]
    no_better = OTHERS & (labs.capability <= best_open + planning.open_margin)
    price = capped_price(price, no_better, of_open, planning.open_cap)
    wars = price_factors(market.config, market.month, market.supply.names)
    if wars is not None:
        price = price * wars
    held = np.minimum(np.maximum(price, LOWEST), HIGHEST)
    offers.price = np.where(offers.live, held, 0.0)
    offers.price[CONSUMER] = 0.0
    market.needs = need


def fixed_costs(market: "Market", capability: float) -> tuple[Array, Array, NDArray[np.bool_]]:
    """E7: unit cost and markup of a model of a fixed capability, and who can make one, (16,).

    A better algorithm makes it with less training compute (`efficiency`), hence smaller, and
    serves it with less again (`serving_efficiency`).
    """
    labs, opened, config = market.labs, market.open_models, market.config
    makers = np.array([labs.capability, labs.efficiency, labs.serving_efficiency, labs.markup])
    makers[:, OPEN] = (
        opened.capability[ANYBODY],
        opened.efficiency[ANYBODY],
        opened.serving_efficiency[ANYBODY],
        config.enterprises.host_margin - 1.0,
    )
    able, trained, served, markup = makers
    rates = (config.research.serving_need, config.research.size_exponent)
    cost = unit_cost(serving_need(capability - trained, served, *rates), market_rent(market))
    offered = market.offers.live[:CONSUMER].any(axis=0)
    return cost, markup, offered & (able >= capability)
