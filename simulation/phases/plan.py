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
from simulation import replay
from simulation.contracts import sign_deal
from simulation.decisions import Decisions, asked_of, deal_of
from simulation.situation import mixture, situations

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
YEAR = 12
LEAST_FOCUS = 1e-6
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
    write_down(market, list(found), Decisions(*zip(*asked, strict=True)))
    due = [code for code in found if (market.month + code) % interval == 0]
    for code in in_turn(market, due, "providers.order"):
        sign_deal(market, code, deal_of(names[code], strategies[code], found[code]))


def in_turn(market: "Market", codes: list[int], stream_name: str) -> list[int]:
    """Codes in this month's keyed order, since who comes first finds more of what is scarce."""
    if len(codes) < 2:
        return codes
    keys = below(stream(market.config.seed, stream_name), market.month, market.keys)
    return sorted(codes, key=lambda code: int(keys[code]))


def write_down(market: "Market", codes: list[int], asked: Decisions) -> None:
    """Put the decisions of the providers of these codes, in the same order, into the columns."""
    labs = market.labs
    budget, parts = np.array(asked.budget), np.array(asked.allocation).T
    labs.support[codes], labs.budget[codes] = asked.support, budget
    labs.parts[:, codes], labs.spending[:, codes] = parts, parts * budget
    labs.markup[codes] = asked.markup
    labs.sales_mix[:, codes] = np.array(asked.sales_mix).T
    labs.focus[:, codes] = followed(market, np.array(asked.focus).T)
    labs.sells[:, codes] = np.array(asked.sells).T
    labs.weights[codes], labs.bundles[codes] = asked.opens_weights, asked.bundles


def followed(market: "Market", focus: Array) -> Array:
    """E13: focus, (3, providers), after it has followed the revenue of the market; sums to 1."""
    speed = min(market.config.research.refocus / YEAR, 1.0)
    if speed > 0.0:
        mix = mixture(market.labs.segment_revenue.sum(axis=1, keepdims=True))
        focus = focus + speed * (mix - focus)
    held: Array = np.maximum(focus, LEAST_FOCUS)
    return np.asarray(held / held.sum(axis=0))


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
    keys = below(stream(market.config.seed, "providers.imitation"), market.month, market.keys)
    moving = active & (uniform(keys) < chance)
    step = planning.imitation_step * (model[:, None] - labs.allocation)
    labs.allocation += np.where(moving, step, 0.0)


def stand(market: "Market") -> None:
    """Which offers stand this month: those of active providers, and of open weights."""
    offers, labs, opened = market.offers, market.labs, market.open_models
    offers.live = labs.sells & labs.active
    offers.live[:, OPEN] = [opened.exists[ANYBODY], opened.exists[ADMITTED], False]
    offers.bundled = labs.bundles.copy()
