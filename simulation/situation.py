"""What each provider knows when it decides: columns of the market, read for one of them."""

import math
from collections.abc import Iterable
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from agents.equations.shares import shares_of
from agents.open_weights import ANYBODY
from agents.strategy import Situation, Spending

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


def situations(market: "Market") -> dict[int, Situation]:
    """Situation of every provider on the market, by code."""
    active = np.flatnonzero(market.labs.active).tolist()
    # Columns by code are lists: to take one number out of an array costs more than to sum it.
    columns = common(market) | of_each(market, active) | divisions(market)
    rows = list(zip(*[columns[name] for name in Situation._fields], strict=False))
    return {code: Situation(*rows[code]) for code in active}


def common(market: "Market") -> dict[str, Iterable[Any]]:
    """What all providers know alike, as often as it is asked for."""
    labs, config, compute = market.labs, market.config, market.compute
    opened = float(market.open_models.capability[ANYBODY])
    tokens = labs.tokens.sum(axis=0)
    known = {
        "month": market.month,
        "planning": config.planning,
        "compute": config.compute,
        "research": config.research,
        "finance": config.finance,
        "rent": compute.rent,
        "usual_rent": compute.usual_rent,
        "open_capability": opened if math.isfinite(opened) else math.nan,
        "safety_rule": config.enterprises.safety_minimum,
        "open_share": float(shares_of(tokens)[OPEN]),
    }
    return {name: repeat(value) for name, value in known.items()}


def of_each(market: "Market", active: list[int]) -> dict[str, Iterable[Any]]:
    """What each provider knows of itself and of the others, by code."""
    settings = market.roster.settings
    columns = {name: values.tolist() for name, values in own_columns(market).items()}
    best = max((columns["capability"][code] for code in active), default=math.nan)
    return {
        "own": [settings.get(code) for code in range(CODES)],
        "best_capability": repeat(best),
        "rival_safety": best_of_others(columns["safety"], active),
        **columns,
    }


def own_columns(market: "Market") -> dict[str, Array]:
    """What each provider knows of itself in numbers, (16,)."""
    labs, month = market.labs, market.month
    shares = shares_of(labs.past_revenue[-2:])
    ahead = month + market.config.compute.contract_lead
    users = market.totals["consumers"].accounts
    return {
        "liquid": labs.liquid,
        "cash": labs.cash,
        "gross_profit": labs.gross_profit,
        "revenue": labs.revenue,
        "revenue_before": labs.past_revenue[0],
        "revenue_share": shares[1],
        "share_before": shares[0],
        "pressure": labs.pressure,
        "parent_flow": parent_flow(market),
        "need": labs.past_inference.mean(axis=0) + labs.ordered,
        "contracted": market.compute.contracted[ahead].sum(axis=1),
        "capability": labs.capability,
        "efficiency": labs.efficiency,
        "safety": labs.safety,
        "markup": labs.markup,
        "consumer_share": users / max(int(users[:OPEN].sum()), 1),
    }


def divisions(market: "Market") -> dict[str, Iterable[Any]]:
    """How the budget, the focus, and what each earns and serves are divided, by code."""
    labs = market.labs
    of_all = labs.segment_revenue.sum(axis=1, keepdims=True)
    earned = mixture(np.hstack([labs.segment_revenue, of_all])).T.tolist()
    return {
        "allocation": map(Spending._make, labs.allocation.T.tolist()),
        "focus": map(tuple, labs.focus.T.tolist()),
        "revenue_mix": map(tuple, earned[:-1]),
        "token_mix": map(tuple, mixture(labs.tokens).T.tolist()),
        "market_mix": repeat(tuple(earned[-1])),
    }


def parent_flow(market: "Market") -> Array:
    """What parents pay this month, M$: it grows from entry on, up to its limit."""
    means, labs = market.roster.means, market.labs
    age = np.maximum(market.month - labs.founded, 0.0)
    # In logarithms: a growth that compounds for decades must not overflow.
    rate = np.log1p(np.maximum(means.parent_growth, -1.0 + 1e-12))
    flow = means.parent_flow * np.exp(np.minimum(age * rate, 100.0))
    held: Array = np.minimum(flow, means.parent_limit)
    return held


def best_of_others(values: list[float], active: list[int]) -> list[float]:
    """Highest value among the other active providers, by code; 0 for who is alone."""
    ranked = sorted(((values[code], code) for code in active), reverse=True)
    best = dict.fromkeys(active, ranked[0][0] if ranked else 0.0)
    if ranked:
        best[ranked[0][1]] = ranked[1][0] if len(ranked) > 1 else 0.0
    return [best.get(code, 0.0) for code in range(len(values))]


def mixture(amounts: Array) -> Array:
    """Parts by segment, (3, 16), which sum to 1; equal where there is nothing."""
    whole = amounts.sum(axis=0)
    parts: Array = np.divide(amounts, whole, out=np.full(amounts.shape, 1 / 3), where=whole > 0.0)
    return parts
