"""What must hold in every month of every run; a broken identity ends the run."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.individuals import Individuals, Tally
from agents.kernels.accounts import IN_ALL, KEPT, SOUND, first_apart
from agents.kernels.bill_checks import ACCOUNTS, ALL, first_off
from simulation.columns import SEGMENTS

if TYPE_CHECKING:
    from simulation.market import Market

Column = NDArray[np.generic]


class IdentityError(Exception):
    """Something was created or lost; names the month, the account and the amount."""

    def __init__(self, month: int, account: str, amount: float) -> None:
        """Keep the three facts."""
        self.month, self.account, self.amount = month, account, amount
        super().__init__(f"month {month}: {account} is off by {amount:g}")


def check_people(market: "Market") -> None:
    """Users and non-adopters make N, and running totals agree with the agents they count.

    Counted anew from the columns: accounts, second providers, and the weights of both.  Cohorts add
    up to accounts; of the employed, what a second provider gets the first one lacks.
    """
    populations = (market.developers, market.consumers)
    place, kept, code, amount = first_apart(tuple([columns_of(market, one) for one in populations]))
    if kept != SOUND:
        owner = "" if kept in IN_ALL else f" of {market.supply.names[code]}"
        raise IdentityError(market.month, f"{populations[place].name}: {KEPT[kept]}{owner}", amount)


def columns_of(market: "Market", people: Individuals) -> tuple[tuple[Column, ...], Tally]:
    """What is counted of a population, and its running totals."""
    crowd = people.crowd
    return (crowd.choice, crowd.second, crowd.weight), market.totals[people.name]


def check_bills(market: "Market") -> None:
    """Companies are those of before and who came, less who left; bills are what was served.

    Size shares of apps make wholes.  What payers are billed is what is served, at most what is
    demanded, where there is an offer; payers are developers, firms or consumers, each in a segment
    of their own, and apps.  Apps use their share of what direct users of the segment do, or nothing
    without a provider.  What users, apps and advertisers pay is what providers and hosts receive.
    """
    apps, month, config = market.apps, market.month, market.config
    if len(apps) != apps.number:
        raise IdentityError(month, "apps: companies", len(apps) - apps.number)
    columns = [apps.columns[name] for name in ("segment", "provider", "share", "spend")]
    account, segment, code, amount = first_off(
        market.bills,
        market.offers.live,
        market.offers.price,
        (*columns, apps.in_house),
        float(config.apps.usage_share),
        config.consumers.ad_revenue > 0.0,
    )
    if account != ALL:
        who = "" if segment == ALL else f"{SEGMENTS[segment]}: "
        whose = "" if code == ALL else f", {market.supply.names[code]}"
        raise IdentityError(month, f"{who}{ACCOUNTS[account]}{whose}", amount)
