"""PRIM: the box of factors in which runs of a region are dense, and whether that is more than luck.

The workbench peels boxes off the runs.  Seeds are noise to it, as they should be; but runs of a
point are not independent, so that intervals come from points.  And a box is chosen for its density,
which is therefore too high: folds of the points that did not help to choose say what it is worth.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from experiments.discovery.boxes import (
    NOTHING,
    Box,
    Figure,
    Flags,
    Limit,
    Runs,
    figures,
    inside,
    runs_in,
    sentence,
)
from experiments.discovery.workbench import analysis, at_work
from experiments.sensitivity.resample import LEVEL, RESAMPLES, weights

FOLDS = 5
DOUBTFUL = 0.05  # quasi-p of a limit above which it is dropped
TINY = 1e-9  # density below which the workbench would call a box empty
NO_REGION = "no run, or every run, lies in the region"
CHANCE = "no box is better than chance"


class Discovery(NamedTuple):
    """Boxes found, best first, and how the first was peeled.

    base : share of all runs in the region
    trajectory : of the first box, a row a step: coverage, density, mass, restricted (number of
        factors); chosen : row of the box that was taken, before doubtful limits were dropped
    reason : why there is no box, in a sentence; empty where there is one
    """

    boxes: tuple[Box, ...]
    base: float
    trajectory: pd.DataFrame
    chosen: int
    reason: str = ""


class Peeled(NamedTuple):
    """Limits of a box, and the steps that led to it."""

    limits: tuple[Limit, ...]
    trajectory: pd.DataFrame
    chosen: int


def prim(
    places: pd.DataFrame,
    region: NDArray[np.float64],
    *,
    name: str = "inside",
    titles: Mapping[str, str] | None = None,
    most: int = 1,
    seed: int = 0,
) -> Discovery:
    """Boxes that hold many runs of a region and few others.

    The box taken from a peeling trajectory has the largest harmonic mean of coverage and density;
    limits that may be chance (quasi-p above .05) are then dropped.  A box counts if its density on
    points that did not help to find it is above that of all runs by more than its 95 % interval.

    Parameters
    ----------
    places : (points, k), factors: numbers, or words for categories
    region : (points, seeds, networks), 1 for runs inside, 0 outside, NaN for no run
    name : of the region, for the words
    titles : words for factors
    most : boxes sought, each in what the ones before left
    seed : of folds and bootstrap

    """
    runs = runs_in(places, region)
    base = float(runs.hits.mean()) if len(runs.hits) else float("nan")
    empty = pd.DataFrame(columns=["coverage", "density", "mass", "restricted"])
    if not 0 < base < 1 or len(np.unique(runs.points)) < 2 * FOLDS:
        return Discovery((), base, empty, 0, NO_REGION)
    peeled = found(runs, most)
    boxes = []
    for rank, one in enumerate(peeled):
        box, better = judged(runs, peeled, rank, seed)
        if not better or not one.limits:
            break
        words = sentence(one.limits, box.density.value, box.coverage.value, name, titles)
        boxes.append(box._replace(words=words))
    reason = "" if boxes else CHANCE
    return Discovery(tuple(boxes), base, peeled[0].trajectory, peeled[0].chosen, reason)


def judged(runs: Runs, peeled: list[Peeled], rank: int, seed: int) -> tuple[Box, bool]:
    """A box with its figures, and whether unseen points too are denser in it than elsewhere."""
    limits = peeled[rank].limits
    kept = inside(runs.places, limits)
    density, coverage = figures(runs, kept, RESAMPLES, seed)
    unseen = held_out(runs, len(peeled), rank, seed)
    outside = figures(runs, unseen, RESAMPLES, seed) if unseen.any() else (NOTHING, NOTHING)
    box = Box(limits, density, coverage, float(kept.mean()), *outside, "")
    return box, bool(unseen.any()) and lead(runs, unseen, seed).low > 0


def held_out(runs: Runs, most: int, rank: int, seed: int) -> Flags:
    """Runs in the box of that rank which was found without the fold of their point."""
    points, row = np.unique(runs.points, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(points)) % FOLDS
    kept = np.zeros(len(runs.hits), bool)
    for number in range(FOLDS):
        out = fold[row] == number
        seen = runs.of(~out)
        if not 0 < seen.hits.mean() < 1:
            continue
        again = found(seen, most)
        if rank < len(again) and again[rank].limits:
            earlier = [inside(runs.places, one.limits) for one in again[:rank]]
            here = inside(runs.places, again[rank].limits) & out
            kept |= here & ~np.any(earlier, axis=0) if earlier else here
    return kept


def lead(runs: Runs, kept: Flags, seed: int) -> Figure:
    """By how much the density of runs that were kept is above that of all, with its interval."""
    row = np.unique(runs.points, return_inverse=True)[1]
    sums = [
        np.bincount(row, one.astype(np.float64))
        for one in (kept & runs.hits, kept, runs.hits, np.ones(len(kept)))
    ]
    drawn = weights(len(sums[0]), RESAMPLES, np.random.default_rng(seed))
    both, box, hits, every = (drawn @ one for one in sums)
    again = both[box > 0] / box[box > 0] - (hits / every)[box > 0]
    low, high = np.quantile(again, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    value = sums[0].sum() / sums[1].sum() - sums[2].sum() / sums[3].sum()
    return Figure(float(value), float(low), float(high))


def found(runs: Runs, most: int) -> list[Peeled]:
    """Boxes by the workbench, each among the runs that the ones before left."""
    boxes: list[Peeled] = []
    left = np.ones(len(runs.hits), bool)
    for _ in range(most):
        rest = runs.of(left)
        if not len(rest.hits) or not 0 < rest.hits.mean() < 1:
            break
        boxes.append(peeled_off(rest))
        left &= ~inside(runs.places, boxes[-1].limits)
    return boxes


def peeled_off(runs: Runs) -> Peeled:
    """The best box of the peeling trajectory, without limits that may be chance.

    The workbench's own objective stops where every edge is dense, as when the region has two
    parts; if it finds nothing, the objective of Friedman and Fisher (1999), which goes on, is used.
    """
    table = runs.places.copy()
    for name in table.columns:
        numeric = pd.api.types.is_numeric_dtype(table[name])
        table[name] = table[name].astype(np.float64 if numeric else object)
    objectives = analysis("prim").PRIMObjectiveFunctions
    first = searched(table, runs, objectives.LENIENT1)
    return first if first.limits else searched(table, runs, objectives.ORIGINAL)


def searched(table: pd.DataFrame, runs: Runs, objective: Any) -> Peeled:
    """The box that the workbench finds with an objective."""
    hits = runs.hits.astype(np.float64)
    with at_work():
        search = analysis("prim").Prim(table, hits, TINY, obj_function=objective)
        box = search.find_box()
    steps = box.peeling_trajectory[["coverage", "density", "mass", "res_dim"]]
    steps = steps.rename(columns={"res_dim": "restricted"}).astype(np.float64)
    both = steps["coverage"] + steps["density"]
    score = 2 * steps["coverage"] * steps["density"] / both.where(both > 0, 1.0)
    chosen = int(score.to_numpy().argmax())
    limits = limits_of(box.box_lims[chosen], search.box_init)
    return Peeled(without_doubtful(limits, runs), steps, chosen)


def limits_of(box: pd.DataFrame, whole: pd.DataFrame) -> tuple[Limit, ...]:
    """Limits of a box of the workbench; ends at those of all runs are open."""
    limits = []
    for name in box.columns:
        low, high = box[name]
        if isinstance(low, set):
            if low != whole[name][0]:
                limits.append(Limit(name, np.nan, np.nan, tuple(sorted(map(str, low)))))
            continue
        first = float(low) if low > whole[name][0] else -np.inf
        last = float(high) if high < whole[name][1] else np.inf
        if np.isfinite([first, last]).any():
            limits.append(Limit(name, first, last))
    return tuple(limits)


def without_doubtful(limits: tuple[Limit, ...], runs: Runs) -> tuple[Limit, ...]:
    """Limits with their quasi-p, after the most doubtful was dropped again and again."""
    while limits:
        limits = tuple(
            limit._replace(quasi_p=quasi_p(number, limits, runs))
            for number, limit in enumerate(limits)
        )
        worst = max((max_p(limit.quasi_p), number) for number, limit in enumerate(limits))
        if worst[0] <= DOUBTFUL:
            break
        limit = limits[worst[1]]
        end = 0 if limit.quasi_p[0] == worst[0] else 1
        looser = opened(limit, end)
        limits = (*limits[: worst[1]], *looser, *limits[worst[1] + 1 :])
    return limits


def max_p(pair: tuple[float, float]) -> float:
    """The larger of two, of which one may be NaN."""
    return max(one for one in pair if not np.isnan(one))


def opened(limit: Limit, end: int) -> tuple[Limit, ...]:
    """The limit without its low (0) or high (1) end; nothing where no end is left."""
    if limit.labels:
        return ()
    changed = limit._replace(low=-np.inf) if end == 0 else limit._replace(high=np.inf)
    return (changed,) if np.isfinite([changed.low, changed.high]).any() else ()


def quasi_p(number: int, limits: tuple[Limit, ...], runs: Runs) -> tuple[float, float]:
    """Chance of the density with each end of a limit, were it that of the box without this end.

    A one-sided binomial test (Bryant and Lempert 2010).  Runs of a point tell no more than one, so
    counts are divided by the mean number of runs of a point.
    """
    limit = limits[number]
    each = len(runs.hits) / len(np.unique(runs.points))
    kept = inside(runs.places, limits)
    result = [np.nan, np.nan]
    for end in range(1 if limit.labels else 2):
        if limit.labels or np.isfinite((limit.low, limit.high)[end]):
            rest = (*limits[:number], *opened(limit, end), *limits[number + 1 :])
            wider = runs.hits[inside(runs.places, rest)].mean()
            count, hits = round(kept.sum() / each), round(runs.hits[kept].sum() / each)
            result[end] = float(stats.binom.sf(hits - 1, count, wider))
    return result[0], result[1]
