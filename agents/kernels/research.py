"""What a month of work gives each provider: efficiency, trust, compute to order, luck (E11-E15)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CONSUMER
from agents.compiled import inline, kernel
from agents.equations import pricing, research
from agents.equations.pricing import HOURS
from agents.kernels.luck import unit
from agents.kernels.sums import column_sum, whole
from agents.labs import USES

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
leaked, safety_change = inline(research.leaked), inline(research.safety_change)
goodwill, run_length = inline(research.goodwill), inline(research.run_length)
own_rent, own_gain = inline(pricing.own_rent), inline(research.own_gain)
MOST_EFFICIENT = 40.0  # OOM: beyond it a token costs nothing that a float64 could tell
MOST_BRAND = 100.0  # the bound of a brand stock in a supply file
SCALE, SAFETY = USES.index("scale"), USES.index("safety")


class Work(NamedTuple):
    """Columns of the providers that a month of work moves or depends on, as `labs.Labs` has them.

    execution : (codes,), before bundles.  surcharge, own_chips : (codes,), on the rent.
    """

    active: Flags
    bundles: Flags
    incident: Flags
    efficiency: Array
    serving_efficiency: Array
    safety: Array
    brand: Array
    parts: Array
    spending: Array
    ordered: Array
    run_age: Array
    tokens: Array
    execution: Array
    surcharge: Array
    own_chips: Array


class WorkRules(NamedTuple):
    """Settings of `research`, named as there.

    progress : own and paid.  brand : decay and gain.  rent : $/H100e-hour.
    """

    serve_factor: float
    spillover: float
    safety_speed: float
    safety_half: float
    progress: tuple[float, float]
    brand: tuple[float, float]
    bundle_execution: float
    run_months: float
    run_safety_months: float
    incident_hazard: float
    rent: float


@inline
def best_of(level, active):
    """Highest level among who is on the market."""
    best = -np.inf
    for code in range(CODES):
        if active[code]:
            best = max(best, level[code])
    return best


@inline
def learn(level, best, own, spillover):
    """E11: a level after what is found oneself and what leaks from the best, OOM."""
    return min(level + (own + leaked(level, best, spillover)), MOST_EFFICIENT)


@kernel
def work(labs, reach, left, keys, rules, found):
    """One month: moves efficiency, safety and brand, orders compute for research.

    found : (2, codes), becomes whose training run is old enough to end (E12), and who has an
    incident (E14): the less safe and the more used, the more; events may bring more, by
    `labs.incident`.
    reach : (4, codes), of spending on efficiency (E11) and of the sales effort by segment (E15).
    left : (codes,), part of E11's gain that is left.  keys : (codes,) uint64, of incidents.
    """
    trained = best_of(labs.efficiency, labs.active)
    served = best_of(labs.serving_efficiency, labs.active)
    done, struck = found
    use = np.empty(CODES)  # of last month: what is used can fail
    for code in range(CODES):
        use[code] = column_sum(labs.tokens, code)
    everything = whole(use)
    for code in range(CODES):
        labs.ordered[code] = 0.0
        is_struck, labs.incident[code] = labs.incident[code], False
        if not labs.active[code]:
            continue
        gain = own_gain(reach[0, code], left[code], rules.progress)
        own = gain, rules.serve_factor * gain
        efficiency, serving = labs.efficiency[code], labs.serving_efficiency[code]
        labs.efficiency[code] = learn(efficiency, trained, own[0], rules.spillover)
        labs.serving_efficiency[code] = learn(serving, served, own[1], rules.spillover)

        share, safety = labs.parts[SAFETY, code], labs.safety[code]
        change = safety_change(safety, share, rules.safety_speed, rules.safety_half)
        labs.safety[code] = min(max(safety + change, 0.0), 1.0)
        for segment in range(len(labs.brand)):
            execution = labs.execution[code]
            if segment == CONSUMER and labs.bundles[code]:  # it sells by its product
                execution = max(execution, rules.bundle_execution)
            stock = goodwill(
                labs.brand[segment, code], reach[1 + segment, code], execution, rules.brand
            )
            labs.brand[segment, code] = min(stock, MOST_BRAND)

        price = HOURS * own_rent(rules.rent, labs.surcharge[code], labs.own_chips[code])
        if price > 0.0:
            labs.ordered[code] = labs.spending[SCALE, code] / price
        length = run_length(share, rules.run_months, rules.run_safety_months)
        done[code] = labs.run_age[code] >= length
        part = use[code] / everything if everything > 0.0 else 0.0
        hazard = -np.expm1(-rules.incident_hazard * (1.0 - labs.safety[code]) * part)
        struck[code] = unit(keys[code]) < hazard or is_struck
