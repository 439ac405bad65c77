"""One month's tenders: shortlist, scores and the race between offers (E24, E25, E26).

This file makes the month's tables, which are (codes,) unless said otherwise;
`agents.kernels.tender` holds the tenders.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, ENTERPRISE, OPEN
from agents.demand import CriteriaScales
from agents.developers import NO_EMPLOYER
from agents.draws import luck_of, lucks_of, monthly
from agents.equations import procurement, usage
from agents.equations.choice import fixed
from agents.equations.procurement import CRITERIA
from agents.equations.race import arrival_table, nest_table
from agents.kernels.answers import Answers, no_answers
from agents.kernels.neighbours import block_totals
from agents.kernels.tender import (
    STREAMS,
    Around,
    Switches,
    Tender,
    TenderMonth,
    empty_tender,
    no_switches,
    tender_month,
)

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
CAPABILITY, SAFETY, COST, STABILITY, INTEGRATION = (
    CRITERIA.index(name) for name in ("capability", "safety", "cost", "stability", "integration")
)


def run_tender(
    market: "Market", rows: NDArray[np.int64], unit_cost: Any
) -> tuple[Tender, Switches, Answers]:
    """Tenders of the firms `rows`, who changes the provider by them, and what prices move in them.

    unit_cost : of open weights to those who host them, $/Mtok; NaN without any.
    Prices have no slope in the variant of E25 by spans: NaN.
    """
    firms, graph = market.enterprises.firms, market.graphs["enterprises"]
    around = Around(
        graph,
        block_totals(graph, firms.provider, firms.seats),
        *market.staff,
        market.developers.crowd.seen,
        market.industry_choices,
    )
    tender, switches, answers = empty_tender(len(rows)), no_switches(), no_answers()
    world = this_month(market, unit_cost)
    tender_month(rows, firms, around, world, tender, switches, answers)
    if world.is_min_max:
        answers.slope[:], answers.worth[:] = np.nan, np.nan
    return tender, switches, answers


def this_month(market: "Market", unit_cost: Any) -> TenderMonth:
    """Everything that buyers need to know of this month; `unit_cost` as for `run_tender`."""
    offers, config, settings = market.offers, market.config, market.config.enterprises
    live, runway = offers.live[ENTERPRISE], runways(market)
    lam = config.choice.nest_dissimilarity
    return TenderMonth(
        month=market.month,
        keys=monthly(config.seed, "enterprises", STREAMS, market.origin.months)[market.month],
        luck=lucks_of(market.entrants.labels),
        nest_luck=luck_of("nest"),
        live=live,
        allowed=live & (runway >= settings.runway_minimum),
        unsafe=offers.safety[ENTERPRISE] < settings.safety_minimum,
        nested=offers.nested[ENTERPRISE] > 0,
        coverage=coverage(market),
        value=values(market, runway),
        product=offers.product[ENTERPRISE],
        scales=criteria_scales(settings.scales),
        is_min_max=settings.scaling == "min_max",
        score_weight=settings.score_weight,
        unit_cost=unit_cost,
        full_volume=hosted_volume(market, unit_cost),
        hosting_fee=settings.hosting_fee,
        integration_cost=settings.integration_cost,
        ramp_months=settings.ramp_months,
        usage_pull=settings.usage_pull,
        pull_minimum=settings.pull_minimum,
        peer_weight=settings.peer_weight,
        bonus=bonus(market),
        dual_share=settings.dual_share,
        price_elasticity=settings.price_elasticity,
        arrival=arrival_table(),
        nest=nest_table(lam),
        dissimilarity=lam,
    )


def coverage(market: "Market") -> Array:
    """E24: probability that each offer reaches a shortlist."""
    settings = market.config.enterprises
    if settings.shortlist == "all":
        return np.ones(CODES)
    brand = market.offers.brand[ENTERPRISE]
    return procurement.coverage(brand, settings.coverage_slope, settings.coverage_base)


def values(market: "Market", runway: Array) -> Array:
    """E25: value of each offer by each criterion, shape (2, criteria, codes).

    First to those who would have to move to it, then to those whose provider it is.  What OPEN
    costs a buyer depends on the volume, and is left to the tender.  runway : months.
    """
    offers, settings = market.offers, market.config.enterprises
    moving = np.array([[settings.integration_cost], [0.0]])
    cost = procurement.ownership_cost(offers.price[ENTERPRISE], settings.discount, moving)
    both = np.empty((2, len(CRITERIA), CODES))
    both[:, CAPABILITY] = offers.capability[ENTERPRISE]
    both[:, SAFETY] = offers.safety[ENTERPRISE]
    both[:, COST] = procurement.worth_of_cost(np.where(offers.live[ENTERPRISE], cost, 1.0))
    both[:, STABILITY] = np.minimum(runway, settings.runway_cap)
    both[:, INTEGRATION] = offers.brand[ENTERPRISE]
    return both


def runways(market: "Market") -> Array:
    """Runway that buyers see, months; 0 where nobody has seen any yet."""
    months: Array = np.fmax(market.offers.runway[ENTERPRISE], 0.0)
    return months


@lru_cache(maxsize=16)
def criteria_scales(settings: CriteriaScales) -> Array:
    """E25: difference that counts as one, in the unit of each criterion; shape (criteria,)."""
    return fixed(np.array([getattr(settings, name) for name in CRITERIA]))


def bonus(market: "Market") -> Array:
    """E25: bonus of the provider in place by months of tenure, from 0 to the longest possible."""
    settings = market.config.enterprises
    return bonus_table(
        market.origin.months + market.starts["enterprises"].tenure + 1,
        market.config.freeze.get("enterprises.tenure"),
        (settings.incumbent_base, settings.incumbent_growth, settings.incumbent_months),
    )


@lru_cache(maxsize=16)
def bonus_table(length: int, frozen: float | None, form: tuple[float, float, float]) -> Array:
    """The same from its settings; `frozen` is a tenure that all have."""
    tenure = np.arange(length, dtype=np.float64)
    tenure[:] = tenure if frozen is None else frozen
    return fixed(procurement.incumbent_bonus(tenure, *form))


def tokens_at_full_volume(market: "Market", capability: Array) -> Array:
    """E27 without ramp, weight and price: trillion tokens a month of an average firm."""
    settings = market.config.enterprises
    seats = settings.seats / settings.count
    growth = usage.usage_growth(capability, settings.usage_slope, settings.usage_saturation)
    return seats * settings.tokens_per_seat * growth


def hosted_volume(market: "Market", unit_cost: Any) -> float:
    """The same of OPEN at what it costs those who host it, $/Mtok."""
    settings, capability = market.config.enterprises, market.offers.capability[ENTERPRISE, OPEN]
    response = usage.price_response(unit_cost, settings.reference_price, settings.price_elasticity)
    return float(tokens_at_full_volume(market, capability) * response)


def offered_prices(market: "Market") -> Array:
    """Price of a new contract with each provider, $/Mtok, shape (codes,).

    A vendor gives the enterprise discount; self-hosted open weights cost their unit cost.
    """
    settings, price = market.config.enterprises, market.offers.price[ENTERPRISE]
    offered = price * (1.0 - settings.discount)
    offered[OPEN] = price[OPEN] / settings.host_margin
    return np.where(market.offers.live[ENTERPRISE], offered, np.nan)


class Staff(NamedTuple):
    """Developers by employer: those of firm i are members[offsets[i]:offsets[i + 1]]."""

    offsets: NDArray[np.int64]
    members: NDArray[np.uint32]


def staff_of(employer: NDArray[np.uint32], firms: int) -> Staff:
    """List the developers of each firm."""
    members = np.argsort(employer, kind="stable").astype(np.uint32)
    employed = np.count_nonzero(employer != NO_EMPLOYER)
    offsets = np.searchsorted(employer[members], np.arange(firms + 1), side="left")
    return Staff(offsets.astype(np.int64), members[:employed])
