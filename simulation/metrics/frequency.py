"""How often something happens over runs, and how sure that frequency is."""

import numpy as np
from numpy.typing import ArrayLike

from simulation.metrics.divergence import Interval, Numbers

NORMAL_QUANTILE_975 = 1.959963984540054  # a 95 % interval reaches this many standard errors


def frequency_interval(count: ArrayLike, runs: ArrayLike) -> Interval:
    """95 % interval of a probability of which `count` of `runs` independent runs are the sample.

    The interval holds the probabilities p at which the score test does not reject the count,
    `|count/runs - p| <= z sqrt(p (1 - p) / runs)` (Wilson 1927,
    doi:10.1080/01621459.1927.10502953).  It stays within 0-1, and has a width at 0 and at all.

    Parameters
    ----------
    count : (...,), whole
        Runs in which it happened.
    runs : (...,), whole
        All runs; one at least.

    Returns
    -------
    Interval of (...,), 0-1
    """
    number = np.asarray(runs, np.float64)
    share = np.asarray(count) / number
    square = NORMAL_QUANTILE_975**2
    centre = share + square / (2 * number)
    reach = np.sqrt(square * (share * (1 - share) / number + square / (2 * number) ** 2))
    scale = 1 + square / number

    def within(end: Numbers) -> Numbers:
        # Rounding can leave -1e-17 where the interval ends at 0.
        return np.asarray((end / scale).clip(0.0, 1.0), np.float64)

    return Interval(within(centre - reach), within(centre + reach))
