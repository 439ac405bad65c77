"""Money and compute are conserved: what must hold at the end of every month (design, V17, V18)."""

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from agents.accounts import KINDS
from agents.kernels.money_checks import ACCOUNTS, ALL, OWNERS, SHARES, Books, Holders, first_wrong
from simulation.identities import IdentityError

if TYPE_CHECKING:
    from simulation.market import Market

OF_LABS = attrgetter(*Books._fields)
OF_USERS = np.isin(KINDS, ("usage", "fees", "app_use", "advertising"))  # by kind


def check_money(market: "Market") -> None:
    """Cash adds up over all accounts, books balance, dues and compute are all accounted for.

    No payment is negative or missing.  Assets less debts are what owners paid in and what was
    earned; cash is that of the ledger, and revenue what was billed.  Dues signed are paid, put
    off, written off or still to come.  Nobody uses more compute than it wanted, all together no
    more than there is.  An investor's cash is its dry powder and credits to redeem; providers
    belong to somebody.
    """
    labs, ledger, compute, equity = market.labs, market.ledger, market.compute, market.equity
    account, who, amount = first_wrong(
        Holders(labs.active, equity.stakes, equity.owned, equity.powder, ledger.funds),
        Books(*OF_LABS(labs)),
        (ledger.balance, ledger.turnover),
        ledger.payments,
        OF_USERS,
        market.bills.revenue,
        (compute.signed, compute.paid, compute.written_off),
        (compute.due, market.month + 1, compute.until),
        (compute.served, float(compute.capacity)),
    )
    if account == ALL:
        return
    if account == OWNERS:
        where = f"cash, less dry powder and credits, M$, {equity.names[who]}"
    elif account == SHARES:
        where = f"parts of a provider that belong to nobody, {market.supply.names[who]}"
    elif who == ALL:
        where = ACCOUNTS[account]
    else:
        where = f"{ACCOUNTS[account]}, {market.supply.names[who] or 'nobody'}"
    raise IdentityError(market.month, where, amount)
