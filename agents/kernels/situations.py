"""What each provider knows of itself and of the others when it decides, in numbers."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, OPEN
from agents.compiled import inline
from agents.kernels.sums import column_sum, row_sum, whole

Array = NDArray[np.float64]

# Columns of what is known, named as in `strategy.Situation`; the mixes by use or segment follow.
NUMBERS = (
    "liquid",
    "cash",
    "gross_profit",
    "revenue",
    "revenue_before",
    "revenue_share",
    "share_before",
    "pressure",
    "parent_flow",
    "need",
    "contracted",
    "capability",
    "best_capability",
    "efficiency",
    "safety",
    "rival_safety",
    "markup",
    "consumer_share",
)
(
    LIQUID,
    CASH,
    GROSS_PROFIT,
    REVENUE,
    REVENUE_BEFORE,
    REVENUE_SHARE,
    SHARE_BEFORE,
    PRESSURE,
    PARENT_FLOW,
    NEED,
    CONTRACTED,
    CAPABILITY,
    BEST_CAPABILITY,
    EFFICIENCY,
    SAFETY,
    RIVAL_SAFETY,
    MARKUP,
    CONSUMER_SHARE,
) = range(len(NUMBERS))
ALLOCATION = len(NUMBERS)
FOCUS, REVENUE_MIX, TOKEN_MIX, COLUMNS = (ALLOCATION + 4 + 3 * place for place in range(4))


class Past(NamedTuple):
    """Columns of the providers that a month's decisions look at, as `labs.Labs` has them.

    flow : (16,), what parents pay this month, M$.  contracted : (16, suppliers), compute when a new
    deal would start.  users : (16,), consumers.
    """

    active: NDArray[np.bool_]
    cash: Array
    credits: Array
    deferred: Array
    owed: Array
    gross_profit: Array
    revenue: Array
    past_revenue: Array
    pressure: Array
    past_inference: Array
    ordered: Array
    capability: Array
    efficiency: Array
    safety: Array
    markup: Array
    allocation: Array
    focus: Array
    segment_revenue: Array
    tokens: Array
    flow: Array
    contracted: Array
    users: NDArray[np.int64]


@inline
def part(amount, everything, nothing):
    """Part of a whole, or `nothing` where there is none."""
    return amount / everything if everything > 0.0 else nothing


@inline
def know(past, rows, mix):
    """Fill COLUMNS of each code, (codes, columns), and return OPEN's part of all tokens.

    mix : becomes that of all revenue by segment, (3,); equal parts where there is nothing.
    """
    now, before = whole(past.past_revenue[-1]), whole(past.past_revenue[-2])
    consumers = np.int64(0)
    for code in range(OPEN):
        consumers += past.users[code]
    memory = len(past.past_inference)

    # The best model, and how safe the safest is, and the safest but one.
    best, safest, second, leader = -np.inf, 0.0, 0.0, -1
    for code in range(CODES):
        if past.active[code]:
            best = max(best, past.capability[code])
            if leader < 0 or past.safety[code] >= safest:
                second = safest if leader >= 0 else 0.0
                safest, leader = past.safety[code], code
            else:
                second = max(second, past.safety[code])

    tokens = np.zeros(CODES)
    for code in range(CODES):
        earned = column_sum(past.segment_revenue, code)
        used = tokens[code] = column_sum(past.tokens, code)
        row = rows[code]
        arrears = row_sum(past.deferred, code) + row_sum(past.owed, code)
        row[LIQUID] = past.cash[code] + row_sum(past.credits, code) - arrears
        row[CASH], row[GROSS_PROFIT] = past.cash[code], past.gross_profit[code]
        row[REVENUE], row[REVENUE_BEFORE] = past.revenue[code], past.past_revenue[0, code]
        row[REVENUE_SHARE] = part(past.past_revenue[-1, code], now, 0.0)
        row[SHARE_BEFORE] = part(past.past_revenue[-2, code], before, 0.0)
        row[PRESSURE], row[PARENT_FLOW] = past.pressure[code], past.flow[code]
        row[NEED] = column_sum(past.past_inference, code) / memory + past.ordered[code]
        row[CONTRACTED] = row_sum(past.contracted, code)
        row[CAPABILITY], row[BEST_CAPABILITY] = past.capability[code], best
        row[EFFICIENCY], row[SAFETY] = past.efficiency[code], past.safety[code]
        row[RIVAL_SAFETY] = second if code == leader else safest
        row[MARKUP] = past.markup[code]
        row[CONSUMER_SHARE] = past.users[code] / max(consumers, 1)
        for use in range(4):
            row[ALLOCATION + use] = past.allocation[use, code]
        for segment in range(3):
            row[FOCUS + segment] = past.focus[segment, code]
            row[REVENUE_MIX + segment] = part(past.segment_revenue[segment, code], earned, 1 / 3)
            row[TOKEN_MIX + segment] = part(past.tokens[segment, code], used, 1 / 3)
    for segment in range(3):
        mix[segment] = whole(past.segment_revenue[segment])
    earned = mix[0] + mix[1] + mix[2]
    for segment in range(3):
        mix[segment] = part(mix[segment], earned, 1 / 3)
    return part(tokens[OPEN], whole(tokens), 0.0)
