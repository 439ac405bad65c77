"""Who pays whom at the month's end: bills of users, compute, operations, parents (E33).

Cash moves through the ledger; credits, arrears and debt are columns of the providers.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, ENTERPRISE, OPEN
from agents.equations.pricing import HOURS
from agents.equations.shares import shares_of
from agents.kernels.settlement import Costs, OwnBooks, Paid
from agents.kernels.settlement import pay as settle_books
from agents.labs import remember
from simulation.ledger import PROVIDERS
from simulation.own_terms import own_rent

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
OF_LABS = OwnBooks._fields[: OwnBooks._fields.index("backed")]


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


def pay(market: "Market") -> None:
    """E33: every provider pays its partner, its people and its compute, as far as it can."""
    labs, ledger, compute = market.labs, market.ledger, market.compute
    means, finance = market.roster.means, market.config.finance
    receive(market)
    costs = Costs(
        compute.served.inference,
        compute.served.spot,
        HOURS * own_rent(market),
        compute.spot_parts,
        compute.due[market.month],
        sublet_income(market),
    )
    columns = [getattr(labs, name) for name in OF_LABS]
    own = OwnBooks._make([*columns, means.backed, means.revenue_shared])
    paid = Paid(*settle_books(own, costs, (finance.interest, finance.debt_limit)))
    remember(labs.past_outflow, paid.outflow)
    compute.paid += paid.settled_dues
    post_means(market, paid)
    for kind, amount in (("contracts", paid.contracts), ("spot", paid.spot)):
        ledger.post(PROVIDERS, ledger.suppliers, kind, amount)
    ledger.post(ledger.owners, ledger.clouds, "credits", paid.credits.sum(axis=0))
    ledger.post(PROVIDERS, ledger.account("staff"), "operations", paid.people)
    ledger.post(PROVIDERS, ledger.account("partners"), "revenue_share", paid.partner)


def post_means(market: "Market", paid: Paid) -> None:
    """What parents and lenders pay to providers, and what they are paid."""
    ledger = market.ledger
    parents, investors = ledger.account("parents"), ledger.account("investors")
    ledger.post(parents, PROVIDERS, "support", paid.support)
    ledger.post(parents, PROVIDERS, "support", np.maximum(paid.covered, 0.0))
    ledger.post(PROVIDERS, parents, "support", np.maximum(-paid.covered, 0.0))
    if paid.drawn.any():
        ledger.post(investors, PROVIDERS, "debt", np.maximum(paid.drawn, 0.0))
        ledger.post(PROVIDERS, investors, "debt", np.maximum(-paid.drawn, 0.0))


def receive(market: "Market") -> None:
    """What the month's bills bring in, M$, and what was served for it."""
    labs, bills = market.labs, market.bills
    labs.revenue = bills.revenue.sum(axis=0)
    remember(labs.past_revenue, labs.revenue)
    labs.segment_revenue = bills.revenue.copy()
    labs.tokens = bills.served.copy()


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


def supply_chips(market: "Market") -> None:
    """Clouds pay the maker of their chips its part of what they received, all of it for compute."""
    ledger, share = market.ledger, market.config.compute.chip_share
    received = ledger.received(ledger.suppliers)
    ledger.post(ledger.suppliers, ledger.account("chip_maker"), "chips", share * received)
