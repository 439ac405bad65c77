"""Where the variance of an outcome comes from: parameters, seeds, networks and their interactions.

A crossed random-effects analysis of variance by averages over pairs of runs (Koch 1967), which is
unbiased whichever runs are missing at random: two runs of a point that differ in the seed tell what
seeds do there; what remains after the luck that all points share is the interaction.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity import blocks, luck
from experiments.sensitivity.effects import Measure, Numbers, Shares
from experiments.sensitivity.resample import LEVEL, RESAMPLES, common, weights

SEEDS, NETWORKS = -2, -1
ONE = {
    SEEDS: ("parameters", "seed", "seed x parameters"),
    NETWORKS: ("parameters", "network", "network x parameters"),
}
BOTH = (*ONE[SEEDS], "network", "network x parameters", "rest")
ONE_RUN = "one run a point cannot tell luck from parameters: a second seed is needed"
ROUNDING = 1e-12  # of the largest component
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
        _redrawn(again, _place(axis, axes), found, _extra(runs, axis, axes, rng), rng)
    low, high = np.quantile(_cut(again), [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    value = _cut(found[None])[0]
    return Measure(value, np.minimum(low, value), np.maximum(high, value)), float(found.sum())


def _place(axis: int, axes: tuple[int, ...]) -> int:
    """Where the component of seeds (-2) or networks (-1) stands; its interaction is the next."""
    return BOTH.index("network") if len(axes) == 2 and axis == NETWORKS else 1


class _Shared(NamedTuple):
    """Variance that seeds, or networks, add to all points alike, for each component."""

    variance: Numbers
    several: int
    points: int


def _extra(runs: Numbers, axis: int, axes: tuple[int, ...], rng: np.random.Generator) -> _Shared:
    """How far components move with the seeds drawn, beyond what chance at single points does."""
    count = runs.shape[axis]
    if count < 3:
        return _Shared(np.zeros(len(BOTH)), count, len(runs))
    freedom = _freedom(runs)

    def estimate(cube: Numbers) -> Numbers:
        """Components of runs of which some seeds were left out."""
        mean = _pieces(cube[:, 0], axes).mean(axis=0, keepdims=True)
        return _components(mean, freedom, axes)[0]

    variance = common(runs[:, None], axis, estimate, rng)
    return _Shared(variance, count, len(runs))


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
    again: Numbers, place: int, found: Numbers, shared: _Shared, rng: np.random.Generator
) -> None:
    """Give components the uncertainty that comes with so many seeds, in place.

    A generalised pivot: a variance is what was found times freedom over chi-square.  That of the
    interaction has as many degrees of freedom as leaving seeds out shows it to have.
    """
    least, size = shared.several - 1, len(again)
    inside = np.maximum(again[:, place + 1], 0.0)
    if shared.variance[place + 1] > 0:
        freedom = 2 * found[place + 1] ** 2 / shared.variance[place + 1]
        again[:, place + 1] *= freedom_over_chi_square(max(freedom, least), size, rng)
    square = np.maximum(again[:, place] + inside / shared.points, 0.0)
    again[:, place] = square * freedom_over_chi_square(least, size, rng) - inside / shared.points
    again[:, 0] += np.sqrt(shared.variance[0]) * rng.standard_t(least, size)


def freedom_over_chi_square(freedom: float, size: int, rng: np.random.Generator) -> Numbers:
    """What a variance found with so many degrees of freedom may have to be multiplied by."""
    return freedom / rng.chisquare(freedom, size)


def _cut(components: Numbers) -> Numbers:
    """Shares of the sum, components below 0 taken as 0."""
    size = np.abs(components).max(axis=1, keepdims=True)
    above = np.where(components > ROUNDING * size, components, 0.0)
    whole = above.sum(axis=1, keepdims=True)
    return above / np.where(whole > 0, whole, 1.0)
