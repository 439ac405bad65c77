"""Elementary effects of a sweep with seeds, from which leftover luck is removed.

sigma and mu_star both grow with noise: the first as a variance does, the second because luck pushes
an absolute value away from zero.  The first is corrected without any assumption.  For the second,
the effects of a factor are taken as normal with the mean and variance found: the correction is by
how much that noise raises the mean of the absolute value of a normal number.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from experiments.sensitivity import blocks, luck
from experiments.sensitivity.effects import Effects, Measure, Numbers
from experiments.sensitivity.resample import RESAMPLES

MEASURES = ("mu_star", "mu", "sigma")
MOVED = 1e-9  # of a unit coordinate
FAR, TINY = 1e-2, 1e-300  # at a mean of 100 deviations the sign is certain


def morris(
    values: NDArray[np.float64],
    names: Sequence[str],
    unit: NDArray[np.float64],
    *,
    statistic: str = "mean",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Effects:
    """mu_star, mu and sigma of each factor, per unit of its range, with intervals.

    mu_star and sigma are cut at 0.

    Parameters
    ----------
    values : (points, seeds, networks), points trajectory by trajectory, as SALib's `sample.morris`
    names : of the k factors
    unit : (points, k), coordinates in [0, 1]; each of the k steps of a trajectory moves one
    statistic : "mean" of the runs at a point, or the "spread" between them
    resamples, seed : of the bootstrap

    """
    runs = luck.runs_of(values, statistic)
    size = len(names) + 1
    cube = blocks.in_blocks(runs, len(runs) // size, size)
    places = np.asarray(unit, np.float64).reshape(len(cube), size, len(names))
    task = blocks.Task("morris", MEASURES, pieces, combine)
    found = blocks.effects(task, names, ends_of_steps(cube, places), resamples, seed)
    for name in ("mu_star", "sigma"):
        # Neither can be negative, though a number without bias is, now and then, where it is 0.
        kept = Measure(*(np.maximum(numbers, 0.0) for numbers in found.measures[name]))
        found.measures[name] = kept
    return found


def ends_of_steps(cube: Numbers, places: Numbers) -> Numbers:
    """Outcomes over the length of the step: (trajectories, 2 k, seeds, networks).

    First where each factor is higher, then where it is lower, both in the order of the factors.

    Raises
    ------
    ValueError
        Where a trajectory does not move each factor once.

    """
    moves = places[:, 1:] - places[:, :-1]
    moved = np.abs(moves) > MOVED
    if not ((moved.sum(axis=1) == 1).all() and (moved.sum(axis=2) == 1).all()):
        raise ValueError("each step of a trajectory moves one factor, and each factor once")
    # Of each factor the step that moves it.
    step = moved.argmax(axis=1)
    row = np.arange(len(cube))[:, None]
    length = moves[row, step, np.arange(moves.shape[2])]
    before, after = cube[row, step], cube[row, step + 1]
    rising = (length > 0)[..., None, None]
    size = np.abs(length)[..., None, None]
    higher, lower = np.where(rising, after, before), np.where(rising, before, after)
    return np.concatenate([higher / size, lower / size], axis=1)


def pieces(cube: Numbers) -> Numbers:
    """Of each trajectory: effect, its absolute value, its square, and that without luck, twice.

    cube : (trajectories, 2 k, seeds, networks) -> (trajectories, 5 k)
    """
    factors = cube.shape[1] // 2
    rates = cube[:, :factors] - cube[:, factors:]
    effect = luck.means(rates)
    # What a seed does to a factor's effect in all trajectories alike moves mu, not sigma.
    own = luck.without_common_luck(rates)
    quiet = [luck.product(own, own), luck.product(rates, rates)]
    return np.concatenate([effect, np.abs(effect), effect**2, *quiet], axis=1)


def combine(parts: Numbers, count: int) -> Numbers:
    """mu_star, mu, sigma from means over trajectories: (r, 5 k) -> (r, 3, k)."""
    mu, absolute, square, own, quiet = np.moveaxis(parts.reshape(len(parts), 5, -1), 1, 0)
    variance = own - mu**2
    sigma = rooted(variance * (count / (count - 1) if count > 1 else np.nan))
    raised = folded(mu, np.sqrt(np.maximum(square - mu**2, 0.0)))
    # Squares from which too much luck was taken are negative: odd about 0, an idle factor's
    # absolute effect is 0 on average.
    centre, spread = rooted(quiet - variance), rooted(variance)
    beyond = folded(np.abs(centre), np.abs(spread)) - np.abs(centre)
    mu_star = absolute - raised + centre + np.sign(spread) * beyond
    return np.stack([mu_star, mu, sigma], axis=1)


def rooted(square: Numbers) -> Numbers:
    """Root of a square, odd about 0."""
    return np.asarray(np.sign(square) * np.sqrt(np.abs(square)))


def folded(mean: Numbers, deviation: Numbers) -> Numbers:
    """Mean of the absolute value of a normal number (Leone, Nelson and Nottingham 1961)."""
    distance = mean / np.maximum(deviation, FAR * np.abs(mean) + TINY)
    peak = deviation * np.sqrt(2 / np.pi) * np.exp(-(distance**2) / 2)
    return peak + mean * special.erf(distance / np.sqrt(2))
