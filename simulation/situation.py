"""What each provider knows when it decides: columns of the market, read for one of them."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.kernels.situations import ALLOCATION, FOCUS, REVENUE_MIX, TOKEN_MIX, Past, known
from agents.open_weights import ANYBODY
from agents.strategy import Situation, Spending

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
OF_LABS = Past._fields[: Past._fields.index("flow")]


def situations(market: "Market") -> dict[int, Situation]:
    """Situation of every provider on the market, by code."""
    labs, compute = market.labs, market.compute
    ahead = market.month + market.config.compute.contract_lead
    columns = [getattr(labs, name) for name in OF_LABS]
    users = market.totals["consumers"].accounts
    past = Past._make([*columns, parent_flow(market), compute.contracted[ahead], users])
    numbers, market_mix, open_share = known(past)
    shared = (*common(market), tuple(market_mix.tolist()), open_share)
    rows, settings = numbers.tolist(), market.roster.settings
    return {
        code: Situation._make(
            (
                settings[code],
                *shared,
                *rows[code][:ALLOCATION],
                Spending._make(rows[code][ALLOCATION:FOCUS]),
                tuple(rows[code][FOCUS:REVENUE_MIX]),
                tuple(rows[code][REVENUE_MIX:TOKEN_MIX]),
                tuple(rows[code][TOKEN_MIX:]),
            )
        )
        for code in np.flatnonzero(past.active).tolist()
    }


def common(market: "Market") -> tuple[Any, ...]:
    """What all providers know alike, in the order of `Situation` from `month` on."""
    config, opened = market.config, float(market.open_models.capability[ANYBODY])
    return (
        market.month,
        config.planning,
        config.compute,
        config.research,
        config.finance,
        config.enterprises.safety_minimum,
        market.compute.rent,
        market.compute.usual_rent,
        opened if math.isfinite(opened) else math.nan,
    )


def parent_flow(market: "Market") -> Array:
    """What parents pay this month, M$: it grows from entry on, up to its limit."""
    means, labs = market.roster.means, market.labs
    age = np.maximum(market.month - labs.founded, 0.0)
    # In logarithms: a growth that compounds for decades must not overflow.
    rate = np.log1p(np.maximum(means.parent_growth, -1.0 + 1e-12))
    flow = means.parent_flow * np.exp(np.minimum(age * rate, 100.0))
    held: Array = np.minimum(flow, means.parent_limit)
    return held
