"""Money and compute are conserved: what must hold at the end of every month (design, V17, V18)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.kernels.money_checks import ACCOUNTS, ALL, Books, dues_to_come, first_unbalanced
from simulation.identities import IdentityError
from simulation.ledger import KINDS

if TYPE_CHECKING:
    from simulation.market import Market

OF_USERS = np.isin(KINDS, ("usage", "fees", "app_use", "advertising"))  # by kind


def check_money(market: "Market") -> None:
    """Cash adds up over all accounts, books balance, dues and compute are all accounted for.

    No payment is negative or missing.  Assets less debts are what owners paid in and what was
    earned; cash is that of the ledger, and revenue what was billed.  Dues signed are paid, deferred,
    written off or still to come.  Nobody uses more compute than it wanted, all together no more
    than there is.
    """
    labs, ledger, compute = market.labs, market.ledger, market.compute
    account, code, amount = first_unbalanced(
        Books(*(getattr(labs, name) for name in Books._fields)),
        (ledger.balance, ledger.turnover),
        ledger.payments,
        OF_USERS,
        market.bills.revenue,
        (compute.signed, compute.paid, compute.written_off),
        dues_to_come(compute.contracts, market.month + 1),
        compute.served,
        float(compute.capacity),
    )
    if account != ALL:
        whose = "" if code == ALL else f", {market.supply.names[code] or 'nobody'}"
        raise IdentityError(market.month, f"{ACCOUNTS[account]}{whose}", amount)
