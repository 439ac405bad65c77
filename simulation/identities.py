"""What must hold in every month of every run; a broken identity ends the run."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CONSUMER, ENTERPRISE, NONE, OPEN
from agents.kernels.accounts import count_codes
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
    """Users and non-adopters make N, and running totals agree with the agents they count.

    Counted anew from the columns: accounts and second providers.  Cohorts add up to accounts;
    spending is neither made nor lost by moves, and what a second provider gets the first one lacks.
    """
    for people in (market.developers, market.consumers):
        totals = market.totals[people.name]
        accounts, seconds = count_codes(people.crowd.choice, people.crowd.second)
        for name, apart in (
            ("agents in all accounts", [len(people) - int(totals.accounts.sum())]),
            ("accounts", accounts - totals.accounts),
            ("second accounts", (seconds - totals.seconds)[:NONE]),
            ("cohorts", (totals.cohort.sum(axis=0) - totals.accounts)[:NONE]),
            ("spending weights", [int(totals.weight[0].sum()) - people.spending]),
            ("weights of second accounts", totals.lent.sum(axis=1)),
        ):
            if np.any(apart):
                raise people_error(market, f"{people.name}: {name}", np.asarray(apart))


def people_error(market: "Market", account: str, apart: NDArray[np.int64]) -> IdentityError:
    """The first difference, by its provider where there is one difference for each."""
    place = int(np.flatnonzero(apart)[0])
    owner = f" of {market.supply.names[place]}" if len(apart) >= NONE else ""
    return IdentityError(market.month, account + owner, int(apart[place]))


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
