"""Phase 3, plan: what providers spend, on what, which compute they sign for, and whom they serve.

Providers decide by their strategies (E5, E6, E8, E10), in a random order, since they compete for
the same capacity.  On recorded supply, list prices are read.
"""

from itertools import compress
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.draws import uniform
from agents.kernels.write_down import EffortRules, Plan, write_down
from simulation import replay
from simulation.contracts import sign_deal
from simulation.decisions import MONTHLY, SEVERAL, answers, deal_of, places_of
from simulation.exit import forget_plans
from simulation.offers import SHAPE
from simulation.own_terms import keyed
from simulation.situation import View, view_of

if TYPE_CHECKING:
    from simulation.market import Market

OF_PLAN = attrgetter(*Plan._fields)
YEAR = 12
NOTHING = 1e-100  # M$: growth from less could be too large for a number


def plan(market: "Market") -> None:
    """Decide for the month, and note what buyers see of it."""
    market.offers.runway = market.offers.coming_runway
    if market.endogenous:
        decide(market)
    else:
        replay.post_prices(market)


def decide(market: "Market") -> None:
    """Let every provider decide; each sees the market before anyone decided."""
    forget_plans(market)
    imitate(market)
    view, active = view_of(market), market.labs.active
    codes = [*compress(range(CODES), active.tolist())]
    ask(market, view, codes)
    note(market, view, active)
    interval = market.config.planning.contract_interval
    due = [code for code in codes if (market.month + code) % interval == 0]
    names, strategies = market.supply.names, market.roster.strategies
    for code in in_turn(market, due, "providers.order"):
        sign_deal(market, code, deal_of(names[code], strategies[code], view.situation(code)))


def ask(market: "Market", view: View, codes: list[int]) -> None:
    """Replace what a strategy decides otherwise than the routine in what the routine decides."""
    roster, names, sound = market.roster, market.supply.names, view.sound.tolist()
    places: list[int] = []
    values: list[float] = []
    for code in codes:
        questions, at = roster.questions[code], roster.places[code]
        if not sound[code]:  # whoever cannot do what the routine says must say so itself
            questions, at = MONTHLY, places_of(code, MONTHLY)
        if not questions:
            continue
        found = answers(names[code], roster.strategies[code], view.situation(code), questions)
        places += at
        for (name, _), answer in zip(questions, found, strict=True):
            if name in SEVERAL:
                values.extend(answer)
            else:
                values.append(answer)
    if places:
        view.decided.put(places, values)  # all at once: a call for each takes three times as long


def in_turn(market: "Market", codes: list[int], stream_name: str) -> list[int]:
    """Codes in this month's keyed order, since who comes first finds more of what is scarce."""
    if len(codes) < 2:
        return codes
    keys = keyed(market, stream_name).tolist()
    return sorted(codes, key=keys.__getitem__)


def note(market: "Market", view: View, active: NDArray[np.bool_]) -> None:
    """Put what was decided into the providers' columns, and what stands by it on offer."""
    offers, research = market.offers, market.config.research
    rules = EffortRules(
        min(research.refocus / YEAR, 1.0),
        research.progress_spending,
        research.brand_spending,
        research.exhaustion,
    )
    offers.live, offers.bundled = np.empty(SHAPE, np.bool_), np.empty(CODES, np.bool_)
    write_down(
        active,
        view.decided,
        rules,
        view.mix,
        Plan(*OF_PLAN(market.labs)),
        market.open_models.source,
        offers.live,
        offers.bundled,
    )


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
