"""What the routines of `agents.strategy.Strategy` decide for a month, of all providers at once.

A provider is asked only for what its strategy decides in another way.
"""

import math
from typing import NamedTuple

from agents.codes import CODES
from agents.compiled import inline, kernel
from agents.equations import planning, pricing
from agents.kernels import write_down as to
from agents.kernels.situations import (
    ALLOCATION,
    FOCUS,
    GROSS_PROFIT,
    LIQUID,
    MARKUP,
    PARENT_FLOW,
    PRESSURE,
    REVENUE_SHARE,
    SHARE_BEFORE,
    know,
)
from agents.parameters import SUM_TOLERANCE

stress_cut, own_means = inline(planning.stress_cut), inline(planning.own_means)
adjusted_markup = inline(pricing.adjusted_markup)


class Rules(NamedTuple):
    """Settings of `planning` and `finance`, named as there."""

    profit_share: float
    spending_months: float
    markup_response: float
    markup_step: float
    markup_floor: float
    markup_limit: float
    stressed: float
    distressed: float
    deepest_cut: float


@inline
def are_parts(values):
    """Whether these are parts of a whole."""
    total = 0.0
    for value in values:
        if not value >= 0.0:
            return False
        total += value
    return abs(total - 1.0) <= SUM_TOLERANCE


@inline
def routine(known, leverage, opens, rules, decided, sound):
    """Fill rows as `write_down` takes them, (codes, columns), and whose can be done, (codes,).

    known : (codes, columns), as from `situations`.  leverage : (codes,), NaN where no contracts are
    signed.  opens : (codes,), flags.  decided : of 0.
    """
    for code in range(CODES):
        own, row = known[code], decided[code]
        cut = 1.0
        if leverage[code] >= 0.0:
            cut = stress_cut(own[PRESSURE], rules.stressed, rules.distressed, rules.deepest_cut)
        means = own_means(own[GROSS_PROFIT], own[LIQUID], rules.profit_share, rules.spending_months)
        row[to.SUPPORT] = own[PARENT_FLOW]
        row[to.BUDGET] = cut * means + own[PARENT_FLOW]
        markup = adjusted_markup(
            own[MARKUP],
            own[REVENUE_SHARE],
            own[SHARE_BEFORE],
            rules.markup_response,
            rules.markup_step,
        )
        row[to.MARKUP] = min(max(markup, rules.markup_floor), rules.markup_limit)
        row[to.OPENS] = opens[code]
        for use in range(4):
            row[to.ALLOCATION + use] = own[ALLOCATION + use]
        for segment in range(3):
            row[to.SALES + segment] = 1 / 3
            row[to.FOCUS + segment] = own[FOCUS + segment]
            row[to.SELLS + segment] = 1.0
        sound[code] = (
            0.0 <= row[to.SUPPORT] < math.inf
            and 0.0 <= row[to.BUDGET] < math.inf
            and 0.0 <= row[to.MARKUP] < math.inf
            and are_parts(row[to.ALLOCATION : to.SALES])
            and are_parts(row[to.FOCUS : to.SELLS])
        )


@kernel
def look(past, leverage, opens, rules, rows, mix, decided, sound):
    """Fill what all know and what the routine makes of it; returns OPEN's part of all tokens."""
    open_share = know(past, rows, mix)
    routine(rows, leverage, opens, rules, decided, sound)
    return open_share
