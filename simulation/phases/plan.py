"""Phase 3, plan: what providers spend, on what, which compute they sign for, and whom they serve.

Providers decide by their strategies (E5, E6, E8, E10), in a random order, since they compete for
the same capacity.  On recorded supply, list prices are read.
"""

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import OPEN
from agents.draws import uniform
from agents.kernels.routine import Rules, routine
from agents.kernels.write_down import Plan, write_down
from agents.open_weights import ADMITTED, ANYBODY
from simulation import replay
from simulation.contracts import sign_deal
from simulation.decisions import MONTHLY, WHERE, answers, deal_of
from simulation.exit import forget_plans
from simulation.own_terms import keyed
from simulation.situation import View, view_of

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
OF_PLAN = attrgetter(*Plan._fields)
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
    """Let every provider decide; each sees the market before anyone decided."""
    forget_plans(market)
    imitate(market)
    view, codes = view_of(market), market.labs.active.nonzero()[0]
    if not len(codes):
        return
    note(market, codes, ask(market, view, codes.tolist()), view.mix)
    interval = market.config.planning.contract_interval
    due = [code for code in codes.tolist() if (market.month + code) % interval == 0]
    names, strategies = market.supply.names, market.roster.strategies
    for code in in_turn(market, due, "providers.order"):
        sign_deal(market, code, deal_of(names[code], strategies[code], view.situation(code)))


def ask(market: "Market", view: View, codes: list[int]) -> Array:
    """Decisions of the month, (all codes, columns): by the routine, or as a strategy has it."""
    roster, names, config = market.roster, market.supply.names, market.config
    routines, finance = config.planning, config.finance
    rules = Rules(
        routines.profit_share,
        routines.spending_months,
        routines.markup_response,
        routines.markup_step,
        routines.markup_floor,
        routines.markup_limit,
        finance.stressed,
        finance.distressed,
        finance.deepest_cut,
    )
    decided: Array
    decided, sound = routine(view.rows, roster.means.leverage, roster.means.open_weights, rules)
    is_sound = sound.tolist()
    for code in codes:
        # Whoever cannot do what the routine says must say so itself.
        questions = roster.questions[code] if is_sound[code] else MONTHLY
        if questions:
            situation, strategy = view.situation(code), roster.strategies[code]
            found = answers(names[code], strategy, situation, questions)
            for (name, _), answer in zip(questions, found, strict=True):
                decided[code, WHERE[name]] = answer
    return decided


def in_turn(market: "Market", codes: list[int], stream_name: str) -> list[int]:
    """Codes in this month's keyed order, since who comes first finds more of what is scarce."""
    if len(codes) < 2:
        return codes
    keys = keyed(market, stream_name).tolist()
    return sorted(codes, key=keys.__getitem__)


def note(market: "Market", codes: NDArray[np.int64], decided: Array, mix: Array) -> None:
    """Put what the providers of these codes decided into their columns.

    mix : of all revenue by segment, which focus may follow (E13).
    """
    speed = min(market.config.research.refocus / YEAR, 1.0)
    write_down(codes, decided, speed, mix, Plan(*OF_PLAN(market.labs)))


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
