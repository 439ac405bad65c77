"""What a provider is worth, what it raises, who joins, and how sentiment moves: E35-E40."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from agents.equations.either import either

Array = NDArray[np.float64]
YEAR = 12
NOTHING = 1e-100  # M$: growth from less could be too large for a number


def yearly_growth(now: Array, before: Array, limits: tuple[float, float], unknown: float) -> Array:
    """E35: g = clip(R_t/R_(t−12) − 1, limits); `unknown` where there was no revenue; (16,)."""
    known = before > NOTHING
    growth = now / either(known, before, 1.0) - 1.0
    held: Array = either(known, np.minimum(np.maximum(growth, limits[0]), limits[1]), unknown)
    return held


def worth(
    revenue: Array, growth: Array, gap: Array, multiple: float, option: tuple[float, float, float]
) -> Array:
    """E35 at sentiment 1: M0·(1 + g)·ARR + (v0 + v1·ARR_mkt)·exp(−(a* − a)/Δ_a), M$.

    Parameters
    ----------
    revenue : (16,), M$ a month
        Its sum is that of the market.
    growth : (16,), per year
    gap : (16,), OOM
        To the most capable provider, at least 0.
    multiple : M0
        Value over annual revenue without growth.
    option : (v0, v1, Δ_a)
        M$, share of the market's annual revenue, OOM.
    """
    annual = YEAR * revenue
    at_frontier, of_market, scale = option
    chance = (at_frontier + of_market * float(annual.sum())) * nearness(gap, scale)
    return value_of(annual, growth, multiple, chance)


def nearness(gap: Array, scale: float) -> Array:
    """E35: exp(−(a* − a)/Δ_a), 1 at the frontier."""
    near: Array = np.exp(-gap / scale)
    return near


def value_of(annual: Array, growth: Array, multiple: float, chance: Array) -> Array:
    """E35: M0·(1 + g)·ARR and the value of the chance to lead, M$."""
    value: Array = multiple * (1.0 + growth) * annual + chance
    return value


def frontier_ante(budgets: Iterable[float], factor: float) -> float:
    """E36: B_ref = factor × the second-largest budget, M$ a month; of one provider, its own."""
    ranked = sorted(budgets)
    return factor * float(ranked[-2] if len(ranked) > 1 else sum(ranked))


def most_sold(valuation: float, share: float) -> float:
    """E37: X = d/(1 − d)·V, M$: what a round brings that sells the share d after money."""
    return share / (1.0 - share) * valuation


def joining(readiness: float) -> float:
    """E38: logit⁻¹(readiness), the probability to join a round."""
    return 1.0 / (1.0 + math.exp(-readiness)) if readiness > -700.0 else 0.0


def moved_sentiment(
    sentiment: float, shift: float, rise: float, memory: float, response: float
) -> float:
    """E40: S' = 1 + dS + memory·(S − 1 − dS) + response·rise, before it is clipped.

    rise : mean over providers of the month's change of ln(V/S).
    """
    level = 1.0 + shift
    return level + memory * (sentiment - level) + response * rise
