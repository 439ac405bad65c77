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
from agents.draws import luck_of, lucks_of, monthly, uniform
from agents.equations.app_market import app_utility, arrivals, chance, mean_growth, normal_table
from agents.equations.choice import fixed, switching_cost
from agents.equations.race import arrival_table, nest_table
from agents.kernels.apps import STREAMS, AppMonth, app_month

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
BOUGHT = int(API.max()) + 1  # segments from the first to the last of which apps buy offers


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
    seed, months, month = market.config.seed, market.origin.months, market.month
    edges = np.add.accumulate(market.adopted)
    # OPEN is nobody's: the hosts that serve it absorb no customers.
    absorbs = chance(settings.absorption * market.apps.reach)
    absorbs[:, OPEN] = 0.0
    price = np.where(offers.live[:BOUGHT], offers.price[:BOUGHT], 1.0)
    weights = (settings.capability_weight, settings.price_weight)
    restless, growth = steady(settings.reconsideration, settings.size_spread, settings.size_drift)
    return AppMonth(
        month=month,
        keys=monthly(seed, "apps", STREAMS, months)[month],
        luck=lucks_of(market.entrants.labels),
        nest_luck=luck_of("nest"),
        offer_of=API,
        live=offers.live,
        nested=offers.nested,
        utility=app_utility(offers.capability[:BOUGHT], price, *weights),
        lock=lock_in(
            (
                settings.switching_cost_base,
                settings.switching_cost_growth,
                settings.switching_cost_months,
            ),
            months,
        ),
        absorbs=absorbs,
        edges=edges,
        arriving=arrivals(
            settings.entry_rate * float(edges[-1]) / len(edges), entry_luck(seed, months)[month]
        ),
        limit=settings.limit,
        normal=normal_table(),
        arrival=arrival_table(),
        nest=nest_table(lam),
        dissimilarity=lam,
        restless=restless,
        spread=settings.size_spread,
        drift=settings.size_drift,
        growth=growth,
        entrant_size=settings.entrant_size,
        exit_size=settings.exit_size,
    )


@lru_cache(maxsize=64)
def entry_luck(seed: int, months: int) -> list[float]:
    """Uniform number of each month that decides how many companies enter."""
    luck: list[float] = uniform(monthly(seed, "apps", ("entry",), months)[:, 0]).tolist()
    return luck


@lru_cache(maxsize=16)
def steady(reconsideration: float, spread: float, drift: float) -> tuple[float, float]:
    """What no month changes: the chance to look around (E30), and mean growth (E29)."""
    return float(chance(reconsideration)), mean_growth(spread, drift)


@lru_cache(maxsize=16)
def lock_in(form: tuple[float, float, float], months: int) -> Array:
    """E18 by tenure in months, from 0 to the longest possible, util."""
    return fixed(switching_cost(np.arange(months + 1.0), *form))


def adopted_shares(market: "Market") -> Array:
    """Share of developers, enterprises and consumers who have adopted, in the order of codes."""
    firms = market.enterprises
    coding, consumer = (
        1.0 - int(market.totals[people.name].accounts[NONE]) / len(people)
        for people in (market.developers, market.consumers)
    )
    return np.array([coding, np.count_nonzero(firms.provider != NONE) / len(firms), consumer])
