"""What providers put on offer: models by segment, safety, brand and prices (E7-E9, E13, E16)."""

from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from agents.equations.choice import fixed
from agents.equations.pricing import serving_need
from agents.equations.research import tailored
from agents.kernels.open_up import Models, no_models, open_up
from agents.kernels.shelf import OPEN_TO, Goods, OpenGoods, PostRules, posted
from simulation.columns import SEGMENTS
from simulation.lasting import price_factors
from simulation.offers import SHAPE
from simulation.own_terms import market_rent

if TYPE_CHECKING:
    from simulation.market import Market

OF_SEGMENT = np.array(OPEN_TO)
PEACE = fixed(np.ones(CODES))  # factors on list prices where there is no price war
of_model = attrgetter("capability", "size", "safety", "efficiency", "serving_efficiency", "focus")


def give_away(market: "Market") -> Models:
    """E16: the best released weights, of anybody and of whom enterprises admit; all models."""
    labs, opened = market.labs, market.open_models
    best = (*of_model(opened), opened.released, opened.source)
    models, refused = no_models(), market.roster.refused
    open_up(of_model(labs), labs.active, labs.weights, refused, best, models)
    return models


def post(market: "Market", models: Models) -> None:
    """Put the month's offers out."""
    offers, labs, opened, config = market.offers, market.labs, market.open_models, market.config
    research = config.research
    rates = research.serving_need, research.size_exponent
    served = (
        serving_need(models.size, models.serving_efficiency, *rates),
        tailored(models.focus, research.specialisation),
    )
    goods = Goods(
        labs.capability,
        market_rent(market),
        labs.safety,
        labs.brand,
        labs.reliability,
        labs.markup,
        labs.released,
        labs.weights,
    )
    open_goods = OpenGoods(opened.capability, opened.safety, opened.released, opened.source)
    rules = PostRules(
        research.open_brand,
        config.enterprises.host_margin,
        config.planning.open_margin,
        config.planning.open_cap,
    )
    wars = price_factors(config, market.month, market.supply.names)
    # A kernel is compiled for arrays that may be written to and for those that may not: one form.
    factors = PEACE if wars is None else fixed(wars)
    amounts, flags = np.zeros((5, *SHAPE)), np.zeros((2, *SHAPE), np.bool_)
    offers.release_count = np.zeros(len(SEGMENTS), np.int64)
    market.needs = np.empty(SHAPE)
    found = market.needs, amounts, flags, offers.release_count
    posted(offers.live, goods, open_goods, served, factors, rules, *found)
    offers.capability, offers.safety, offers.brand, offers.reliability, offers.price = amounts
    offers.released, offers.open_weights = flags
    offers.term = np.zeros(SHAPE)
    named = tuple(market.roster.origins.tolist())
    offers.origin = origins_of(named, tuple(opened.source.tolist())).copy()
    opened.released[:] = False  # an event of next month may set it


@lru_cache(maxsize=64)
def origins_of(named: tuple[str, ...], sources: tuple[int, ...]) -> NDArray[np.str_]:
    """Origins of all offers, (3, 16), from those by code and from the makers of open weights."""
    origins = np.tile(np.array(named, "<U2"), (len(SEGMENTS), 1))
    origins[:, OPEN] = origins[0, np.array(sources)[OF_SEGMENT]]
    origins.flags.writeable = False
    return origins
