"""Exit: who has been short of liquid means for too long gives up (E42, stage iv)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.kernels.distress import count_overdue
from agents.kernels.money_checks import Liquid
from agents.labs import OF_LIQUID, anybody

if TYPE_CHECKING:
    from simulation.market import Market

DOLLAR = 1e-6  # M$; less is rounding, as of a bill that a loan or a parent paid in full


def leave(market: "Market") -> None:
    """Count months without liquid means, and let go who has had too many of them."""
    labs = market.labs
    liquid, backed = Liquid(*OF_LIQUID(labs)), market.roster.means.backed
    if count_overdue(liquid, labs.active, backed, DOLLAR, labs.overdue) == 0.0:
        return
    ended = (labs.overdue > 0.0) & (labs.overdue >= market.config.finance.grace)
    for code in np.flatnonzero(ended).tolist():
        close_down(market, code)


def close_down(market: "Market", code: int) -> None:
    """Equity is lost, suppliers write off what is owed and what was still to come."""
    labs, compute = market.labs, market.compute
    coming = compute.cancel(code, market.month + 1)
    owed = float(labs.arrears[code])
    compute.written_off[code] += coming + float(labs.deferred[code].sum())
    labs.written_off[code] += owed + float(labs.debt[code]) + coming
    labs.retained[code] += owed + float(labs.debt[code]) - float(labs.credits[code].sum())
    market.equity.powder += market.equity.owned @ labs.credits[code]  # what is left of them
    pay_off(market, code)
    labs.debt[code] = 0.0
    labs.deferred[code] = labs.owed[code] = labs.credits[code] = 0.0
    wind_up(market, code)
    market.recorder.event(
        "failure",
        code,
        before=owed,
        after=coming,
        detail=f"{owed:.4g} M$ owed and {coming:.4g} M$ of dues to come are written off",
    )


def pay_off(market: "Market", code: int) -> None:
    """What cash is left goes to its people, who come before clouds in settlement too."""
    labs, ledger = market.labs, market.ledger
    left = max(float(labs.cash[code]), 0.0)  # a rounding below 0 after bills that took all of it
    ledger.post(code, ledger.account("staff"), "operations", left)
    labs.retained[code] -= left
    labs.cash[code] = 0.0


def wind_up(market: "Market", code: int) -> None:
    """A provider is gone: it belongs to nobody, and has no offer next month."""
    labs = market.labs
    market.equity.stakes[code] = 0.0
    labs.exited[code] = True
    labs.sells[:, code] = False


def forget_plans(market: "Market") -> None:
    """Who is gone plans nothing any more; what it did in its last month has been recorded."""
    labs = market.labs
    if not anybody(labs.exited):
        return
    labs.spending[:, labs.exited] = 0.0
    for column in (labs.support, labs.budget):
        column[labs.exited] = 0.0
