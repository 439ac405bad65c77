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
Combine = Callable[[Numbers, int], Numbers]

LEVEL = 0.95
RESAMPLES = 1000
GROUPS = 10  # of seeds, left out one after the other
SHUFFLES = 8  # of the seeds within blocks: what leaving seeds out would say without common luck
ROOM = 4_000_000  # numbers held at a time


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

    """
    rng = np.random.default_rng(seed)
    parts = pieces(blocks)
    value = combine(parts.mean(axis=0, keepdims=True), len(parts))[0]
    drawn = combine(weights(len(blocks), resamples, rng) @ parts, len(parts))
    return (value, *_ends(value, drawn, _shared(blocks, pieces, combine, rng), len(blocks)))


def _ends(
    value: Numbers, drawn: Numbers, shared: list[tuple[Numbers, int]], count: int
) -> tuple[Numbers, Numbers]:
    """Ends from the quantiles over blocks, widened by what seeds add and by few blocks or seeds."""
    nowhere = np.full(value.shape, np.nan)
    if count < 2:
        return nowhere, nowhere
    known = np.isfinite(drawn)
    enough = known.mean(axis=0) > LEVEL
    drawn = np.where(enough & known, drawn, np.where(enough, value, 0.0))
    between = drawn.var(axis=0)
    whole, freedom = between.copy(), between**2 / (count - 1)
    for extra, several in shared:
        whole, freedom = whole + extra, freedom + extra**2 / (several - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        student = stats.t.ppf(0.5 + LEVEL / 2, whole**2 / freedom) / stats.norm.ppf(0.5 + LEVEL / 2)
        wider = np.where(whole > 0, student * np.sqrt(whole / between), 1.0)
        only_seeds = student * stats.norm.ppf(0.5 + LEVEL / 2) * np.sqrt(whole)
    low, high = np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    below = np.where(between > 0, wider * np.maximum(value - low, 0), only_seeds)
    above = np.where(between > 0, wider * np.maximum(high - value, 0), only_seeds)
    below, above = (np.where(whole > 0, side, 0.0) for side in (below, above))
    return (np.where(enough, value - below, np.nan), np.where(enough, value + above, np.nan))


def _shared(
    blocks: Numbers, pieces: Pieces, combine: Combine, rng: np.random.Generator
) -> list[tuple[Numbers, int]]:
    """Variance that seeds, and networks, add to all blocks alike, with their number."""
    return [
        (_common(blocks, axis, pieces, combine, rng), blocks.shape[axis])
        for axis in (-2, -1)
        if blocks.shape[axis] > 1
    ]


def _common(
    blocks: Numbers, axis: int, pieces: Pieces, combine: Combine, rng: np.random.Generator
) -> Numbers:
    """Jackknife variance over seeds less what it would be if every block had seeds of its own."""
    whole = _left_out(blocks, axis, pieces, combine)
    alone = [_left_out(shuffled(blocks, axis, rng), axis, pieces, combine) for _ in range(SHUFFLES)]
    extra: Numbers = np.maximum(whole - np.mean(alone, axis=0), 0.0)
    return np.where(np.isfinite(extra), extra, 0.0)


def _left_out(blocks: Numbers, axis: int, pieces: Pieces, combine: Combine) -> Numbers:
    """Variance by the jackknife over groups of seeds (axis -2) or networks (axis -1)."""
    count = blocks.shape[axis]
    groups = np.array_split(np.arange(count), min(count, GROUPS))
    results = []
    for group in groups:
        parts = pieces(np.delete(blocks, group, axis=axis))
        kept = np.isfinite(parts).all(axis=1)
        if kept.any():
            results.append(combine(parts[kept].mean(axis=0, keepdims=True), kept.sum())[0])
    if len(results) < 2:
        return np.zeros(1)
    return (len(results) - 1) * np.var(results, axis=0)


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
