"""How often each point is run: a fixed number of seeds, or until its mean is known well enough.

The rule is that of a confidence interval of the mean over seeds: Student's t, or Wilson's for an
outcome that is only ever 0 or 1, whose spread says nothing while all seeds agree.  Stopping when an
interval is narrow makes it a little too narrow; the larger `least`, the less.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.form import Replicates

LEAST, MOST = 5, 50
CONFIDENCE = 0.95
GROWTH = 2.0  # a round at most doubles the seeds of a point: an early spread is a poor guide
FEW = 2  # values without which there is no spread

Numbers = NDArray[np.float64]


class Rule(NamedTuple):
    """When a point has seeds enough.

    outcome : whose mean is asked for
    half_width : of its interval, at most
    least, most : seeds of a point
    """

    outcome: str
    half_width: float
    least: int
    most: int


def rule_of(form: Replicates) -> Rule | None:
    """Return the rule of a sweep that has one."""
    if form.until is None:
        return None
    least, most = form.least or LEAST, form.most or MOST
    return Rule(form.until.outcome, form.until.half_width, least, most)


def half_width_of(values: Numbers) -> float:
    """Half of the 95 % interval of the mean of these runs; infinite for fewer than two."""
    from scipy.special import ndtri, stdtrit

    count = len(values)
    if count < FEW:
        return math.inf
    upper = 0.5 + CONFIDENCE / 2.0
    mean = float(values.mean())
    if np.isin(values, (0.0, 1.0)).all():
        z = float(ndtri(upper))
        inside = mean * (1.0 - mean) / count + (z / (2.0 * count)) ** 2
        return z * math.sqrt(inside) / (1.0 + z * z / count)
    return float(stdtrit(count - 1, upper)) * float(values.std(ddof=1)) / math.sqrt(count)


def seeds_wanted(values: Numbers, tried: int, rule: Rule) -> int:
    """Seeds that a point should have after `tried`, of which `values` are those that did not fail.

    The half-width falls with the root of their number, which says how many are needed.
    """
    width = half_width_of(values)
    if width <= rule.half_width or tried >= rule.most:
        return tried
    needed = GROWTH * tried
    if math.isfinite(width):
        needed = min(needed, len(values) * (width / rule.half_width) ** 2 + tried - len(values))
    return min(rule.most, max(tried + 1, math.ceil(needed)))
