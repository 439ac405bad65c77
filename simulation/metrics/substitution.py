"""Elasticities, diversion and surplus of developers and enterprises by month: section 7.13.

Everything is worked out when tables are made, from what the recorder keeps of each month; nothing
here touches the market.  Consumers see no price, so there is nothing to say of them.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODING, ENTERPRISE, OPEN
from agents.equations.shares import shares_of
from agents.equations.substitution import diversions, elasticities
from simulation.columns import SEGMENTS
from simulation.metrics.choosers import Substitution, quotient, rules_by_month
from simulation.metrics.choosing_developers import of_developers
from simulation.metrics.choosing_firms import of_firms

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
YEAR = 12
FEWEST = 1e-9  # share of choices below which an offer has no row: its numbers are rounding


def of_segments(history: "History") -> dict[int, Substitution]:
    """Substitution of the segments that see a price, by segment."""
    rules = rules_by_month(history)
    return {CODING: of_developers(history, rules), ENTERPRISE: of_firms(history, rules)}


def market_columns(history: "History") -> dict[str, Array]:
    """Columns of the market table, each of shape (months,): NaN where nobody chooses."""
    spend = shares_of(history.raw["spend"])
    columns = {}
    for segment, found in history.substitution.items():
        own = np.diagonal(elasticities(found.response), axis1=1, axis2=2) - found.use[:, None]
        is_open = history.codes == OPEN
        to_open = diversions(found.response)[:, :, is_open].max(axis=2, initial=-np.inf)
        to_open[:, is_open] = np.nan
        known = found.surplus[np.isfinite(found.surplus)]
        name = SEGMENTS[segment]
        columns[f"surplus_{name}"] = found.surplus - (known[0] if len(known) else np.nan)
        columns[f"own_elasticity_{name}"] = weighted(own, spend[:, segment])
        columns[f"diversion_open_{name}"] = weighted(to_open, spend[:, segment])
        columns[f"looking_{name}"] = found.looking
    return columns


def weighted(values: Array, weight: Array) -> Array:
    """Mean over providers (months, providers) of what is known; NaN where nothing is."""
    known = np.isfinite(values)
    total = (np.where(known, values, 0.0) * weight).sum(axis=1)
    return quotient(total, np.where(known, weight, 0.0).sum(axis=1))


def substitution_columns(history: "History") -> dict[str, NDArray[Any]]:
    """Columns of the substitution table but month and date: whose price, and who answers it."""
    parts = []
    for segment, found in history.substitution.items():
        chosen = found.response.chosen
        share = shares_of(np.nan_to_num(chosen))
        taken = share > FEWEST
        change = np.swapaxes(elasticities(found.response), 1, 2)
        there = taken[:, :, None] & taken[:, None, :] & np.isfinite(change)
        month, priced, other = np.nonzero(there)
        asked = ((month + 1) % YEAR == 0) | (month == history.months - 1)
        month, priced, other = month[asked], priced[asked], other[asked]
        choices = change[month, priced, other]
        parts.append(
            {
                "month": month,
                "segment": np.full(len(month), SEGMENTS[segment], object),
                "priced": history.providers[priced],
                "provider": history.providers[other],
                "choice_share": share[month, other],
                "choice_elasticity": choices,
                "elasticity": choices - np.where(priced == other, found.use[month], 0.0),
                "diversion": diversions(found.response)[month, priced, other],
            }
        )
    table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(table["month"], kind="stable")
    return {name: values[order] for name, values in table.items()}
