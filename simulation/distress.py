"""Distress, stage by stage: new terms, a down round, and then a sale (E42, stages i to iii)."""

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from agents.draws import uniform
from agents.kernels.distress import Year, worst_stage
from agents.labs import anybody
from agents.supplier import Terms
from simulation.own_terms import keyed
from simulation.phases.plan import in_turn
from simulation.rounds import raise_round, wanted
from simulation.runways import look_at_runways

if TYPE_CHECKING:
    from simulation.market import Market

OF_YEAR = attrgetter(*Year._fields[: Year._fields.index("for_sale")])


def renegotiate(market: "Market") -> None:
    """Stage i: clouds put off dues of whom payments press too hard, for a fee."""
    settings, labs, compute = market.config.distress, market.labs, market.compute
    pressed = labs.pressure > market.config.finance.distressed
    if not anybody(pressed):
        return
    pressed &= labs.active
    granted = pressed & (uniform(keyed(market, "renegotiation")) < settings.renegotiation)
    terms = Terms(settings.moved_share, settings.moved_months, settings.moved_fee)
    for code in np.flatnonzero(granted).tolist():
        moved = compute.put_off(code, market.month + 1, terms)
        if moved > 0.0:
            labs.renegotiated[code] = market.month
            note_terms(market, code, moved, terms)


def note_terms(market: "Market", code: int, moved: float, terms: Terms) -> None:
    """Leave a row of what was agreed."""
    asked = (1.0 + terms.fee) * moved
    market.recorder.event(
        "renegotiation",
        code,
        before=moved,
        after=asked,
        detail=f"{terms.share:.0%} of the dues of the next {terms.months} months, {moved:.4g} M$, "
        f"are due after them, with a fee of {terms.fee:.0%}: {asked:.4g} M$",
    )


def rescue(market: "Market") -> None:
    """Stage ii: whose round has failed, and who has little time left, sells more for less."""
    equity, labs, settings = market.equity, market.labs, market.config.distress
    failed = lately(market, equity.failed_round)
    if not anybody(failed):
        return
    look_at_runways(market)  # as the rounds of this month leave them
    failed &= market.roster.means.raises & (labs.runway < settings.down_round_runway)
    codes = np.flatnonzero(failed).tolist()
    if not codes:
        return
    ambition, limit = wanted(market), settings.down_round_limit
    for code in in_turn(market, codes, "down_rounds.order"):
        if raise_round(market, code, "down_round", limit, float(ambition[code])):
            labs.rescued[code] = market.month
        else:
            equity.failed_rescue[code] = market.month
            market.recorder.event("failed_down_round", code, detail="nobody leads a down round")


def lately(market: "Market", failure: np.ndarray) -> np.ndarray:
    """Whose round has failed lately, and after the last one that closed, flags (16,)."""
    failed = failure > market.equity.last_round
    if not anybody(failed):
        return np.asarray(failed)
    recent = market.month - failure <= market.config.distress.memory
    return np.asarray(market.labs.active & recent & failed)


def take_stage(market: "Market", for_sale: np.ndarray) -> None:
    """Note the worst stage that each provider has been through in the last twelve months."""
    year = Year._make((*OF_YEAR(market.labs), for_sale))
    worst_stage(year, market.month, market.labs.stage)
