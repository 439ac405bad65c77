"""The capability race: who leads, how far behind open weights are, what a given level costs."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import ENTERPRISE, OPEN
from simulation.lab_records import GPT_4

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]


def race_columns(history: "History") -> dict[str, NDArray[np.generic]]:
    """Columns of the market table, (months,)."""
    live = history.raw["live"][:, ENTERPRISE]
    capability = np.where(live, history.raw["capability"][:, ENTERPRISE], -np.inf)
    is_open = history.codes == OPEN
    closed = np.where(is_open, -np.inf, capability)
    frontier = capability.max(axis=1)
    of_open = capability[:, is_open].max(axis=1, initial=-np.inf)
    return {
        "fixed_price": fixed_price(history),
        "lead_changes": lead_changes(closed),
        "open_lag": lag(of_open, frontier),
        "record_run_cost": record_costs(history),
    }


def fixed_price(history: "History") -> Array:
    """E7 where providers decide; the least list price of a capable offer on recorded supply."""
    if history.recorder.market.endogenous:
        price: Array = history.compute["fixed_price"]
        return price
    raw = history.raw
    able = raw["live"] & (raw["capability"] >= GPT_4) & (raw["price"] > 0.0)
    least = np.where(able, raw["price"], np.inf).min(axis=(1, 2))
    return np.where(np.isfinite(least), least, np.nan)


def lead_changes(capability: Array) -> NDArray[np.int64]:
    """How often the most capable provider was another one than before, so far.

    capability : (months, providers), -inf without an offer.  Who draws level does not take the
    lead, and a month without offers changes nothing.
    """
    leader, changes = -1, np.zeros(len(capability), np.int64)
    for month, row in enumerate(capability):
        best = int(np.argmax(row))
        if np.isfinite(row[best]) and (leader < 0 or row[best] > row[leader]):
            changes[month] = leader >= 0
            leader = best
    return np.cumsum(changes)


def lag(level: Array, frontier: Array) -> Array:
    """Months since `frontier` first reached `level`, both (months,); NaN without either.

    The frontier is counted as the highest so far: what was reached once stays known.
    """
    highest = np.maximum.accumulate(frontier)
    months = np.arange(len(level))
    behind = months - np.searchsorted(highest, level, side="left")
    return np.where(np.isfinite(level) & (behind >= 0), behind, np.nan).astype(np.float64)


def record_costs(history: "History") -> Array:
    """Cost of the run, M$, in months in which a release was the most capable so far; else NaN."""
    capability, cost = history.labs["model_capability"], history.labs["released_run_cost"]
    on_market = history.raw["live"].any(axis=1)
    level = np.where(on_market, capability, -np.inf)
    best = np.maximum.accumulate(level.max(axis=1))
    before = np.concatenate([[-np.inf], best[:-1]])
    record = (level > before[:, None]) & (level >= best[:, None]) & ~np.isnan(cost)
    found = np.where(record, cost, -np.inf).max(axis=1)
    return np.where(np.isfinite(found), found, np.nan)
