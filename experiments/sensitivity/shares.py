"""Where the variance of an outcome comes from: parameters, seeds, networks and their interactions.

A crossed random-effects analysis of variance by averages over pairs of runs (Koch 1967), which is
unbiased whichever runs are missing at random: two runs of a point that differ in the seed tell what
seeds do there; what remains after the luck that all points share is the interaction.
"""

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity import blocks, luck
from experiments.sensitivity.effects import Measure, Numbers, Shares
from experiments.sensitivity.resample import LEVEL, RESAMPLES, weights

SEEDS, NETWORKS = -2, -1
ONE = {
    SEEDS: ("parameters", "seed", "seed x parameters"),
    NETWORKS: ("parameters", "network", "network x parameters"),
}
BOTH = (*ONE[SEEDS], "network", "network x parameters", "rest")
ONE_RUN = "one run a point cannot tell luck from parameters: a second seed is needed"
FEW_POINTS = "fewer than two points have two runs"


def shares(
    values: NDArray[np.float64],
    *,
    statistic: str = "mean",
    block: int = 1,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Shares:
    """Shares of the variance of one run's outcome, with intervals.

    Points are bootstrapped.  The variance between few seeds (networks) is as uncertain as a
    chi-square of so many less one says, if what they do to all points is normal: resamples draw it
    (Weerahandi 1995).  A negative component says that nothing was found and is cut at 0; the
    interval comes from resamples that were cut too.

    Parameters
    ----------
    values : (points, seeds, networks), NaN for missing runs; points with one run do not enter
    statistic : "mean" of the runs at a point, or the "spread" between them
    block : points that were drawn together (k + 2 of Sobol, k + 1 of Morris): drawn together again
    resamples, seed : of the bootstrap

    """
    runs = luck.runs_of(values, statistic)
    if len(runs) % block:
        raise ValueError(f"{len(runs)} points are not blocks of {block}")
    planned = len(runs)
    runs = blocks.trimmed(runs)
    axes = luck.replicated(runs)
    names = BOTH if len(axes) == 2 else ONE[axes[0] if axes else SEEDS]
    kept = np.isfinite(luck.luck(runs)) if axes else np.zeros(planned, bool)
    reason = "" if axes else ONE_RUN
    if axes and kept.sum() < 2:
        reason = FEW_POINTS
    if not reason and np.nanmax(np.abs(runs - np.nanmean(runs))) <= blocks.FLAT * np.nanmax(
        np.abs(runs)
    ):
        reason = "the outcome is the same in every run"
    if reason:
        nothing = np.full(len(names), np.nan)
        lost = Measure(nothing, nothing, nothing)
        return Shares(names, lost, np.nan, int(kept.sum()), planned, reason)
    share, variance = _split(runs[kept], np.flatnonzero(kept) // block, axes, (resamples, seed))
    return Shares(names, share, variance, int(kept.sum()), planned)


def _split(
    runs: Numbers, group: NDArray[np.int64], axes: tuple[int, ...], draws: tuple[int, int]
) -> tuple[Measure, float]:
    """Shares with intervals, and the whole variance; `group` says which points go together."""
    rng = np.random.default_rng(draws[1])
    parts = _pieces(runs, axes)
    freedom = _freedom(runs)
    found = _components(parts.mean(axis=0, keepdims=True), freedom, axes)[0]
    several = np.unique(group, return_inverse=True)[1]
    drawn = weights(several.max() + 1, draws[0], rng)[:, several]
    mean = (drawn @ parts) / drawn.sum(axis=1, keepdims=True)
    again = _components(mean, freedom, axes)
    for axis in axes:
        _redrawn(
            again,
            BOTH.index("seed" if axis == SEEDS else "network") if len(axes) == 2 else 1,
            runs.shape[axis],
            len(runs),
            rng,
        )
    low, high = np.quantile(_cut(again), [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    value = _cut(found[None])[0]
    return Measure(value, np.minimum(low, value), np.maximum(high, value)), float(found.sum())


def _pieces(runs: Numbers, axes: tuple[int, ...]) -> Numbers:
    """Of each point: squared mean and mean without common luck, then variances with and without."""
    own = luck.without_common_luck(runs[:, None])[:, 0]
    columns = [luck.product(own, own), luck.means(own)]
    ways: list[tuple[int, ...]] = [axes] if len(axes) == 1 else [axes, (SEEDS,), (NETWORKS,)]
    columns += [luck.luck(one, way) for one in (runs, own) for way in ways]
    # A point whose runs share all their networks says nothing of networks: it takes the mean.
    table = np.stack(columns, axis=1)
    return np.where(np.isfinite(table), table, np.nanmean(table, axis=0))


def _freedom(runs: Numbers) -> tuple[float, float]:
    """What makes variances over points, and of interactions, unbiased: both n/(n-1) if balanced."""
    there = np.isfinite(runs)
    inside = there.sum() - len(runs)
    shared = there.any(axis=0).sum() - 1
    return len(runs) / (len(runs) - 1), inside / max(inside - shared, 1)


def _components(mean: Numbers, freedom: tuple[float, float], axes: tuple[int, ...]) -> Numbers:
    """Variance components from means over points: (r, pieces) -> (r, components)."""
    over_points, of_interactions = freedom
    between = (mean[:, 0] - mean[:, 1] ** 2) * over_points
    if len(axes) == 1:
        inside, own = mean[:, 2], mean[:, 3] * of_interactions
        return np.stack([between, inside - own, own], axis=1)
    every, same_network, same_seed, own_every, own_network, own_seed = mean[:, 2:].T
    with_seed = (own_every - own_seed) * of_interactions
    with_network = (own_every - own_network) * of_interactions
    seed, network = every - same_seed - with_seed, every - same_network - with_network
    rest = same_network + same_seed - every
    return np.stack([between, seed, with_seed, network, with_network, rest], axis=1)


def _redrawn(
    components: Numbers, place: int, count: int, points: int, rng: np.random.Generator
) -> None:
    """Give the variance between `count` seeds the uncertainty that it has, in place.

    A generalised pivot: the mean square of seeds is its expectation times chi-square over freedom.
    """
    noise = np.maximum(components[:, place + 1], 0.0) / points
    square = np.maximum(components[:, place] + noise, 0.0)
    drawn = square * (count - 1) / rng.chisquare(count - 1, len(components))
    components[:, place] = drawn - noise


def _cut(components: Numbers) -> Numbers:
    """Shares of the sum, components below 0 taken as 0."""
    above = np.maximum(components, 0.0)
    whole = above.sum(axis=1, keepdims=True)
    return above / np.where(whole > 0, whole, 1.0)
