"""What a provider spends, where, and how much compute it signs for: E5, E6 and E10.

Scalars in, scalars out: a strategy calls them for one provider.
"""

import math
import sys


def stress_cut(pressure: float, stressed: float, distressed: float, deepest: float) -> float:
    """E5: factor on the budget, 1 − deepest·clip((PPR − ppr1)/(ppr2 − ppr1), 0, 1).

    Where both bands are the same, the cut comes at once.
    """
    if distressed <= stressed:
        return 1.0 - deepest if pressure > stressed else 1.0
    return 1.0 - deepest * min(max((pressure - stressed) / (distressed - stressed), 0.0), 1.0)


def own_means(
    gross_profit: float, liquid: float, profit_share: float, spending_months: float
) -> float:
    """E5: γ_B·max(GP, 0) + max(liquid, 0)/T_run, M$ a month: what a provider can spend itself."""
    return profit_share * max(gross_profit, 0.0) + max(liquid, 0.0) / spending_months


def revenue_growth(now: float, before: float, months: int, limit: float) -> float:
    """E10: clip((R_t/R_(t−n))^(1/n) − 1, 0, limit), a month; out of nothing it is `limit`."""
    if now <= before:
        return 0.0
    if before <= 0.0:
        return limit
    return min(math.expm1(math.log(now / before) / months), limit)


def wanted_capacity(
    need: float, growth: float, optimism: float, cover: float, horizon: int
) -> float:
    """E10: cov·need·[1 + g(1 + o)]^horizon, thousand H100-equivalents; inf beyond what fits."""
    try:
        grown = max(1.0 + growth * (1.0 + optimism), 0.0) ** horizon
    except OverflowError:
        grown = sys.float_info.max  # finite, so that no need stays none
    return cover * need * grown


def affordable_capacity(
    revenue: float, growth: float, liquid: float, leverage: float, price: float
) -> float:
    """E10: ℓ[12R(1 + 6g) + max(liquid, 0)]/(12 p), thousand H100-equivalents.

    price p : M$ for a thousand H100-equivalents a month; free compute is not bounded.
    """
    means = leverage * (12.0 * revenue * (1.0 + 6.0 * growth) + max(liquid, 0.0))
    return means / (12.0 * price) if price > 0.0 else math.inf
