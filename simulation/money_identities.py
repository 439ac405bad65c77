"""Money and compute are conserved: what must hold at the end of every month (design, V17, V18)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.kernels.money_checks import ACCOUNTS, ALL, RELATIVE, Books, first_unbalanced
from simulation.identities import IdentityError
from simulation.ledger import KINDS

if TYPE_CHECKING:
    from simulation.market import Market

OF_USERS = np.isin(KINDS, ("usage", "fees", "app_use", "advertising"))  # by kind


def check_money(market: "Market") -> None:
    """Cash adds up over all accounts, books balance, dues and compute are all accounted for.

    No payment is negative or missing.  Assets less debts are what owners paid in and what was
    earned; cash is that of the ledger, and revenue what was billed.  Dues signed are paid, put
    off, written off or still to come.  Nobody uses more compute than it wanted, all together no
    more than there is.
    """
    labs, ledger, compute = market.labs, market.ledger, market.compute
    account, code, amount = first_unbalanced(
        Books(*(getattr(labs, name) for name in Books._fields)),
        (ledger.balance, ledger.turnover),
        ledger.payments,
        OF_USERS,
        market.bills.revenue,
        (compute.signed, compute.paid, compute.written_off),
        compute.still_due(market.month + 1),
        compute.served,
        float(compute.capacity),
    )
    if account != ALL:
        whose = "" if code == ALL else f", {market.supply.names[code] or 'nobody'}"
        raise IdentityError(market.month, f"{ACCOUNTS[account]}{whose}", amount)
    check_investors(market)
    check_stakes(market)


def check_investors(market: "Market") -> None:
    """An investor's cash is what it can invest and what its credits will cost it."""
    equity, ledger = market.equity, market.ledger
    held = ledger.balance[ledger.funds]
    claims = equity.owned @ market.labs.credits.sum(axis=0)
    apart = held - equity.powder - claims
    scale = np.maximum(ledger.turnover[ledger.funds] + equity.powder + claims, 1.0)
    wrong = np.flatnonzero(~(np.abs(apart) <= RELATIVE * scale))
    if len(wrong):
        where = f"cash, less dry powder and credits, M$, {equity.names[wrong[0]]}"
        raise IdentityError(market.month, where, float(apart[wrong[0]]))


def check_stakes(market: "Market") -> None:
    """Every provider on the market belongs to its holders, once."""
    stakes = market.equity.stakes
    apart = np.where(market.labs.active, np.abs(stakes.sum(axis=1) - 1.0), 0.0)
    apart = np.maximum(apart, -stakes.min(axis=1))
    wrong = np.flatnonzero(~(apart <= RELATIVE))
    if len(wrong):
        where = f"parts of a provider that belong to nobody, {market.supply.names[wrong[0]]}"
        raise IdentityError(market.month, where, float(apart[wrong[0]]))
