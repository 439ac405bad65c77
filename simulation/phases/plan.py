"""Phase 3, plan: what providers spend, on what, which compute they sign for, and whom they serve.

Providers decide by their strategies (E5, E6, E8, E10), in a random order, since they compete for
the same capacity.  On recorded supply, list prices are read.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import OPEN
from agents.draws import uniform
from agents.kernels.write_down import Plan, write_down
from agents.open_weights import ADMITTED, ANYBODY
from agents.strategy import Parts
from simulation import replay
from simulation.contracts import sign_deal
from simulation.decisions import Decisions, asked_of, deal_of
from simulation.own_terms import keyed
from simulation.situation import situations

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
YEAR = 12
NOTHING = 1e-100  # M$: growth from less could be too large for a number


def plan(market: "Market") -> None:
    """Decide for the month, and note what buyers see of it."""
    market.offers.runway = market.offers.coming_runway
    if market.endogenous:
        decide(market)
        stand(market)
    else:
        replay.post_prices(market)


def decide(market: "Market") -> None:
    """Ask every strategy; each sees the market before anyone decided."""
    imitate(market)
    found, strategies = situations(market), market.roster.strategies
    if not found:
        return
    names, interval = market.supply.names, market.config.planning.contract_interval
    asked = [asked_of(names[code], strategies[code], found[code]) for code in found]
    note(market, list(found), asked, next(iter(found.values())).market_mix)
    due = [code for code in found if (market.month + code) % interval == 0]
    for code in in_turn(market, due, "providers.order"):
        sign_deal(market, code, deal_of(names[code], strategies[code], found[code]))


def in_turn(market: "Market", codes: list[int], stream_name: str) -> list[int]:
    """Codes in this month's keyed order, since who comes first finds more of what is scarce."""
    if len(codes) < 2:
        return codes
    keys = keyed(market, stream_name).tolist()
    return sorted(codes, key=keys.__getitem__)


def note(market: "Market", codes: list[int], asked: list[Decisions], mix: Parts) -> None:
    """Put what the providers of these codes decided into their columns.

    mix : of all revenue by segment, which focus may follow (E13).
    """
    decided = np.array(
        [
            (
                each.support,
                each.budget,
                each.markup,
                each.opens_weights,
                each.bundles,
                *each.allocation,
                *each.sales_mix,
                *each.focus,
                *each.sells,
            )
            for each in asked
        ],
        np.float64,
    )
    speed = min(market.config.research.refocus / YEAR, 1.0)
    plan = Plan(*[getattr(market.labs, name) for name in Plan._fields])
    write_down(np.array(codes), decided, speed, np.array(mix), plan)


def imitate(market: "Market") -> None:
    """E6, an option: some move their allocation toward that of the fastest-growing provider."""
    labs, planning = market.labs, market.config.planning
    if planning.imitation == 0.0:
        return
    active = labs.active
    before = labs.past_revenue[0]
    known = active & (before > NOTHING)
    if not known.any():
        return
    growth = np.where(known, labs.revenue / np.where(known, before, 1.0), -np.inf)
    model = labs.allocation[:, np.argmax(growth)].copy()
    chance = 1.0 - (1.0 - planning.imitation) ** (1.0 / YEAR)
    moving = active & (uniform(keyed(market, "providers.imitation")) < chance)
    step = planning.imitation_step * (model[:, None] - labs.allocation)
    labs.allocation += np.where(moving, step, 0.0)


def stand(market: "Market") -> None:
    """Which offers stand this month: those of active providers, and of open weights."""
    offers, labs, opened = market.offers, market.labs, market.open_models
    offers.live = labs.sells & labs.active
    offers.live[:, OPEN] = [opened.exists[ANYBODY], opened.exists[ADMITTED], False]
    offers.bundled = labs.bundles.copy()
