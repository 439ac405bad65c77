"""Phase 2, compute market: capacity grows, hardware gets cheaper, rent is posted (E1-E3)."""

from typing import TYPE_CHECKING

from agents.equations.compute_market import grown_capacity, hardware_cost, next_rent
from simulation import replay
from simulation.lasting import capacity_factor

if TYPE_CHECKING:
    from simulation.market import Market

YEAR = 12


def compute_market(market: "Market") -> None:
    """Post this month's capacity and rent; on recorded supply, read which offers stand."""
    if market.endogenous:
        grow(market)
    else:
        replay.stand(market)


def grow(market: "Market") -> None:
    """E1-E3: the rent answers last month's demand and capacity, and last month's cost bounds it."""
    compute, settings, month = market.compute, market.config.compute, market.month
    if month == 0:
        compute.installed, compute.rent = settings.capacity, settings.rent
    else:
        tightness = compute.demand / compute.capacity if compute.capacity > 0.0 else float("inf")
        compute.rent = next_rent(
            compute.rent,
            min(max(tightness, settings.slack_limit), settings.tightness_limit),
            settings.rent_response,
            settings.rent_floor * compute.cost,
            settings.rent_limit,
        )
        compute.installed = grown_capacity(
            compute.installed, month - 1, settings.capacity_growth, settings.growth_half_life
        )
    compute.capacity = compute.installed * capacity_factor(market.config, month)
    compute.cost = hardware_cost(
        compute.installed, settings.capacity, settings.hardware_cost, settings.learning
    )
    compute.rents = [*compute.rents, compute.rent][-YEAR:]
