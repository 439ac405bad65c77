"""What each provider knows when it decides: columns of the market, read for one of them."""

import math
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.kernels import write_down as to
from agents.kernels.routine import Rules, look
from agents.kernels.situations import ALLOCATION, COLUMNS, FOCUS, REVENUE_MIX, TOKEN_MIX, Past
from agents.open_weights import ANYBODY
from agents.provider_parameters import ProviderParameters
from agents.strategy import Situation, Spending

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.market import Market

Array = NDArray[np.float64]
OF_LABS = attrgetter(*Past._fields[: Past._fields.index("flow")])


class View(NamedTuple):
    """What all providers know at a month's start.

    settings : of each, by code.  shared : what all know alike.  rows : (16, columns), as
    `agents.kernels.situations` has them.  mix : (3,), of all revenue by segment.
    decided : (16, columns), what the routine makes of it, as `agents.kernels.write_down` takes it.
    sound : (16,), flags, whose part of it can be done.  found : situations by code, those that were
    asked for.
    """

    settings: dict[int, ProviderParameters]
    shared: tuple[Any, ...]
    rows: Array
    mix: Array
    decided: Array
    sound: NDArray[np.bool_]
    found: dict[int, Situation]

    def situation(self, code: int) -> Situation:
        """What one provider knows."""
        known = self.found.get(code)
        if known is None:
            row = self.rows[code].tolist()
            known = self.found[code] = Situation._make(
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
        return known


def view_of(market: "Market") -> View:
    """What is known before anybody decides for this month."""
    ahead = market.month + market.config.compute.contract_lead
    users = market.totals["consumers"].accounts
    own = parent_flow(market), market.compute.contracted[ahead], users
    past, roster = Past._make((*OF_LABS(market.labs), *own)), market.roster
    means, rules = roster.means, rules_of(market.config)
    rows, mix = np.empty((CODES, COLUMNS)), np.empty(3)
    decided, sound = np.zeros((CODES, to.COLUMNS)), np.zeros(CODES, np.bool_)
    open_share = look(past, means.leverage, means.open_weights, rules, rows, mix, decided, sound)
    shared = (*common(market), tuple(mix.tolist()), open_share)
    return View(roster.settings, shared, rows, mix, decided, sound, {})


def rules_of(config: "Config") -> Rules:
    """Settings of the routine."""
    routines, finance = config.planning, config.finance
    return Rules(
        routines.profit_share,
        routines.spending_months,
        routines.markup_response,
        routines.markup_step,
        routines.markup_floor,
        routines.markup_limit,
        finance.stressed,
        finance.distressed,
        finance.deepest_cut,
    )


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
    flow = means.parent_flow * np.exp(np.minimum(age * means.parent_rate, 100.0))
    held: Array = np.minimum(flow, means.parent_limit)
    return held
