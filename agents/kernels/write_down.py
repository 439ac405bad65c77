"""What providers have decided for a month goes into their columns, and onto the market."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NONE, OPEN
from agents.compiled import inline, kernel
from agents.equations.research import exhausted as exhausted_source
from agents.labs import USES
from agents.open_weights import ADMITTED, ANYBODY

Array = NDArray[np.float64]
exhausted = inline(exhausted_source)
EFFICIENCY, SALES_USE = USES.index("efficiency"), USES.index("sales")
LEAST_FOCUS = 1e-6
# Columns of a row of decisions, of which those from ALLOCATION on have several parts.
SUPPORT, BUDGET, MARKUP, OPENS, BUNDLES = range(5)
ALLOCATION, SALES, FOCUS, SELLS, COLUMNS = 5, 9, 12, 15, 18


class Plan(NamedTuple):
    """Columns of the providers that decisions set, as `labs.Labs` has them."""

    support: Array
    budget: Array
    parts: Array
    spending: Array
    markup: Array
    sales_mix: Array
    focus: Array
    sells: NDArray[np.bool_]
    weights: NDArray[np.bool_]
    bundles: NDArray[np.bool_]
    efficiency: Array
    efforts: Array


class EffortRules(NamedTuple):
    """Settings of `research`, named as there, and speed a month at which focus follows."""

    speed: float
    progress_spending: float
    brand_spending: float
    exhaustion: float


@kernel
def write_down(active, decided, rules, mix, plan, sources, live, bundled):
    """Put rows of `decided`, (codes, COLUMNS), of who is `active` into the providers' columns.

    Focus, of which every segment keeps a little, follows `mix` (3,), the market's revenue by
    segment, at a speed (E13); it sums to 1.

    sources : (2,), makers of open weights, or NONE.  live, bundled : (3, codes) and (codes,),
    become the offers that stand, and who bundles.
    """
    focus = np.empty(3)
    for code in range(CODES):
        if not active[code]:
            continue
        row = decided[code]
        plan.support[code], plan.budget[code] = row[SUPPORT], row[BUDGET]
        plan.markup[code] = row[MARKUP]
        plan.weights[code], plan.bundles[code] = row[OPENS] > 0.0, row[BUNDLES] > 0.0
        for use in range(4):
            plan.parts[use, code] = row[ALLOCATION + use]
            plan.spending[use, code] = row[ALLOCATION + use] * row[BUDGET]
        total = 0.0
        for segment in range(3):
            plan.sales_mix[segment, code] = row[SALES + segment]
            plan.sells[segment, code] = row[SELLS + segment] > 0.0
            wanted = row[FOCUS + segment]
            if rules.speed > 0.0:
                wanted = wanted + rules.speed * (mix[segment] - wanted)
            focus[segment] = max(wanted, LEAST_FOCUS)
            total += focus[segment]
        for segment in range(3):
            plan.focus[segment, code] = focus[segment] / total
            effort = 3.0 * plan.sales_mix[segment, code] * plan.spending[SALES_USE, code]
            plan.efforts[1 + segment, code] = effort / rules.brand_spending
        plan.efforts[0, code] = plan.spending[EFFICIENCY, code] / rules.progress_spending
        plan.efforts[4, code] = exhausted(plan.efficiency[code], rules.exhaustion)
    stand(active, plan, sources, live, bundled)


@inline
def stand(active, plan, sources, live, bundled):
    """Which offers stand this month: those of active providers, and of open weights."""
    for code in range(CODES):
        bundled[code] = plan.bundles[code]
        for segment in range(3):
            live[segment, code] = plan.sells[segment, code] and active[code]
    live[0, OPEN], live[1, OPEN] = sources[ANYBODY] != NONE, sources[ADMITTED] != NONE
    live[2, OPEN] = False
