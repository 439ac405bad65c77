"""Runs of a sweep as arrays, and products of expectations that luck does not bias.

All points share their seeds.  Noise at two points is therefore correlated where the seed is the
same, by an amount that nobody knows.  One rule serves any amount, none included: a product of two
expectations is averaged over pairs of runs that share neither seed nor network, since only these
have independent luck.  With one seed there is no such pair, and the plain product stays biased.
"""

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity.effects import Numbers

Flags = NDArray[np.bool_]

STATISTICS = ("mean", "spread")
ROUNDS = 60  # of the fit of effects that all points share, where runs are missing
SETTLED = 1e-10  # change, in parts of the largest number, at which that fit ends


def runs_of(values: NDArray[np.float64], statistic: str = "mean") -> Numbers:
    """One number per run, shape (points, seeds, networks), whose mean is the point's statistic.

    Parameters
    ----------
    values : (points, seeds), (points, seeds, networks) or (..., components); NaN: no such run
    statistic : "mean", or "spread": the variance between the seeds of a point, summed over
        components, as `spread_of_runs` spreads it over the runs

    Raises
    ------
    ValueError
        Infinite outcomes, a wrong shape, an unknown statistic, or the mean of a vector.

    """
    numbers = np.asarray(values, np.float64)
    if statistic not in STATISTICS:
        raise ValueError(f"statistic {statistic!r}: one of {', '.join(STATISTICS)}")
    if numbers.ndim == 2:
        numbers = numbers[:, :, None]
    if numbers.ndim not in (3, 4):
        raise ValueError(f"values of shape {numbers.shape}: (points, seeds, networks) is asked")
    if np.isinf(numbers).any():
        where = np.argwhere(np.isinf(numbers))[0]
        raise ValueError(f"the outcome of point {where[0]}, seed {where[1]} is infinite")
    if statistic == "spread":
        return spread_of_runs(numbers if numbers.ndim == 4 else numbers[..., None])
    if numbers.ndim == 4:
        raise ValueError('an outcome of several components: say statistic="spread"')
    return numbers


def spread_of_runs(values: Numbers) -> Numbers:
    """Variance between seeds as a mean of one number per run: (points, seeds, networks, parts).

    Jackknife pseudo-values: their mean is the unbiased variance, summed over the parts, and their
    variance over n tells its sampling error.  The jackknife calls that (n-1)/(n-2) too large for
    normal runs, so deviations are shrunk by the root of it.  NaN below three seeds.
    """
    there: Flags = np.asarray(np.isfinite(values).all(axis=-1))
    count = there.sum(axis=1, keepdims=True).astype(np.float64)
    kept = np.where(there[..., None], values, 0.0)
    centre = kept.sum(axis=1, keepdims=True) / np.maximum(count, 1)[..., None]
    square = np.where(there[..., None], (values - centre) ** 2, 0.0).sum(axis=-1)
    variance = square.sum(axis=1, keepdims=True) / np.maximum(count - 1, 1)
    few = count < 3
    n = np.where(few, 3.0, count)
    pull = n / (n - 2) * (square - (n - 1) / n * variance)
    result = variance + pull * np.sqrt((n - 2) / (n - 1))
    return np.where(there & ~few, result, np.nan)


def means(runs: Numbers) -> Numbers:
    """Mean over the runs of a point: (..., seeds, networks) -> (...); NaN without any."""
    count = np.isfinite(runs).sum(axis=(-2, -1))
    total = np.where(np.isfinite(runs), runs, 0.0).sum(axis=(-2, -1))
    return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)


def product(one: Numbers, other: Numbers) -> Numbers:
    """Product of two expectations: mean over pairs of runs that share neither seed nor network.

    one, other : (..., seeds, networks), NaN for runs that are missing.  NaN without such a pair.
    """
    here, there = np.isfinite(one), np.isfinite(other)
    first, second = np.where(here, one, 0.0), np.where(there, other, 0.0)
    axes = replicated(one)
    return _over(_pairs(first, second, axes), _pairs(1.0 * here, 1.0 * there, axes))


def replicated(runs: Numbers) -> tuple[int, ...]:
    """Axes of which there are several: -2 for seeds, -1 for networks, both or none."""
    return tuple(axis for axis in (-2, -1) if runs.shape[axis] > 1)


def luck(runs: Numbers, differ: tuple[int, ...] | None = None) -> Numbers:
    """Variance of one run at its point, unbiased: (..., seeds, networks) -> (...).

    differ : axes in which two compared runs differ, the other being the same; all of them unless
        said.  (-2,) leaves out what networks do, (-1,) what seeds do.
    """
    axes = replicated(runs) if differ is None else differ
    here = np.isfinite(runs)
    centred = np.where(here, runs - means(runs)[..., None, None], 0.0)
    square = _pairs(centred**2, 1.0 * here, axes) - _pairs(centred, centred, axes)
    return _over(square, _pairs(1.0 * here, 1.0 * here, axes))


def _pairs(one: Numbers, other: Numbers, differ: tuple[int, ...]) -> Numbers:
    """Sum of products over pairs of runs that differ in these axes and agree in the other."""
    same = (one * other).sum(axis=(-2, -1))
    if not differ:
        return one.sum(axis=(-2, -1)) * other.sum(axis=(-2, -1))
    if len(differ) == 1:
        return (one.sum(axis=differ[0]) * other.sum(axis=differ[0])).sum(axis=-1) - same
    total = one.sum(axis=(-2, -1)) * other.sum(axis=(-2, -1))
    for axis in differ:
        total = total - (one.sum(axis=axis) * other.sum(axis=axis)).sum(axis=-1)
    return total + same


def _over(total: Numbers, pairs: Numbers) -> Numbers:
    """Mean over pairs; NaN where there is none."""
    return np.divide(total, pairs, out=np.full(total.shape, np.nan), where=pairs > 0.5)


def without_common_luck(runs: Numbers) -> Numbers:
    """Runs less what a seed and network do to all points alike: (points, groups, S, N).

    Each group has luck of its own.  Where runs are missing, means of points and of seeds are
    fitted in turns.
    """
    left = runs.copy()
    if not replicated(left):
        return left
    scale = float(np.nanmax(np.abs(left), initial=0.0, where=np.isfinite(left)))
    for _ in range(ROUNDS):
        off = left - means(left)[..., None, None]
        count = np.isfinite(off).sum(axis=0)
        common = np.where(np.isfinite(off), off, 0.0).sum(axis=0) / np.maximum(count, 1)
        left -= common
        if np.abs(common).max() <= SETTLED * scale:
            break
    return left
