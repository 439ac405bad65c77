"""Intervals of 95 % for numbers that come from blocks of a design and from shared seeds.

A block (a base point of Sobol, a trajectory of Morris, a point) is drawn with its luck: blocks are
bootstrapped.  Seeds are shared by all blocks, so that what a seed does to every block alike does
not show between blocks: its variance comes from leaving seeds out.  Drawing both with replacement
would count the luck of single runs three times (Owen 2007) and centre squares, from which luck was
removed, where it was not removed.
"""

from collections.abc import Callable

import numpy as np
from scipy import stats

from experiments.sensitivity.effects import Measure, Numbers

Pieces = Callable[[Numbers], Numbers]
Estimate = Callable[[Numbers], Numbers]
Combine = Callable[[Numbers, int], Numbers]

LEVEL = 0.95
RESAMPLES = 1000
GROUPS = 10  # of seeds, left out one after the other
SHUFFLES = 8  # of the seeds within blocks: what leaving seeds out would say without common luck

AGREE = 1e-6  # share of a variance below which blocks do not differ


def weights(count: int, resamples: int, rng: np.random.Generator) -> Numbers:
    """How often each of `count` blocks is drawn, over their number: (resamples, count)."""
    return rng.multinomial(count, np.full(count, 1 / count), size=resamples) / count


def measured(
    blocks: Numbers, pieces: Pieces, combine: Combine, resamples: int, seed: int
) -> tuple[Numbers, Numbers, Numbers]:
    """Value and ends of the interval of each number, whatever its shape.

    Parameters
    ----------
    blocks : (blocks, points of a block, seeds, networks)
    pieces : blocks -> (blocks, q), what each contributes
    combine : means over blocks (r, q) and the number of blocks -> numbers (r, ...), r times
    resamples : 0 for no interval

    """

    def estimate(some: Numbers) -> Numbers:
        """Numbers from the blocks that are whole."""
        parts = pieces(some)
        parts = parts[np.isfinite(parts).all(axis=1)]
        mean = parts.mean(axis=0, keepdims=True) if len(parts) else np.full((1, width), np.nan)
        return combine(mean, len(parts))[0]

    rng = np.random.default_rng(seed)
    parts = pieces(blocks)
    width = parts.shape[1]
    value = combine(parts.mean(axis=0, keepdims=True), len(parts))[0]
    if resamples < 1:
        return value, np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    drawn = combine(weights(len(blocks), resamples, rng) @ parts, len(parts))
    return (value, *ends(value, drawn, shared(blocks, estimate, rng), len(blocks)))


def ends(
    value: Numbers, drawn: Numbers, luck: list[tuple[Numbers, int]], count: int
) -> tuple[Numbers, Numbers]:
    """Ends: the middle 95 % over blocks, widened by what seeds add and by few blocks or seeds."""
    known = np.isfinite(drawn)
    enough = (known.mean(axis=0) > LEVEL) & (count > 1)
    drawn = np.where(known, drawn, value)
    few = count / max(count - 1, 1)
    between = drawn.var(axis=0)
    whole, freedom = between * few, (between * few) ** 2 / max(count - 1, 1)
    for extra, several in luck:
        whole, freedom = whole + extra, freedom + extra**2 / (several - 1)
    low, high = np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    normal = stats.norm.ppf(0.5 + LEVEL / 2)
    freedom = whole**2 / np.where(freedom > 0, freedom, 1.0)
    student = stats.t.ppf(0.5 + LEVEL / 2, np.where(whole > 0, freedom, 1.0)) / normal
    # Distances of the quantiles from the value; where blocks agree, those of a normal number.
    moved = between > AGREE * whole
    own = np.sqrt(np.where(moved, between, 1.0))
    wider = np.where(whole > 0, student * np.sqrt(whole), 0.0)
    below = np.where(moved, np.maximum(value - low, 0.0) / own, normal) * wider
    above = np.where(moved, np.maximum(high - value, 0.0) / own, normal) * wider
    return np.where(enough, value - below, np.nan), np.where(enough, value + above, np.nan)


def shared(
    blocks: Numbers, estimate: Estimate, rng: np.random.Generator
) -> list[tuple[Numbers, int]]:
    """Variance that seeds, and networks, add to all blocks alike, with their number."""
    return [
        (common(blocks, axis, estimate, rng), blocks.shape[axis])
        for axis in (-2, -1)
        if blocks.shape[axis] > 1
    ]


def common(blocks: Numbers, axis: int, estimate: Estimate, rng: np.random.Generator) -> Numbers:
    """Jackknife variance over seeds less what it would be if every block had seeds of its own."""
    whole = left_out(blocks, axis, estimate)
    alone = [left_out(shuffled(blocks, axis, rng), axis, estimate) for _ in range(SHUFFLES)]
    extra: Numbers = np.maximum(whole - np.mean(alone, axis=0), 0.0)
    return np.where(np.isfinite(extra), extra, 0.0)


def left_out(blocks: Numbers, axis: int, estimate: Estimate) -> Numbers:
    """Variance by the jackknife over groups of seeds (axis -2) or networks (axis -1)."""
    count = blocks.shape[axis]
    groups = np.array_split(np.arange(count), min(count, GROUPS))
    results = [estimate(np.delete(blocks, group, axis=axis)) for group in groups]
    return np.asarray((len(results) - 1) * np.var(results, axis=0))


def by_seeds(runs: Numbers, estimate: Estimate) -> tuple[Numbers, Numbers, Numbers]:
    """Value and ends where points are no sample: seeds, and networks, are left out in turn."""
    value = estimate(runs)
    variance, freedom = np.zeros(value.shape), np.zeros(value.shape)
    for axis in (-2, -1):
        count = runs.shape[axis]
        if count > 1:
            part = left_out(runs, axis, estimate)
            variance, freedom = variance + part, freedom + part**2 / (count - 1)
    if max(runs.shape[-2:]) < 2:
        return value, np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    freedom = np.where(freedom > 0, variance**2 / np.where(freedom > 0, freedom, 1.0), 1.0)
    half = stats.t.ppf(0.5 + LEVEL / 2, freedom) * np.sqrt(variance)
    return value, value - half, value + half


def shuffled(blocks: Numbers, axis: int, rng: np.random.Generator) -> Numbers:
    """Blocks whose seeds change places, the same way at all points of a block."""
    count = blocks.shape[axis]
    order = rng.permuted(np.tile(np.arange(count), (len(blocks), 1)), axis=1)
    shape = [len(blocks), 1, 1, 1]
    shape[axis] = count
    return np.take_along_axis(blocks, order.reshape(shape), axis=axis)


def as_measures(
    names: tuple[str, ...], found: tuple[Numbers, Numbers, Numbers]
) -> dict[str, Measure]:
    """Measures by name, from numbers of shape (names, factors)."""
    value, low, high = found
    return {name: Measure(value[row], low[row], high[row]) for row, name in enumerate(names)}
