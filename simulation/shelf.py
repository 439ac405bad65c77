"""What providers put on offer: models by segment, safety, brand and prices (E7-E9, E13, E16)."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from agents.equations.choice import fixed
from agents.equations.pricing import serving_need, unit_cost
from agents.equations.research import tailored
from agents.kernels.open_up import open_up
from agents.kernels.shelf import OPEN_TO, Goods, OpenGoods, PostRules, posted
from simulation.columns import SEGMENTS
from simulation.lasting import price_factors
from simulation.offers import SHAPE
from simulation.own_terms import market_rent

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
OF_SEGMENT = np.array(OPEN_TO)
PEACE = fixed(np.ones(CODES))  # factors on list prices where there is no price war
MODEL = ("capability", "size", "safety", "efficiency", "serving_efficiency", "focus")


def give_away(market: "Market") -> None:
    """E16: the best released weights, of anybody and of whom enterprises admit."""
    labs, opened = market.labs, market.open_models
    models = tuple(getattr(labs, name) for name in MODEL)
    best = [getattr(opened, name) for name in MODEL]
    giving = labs.weights & labs.active
    open_up(models, giving, market.roster.refused, (*best, opened.released, opened.source))


def serving_needs(market: "Market") -> Array:
    """E7: thousand H100-equivalent months per trillion tokens, (3, 16)."""
    labs, opened, settings = market.labs, market.open_models, market.config.research
    rates = (settings.serving_need, settings.size_exponent)
    need = np.empty(SHAPE)
    need[:] = serving_need(labs.size, labs.serving_efficiency, *rates)
    of_open = serving_need(opened.size, opened.serving_efficiency, *rates)
    need[:, OPEN] = of_open[OF_SEGMENT]
    return need


def post(market: "Market") -> None:
    """Put the month's offers out."""
    offers, labs, opened, config = market.offers, market.labs, market.open_models, market.config
    special = config.research.specialisation
    need = serving_needs(market)
    cost = unit_cost(need, market_rent(market))
    goods = Goods(
        labs.capability,
        tailored(labs.focus, special),
        labs.safety,
        labs.brand,
        labs.reliability,
        labs.markup,
        labs.released,
        labs.weights,
    )
    open_goods = OpenGoods(
        opened.capability,
        tailored(opened.focus, special),
        opened.safety,
        opened.released,
        opened.source,
    )
    rules = PostRules(
        config.research.open_brand,
        config.enterprises.host_margin,
        config.planning.open_margin,
        config.planning.open_cap,
    )
    wars = price_factors(config, market.month, market.supply.names)
    # A kernel is compiled for arrays that may be written to and for those that may not: one form.
    factors = PEACE if wars is None else fixed(wars)
    amounts, flags = np.zeros((5, *SHAPE)), np.zeros((2, *SHAPE), np.bool_)
    offers.release_count = np.zeros(len(SEGMENTS), np.int64)
    found = (amounts, flags, offers.release_count)
    posted(offers.live, goods, open_goods, cost, factors, rules, *found)
    offers.capability, offers.safety, offers.brand, offers.reliability, offers.price = amounts
    offers.released, offers.open_weights = flags
    offers.term = np.zeros(SHAPE)
    named = tuple(market.roster.origins.tolist())
    offers.origin = origins_of(named, tuple(opened.source.tolist())).copy()
    opened.released[:] = False  # an event of next month may set it
    market.needs = need


@lru_cache(maxsize=64)
def origins_of(named: tuple[str, ...], sources: tuple[int, ...]) -> NDArray[np.str_]:
    """Origins of all offers, (3, 16), from those by code and from the makers of open weights."""
    origins = np.tile(np.array(named, "<U2"), (len(SEGMENTS), 1))
    origins[:, OPEN] = origins[0, np.array(sources)[OF_SEGMENT]]
    origins.flags.writeable = False
    return origins
