"""Main effects: how far the mean of an outcome swings as each factor goes from low to high.

A swing compares the runs at one end of a factor with those at the other, whatever the other
factors are there, so that it needs no particular design.  Intervals come from drawing blocks of
points, and seeds, anew and together: points of a block were drawn together, and all points share
their seeds.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity.effects import Measure, Numbers

RESAMPLES, SEED = 400, 1
END = 0.2  # of [0, 1] that counts as an end of a factor with many values
FEWEST = 2  # points at either end
PARTS = 0.025, 0.975


class Swings(NamedTuple):
    """Main effects of k factors on one outcome.

    factors : names.  ends : the values compared, (low, high), as words
    at_low, at_high : (k,), mean outcome at either end.  swing : their difference with its interval
    middle : mean outcome over all points
    slopes : whether these are mean elementary effects over a whole range, of a Morris screen
    """

    factors: tuple[str, ...]
    ends: Sequence[tuple[str, str]]
    at_low: Numbers
    at_high: Numbers
    swing: Measure
    middle: float
    slopes: bool = False


class Ends(NamedTuple):
    """Points at the two ends of each factor, (k, points), and which labels they are."""

    low: NDArray[np.bool_]
    high: NDArray[np.bool_]
    labels: list[tuple[int, int]]


def swings(
    values: Numbers,
    units: Numbers,
    names: Sequence[str],
    words: Sequence[Sequence[str]],
    block: int = 1,
) -> Swings:
    """Main effects of all factors.

    Parameters
    ----------
    values : (points, seeds, networks), nan where a run failed or is not done
    units : (points, k), coordinates of the points in [0, 1]
    names : (k,)
    words : for each factor its low and high end in words, or, if it is a choice, all its labels
        after a first empty one
    block : points in a row that were drawn together: factors + 2 of Sobol, 1 where none were
    """
    runs = values.reshape(len(values), -1)
    there = np.asarray(np.isfinite(runs).any(axis=1), np.bool_)
    means = mean_of(runs)
    ends = ends_of(units, words, np.where(there, means, np.nan))
    found = difference(means[None], there[None].astype(np.float64), ends)
    drawn = resampled(values, there, block)
    again = difference(*drawn, ends)[2]
    low, high = (np.full(len(names), np.nan) for _ in PARTS)
    enough = ((ends.low & there).sum(axis=1) >= FEWEST) & (
        (ends.high & there).sum(axis=1) >= FEWEST
    )
    for i in np.flatnonzero(enough & np.isfinite(again).any(axis=0)):
        low[i], high[i] = np.nanquantile(again[:, i], PARTS)
    value = found[2][0]
    swing = Measure(value, np.minimum(low, value), np.maximum(high, value))
    told = [in_words(one, pair) for one, pair in zip(words, ends.labels, strict=True)]
    middle = float(means[there].mean()) if there.any() else float("nan")
    return Swings(tuple(names), told, found[0][0], found[1][0], swing, middle)


def mean_of(runs: Numbers) -> Numbers:
    """Mean of each row (points, runs) over the numbers that it has; nan without any."""
    count = np.isfinite(runs).sum(axis=1)
    total = np.where(np.isfinite(runs), runs, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(runs), np.nan), where=count > 0)


def ends_of(units: Numbers, words: Sequence[Sequence[str]], means: Numbers) -> Ends:
    """Which points lie at either end of each factor; of a choice, the labels furthest apart."""
    low, high, labels = [], [], []
    for unit, said in zip(units.T, words, strict=True):
        pair = (-1, -1)
        sides = ends_along(unit)
        if is_choice(said):
            codes = np.minimum((unit * (len(said) - 1) + 1e-9).astype(int), len(said) - 2)
            pair = furthest(codes, means, len(said) - 1)
            sides = codes == pair[0], codes == pair[1]
        low.append(sides[0])
        high.append(sides[1])
        labels.append(pair)
    return Ends(np.array(low), np.array(high), labels)


def ends_along(unit: Numbers) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Points in the lowest and in the highest fifth of a factor, at least those furthest out."""
    return (
        np.asarray(unit <= max(END, float(unit.min(initial=1.0))), np.bool_),
        np.asarray(unit >= min(1 - END, float(unit.max(initial=0.0))), np.bool_),
    )


def is_choice(said: Sequence[str]) -> bool:
    """Whether these are the labels of a choice, after a first empty one."""
    return len(said) > 2 and said[0] == ""


def furthest(codes: NDArray[np.int64], means: Numbers, count: int) -> tuple[int, int]:
    """Labels with the lowest and the highest mean; the first and last where none is."""
    of_label = np.full(count, np.nan)
    for code in range(count):
        inside = means[(codes == code) & np.isfinite(means)]
        of_label[code] = inside.mean() if len(inside) else np.nan
    if np.isfinite(of_label).sum() < 2:
        return 0, count - 1
    pair = int(np.nanargmin(of_label)), int(np.nanargmax(of_label))
    return pair if pair[0] != pair[1] else (0, count - 1)


def in_words(said: Sequence[str], pair: tuple[int, int]) -> tuple[str, str]:
    """The two ends that were compared."""
    if is_choice(said):
        return said[pair[0] + 1], said[pair[1] + 1]
    return (said[0], said[1]) if len(said) > 1 else ("", "")


def difference(means: Numbers, weight: Numbers, ends: Ends) -> tuple[Numbers, Numbers, Numbers]:
    """Weighted means at both ends, and their difference: each (draws, k)."""
    known = np.where(np.isfinite(means), weight, 0.0)
    filled = np.where(np.isfinite(means), means, 0.0) * known
    sides = []
    for side in (ends.low, ends.high):
        total, count = filled @ side.T, known @ side.T
        sides.append(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))
    return sides[0], sides[1], sides[1] - sides[0]


def resampled(values: Numbers, there: NDArray[np.bool_], block: int) -> tuple[Numbers, Numbers]:
    """Means (draws, points) over seeds drawn anew, and how often each point's block was drawn."""
    rng = np.random.default_rng(SEED)
    group = np.arange(len(values)) // max(block, 1)
    blocks = np.unique(group[there])
    if not len(blocks):
        return np.full((1, len(values)), np.nan), np.zeros((1, len(values)))
    place = np.searchsorted(blocks, group).clip(0, len(blocks) - 1)
    means, weights = [], []
    for _ in range(RESAMPLES):
        seeds = rng.integers(0, values.shape[1], values.shape[1])
        drawn = rng.multinomial(len(blocks), np.full(len(blocks), 1 / len(blocks)))
        means.append(mean_of(values[:, seeds].reshape(len(values), -1)))
        weights.append(np.where(there, drawn[place], 0.0))
    return np.array(means), np.array(weights)


def of_slopes(
    names: Sequence[str], ends: Sequence[tuple[str, str]], mu: Measure, middle: float
) -> Swings:
    """Main effects of a Morris screen: its mean elementary effects, which span a whole range."""
    half = mu.value / 2
    return Swings(tuple(names), list(ends), middle - half, middle + half, mu, middle, slopes=True)
