"""What providers are worth, and who of them raises money: E35 and E36."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.compiled import inline, kernel
from agents.equations import investment
from agents.equations.finance import runway as runway_source
from agents.kernels.memory import move_on
from agents.kernels.money_checks import liquid
from agents.kernels.sums import whole

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
yearly_growth, value_of = inline(investment.yearly_growth), inline(investment.value_of)
runway = inline(runway_source)


class Seekers(NamedTuple):
    """Columns of the providers, (codes,), that say who raises, as `Labs` and `EquityMarket` have.

    raises : of their means.  ambition : M$ a month.  From `credits` to `owed` with an axis of
    clouds.
    """

    active: Flags
    raises: Flags
    ambition: Array
    burn: Array
    cash: Array
    credits: Array
    deferred: Array
    owed: Array
    last_round: Array
    last_post: Array
    valuation: Array


class RaiseRules(NamedTuple):
    """Settings of `investment` and `finance`, named as there."""

    interval: float
    step_up: float
    need_months: float
    runway_trigger: float
    runway_limit: float


@kernel
def who_raises(seekers, month, rules, found):
    """E36: who is rested, and short of time, of means, or dear and behind its ambition.

    found : (codes,), flags, set for those.
    """
    for code in range(CODES):
        if not (seekers.active[code] and seekers.raises[code] and seekers.valuation[code] > 0.0):
            continue
        means = liquid(seekers, code)
        dear = seekers.valuation[code] > rules.step_up * seekers.last_post[code]
        ahead = dear and means < rules.need_months * seekers.ambition[code]
        lasting = runway(means, seekers.burn[code], rules.runway_limit)
        pressed = lasting < rules.runway_trigger or means < 0.0
        rested = month - seekers.last_round[code] >= rules.interval
        found[code] = rested and (pressed or ahead)


class Companies(NamedTuple):
    """Columns of the providers, (codes,), on which their values depend.

    near : e to the minus gap to the frontier.  before : worth of last month, NaN where there was
    none.
    """

    revenue: Array
    active: Flags
    raises: Flags
    near: Array
    before: Array


class ValueRules(NamedTuple):
    """Settings of `investment`, named as there, and limits of growth."""

    limits: tuple[float, float]
    growth_unknown: float
    multiple: float
    option_value: float
    option_share: float


@kernel
def valued(companies, past_revenue, sentiment, rules, found, compared):
    """E35: fill growth, worth at sentiment 1, and valuation, (3, codes); remembers the revenue.

    past_revenue : (months, codes).  compared : (2, codes), its first columns become the worths,
    now and last month, of those who sell shares and had one; returns how many those are.
    """
    revenue, active, raises, near, before = companies
    annual, count = np.empty(CODES), 0
    move_on(past_revenue)
    for code in range(CODES):
        past_revenue[-1, code] = revenue[code] if active[code] else 0.0
        annual[code] = investment.YEAR * past_revenue[-1, code]
    option = rules.option_value + rules.option_share * whole(annual)
    for code in range(CODES):
        now, year_old = past_revenue[-1, code], past_revenue[0, code]
        growth = yearly_growth(now, year_old, rules.limits, rules.growth_unknown)
        worth = value_of(annual[code], growth, rules.multiple, option * near[code])
        found[0, code] = growth
        found[1, code] = worth if active[code] else np.nan
        found[2, code] = sentiment * worth if active[code] else 0.0
        if raises[code] and active[code] and before[code] > 0.0 and worth > 0.0:
            compared[0, count], compared[1, count] = worth, before[code]
            count += 1
    return count
