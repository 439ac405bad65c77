"""What holders get for a provider, and what an investor does with one that it has bought (E42)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.codes import FOUNDERS, OTHERS, PUBLIC
from agents.labs import NEVER

if TYPE_CHECKING:
    from simulation.market import Market


def pay_holders(market: "Market", code: int, payer: int, price: float) -> None:
    """Pay all holders but the payer itself for what each of them holds."""
    equity, ledger = market.equity, market.ledger
    size = len(equity.names)
    due = price * np.maximum(equity.stakes[code], 0.0)  # founders' part is a rest, and rounded
    of_investors = np.where(ledger.funds == payer, 0.0, due[:size])
    ledger.post(payer, ledger.funds, "shares", of_investors)
    for place, name in ((OTHERS, "investors"), (FOUNDERS, "founders"), (PUBLIC, "savers")):
        ledger.post(payer, ledger.account(name), "shares", float(due[place]))
    equity.powder += of_investors
    paid = float(of_investors.sum() + due[size:].sum())
    own = ledger.funds == payer
    equity.powder[own] = np.maximum(equity.powder[own] - paid, 0.0)  # parts may round above all


def take_over(market: "Market", code: int, investor: int, price: float) -> str:
    """Go on as the company of one investor, which pays what is overdue and a ticket into it.

    It pays no more than it has.  Returns what happened, in words.
    """
    equity, labs = market.equity, market.labs
    powder = float(equity.powder[investor])
    ticket = market.config.investment.ticket_share * max(powder - float(labs.arrears[code]), 0.0)
    paid = min(float(labs.arrears[code]) + ticket, powder)
    market.ledger.post(int(market.ledger.funds[investor]), code, "rounds", paid)
    equity.powder[investor] -= paid
    equity.invested[investor] += paid
    labs.cash[code] += paid
    labs.paid_in[code] += paid
    equity.stakes[code], equity.since[code] = 0.0, np.inf
    equity.stakes[code, investor], equity.since[code, investor] = 1.0, market.month
    equity.last_round[code], equity.last_post[code] = market.month, price + paid
    equity.failed_round[code] = equity.failed_rescue[code] = NEVER
    equity.listed[code], equity.mark[code] = False, np.nan
    return f"it goes on, with {paid:.4g} M$ from its new owner"
