"""What providers are worth, and who of them raises money: E35 and E36."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.compiled import inline, kernel
from agents.equations import investment
from agents.kernels.memory import move_on
from agents.kernels.money_checks import liquid
from agents.kernels.sums import whole

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
yearly_growth, value_of = inline(investment.yearly_growth), inline(investment.value_of)


class Seekers(NamedTuple):
    """Columns of the providers, (codes,), that say who raises, as `Labs` and `EquityMarket` have.

    raises : of their means.  From `credits` to `owed` with an axis of clouds.
    """

    active: Flags
    raises: Flags
    cash: Array
    credits: Array
    deferred: Array
    owed: Array
    last_round: Array
    last_post: Array
    valuation: Array


class RaiseRules(NamedTuple):
    """Settings of `investment`, named as there."""

    interval: float
    step_up: float
    need_months: float
    runway_trigger: float


@kernel
def who_raises(seekers, lasting, ambition, month, rules):
    """E36: who is rested, and short of time, of means, or dear and behind its ambition, (codes,).

    lasting : runway, months.  ambition : M$ a month.
    """
    found = np.zeros(CODES, np.bool_)
    for code in range(CODES):
        if not (seekers.active[code] and seekers.raises[code] and seekers.valuation[code] > 0.0):
            continue
        means = liquid(seekers, code)
        dear = seekers.valuation[code] > rules.step_up * seekers.last_post[code]
        ahead = dear and means < rules.need_months * ambition[code]
        pressed = lasting[code] < rules.runway_trigger or means < 0.0
        rested = month - seekers.last_round[code] >= rules.interval
        found[code] = rested and (pressed or ahead)
    return found


class ValueRules(NamedTuple):
    """Settings of `investment`, named as there, and limits of growth."""

    limits: tuple[float, float]
    growth_unknown: float
    multiple: float
    option_value: float
    option_share: float


@kernel
def valued(revenue, active, near, past_revenue, sentiment, rules):
    """E35: growth, worth at sentiment 1, and valuation, (3, codes); remembers the revenue.

    near : (codes,), e to the minus gap to the frontier.  past_revenue : (months, codes).
    """
    found, annual = np.empty((3, CODES)), np.empty(CODES)
    move_on(past_revenue)
    for code in range(CODES):
        past_revenue[-1, code] = revenue[code] if active[code] else 0.0
        annual[code] = investment.YEAR * past_revenue[-1, code]
    option = rules.option_value + rules.option_share * whole(annual)
    for code in range(CODES):
        now, before = past_revenue[-1, code], past_revenue[0, code]
        growth = yearly_growth(now, before, rules.limits, rules.growth_unknown)
        worth = value_of(annual[code], growth, rules.multiple, option * near[code])
        found[0, code] = growth
        found[1, code] = worth if active[code] else np.nan
        found[2, code] = sentiment * worth if active[code] else 0.0
    return found
