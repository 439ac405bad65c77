"""Phase 8, serve and bill: what everybody uses and pays this month (E22, E27, E32).

Every token is billed to exactly one payer: a developer, a firm, a consumer, or an application
company.  Where compute is short, bills shrink with what is served
(`simulation.rationing`); on recorded supply all that is demanded is served.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.apps import API
from agents.codes import CODES, CODING
from agents.equations import usage
from agents.equations.choice import fixed
from agents.kernels.app_bills import STEADY, bill_served
from agents.kernels.bills import bill_demand
from agents.kernels.firm_bills import FirmUse
from agents.kernels.people_bills import CodingUse, ConsumerUse
from simulation.lasting import demand_factors
from simulation.offers import SHAPE
from simulation.rationing import ration

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
ALL_SERVED = fixed(np.ones(CODES))


class Bills(NamedTuple):
    """Use and money of the month by segment and code, shape (3, codes) unless said otherwise.

    accounts : agents.  seconds : agents who have it as their second provider.
    users : million.  tokens : trillion.  spend : M$, paid for use.
    fees : M$, paid for deployment and hosting.  revenue : M$, received by the provider; what firms
    pay for open weights that they host goes to clouds.
    employed_spend : (codes,), spend of developers who have an employer, M$.
    app_tokens, app_spend : tokens, trillion, and M$ of application companies, on top of tokens and
    spend.  demanded, served : tokens of users and apps together, trillion; app_demanded : of apps.
    served_share : (codes,), part of what was demanded that was served.
    """

    accounts: NDArray[np.int64]
    seconds: NDArray[np.int64]
    users: Array
    tokens: Array
    spend: Array
    fees: Array
    revenue: Array
    employed_spend: Array
    app_tokens: Array
    app_spend: Array
    demanded: Array
    served: Array
    app_demanded: Array
    served_share: Array


def no_bills() -> Bills:
    """Nothing is used and nothing is paid."""
    counts, amounts = np.zeros((2, *SHAPE), np.int64), np.zeros((10, *SHAPE))
    found = [*counts, *amounts[:5], np.zeros(CODES), *amounts[5:], ALL_SERVED.copy()]
    return Bills._make(found)


def serve_bill(market: "Market") -> None:
    """Serve and bill the month."""
    bills, offers, companies = no_bills(), market.offers, market.apps
    apps = (companies.room, len(companies), companies.in_house)
    usage_share, price = float(market.config.apps.usage_share), offers.price
    uses = (developer_use(market), firm_use(market), consumer_use(market))
    totals = (market.totals["developers"], market.totals["consumers"])
    standing = (offers.live, price, growth_of_use(market))
    asking = (apps, usage_share)
    bill_demand(totals, market.enterprises.firms, asking, uses, swing(market), standing, bills)
    if market.endogenous:
        ration(market, bills)
    companies.reach = np.empty(SHAPE)
    bill_served(apps, usage_share, price, API, bills, companies.reach)
    market.bills = bills


def swing(market: "Market") -> tuple[float, ...]:
    """Demand shocks of the month: factors on the use of each segment, and on what is paid."""
    factors = demand_factors(market.config, market.month)
    return STEADY if factors is None else tuple(factors.tolist())


def growth_of_use(market: "Market") -> Array:
    """E22, E27: factor on tokens from the capability in use, (3, codes)."""
    config = market.config
    settings = (config.developers, config.enterprises, config.consumers)  # in the order of codes
    return usage.usage_growth(
        market.offers.in_use,
        columns(*(own.usage_slope for own in settings)),
        columns(*(own.usage_saturation for own in settings)),
    )


@lru_cache(maxsize=32)
def columns(*numbers: float) -> Array:
    """Numbers of segments, shape (segments, 1)."""
    return fixed(np.array(numbers)[:, None])


def developer_use(market: "Market") -> CodingUse:
    """E22: how developers answer prices."""
    settings, offers = market.config.developers, market.offers
    reference, elasticity = settings.reference_price, settings.price_elasticity
    listed = np.where(offers.live[CODING], offers.price[CODING], reference)
    return CodingUse(
        response=usage.price_response(listed, reference, elasticity),
        people=market.developers.people,
        second_share=float(settings.second_share),
        tokens_per_user=float(settings.tokens_per_user),
    )


def consumer_use(market: "Market") -> ConsumerUse:
    """E22: who among consumers pays, and what; others may see advertising."""
    settings = market.config.consumers
    return ConsumerUse(
        bundled=market.offers.bundled,
        advertises=among(market.supply.names, settings.advertisers),
        people=market.consumers.people,
        second_share=float(settings.second_share),
        tokens_per_user=float(settings.tokens_per_user),
        paying_share=float(settings.paying_share),
        bundle_factor=float(settings.bundle_factor),
        ramp=usage.paying_ramp(market.month, settings.paying_start, settings.paying_ramp),
        price=float(settings.subscription_price),
        ad_revenue=float(settings.ad_revenue),
    )


@lru_cache(maxsize=32)
def among(names: tuple[str, ...], chosen: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which of `names` are `chosen`, shape (names,)."""
    return np.isin(names, chosen)


def firm_use(market: "Market") -> FirmUse:
    """E26, E27: how firms use what they have contracted."""
    settings = market.config.enterprises
    return FirmUse(
        month=market.month,
        discount=settings.discount,
        host_margin=settings.host_margin,
        tokens=settings.seats / settings.count * settings.tokens_per_seat,
        reference_price=settings.reference_price,
        price_elasticity=settings.price_elasticity,
        ramp_months=settings.ramp_months,
        dual_volume=settings.dual_volume,
        deployment_fee=settings.deployment_fee / 0.1,  # quoted per 100,000 seats
        hosting_fee=settings.hosting_fee / 12.0,  # quoted a year
    )
