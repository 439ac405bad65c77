"""Blocks of a design whose points are compared with each other, and which of them are whole."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity import luck
from experiments.sensitivity.effects import Effects, Numbers, unknown
from experiments.sensitivity.resample import Combine, Pieces, as_measures, measured

FEWEST = 30  # points below which distributions of classes or slides say nothing
FLAT = 1e-12  # spread of an outcome, in parts of its size, below which it does not vary
TOO_FEW = "no block of the design is complete"
CONSTANT = "the outcome is the same at every point"
DROWNED = "luck leaves no variance to the parameters: more seeds are needed"


class Task(NamedTuple):
    """A method: its name, its measures, and how blocks become numbers."""

    method: str
    measures: tuple[str, ...]
    pieces: Pieces
    combine: Combine


def in_blocks(runs: Numbers, count: int, size: int) -> Numbers:
    """Runs (points, seeds, networks) as (blocks, size, seeds, networks).

    Raises
    ------
    ValueError
        Where the points are not `count` blocks of `size`.

    """
    if count < 1 or len(runs) != count * size:
        raise ValueError(f"{len(runs)} points are not {count} blocks of {size}")
    return runs.reshape(count, size, *runs.shape[1:])


def complete(blocks: Numbers, pieces: Pieces) -> NDArray[np.bool_]:
    """Blocks of which each piece is known."""
    whole: luck.Flags = np.asarray(np.isfinite(pieces(blocks)).all(axis=1))
    return whole


def effects(
    task: Task, names: Sequence[str], blocks: Numbers, resamples: int, seed: int
) -> Effects:
    """Effects by a method, from the blocks that are whole."""
    factors, planned = tuple(names), len(blocks)
    kept = trimmed(blocks[complete(trimmed(blocks), task.pieces)])
    reason = TOO_FEW if len(kept) == 0 else CONSTANT if flat(kept) else ""
    if reason:
        return nothing(task.method, task.measures, names, (len(kept), planned), reason)
    common = luck.without_common_luck(kept.reshape(-1, 1, *kept.shape[2:])).reshape(kept.shape)
    found = measured(common, task.pieces, task.combine, resamples, seed)
    reason = DROWNED if np.isnan(found[0]).all() else ""
    noise = noise_share(kept, common)
    measures = as_measures(task.measures, found)
    return Effects(task.method, factors, measures, len(kept), planned, noise, reason)


def nothing(
    method: str,
    measures: tuple[str, ...],
    names: Sequence[str],
    counts: tuple[int, int],
    reason: str,
) -> Effects:
    """Effects of which nothing is known for a reason; counts : used, planned."""
    numbers = unknown(measures, len(names))
    return Effects(method, tuple(names), numbers, *counts, np.nan, reason)


def points(values: Numbers, unit: Numbers, statistic: str) -> tuple[Numbers, Numbers, str]:
    """Runs and coordinates of the points that have a mean, and why these say nothing.

    For methods that take any points: (points, seeds, networks), (points, k).
    """
    runs = trimmed(luck.runs_of(values, statistic))
    kept = np.isfinite(luck.means(runs))
    few = f"fewer than {FEWEST} points" if kept.sum() < FEWEST else ""
    reason = few or (CONSTANT if flat(runs) else "")
    return runs[kept], np.asarray(unit, np.float64)[kept], reason


def trimmed(blocks: Numbers) -> Numbers:
    """Without seeds and networks of which there is no run at all (one is kept)."""
    for axis in (-2, -1):
        others = tuple(set(range(-blocks.ndim, 0)) - {axis})
        there: luck.Flags = np.asarray(np.isfinite(blocks).any(axis=others))
        there[0] |= not there.any()
        blocks = np.compress(there, blocks, axis=axis)
    return blocks


def flat(runs: Numbers) -> bool:
    """Whether the means of the points are all the same, but for rounding."""
    centre = luck.means(runs)
    size = np.nanmax(np.abs(runs), initial=0.0, where=np.isfinite(runs))
    return bool(np.ptp(centre[np.isfinite(centre)]) <= FLAT * size)


def noise_share(runs: Numbers, common: Numbers) -> float:
    """Share of the variance of one run's outcome that is luck; NaN where no luck can be seen.

    runs : (..., seeds, networks); common : the same less what all points share
    """
    if max(runs.shape[-2:]) < 2:
        return float(np.nan)
    inside = max(float(np.nanmean(luck.luck(runs))), 0.0)
    centred = common - np.nanmean(luck.means(common))
    whole = inside + max(float(np.nanmean(luck.product(centred, centred))), 0.0)
    return inside / whole if whole > 0 else float(np.nan)
