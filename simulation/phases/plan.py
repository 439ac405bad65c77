"""Phase 3, plan: what providers spend, on what, which compute they sign for, and whom they serve.

Providers decide by their strategies (E5, E6, E8, E10), in a random order, since they compete for
the same capacity.  On recorded supply, list prices are read.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import OPEN
from agents.draws import below, stream, uniform
from agents.open_weights import ADMITTED, ANYBODY
from agents.strategy import Situation, Strategy
from simulation import replay
from simulation.contracts import sign_deal
from simulation.situation import situations

if TYPE_CHECKING:
    from simulation.market import Market

YEAR = 12
LEAST_FOCUS = 1e-6


def plan(market: "Market") -> None:
    """Decide for the month, and note what buyers see of it."""
    market.offers.runway = market.offers.coming_runway
    if market.endogenous:
        decide(market)
        stand(market)
    else:
        replay.post_prices(market)


def decide(market: "Market") -> None:
    """Ask every strategy; each sees the market before anyone decided, deals apart."""
    imitate(market)
    found = situations(market)
    for code in in_turn(market, list(found)):
        situation, strategy = found[code], market.roster.strategies[code]
        write_down(market, code, strategy, situation)
        if (market.month + code) % market.config.planning.contract_interval == 0:
            sign_deal(market, code, strategy.deal(situation))


def in_turn(market: "Market", codes: list[int]) -> list[int]:
    """Codes in this month's keyed order."""
    keys = below(stream(market.config.seed, "providers.order"), market.month, market.supply.keys)
    return sorted(codes, key=lambda code: int(keys[code]))


def write_down(market: "Market", code: int, strategy: Strategy, situation: Situation) -> None:
    """Put the decisions of one provider into the columns."""
    labs = market.labs
    support, budget = strategy.support(situation), strategy.budget(situation)
    parts = strategy.allocation(situation)
    labs.support[code], labs.budget[code] = support, budget
    labs.parts[:, code] = parts
    labs.spending[:, code] = [part * budget for part in parts]
    labs.markup[code] = strategy.markup(situation)
    labs.sales_mix[:, code] = strategy.sales_mix(situation)
    labs.focus[:, code] = followed(market, strategy.focus(situation), situation)
    labs.sells[:, code] = strategy.sells(situation)
    labs.weights[code] = strategy.opens_weights(situation)
    labs.bundles[code] = strategy.bundles(situation)


def followed(
    market: "Market", focus: tuple[float, ...], situation: Situation
) -> NDArray[np.float64]:
    """E13: focus after it has followed the revenue of the market; parts that sum to 1."""
    speed = min(market.config.research.refocus / YEAR, 1.0)
    moved = [
        part + speed * (mix - part) for part, mix in zip(focus, situation.market_mix, strict=True)
    ]
    held: NDArray[np.float64] = np.maximum(moved, LEAST_FOCUS)
    return np.asarray(held / held.sum())


def imitate(market: "Market") -> None:
    """E6, an option: some move their allocation toward that of the fastest-growing provider."""
    labs, planning = market.labs, market.config.planning
    if planning.imitation == 0.0:
        return
    active = labs.active
    before = labs.past_revenue[0]
    known = active & (before > 0.0)
    if not known.any():
        return
    growth = np.where(known, labs.revenue / np.where(known, before, 1.0), -np.inf)
    model = labs.allocation[:, np.argmax(growth)].copy()
    chance = 1.0 - (1.0 - planning.imitation) ** (1.0 / YEAR)
    keys = below(
        stream(market.config.seed, "providers.imitation"), market.month, market.supply.keys
    )
    moving = active & (uniform(keys) < chance)
    step = planning.imitation_step * (model[:, None] - labs.allocation)
    labs.allocation += np.where(moving, step, 0.0)


def stand(market: "Market") -> None:
    """Which offers stand this month: those of active providers, and of open weights."""
    offers, labs, opened = market.offers, market.labs, market.open_models
    offers.live = labs.sells & labs.active
    offers.live[:, OPEN] = [opened.exists[ANYBODY], opened.exists[ADMITTED], False]
    offers.bundled = labs.bundles.copy()
