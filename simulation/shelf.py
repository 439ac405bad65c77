"""What providers put on offer: models by segment, safety, brand and prices (E7-E9, E13, E16)."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODING, CONSUMER, ENTERPRISE, OPEN
from agents.equations.pricing import capped_price, serving_need, unit_cost
from agents.equations.research import segment_capability
from agents.open_weights import ADMITTED, ANYBODY
from simulation.lasting import price_factors

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
PRICES = (1e-6, 1e6)  # $/Mtok: the bounds of a list price, as in a supply file


def open_up(market: "Market") -> None:
    """E16: the best released weights, of anybody and of whom enterprises admit."""
    labs, opened = market.labs, market.open_models
    giving = labs.weights & labs.active
    if not giving.any() and not opened.exists.any():
        return
    excluded = market.roster.refused
    for which, allowed in ((ANYBODY, giving), (ADMITTED, giving & ~excluded)):
        if not allowed.any():
            continue
        best = int(np.argmax(np.where(allowed, labs.capability, -np.inf)))
        if labs.capability[best] > opened.capability[which]:
            opened.released[which] = True
            opened.source[which] = best
            opened.capability[which] = labs.capability[best]
            opened.size[which] = labs.size[best]
            opened.safety[which] = labs.safety[best]
            opened.focus[:, which] = labs.focus[:, best]
        for name in ("efficiency", "serving_efficiency"):
            best_known = np.max(getattr(labs, name), where=allowed, initial=-np.inf)
            held = getattr(opened, name)
            held[which] = max(held[which], best_known)


def serving_needs(market: "Market") -> Array:
    """E7: thousand H100-equivalent months per trillion tokens, (3, 16)."""
    labs, opened, settings = market.labs, market.open_models, market.config.research
    rates = (settings.serving_need, settings.size_exponent)
    need = np.empty_like(market.offers.price)
    need[:] = serving_need(labs.size, labs.serving_efficiency, *rates)
    of_open = serving_need(opened.size, opened.serving_efficiency, *rates)
    need[:, OPEN] = of_open[[ANYBODY, ADMITTED, ADMITTED]]
    return need


def post(market: "Market") -> None:
    """Put the month's offers out."""
    offers, labs, opened, config = market.offers, market.labs, market.open_models, market.config
    kind = [ANYBODY, ADMITTED, ADMITTED]  # which open model each segment gets
    capability = segment_capability(labs.capability, labs.focus, config.research.specialisation)
    tailored = segment_capability(
        np.where(opened.exists, opened.capability, 0.0),
        opened.focus,
        config.research.specialisation,
    )
    safety = np.broadcast_to(labs.safety, capability.shape).copy()
    brand = labs.brand.copy()
    released = np.broadcast_to(labs.released, capability.shape).copy()
    capability[:, OPEN] = tailored[[CODING, ENTERPRISE, CONSUMER], kind]
    safety[:, OPEN], brand[:, OPEN] = opened.safety[kind], config.research.open_brand
    released[:, OPEN] = opened.released[kind]
    live = offers.live
    offers.capability = np.where(live, capability, 0.0)
    offers.safety, offers.brand = np.where(live, safety, 0.0), np.where(live, brand, 0.0)
    offers.term = np.zeros_like(brand)
    offers.released = released & live
    offers.reliability = np.where(live, labs.reliability, 0.0)
    offers.open_weights = np.broadcast_to(labs.weights, live.shape) & live
    offers.origin = np.broadcast_to(market.roster.origins, live.shape).copy()
    offers.origin[:, OPEN] = [market.roster.origins[source] for source in opened.source[kind]]
    offers.release_count = fresh_models(market)
    opened.released[:] = False  # an event of next month may set it
    post_prices(market)


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
    rent = market.compute.rent * (1.0 + market.roster.surcharge)
    cost = unit_cost(need, rent)
    price = cost * (1.0 + labs.markup)
    price[:, OPEN] = market.config.enterprises.host_margin * cost[:, OPEN]
    of_open = np.where(offers.live[:, OPEN], price[:, OPEN], np.nan)[:, None]
    best_open = market.open_models.capability[[ANYBODY, ADMITTED, ADMITTED]][:, None]
    no_better = labs.capability <= best_open + planning.open_margin
    price = capped_price(
        price, no_better & (np.arange(len(labs.capability)) != OPEN), of_open, planning.open_cap
    )
    wars = price_factors(market.config, market.month, market.supply.names)
    if wars is not None:
        price = price * wars
    offers.price = np.where(offers.live, np.clip(price, *PRICES), 0.0)
    offers.price[CONSUMER] = 0.0
    market.needs = need


def fixed_costs(market: "Market", capability: float) -> tuple[Array, Array, NDArray[np.bool_]]:
    """E7: unit cost and markup of a model of a fixed capability, and who can make one, (16,).

    A better algorithm makes it with less training compute (`efficiency`), hence smaller, and
    serves it with less again (`serving_efficiency`).
    """
    labs, opened, config = market.labs, market.open_models, market.config
    able = np.append(labs.capability[:OPEN], [opened.capability[ANYBODY], -np.inf])
    trained = np.append(labs.efficiency[:OPEN], [opened.efficiency[ANYBODY], 0.0])
    served = np.append(labs.serving_efficiency[:OPEN], [opened.serving_efficiency[ANYBODY], 0.0])
    markup = np.append(labs.markup[:OPEN], [config.enterprises.host_margin - 1.0, 0.0])
    rates = (config.research.serving_need, config.research.size_exponent)
    cost = unit_cost(
        serving_need(capability - trained, served, *rates),
        market.compute.rent * (1.0 + market.roster.surcharge),
    )
    offered = market.offers.live[:CONSUMER].any(axis=0)
    return cost, markup, offered & (able >= capability)
