"""What the charts show, month by month: one line of the declaration for each, read off the market.

A month is one row of numbers: of each series by provider, then of each of the whole market, in the
order of `SERIES`.  A chart that needs another number adds its line here and nothing else.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODING, CONSUMER, ENTERPRISE, NONE
from agents.equations.shares import shares_of
from experiments.watch import metrics
from experiments.watch.money import YEARS, due_in, of_labs, valuation
from simulation.metrics.concentration import hhi, jensen_shannon

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


class Series(NamedTuple):
    """One series.

    read : the market just after a month -> (codes,) by provider, or one number.  decides : it
    needs providers that decide, and is missing on recorded supply.
    """

    key: str
    title: str
    unit: str
    by_provider: bool
    read: Callable[["Market"], Array | float]
    decides: bool = False


def best_offer(market: "Market") -> Array:
    """Capability of the best offer of each, OOM; NaN without one."""
    offers = market.offers
    best = np.where(offers.live, offers.capability, -np.inf).max(axis=0)
    return np.where(offers.live.any(axis=0), best, np.nan)


def list_price(market: "Market") -> Array:
    """List price to developers, $/Mtok, else to enterprises; NaN where it sells to neither."""
    price = np.where(market.offers.live & (market.offers.price > 0), market.offers.price, np.nan)
    return np.where(np.isfinite(price[CODING]), price[CODING], price[ENTERPRISE])


def runway(market: "Market") -> Array:
    """Months of cash that buyers see; NaN without an offer."""
    offers = market.offers
    seen = np.where(offers.live, offers.runway, -np.inf).max(axis=0)
    return np.where(offers.live.any(axis=0), seen, np.nan)


def concentration(segment: int) -> Callable[["Market"], float]:
    """Reader of the sum of squared shares of a segment."""
    return lambda market: float(hhi(shares_of(measure(market)[segment])))


def measure(market: "Market") -> Array:
    """What shares are of in each segment: spend, spend, users; (3, codes)."""
    bills = market.bills
    return np.stack([bills.spend[CODING], bills.spend[ENTERPRISE], bills.users[CONSUMER]])


def divergence(market: "Market") -> float:
    """How far the shares of the three segments lie apart."""
    codes = list(market.supply.codes)
    return float(jensen_shannon(shares_of(measure(market)[:, codes])))


def adopted(name: str) -> Callable[["Market"], float]:
    """Reader of the adopted share of developers or consumers."""
    return lambda market: 1.0 - market.totals[name].accounts[NONE] / len(getattr(market, name))


def contracted(market: "Market") -> float:
    """Share of enterprises under contract."""
    return float((market.enterprises.provider != NONE).mean())


SERIES = (
    Series("coding", "Developers' spend", "M$ a month", True, lambda m: m.bills.spend[CODING]),
    Series(
        "enterprise", "Enterprise spend", "M$ a month", True, lambda m: m.bills.spend[ENTERPRISE]
    ),
    Series("consumer", "Consumer users", "million", True, lambda m: m.bills.users[CONSUMER]),
    Series("revenue", "Revenue", "M$ a month", True, lambda m: m.bills.revenue.sum(axis=0)),
    Series("capability", "Capability of the best offer", "OOM", True, best_offer),
    Series("price", "List price", "$/Mtok", True, list_price),
    Series("runway", "Runway", "months", True, runway),
    Series("pressure", "Payment pressure", "dues / means", True, of_labs("pressure"), True),
    Series("valuation", "Value before money", "M$", True, valuation, True),
    *(
        Series(f"due_{year}", "Dues for compute", "M$", True, due_in(year), True)
        for year in range(YEARS)
    ),
    Series("signings", "First contracts signed", "contracts a month", True, metrics.signings),
    Series("renewals_held", "Contracts that ended", "contracts a month", True, metrics.held),
    Series("renewals_won", "Contracts renewed", "contracts a month", True, metrics.won),
    Series("renewal_rate", "Renewal rate, 12 months", "share", True, metrics.renewal_rate),
    Series("retention", "Kept developers, 12 months", "share", True, metrics.retention),
    Series("per_compute", "Revenue per compute", "$/PFLOP-hour", True, metrics.of_compute, True),
    Series("renewal_rate_all", "All", "share", False, metrics.renewal_rate_of_all),
    Series("retention_all", "All", "share", False, metrics.retention_of_all),
    Series("per_compute_all", "All", "$/PFLOP-hour", False, metrics.of_all_compute, True),
    Series("hhi_coding", "Developers", "HHI", False, concentration(CODING)),
    Series("hhi_enterprise", "Enterprises", "HHI", False, concentration(ENTERPRISE)),
    Series("hhi_consumer", "Consumers", "HHI", False, concentration(CONSUMER)),
    Series("divergence", "Divergence of the segments", "0-1", False, divergence),
    Series("adopted_coding", "Developers who have adopted", "share", False, adopted("developers")),
    Series("adopted_enterprise", "Enterprises under contract", "share", False, contracted),
    Series("adopted_consumer", "Consumers who have adopted", "share", False, adopted("consumers")),
)


def series_of(market: "Market") -> tuple[Series, ...]:
    """The series that a market has."""
    return tuple(each for each in SERIES if market.endogenous or not each.decides)


def row_of(market: "Market", series: tuple[Series, ...]) -> Array:
    """One row of the month just done: providers in the order of `supply.providers`."""
    codes = list(market.supply.codes)
    parts = [
        np.asarray(each.read(market), np.float64)[codes]
        if each.by_provider
        else np.atleast_1d(np.asarray(each.read(market), np.float64))
        for each in series
    ]
    return np.concatenate(parts)
