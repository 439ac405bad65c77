"""Phase 7, apps: application companies choose providers, grow, enter and leave (E29-E31).

All see the market of last month's end and this month's offers.  This file makes the month's
tables; `agents.kernels.apps` runs through the companies.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.app_parameters import AppParameters
from agents.apps import API, Turnover
from agents.codes import NONE, OPEN
from agents.draws import luck_keys, luck_of, monthly, uniform
from agents.equations.app_market import app_utility, arrivals, chance, mean_growth, normal_table
from agents.equations.choice import fixed, switching_cost
from agents.equations.race import arrival_table, nest_table
from agents.kernels.apps import STREAMS, AppMonth, app_month

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


def apps(market: "Market") -> None:
    """One month of application companies."""
    companies = market.apps
    if market.origin.apps.count == 0:
        return
    turnover = np.zeros(len(Turnover._fields), np.int64)
    world = this_month(market, market.config.apps)
    companies.hold(app_month(companies.room, len(companies), companies.in_house, world, turnover))
    companies.turn(Turnover(*turnover.tolist()))


def this_month(market: "Market", settings: AppParameters) -> AppMonth:
    """Everything that companies need to know of this month."""
    offers, lam = market.offers, market.config.choice.nest_dissimilarity
    keys = monthly(market.config.seed, "apps", ("entry", *STREAMS), market.origin.months)
    keys = keys[market.month]
    edges = np.cumsum(market.adopted)
    live = offers.live[API]
    # OPEN is nobody's: the hosts that serve it absorb no customers.
    reach = market.apps.reach.copy()
    reach[:, OPEN] = 0.0
    price = np.where(live, offers.price[API], 1.0)
    weights = (settings.capability_weight, settings.price_weight)
    return AppMonth(
        month=market.month,
        keys=keys[1:],
        luck=luck_keys(market.keys),
        nest_luck=luck_of("nest"),
        live=live,
        nested=offers.nested[API] > 0,
        utility=app_utility(offers.capability[API], price, *weights),
        lock=lock_in(settings, market.origin.months),
        absorbs=chance(settings.absorption * reach),
        edges=edges,
        arriving=arrivals(
            settings.entry_rate * float(edges[-1]) / len(edges), float(uniform(keys[:1])[0])
        ),
        limit=settings.limit,
        normal=normal_table(),
        arrival=arrival_table(),
        nest=nest_table(lam),
        dissimilarity=lam,
        restless=float(chance(settings.reconsideration)),
        spread=settings.size_spread,
        drift=settings.size_drift,
        growth=mean_growth(settings.size_spread, settings.size_drift),
        entrant_size=settings.entrant_size,
        exit_size=settings.exit_size,
    )


@lru_cache(maxsize=16)
def lock_in(settings: AppParameters, months: int) -> Array:
    """E18 by tenure in months, from 0 to the longest possible, util."""
    cost = switching_cost(
        np.arange(months + 1.0),
        settings.switching_cost_base,
        settings.switching_cost_growth,
        settings.switching_cost_months,
    )
    return fixed(cost)


def adopted_shares(market: "Market") -> Array:
    """Share of developers, enterprises and consumers who have adopted, in the order of codes."""
    firms = market.enterprises
    coding, consumer = (
        1.0 - market.totals[people.name].accounts[NONE] / len(people)
        for people in (market.developers, market.consumers)
    )
    return np.array([coding, np.count_nonzero(firms.provider != NONE) / len(firms), consumer])
