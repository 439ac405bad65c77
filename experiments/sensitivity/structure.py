"""Which categories matter on a full grid of them: main effects and interactions with intervals.

The functional analysis of variance: the expected outcome of each cell is the sum of a mean, an
effect of each factor, one of each pair, and what remains.  Their mean squares add up to the
variance over the cells.  The cells are all there are, so that only seeds are resampled.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity import blocks, luck
from experiments.sensitivity.effects import Effects, Numbers, unknown
from experiments.sensitivity.fast import whole_seeds
from experiments.sensitivity.resample import as_measures, by_seeds

MEASURES = ("share",)
HIGHER = "higher"


def structure(
    values: NDArray[np.float64],
    names: Sequence[str],
    levels: NDArray[np.int64],
    *,
    statistic: str = "mean",
) -> Effects:
    """Share of each factor, of each pair ("a x b") and of all "higher" terms in the variance.

    Only seeds with a run in every cell enter.  Luck is removed from the squares, so that a term
    without effect is 0 on average, and now and then below.

    Parameters
    ----------
    values : (points, seeds, networks), one point for each cell of the grid
    names : of the k factors
    levels : (points, k), number of the category of each factor
    statistic : "mean" of the runs at a point, or the "spread" between them

    Raises
    ------
    ValueError
        Where cells of the grid are missing or come twice.

    """
    runs = luck.runs_of(values, statistic)
    order, shape = cells(np.asarray(levels))
    terms = terms_of(tuple(names))
    whole = whole_seeds(runs[order])
    reason = "no seed has a run in every cell" if whole.size == 0 else ""
    if not reason and blocks.flat(whole):
        reason = blocks.CONSTANT
    used = int(np.isfinite(luck.means(runs)).sum())
    if reason:
        nothing = unknown(MEASURES, len(terms))
        return Effects("structure", terms, nothing, used, len(runs), np.nan, reason)
    value, low, high = by_seeds(whole, lambda some: decomposed(some, shape))
    measures = as_measures(MEASURES, (value[None], low[None], high[None]))
    reason = blocks.DROWNED if np.isnan(value).all() else ""
    noise = blocks.noise_share(whole, luck.without_common_luck(whole[:, None])[:, 0])
    return Effects("structure", terms, measures, used, len(runs), noise, reason)


def cells(levels: NDArray[np.int64]) -> tuple[NDArray[np.int64], tuple[int, ...]]:
    """Order of the points that makes them a grid, and its shape."""
    codes = [np.unique(column, return_inverse=True) for column in levels.T]
    shape = tuple(len(found) for found, _ in codes)
    place = np.ravel_multi_index([code for _, code in codes], shape)
    if len(place) != np.prod(shape) or len(np.unique(place)) != len(place):
        raise ValueError(f"{len(place)} points are not each cell of a grid {shape} once")
    return np.argsort(place), shape


def terms_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the terms: factors, pairs, and the rest where three factors or more leave one."""
    pairs = tuple(f"{one} x {other}" for one, other in combinations(names, 2))
    return names + pairs + ((HIGHER,) if len(names) > 2 else ())


def decomposed(runs: Numbers, shape: tuple[int, ...]) -> Numbers:
    """Share of each term: (cells, seeds, networks) -> (terms,); NaN where luck is all there is."""
    grid = runs.reshape(*shape, *runs.shape[1:])
    axes = range(len(shape))
    grid = grid - grid.mean(axis=tuple(axes), keepdims=True)
    left = grid
    parts = [grid.mean(axis=tuple(set(axes) - {axis}), keepdims=True) for axis in axes]
    for one, other in combinations(axes, 2):
        both = grid.mean(axis=tuple(set(axes) - {one, other}), keepdims=True)
        parts.append(both - parts[one] - parts[other])
    for part in parts:
        left = left - part
    squares = [luck.product(part, part).mean() for part in parts]
    squares += [luck.product(left, left).mean()] if len(shape) > 2 else []
    whole = luck.product(grid, grid).mean()
    return np.array(squares) / whole if whole > 0 else np.full(len(squares), np.nan)
