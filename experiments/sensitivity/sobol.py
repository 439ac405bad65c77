"""Sobol indices of a sweep with seeds: which share of the variance of the expected outcome.

The estimators are SALib's (Saltelli et al. 2010), with luck removed from squares and products.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity import blocks, luck
from experiments.sensitivity.effects import Effects, Numbers
from experiments.sensitivity.resample import RESAMPLES

MEASURES = ("first", "total")


def sobol(
    values: NDArray[np.float64],
    names: Sequence[str],
    base_points: int,
    *,
    statistic: str = "mean",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Effects:
    """First-order and total indices with intervals.

    Parameters
    ----------
    values : (points, seeds, networks), points in the order of SALib's `sample.sobol`; blocks of
        k + 2 or, with second order, 2 k + 2 points are told by their number
    names : of the k factors
    base_points : blocks of the design
    statistic : "mean" of the runs at a point, or the "spread" between them
    resamples, seed : of the bootstrap

    """
    runs = luck.runs_of(values, statistic)
    factors = len(names)
    size = len(runs) // max(base_points, 1)
    if size not in (factors + 2, 2 * factors + 2):
        raise ValueError(f"{len(runs)} points are not {base_points} blocks of {factors} factors")
    cube = blocks.in_blocks(runs, base_points, size)
    task = blocks.Task("sobol", MEASURES, lambda part: pieces(part, factors), combine)
    return blocks.effects(task, names, cube, resamples, seed)


def pieces(cube: Numbers, factors: int) -> Numbers:
    """What each block adds to the first and total effects, to the variance and to the mean.

    cube : (blocks, points, seeds, networks) -> (blocks, 2 k + 2)
    """
    centre = luck.means(cube)
    cube = cube - (np.nanmean(centre) if np.isfinite(centre).any() else 0.0)
    one, other, mixed = cube[:, 0], cube[:, -1], cube[:, 1 : factors + 1]
    step = mixed - one[:, None]
    first = luck.product(np.broadcast_to(other[:, None], step.shape), step)
    total = luck.product(step, step) / 2
    square = (luck.product(one, one) + luck.product(other, other)) / 2
    mean = (luck.means(one) + luck.means(other)) / 2
    return np.concatenate([first, total, square[:, None], mean[:, None]], axis=1)


def combine(parts: Numbers, _: int) -> Numbers:
    """Indices from means over blocks: (r, 2 k + 2) -> (r, 2, k); NaN without variance."""
    variance = parts[:, -2] - parts[:, -1] ** 2
    factors = (parts.shape[1] - 2) // 2
    effects = parts[:, :-2].reshape(len(parts), 2, factors)
    known = variance > 0
    below = np.where(known, variance, 1.0)[:, None, None]
    return np.where(known[:, None, None], effects / below, np.nan)
