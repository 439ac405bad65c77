"""What must hold in every month of every run; a broken identity ends the run."""

from typing import TYPE_CHECKING

import numpy as np

from agents.apps import API
from agents.codes import CONSUMER, ENTERPRISE, NONE, OPEN
from agents.kernels.accounts import IN_ALL, KEPT, apart
from simulation.columns import SEGMENTS

if TYPE_CHECKING:
    from simulation.market import Market

RELATIVE = 1e-9
TOKENS = (
    "tokens billed and not served",
    "tokens served and not billed",
    "tokens served and not demanded",
    "tokens of users without an offer",
    "tokens of apps without an offer",
)
AMOUNTS = ("tokens", "spend", "fees", "app_tokens", "app_spend")


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
    for people in (market.developers, market.consumers):
        found = apart(people.crowd, market.totals[people.name])
        if found.any():
            kept, place = np.argwhere(found)[0]
            owner = "" if kept in IN_ALL else f" of {market.supply.names[place]}"
            account = f"{people.name}: {KEPT[kept]}{owner}"
            raise IdentityError(market.month, account, int(found[kept, place]))


def check_apps(market: "Market") -> None:
    """Companies are those of before and who entered, less those who left; shares make wholes."""
    apps, month = market.apps, market.month
    if len(apps) != apps.number:
        raise IdentityError(month, "apps: companies", len(apps) - apps.number)
    segment = apps.columns["segment"]
    heads = np.bincount(segment, minlength=len(SEGMENTS))
    held = apps.in_house.sum(axis=1)
    whole = np.bincount(segment, apps.columns["share"], len(SEGMENTS)) + held
    apart = whole - ((heads > 0) | (held > 0.0))
    for name, amount in zip(SEGMENTS, apart.tolist(), strict=True):
        if not abs(amount) <= RELATIVE:
            raise IdentityError(month, f"{name}: size shares of apps", amount)


def check_tokens(market: "Market") -> None:
    """What payers are billed is what is served, at most what is demanded, where there is an offer.

    Payers are developers, firms or consumers, each in a segment of their own, and apps.
    """
    bills, live = market.bills, market.offers.live
    billed = bills.tokens + bills.app_tokens
    excess = np.array(
        [
            billed - bills.served,
            bills.served - billed,
            bills.served - bills.demanded,
            bills.tokens * ~live,
            bills.app_tokens * ~live[API],
        ]
    )
    if not excess.max() <= RELATIVE * max(float(bills.demanded.sum()), 1.0):
        account, segment, code = np.unravel_index(np.argmax(excess), excess.shape)
        where = f"{SEGMENTS[segment]}: {TOKENS[account]}, {market.supply.names[code]}"
        raise IdentityError(market.month, where, float(excess[account, segment, code]))
    check_app_use(market)


def check_app_use(market: "Market") -> None:
    """Apps use their share of what direct users of the segment do, or nothing without a provider.

    What companies pay, and what absorbed use costs, is what providers and hosts receive of apps.
    """
    bills, apps = market.bills, market.apps
    held = apps.in_house.sum(axis=1)
    served = np.bincount(apps.columns["segment"], apps.columns["provider"] != NONE, len(SEGMENTS))
    direct = (bills.demanded - bills.app_demanded).sum(axis=1)
    due = market.config.apps.usage_share * direct * ((served > 0) | (held > 0.0))
    apart = bills.app_demanded.sum(axis=1) - due
    for name, amount, whole in zip(SEGMENTS, apart.tolist(), due.tolist(), strict=True):
        if not abs(amount) <= RELATIVE * max(whole, 1.0):
            raise IdentityError(market.month, f"{name}: tokens of apps, trillion", amount)
    absorbed = due[:, None] * apps.in_house * bills.served_share * market.offers.price[API]
    paid = float(apps.columns["spend"].sum() + absorbed.sum())
    off = float(bills.app_spend.sum()) - paid
    if not abs(off) <= RELATIVE * max(paid, 1.0):
        raise IdentityError(market.month, "apps: bills, M$", off)


def check_bills(market: "Market") -> None:
    """What users and advertisers pay is what providers and hosts receive; nothing is negative."""
    bills, advertising = market.bills, market.config.consumers.ad_revenue > 0.0
    paid = (bills.spend + bills.fees + bills.app_spend).sum(axis=1)
    apart = bills.revenue.sum(axis=1) - paid
    apart[ENTERPRISE] += bills.spend[ENTERPRISE, OPEN] + bills.fees[ENTERPRISE, OPEN]  # to clouds
    if advertising:
        apart[CONSUMER] = min(apart[CONSUMER], 0.0)
    for name, amount, whole in zip(SEGMENTS, apart.tolist(), paid.tolist(), strict=True):
        if not abs(amount) <= RELATIVE * max(whole, 1.0):
            raise IdentityError(market.month, f"{name}: bills, M$", amount)
    for name in AMOUNTS:
        least = float(getattr(bills, name).min())
        if not least >= 0.0:
            raise IdentityError(market.month, f"negative or missing {name}", least)
