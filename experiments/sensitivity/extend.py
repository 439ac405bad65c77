"""Which points need more seeds: the half-width rule for adaptive replicates."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.sensitivity import luck
from experiments.sensitivity.effects import Numbers
from experiments.sensitivity.resample import LEVEL


def points_to_extend(
    values: NDArray[np.float64],
    half_width: float,
    least: int,
    most: int,
    *,
    statistic: str = "mean",
    tried: NDArray[np.int64] | None = None,
) -> NDArray[np.bool_]:
    """Points whose mean is not yet known well enough, and that may have another seed.

    A point goes on below `least` seeds, and above as long as the 95 % t-interval of its mean is
    wider than twice `half_width` (Chow and Robbins 1965), up to `most`.  Stopping when an interval
    looks narrow makes it cover less than it says, most of all from few seeds: see MODEL.md 14.5.

    Parameters
    ----------
    values : (points, seeds, networks), NaN where there is no run; networks of a seed are averaged
    half_width : in the unit of the outcome
    least, most : seeds of a point, 2 <= least <= most
    tried : (points,), seeds run so far, failed ones included; counted from `values` unless said

    Raises
    ------
    ValueError
        Numbers of seeds out of order, or a half width that is not positive.

    """
    if not 2 <= least <= most:
        raise ValueError(f"least {least} and most {most}: 2 <= least <= most is asked")
    if not half_width > 0:
        raise ValueError(f"half width {half_width}: a positive number is asked")
    runs = luck.means(luck.runs_of(values, statistic)[:, :, None])
    count = np.isfinite(runs).sum(axis=1)
    spent = count if tried is None else np.asarray(tried)
    wide = ~(half_widths(runs) <= half_width)
    return np.asarray((spent < most) & ((spent < least) | wide))


def half_widths(runs: Numbers) -> Numbers:
    """Half of the 95 % t-interval of the mean of each point: (points, seeds) -> (points,)."""
    count = np.isfinite(runs).sum(axis=1)
    known = count > 1
    error = np.sqrt(luck.luck(runs[:, :, None]) / np.maximum(count, 1))
    student = stats.t.ppf(0.5 + LEVEL / 2, np.maximum(count - 1, 1))
    return np.where(known, student * error, np.inf)
