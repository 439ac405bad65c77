"""What events do for some months, read off the config and nothing else."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from simulation.columns import SEGMENTS
from simulation.events.capital_shock import CapitalShock
from simulation.events.demand_shock import DemandShock
from simulation.events.price_war import PriceWar
from simulation.events.supply_shock import SupplyShock

if TYPE_CHECKING:
    from simulation.config import Config

Array = NDArray[np.float64]


def capacity_factor(config: "Config", month: int) -> float:
    """Factor on the capacity of all clouds; those of several shocks multiply."""
    factor = 1.0
    for first, action in config.lasting.values():
        if isinstance(action, SupplyShock) and first <= month < first + action.months:
            factor *= action.factor
    return factor


def price_factors(config: "Config", month: int, names: Sequence[str]) -> Array | None:
    """Factors on list prices by code, shape (16,), of the provider that `names` has at each code.

    None where there is no war.  Who is not yet on the market when a war begins is not in it.
    """
    factors = None
    for first, action in config.lasting.values():
        if isinstance(action, PriceWar) and first <= month < first + action.months:
            if config.providers[action.provider].entry > first or action.provider not in names:
                continue
            factors = np.ones(CODES) if factors is None else factors
            factors[names.index(action.provider)] *= action.factor
    return factors


def demand_factors(config: "Config", month: int) -> Array | None:
    """Factors on the tokens demanded by segment, shape (3,); None where there is no shock."""
    factors = None
    for first, action in config.lasting.values():
        if isinstance(action, DemandShock) and first <= month < first + action.months:
            factors = np.ones(len(SEGMENTS)) if factors is None else factors
            factors[SEGMENTS.index(action.segment)] *= action.factor
    return factors


def sentiment_shift(config: "Config", month: int) -> float:
    """What shocks add to the usual level of sentiment; those of several shocks sum."""
    return sum(
        action.shift
        for first, action in config.lasting.values()
        if isinstance(action, CapitalShock) and first <= month < first + action.months
    )
