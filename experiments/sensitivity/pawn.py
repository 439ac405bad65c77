"""PAWN indices of a sweep with seeds: how far a factor moves the distribution of the outcome.

The index is SALib's (Pianosi and Wagener 2018), on the expected outcome of each point.  A resample
weighs points, and SALib's loop takes 12-25 ms for one resample of three factors: the same index is
computed from weights, and a test holds the two equal.  Luck that is left in the means of points
blurs the distributions, and few points keep even an idle factor above 0.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity import blocks, luck
from experiments.sensitivity.effects import Effects, Numbers
from experiments.sensitivity.resample import RESAMPLES, as_measures, ends, shared, weights

MEASURES = ("median", "maximum")
SLIDES = 10
AT_ONCE = 50  # resamples


def pawn(
    values: NDArray[np.float64],
    names: Sequence[str],
    unit: NDArray[np.float64],
    *,
    statistic: str = "mean",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Effects:
    """Median and maximum over slides of the distance of Kolmogorov and Smirnov.

    Parameters
    ----------
    values : (points, seeds, networks), of any design that samples the factors
    names : of the k factors
    unit : (points, k), coordinates in [0, 1]
    statistic : "mean" of the runs at a point, or the "spread" between them
    resamples, seed : of the bootstrap

    """
    runs, places, reason = blocks.points(values, unit, statistic)
    factors, planned, used = tuple(names), len(values), len(runs)
    if reason:
        return blocks.nothing("pawn", MEASURES, factors, (used, planned), reason)
    slides = [sliced(places[:, factor]) for factor in range(len(factors))]

    def estimate(some: Numbers) -> Numbers:
        """Indices of runs of which some seeds were left out."""
        centre = luck.means(some[:, 0])
        there = np.isfinite(centre)
        return indices(np.where(there, centre, 0.0), slides, 1.0 * there[None])[0]

    rng = np.random.default_rng(seed)
    value = estimate(runs[:, None])
    drawn = indices(luck.means(runs), slides, weights(used, resamples, rng))
    # Resampled distributions differ by resampling too: their distance is larger by so much.
    drawn += value - drawn.mean(axis=0)
    low, high = ends(value, drawn, shared(runs[:, None], estimate, rng), used)
    measures = as_measures(MEASURES, (value, np.maximum(low, 0.0), np.minimum(high, 1.0)))
    noise = blocks.noise_share(runs, luck.without_common_luck(runs[:, None])[:, 0])
    return Effects("pawn", factors, measures, used, planned, noise)


def sliced(places: Numbers) -> NDArray[np.int64]:
    """Slide of each point, by quantiles of the factor; -1 for the largest, which SALib leaves out.

    Of equal quantiles (a factor with few values) the last counts.
    """
    edges = np.quantile(places, np.arange(0, 1 + 1 / SLIDES, 1 / SLIDES)[: SLIDES + 1])
    slide = np.searchsorted(edges, places, side="right") - 1
    return np.where(slide < SLIDES, slide, -1)


def indices(outcome: Numbers, slides: Sequence[NDArray[np.int64]], weight: Numbers) -> Numbers:
    """Median and maximum for points of these weights: (r, points) -> (r, 2, k)."""
    order = np.argsort(outcome, kind="stable")
    # Distributions are compared where the outcome takes its next value.
    last = np.append(np.flatnonzero(np.diff(outcome[order]) > 0), len(order) - 1)
    result = np.empty((len(weight), 2, len(slides)))
    for start in range(0, len(weight), AT_ONCE):
        part = weight[start : start + AT_ONCE, order]
        everyone = np.cumsum(part, axis=1)[:, last] / part.sum(axis=1, keepdims=True)
        for factor, slide in enumerate(slides):
            gaps = distances(part, slide[order], everyone, last)
            with np.errstate(invalid="ignore"):
                result[start : start + AT_ONCE, 0, factor] = np.nanmedian(gaps, axis=0)
                result[start : start + AT_ONCE, 1, factor] = np.nanmax(gaps, axis=0)
    return result


def distances(
    weight: Numbers, slide: NDArray[np.int64], everyone: Numbers, last: NDArray[np.int64]
) -> Numbers:
    """Largest gap between the distribution in each slide and that of all: (slides, r)."""
    gaps = np.full((SLIDES, len(weight)), np.nan)
    for number in np.unique(slide[slide >= 0]):
        inside = weight * (slide == number)
        whole = inside.sum(axis=1)
        here = np.cumsum(inside, axis=1)[:, last] / np.where(whole > 0, whole, 1.0)[:, None]
        gap = np.abs(here - everyone).max(axis=1)
        gaps[number] = np.where(whole > 0, gap, np.nan)
    return gaps
