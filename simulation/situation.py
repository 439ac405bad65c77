"""What each provider knows when it decides: columns of the market, read for one of them."""

import math
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.kernels.situations import ALLOCATION, FOCUS, REVENUE_MIX, TOKEN_MIX, Past, known
from agents.open_weights import ANYBODY
from agents.provider_parameters import ProviderParameters
from agents.strategy import Situation, Spending

if TYPE_CHECKING:
    from simulation.market import Market

Array = NDArray[np.float64]
OF_LABS = attrgetter(*Past._fields[: Past._fields.index("flow")])


class View(NamedTuple):
    """What all providers know at a month's start.

    settings : of each, by code.  shared : what all know alike.  rows : (16, columns), as
    `agents.kernels.situations` has them.  mix : (3,), of all revenue by segment.
    """

    settings: dict[int, ProviderParameters]
    shared: tuple[Any, ...]
    rows: Array
    mix: Array

    def situation(self, code: int) -> Situation:
        """What one provider knows."""
        row = self.rows[code].tolist()
        return Situation._make(
            (
                self.settings[code],
                *self.shared,
                *row[:ALLOCATION],
                Spending._make(row[ALLOCATION:FOCUS]),
                tuple(row[FOCUS:REVENUE_MIX]),
                tuple(row[REVENUE_MIX:TOKEN_MIX]),
                tuple(row[TOKEN_MIX:]),
            )
        )


def view_of(market: "Market") -> View:
    """What is known before anybody decides for this month."""
    ahead = market.month + market.config.compute.contract_lead
    users = market.totals["consumers"].accounts
    own = parent_flow(market), market.compute.contracted[ahead], users
    rows, mix, open_share = known(Past._make((*OF_LABS(market.labs), *own)))
    shared = (*common(market), tuple(mix.tolist()), open_share)
    return View(market.roster.settings, shared, rows, mix)


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
