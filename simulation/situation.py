"""What each provider knows when it decides: columns of the market, read for one of them."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import OPEN
from agents.equations.shares import shares_of
from agents.open_weights import ANYBODY
from agents.strategy import Parts, Situation, Spending

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]


def situations(market: "Market") -> dict[int, Situation]:
    """Situation of every provider on the market, by code."""
    labs, providers, names = market.labs, market.config.providers, market.supply.names
    wide = common(market)
    columns = {name: values.tolist() for name, values in own_columns(market).items()}
    allocations = labs.allocation.T.tolist()
    mixes = {
        "focus": labs.focus.T.tolist(),
        "revenue_mix": mixture(labs.segment_revenue).T.tolist(),
        "token_mix": mixture(labs.tokens).T.tolist(),
    }
    return {
        code: Situation(
            own=providers[names[code]],
            allocation=Spending(*allocations[code]),
            **wide,
            **{name: values[code] for name, values in columns.items()},
            **{name: tuple(parts[code]) for name, parts in mixes.items()},
        )
        for code in np.flatnonzero(labs.active).tolist()
    }


def common(market: "Market") -> dict[str, Any]:
    """What all providers know alike."""
    labs, config, compute = market.labs, market.config, market.compute
    active = labs.active
    best = np.max(labs.capability, where=active, initial=-np.inf)
    opened = market.open_models.capability[ANYBODY]
    tokens = labs.tokens.sum(axis=0)
    open_share = float(shares_of(tokens)[OPEN])
    return {
        "month": market.month,
        "planning": config.planning,
        "compute": config.compute,
        "research": config.research,
        "finance": config.finance,
        "rent": compute.rent,
        "usual_rent": compute.usual_rent,
        "best_capability": float(best),
        "open_capability": float(opened) if np.isfinite(opened) else float("nan"),
        "safety_rule": config.enterprises.safety_minimum,
        "market_mix": parts_of(labs.segment_revenue.sum(axis=1)),
        "open_share": open_share,
    }


def own_columns(market: "Market") -> dict[str, Array]:
    """What each provider knows of itself, (16,)."""
    labs, month = market.labs, market.month
    shares = shares_of(labs.past_revenue[-2:])
    ahead = min(month + market.config.compute.contract_lead, len(market.compute.contracted) - 1)
    users = market.totals["consumers"].accounts.astype(np.float64)
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
        "rival_safety": best_of_others(labs.safety, labs.active),
        "markup": labs.markup,
        "consumer_share": users / max(users[:OPEN].sum(), 1.0),
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


def best_of_others(values: Array, active: NDArray[np.bool_]) -> Array:
    """Highest value among the other active providers; 0 for who is alone."""
    ranked = np.sort(np.where(active, values, -np.inf))[::-1]
    others = np.where(values >= ranked[0], ranked[1], ranked[0])
    return np.where(np.isfinite(others), others, 0.0)


def mixture(amounts: Array) -> Array:
    """Parts by segment, (3, 16), which sum to 1; equal where there is nothing."""
    whole = amounts.sum(axis=0)
    parts: Array = np.divide(amounts, whole, out=np.full(amounts.shape, 1 / 3), where=whole > 0.0)
    return parts


def parts_of(amounts: Array) -> Parts:
    """Parts of three amounts."""
    coding, enterprise, consumer = mixture(amounts[:, None])[:, 0].tolist()
    return (coding, enterprise, consumer)
