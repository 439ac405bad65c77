"""Who pays whom at the month's end: bills of users, compute, operations, parents (E33).

Cash moves through the ledger; credits, arrears and debt are columns of the providers.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, ENTERPRISE, OPEN
from agents.equations.pricing import HOURS
from agents.equations.shares import shares_of
from agents.labs import remember
from simulation.ledger import PROVIDERS
from simulation.own_terms import own_rent

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
OPERATIONS = slice(1, None)  # all uses of the budget but compute
MONTHS = 12  # of a year


def collect(market: "Market") -> None:
    """Users, apps and advertisers pay providers, hosts and clouds."""
    ledger, bills = market.ledger, market.bills
    spend, fees = bills.spend, bills.fees
    payee = np.arange(CODES)
    payee[OPEN] = ledger.account("hosts")
    for name, segment in (("developers", CODING), ("consumers", CONSUMER)):
        ledger.post(ledger.account(name), payee, "usage", spend[segment])
    firms = ledger.account("enterprises")
    for kind, paid in (("usage", spend), ("fees", fees)):
        ledger.post(firms, slice(OPEN), kind, paid[ENTERPRISE, :OPEN])
    parts = market.compute.spot_parts
    ledger.post(firms, ledger.suppliers, "usage", parts * spend[ENTERPRISE, OPEN])
    ledger.post(firms, ledger.suppliers, "hosting", parts * fees[ENTERPRISE, OPEN])
    ledger.post(ledger.account("apps"), payee, "app_use", bills.app_spend.sum(axis=0))
    if market.config.consumers.ad_revenue == 0.0:
        return
    shown = bills.revenue[CONSUMER] - spend[CONSUMER] - bills.app_spend[CONSUMER]
    ledger.post(ledger.account("advertisers"), payee, "advertising", np.maximum(shown, 0.0))


def host(market: "Market") -> None:
    """Hosts of open weights pay the clouds for what they serve; the rest is their own cost."""
    ledger, compute = market.ledger, market.compute
    hosts = ledger.account("hosts")
    income = float(ledger.received(hosts))
    bought = HOURS * compute.rent * float(compute.served.inference[OPEN])
    self_hosted = float(market.bills.spend[ENTERPRISE, OPEN])  # paid to the clouds already
    cost = min(max(bought - self_hosted, 0.0), income)
    ledger.post(hosts, ledger.suppliers, "spot", cost * market.compute.spot_parts)
    ledger.post(hosts, ledger.account("staff"), "operations", income - cost)


class Claims(NamedTuple):
    """What providers have to pay this month, M$, overdue bills included.

    partner : (16,), share of revenue, paid first.  people : (16,), operations and interest.
    dues, spot : (16, suppliers).
    """

    partner: Array
    people: Array
    dues: Array
    spot: Array


def pay(market: "Market") -> None:
    """E33: every provider pays its partner, its people and its compute, as far as it can.

    Credits go first, at the cloud that gave them.  A parent covers what is short and takes what is
    over; others draw debt, and then owe.
    """
    labs, ledger = market.labs, market.ledger
    income = receive(market)
    claims = accrue(market, income)
    compute = claims.dues + claims.spot
    by_credit = np.minimum(labs.credits, compute)
    open_claims = compute - by_credit
    claimed = open_claims.sum(axis=1)
    cash = labs.cash + income - claims.partner
    cash += cover(market, claims.people + claimed - cash)
    cash += borrow(market, claims.people + claimed - cash)
    cash = np.maximum(cash, 0.0)
    to_people = np.minimum(claims.people, cash)
    part = payable(claimed, cash - to_people)
    to_clouds = part[:, None] * open_claims
    settled = payable(compute, by_credit + to_clouds)
    in_cash = payable(compute, to_clouds)
    for kind, owed in (("contracts", claims.dues), ("spot", claims.spot)):
        ledger.post(PROVIDERS, ledger.suppliers, kind, in_cash * owed)
    ledger.post(ledger.owners, ledger.clouds, "credits", by_credit.sum(axis=0))
    ledger.post(PROVIDERS, ledger.account("staff"), "operations", to_people)
    ledger.post(PROVIDERS, ledger.account("partners"), "revenue_share", claims.partner)
    labs.cash = cash - to_people - to_clouds.sum(axis=1)
    labs.credits = labs.credits - by_credit
    market.compute.paid += (settled * claims.dues).sum(axis=1)
    unpaid = 1.0 - settled
    labs.deferred = unpaid * claims.dues
    labs.owed[:, :-1] = unpaid * claims.spot
    labs.owed[:, -1] = claims.people - to_people


def payable(claim: Array, means: Array) -> Array:
    """Part of claims that the means cover, 1 where nothing is claimed."""
    part = np.ones(claim.shape)
    return np.divide(np.minimum(means, claim), claim, out=part, where=claim > 0.0)


def receive(market: "Market") -> Array:
    """Cash that came in this month before parents cover deficits, (16,), M$: it is income too."""
    labs, ledger, means = market.labs, market.ledger, market.roster.means
    raising = labs.active & ~means.backed
    support = np.where(raising, labs.support, 0.0)
    ledger.post(ledger.account("parents"), PROVIDERS, "support", support)
    idle = sublet_income(market)
    labs.paid_in += support
    labs.revenue = market.bills.revenue.sum(axis=0)
    revenue = np.where(labs.active, labs.revenue, 0.0)
    labs.retained += revenue + idle
    remember(labs.past_revenue, labs.revenue)
    labs.segment_revenue = market.bills.revenue.copy()
    labs.tokens = market.bills.served.copy()
    return revenue + support + idle


def sublet_income(market: "Market") -> Array:
    """What clouds pay back for contracted compute left idle, (16,), M$."""
    compute, settings, ledger = market.compute, market.config.compute, market.ledger
    if settings.sublet == 0.0:
        return np.zeros(CODES)
    price = HOURS * settings.sublet * compute.rent
    signed = compute.contracted[market.month]
    back = shares_of(signed) * (compute.served.idle * price)[:, None]
    ledger.post(ledger.suppliers, PROVIDERS, "sublet", back.T)
    income: Array = back.sum(axis=1)
    return income


def accrue(market: "Market", income: Array) -> Claims:
    """Bills of the month, which count as cost whether paid or not, and those overdue."""
    labs, compute, active = market.labs, market.compute, market.labs.active
    revenue = np.where(active, labs.revenue, 0.0)
    partner = market.roster.means.revenue_shared * revenue
    operations = np.where(active, labs.spending[OPERATIONS].sum(axis=0), 0.0)
    interest = labs.debt * market.config.finance.interest / MONTHS
    spot_price = HOURS * own_rent(market)
    spot = np.where(active, compute.served.spot * spot_price, 0.0)
    by_cloud = spot[:, None] * compute.spot_parts
    dues = compute.due[market.month]
    labs.compute_cost = dues.sum(axis=1) + by_cloud.sum(axis=1)
    cost = partner + operations + interest + labs.compute_cost
    labs.retained -= cost
    labs.operations = operations
    labs.gross_profit = revenue - compute.served.inference * spot_price
    remember(labs.past_outflow, cost - income)
    return Claims(
        partner,
        operations + interest + labs.owed[:, -1],
        dues + labs.deferred,
        by_cloud + labs.owed[:, :-1],
    )


def cover(market: "Market", short: Array) -> Array:
    """What parents of backed providers add, or take where it is negative, (16,), M$."""
    labs, ledger = market.labs, market.ledger
    covered = np.where(market.roster.means.backed & labs.active, short, 0.0)
    ledger.post(ledger.account("parents"), PROVIDERS, "support", np.maximum(covered, 0.0))
    ledger.post(PROVIDERS, ledger.account("parents"), "support", np.maximum(-covered, 0.0))
    labs.paid_in += covered
    return covered


def borrow(market: "Market", short: Array) -> Array:
    """Debt drawn for what is short, up to its limit, and repaid from what is over, (16,), M$."""
    labs, ledger, limit = market.labs, market.ledger, market.config.finance.debt_limit
    if limit == 0.0 and not labs.debt.any():
        return np.zeros(CODES)
    room = np.where(labs.active, np.maximum(limit * labs.revenue - labs.debt, 0.0), 0.0)
    drawn = np.where(short > 0.0, np.minimum(short, room), -np.minimum(-short, labs.debt))
    ledger.post(ledger.account("investors"), PROVIDERS, "debt", np.maximum(drawn, 0.0))
    ledger.post(PROVIDERS, ledger.account("investors"), "debt", np.maximum(-drawn, 0.0))
    labs.debt += drawn
    return drawn


def supply_chips(market: "Market") -> None:
    """Clouds pay the maker of their chips its part of what they received, all of it for compute."""
    ledger, share = market.ledger, market.config.compute.chip_share
    received = ledger.received(ledger.suppliers)
    ledger.post(ledger.suppliers, ledger.account("chip_maker"), "chips", share * received)
