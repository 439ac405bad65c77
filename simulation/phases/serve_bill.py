"""Phase 8, serve and bill: what everybody uses and pays this month (E22, E27, E32).

Every token is billed to exactly one payer: a developer, a firm, a consumer, or an application
company (`app_bills`).  Where compute is short, bills shrink with what is served
(`simulation.rationing`); on recorded supply all that is demanded is served.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, CONSUMER, ENTERPRISE
from agents.demand import ConsumerParameters, DeveloperParameters
from agents.equations import usage
from agents.kernels.app_bills import scale
from agents.kernels.firm_bills import FirmUse, bill_firms
from agents.kernels.people_bills import ConsumerUse, bill_coding, bill_subscribers
from simulation.app_bills import app_demand, bill_apps
from simulation.lasting import demand_factors
from simulation.offers import SHAPE
from simulation.rationing import ration
from simulation.tender import offered_prices, tokens_at_full_volume

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


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
    columns = [*counts, *amounts[:5], np.zeros(CODES), *amounts[5:], np.ones(CODES)]
    return Bills._make(columns)


def serve_bill(market: "Market") -> None:
    """Serve and bill the month."""
    bills = no_bills()
    bill_developers(market, market.config.developers, bills)
    bill_enterprises(market, bills)
    bill_consumers(market, market.config.consumers, bills)
    swing(market, bills)
    of_apps = app_demand(market, bills)
    if market.endogenous:
        bills.served_share[:] = ration(market, bills)
    bill_apps(market, of_apps, bills)
    market.bills = bills


def swing(market: "Market", bills: Bills) -> None:
    """Demand shocks of the month: all use of a segment, and what is paid for it, times a factor."""
    factors = demand_factors(market.config, market.month)
    if factors is not None:
        scale(bills, np.repeat(factors[:, None], CODES, axis=1))


def bill_developers(market: "Market", settings: DeveloperParameters, bills: Bills) -> None:
    """E22: developers pay the list price for each token."""
    people, offers = market.developers, market.offers
    price, live = offers.price[CODING], offers.live[CODING]
    growth = usage.usage_growth(
        offers.in_use[CODING], settings.usage_slope, settings.usage_saturation
    )
    listed = np.where(live, price, settings.reference_price)
    response = usage.price_response(listed, settings.reference_price, settings.price_elasticity)
    per_user = np.where(live, settings.tokens_per_user * growth * response, 0.0)
    totals, second = market.totals["developers"], float(settings.second_share)
    bill_coding(totals, per_user, price, people.people, second, bills)


def bill_consumers(market: "Market", settings: ConsumerParameters, bills: Bills) -> None:
    """E22: a share of consumers subscribes to its first assistant, others may see advertising."""
    people, offers = market.consumers, market.offers
    use = ConsumerUse(
        live=offers.live[CONSUMER],
        bundled=offers.bundled,
        advertises=among(market.supply.names, settings.advertisers),
        growth=usage.usage_growth(
            offers.in_use[CONSUMER], settings.usage_slope, settings.usage_saturation
        ),
        people=people.people,
        second_share=float(settings.second_share),
        tokens_per_user=float(settings.tokens_per_user),
        paying_share=float(settings.paying_share),
        bundle_factor=float(settings.bundle_factor),
        ramp=usage.paying_ramp(market.month, settings.paying_start, settings.paying_ramp),
        price=float(settings.subscription_price),
        ad_revenue=float(settings.ad_revenue),
    )
    bill_subscribers(market.totals["consumers"], use, bills)


@lru_cache(maxsize=32)
def among(names: tuple[str, ...], chosen: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which of `names` are `chosen`, shape (names,)."""
    return np.isin(names, chosen)


def bill_enterprises(market: "Market", bills: Bills) -> None:
    """E26, E27: firms pay their contract price; a second source takes a share of the volume."""
    settings, offers = market.config.enterprises, market.offers
    use = FirmUse(
        month=market.month,
        live=offers.live[ENTERPRISE],
        offered=offered_prices(market),
        tokens=tokens_at_full_volume(market, offers.in_use[ENTERPRISE]),
        reference_price=settings.reference_price,
        price_elasticity=settings.price_elasticity,
        ramp_months=settings.ramp_months,
        dual_volume=settings.dual_volume,
        deployment_fee=settings.deployment_fee / 0.1,  # quoted per 100,000 seats
        hosting_fee=settings.hosting_fee / 12.0,  # quoted a year
    )
    bill_firms(market.enterprises.firms, use, bills)
