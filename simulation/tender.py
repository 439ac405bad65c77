"""What buyers of the month look at: tables for its tenders (E24, E25, E26).

They are (codes,) unless said otherwise; `agents.kernels.tender` holds the tenders.
"""

from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

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
from agents.kernels.tender import STREAMS, Shelf, TenderMonth

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
OF_OFFERS = attrgetter(*Shelf._fields)


def tender_month(market: "Market") -> TenderMonth:
    """Everything that buyers need to know of this month."""
    config, settings = market.config, market.config.enterprises
    lam = config.choice.nest_dissimilarity
    return TenderMonth(
        month=market.month,
        keys=monthly(config.seed, "enterprises", STREAMS, market.origin.months)[market.month],
        luck=lucks_of(market.entrants.labels),
        nest_luck=luck_of("nest"),
        shelf=Shelf._make(OF_OFFERS(market.offers)),
        runway_minimum=settings.runway_minimum,
        safety_minimum=settings.safety_minimum,
        coverage=coverage(market),
        worth=worth_of_prices(market),
        runway_cap=settings.runway_cap,
        scales=criteria_scales(settings.scales),
        is_min_max=settings.scaling == "min_max",
        score_weight=settings.score_weight,
        full_volume=hosted_volume(market),
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


def worth_of_prices(market: "Market") -> Array:
    """E25: value of what each offer costs, to who would have to move to it, and to who has it.

    (2, codes).  What OPEN costs a buyer depends on the volume, and is left to the tender.
    """
    offers, settings = market.offers, market.config.enterprises
    moving = integration(settings.integration_cost)
    cost = procurement.ownership_cost(offers.price[ENTERPRISE], settings.discount, moving)
    worth: Array = procurement.worth_of_cost(np.where(offers.live[ENTERPRISE], cost, 1.0))
    return worth


@lru_cache(maxsize=16)
def integration(cost: float) -> Array:
    """Cost of moving as a share, to who would have to and to who is there, (2, 1)."""
    return fixed(np.array([[cost], [0.0]]))


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


def hosted_volume(market: "Market") -> float:
    """E27 without ramp and weight: trillion tokens a month of an average firm that hosts OPEN.

    At what it costs those who host it; 0 where there are no open weights.
    """
    settings, offers = market.config.enterprises, market.offers
    if not offers.live[ENTERPRISE, OPEN]:
        return 0.0
    unit_cost = offers.price[ENTERPRISE, OPEN] / settings.host_margin
    capability = offers.capability[ENTERPRISE, OPEN]
    growth = usage.usage_growth(capability, settings.usage_slope, settings.usage_saturation)
    response = usage.price_response(unit_cost, settings.reference_price, settings.price_elasticity)
    return float(settings.seats / settings.count * settings.tokens_per_seat * growth * response)


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
