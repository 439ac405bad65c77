"""What must hold in every month of every run; a broken identity ends the run."""

from typing import TYPE_CHECKING

import numpy as np

from agents.codes import CONSUMER, ENTERPRISE, NONE, OPEN
from simulation.columns import SEGMENTS

if TYPE_CHECKING:
    from simulation.market import Market

RELATIVE = 1e-9


class IdentityError(Exception):
    """Something was created or lost; names the month, the account and the amount."""

    def __init__(self, month: int, account: str, amount: float) -> None:
        """Keep the three facts."""
        self.month, self.account, self.amount = month, account, amount
        super().__init__(f"month {month}: {account} is off by {amount:g}")


def check_people(market: "Market") -> None:
    """Users and non-adopters make N; running totals of accounts and cohorts agree."""
    for people in (market.developers, market.consumers):
        totals = market.totals[people.name]
        missing = len(people) - int(totals.accounts.sum())
        if missing:
            raise IdentityError(market.month, f"{people.name}: agents in all accounts", missing)
        apart = totals.cohort.sum(axis=0)[:NONE] - totals.accounts[:NONE]
        if apart.any():
            code = int(np.flatnonzero(apart)[0])
            account = f"{people.name}: cohorts of {market.supply.names[code]}"
            raise IdentityError(market.month, account, int(apart[code]))


def check_bills(market: "Market") -> None:
    """What users and advertisers pay is what providers and hosts receive; nothing is negative."""
    bills, advertising = market.bills, market.config.consumers.ad_revenue > 0.0
    hosted = bills.spend[ENTERPRISE, OPEN] + bills.fees[ENTERPRISE, OPEN]
    for segment in range(len(bills.spend)):
        paid = bills.spend[segment].sum() + bills.fees[segment].sum()
        received = bills.revenue[segment].sum()
        received += hosted if segment == ENTERPRISE else 0.0
        apart = received - paid
        if segment == CONSUMER and advertising:
            apart = min(apart, 0.0)
        if not abs(apart) <= RELATIVE * max(paid, 1.0):
            raise IdentityError(market.month, f"{SEGMENTS[segment]}: bills, M$", apart)
    for name, values in (("tokens", bills.tokens), ("spend", bills.spend), ("fees", bills.fees)):
        if not (values >= 0.0).all():
            raise IdentityError(market.month, f"negative or missing {name}", float(values.min()))
