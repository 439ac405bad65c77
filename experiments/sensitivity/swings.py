"""Main effects: how far the mean of an outcome swings as each factor goes from low to high.

A swing compares the runs at one end of a factor with those at the other, whatever the other
factors are there, so that it needs no particular design.  Intervals are those of `resample`: blocks
of points are drawn anew, each with its luck, and what all points share comes from leaving seeds
out.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity import luck
from experiments.sensitivity.effects import Measure, Numbers
from experiments.sensitivity.resample import RESAMPLES, shared, weights
from experiments.sensitivity.resample import ends as interval

SEED = 1
END = 0.2  # of [0, 1] that counts as an end of a factor with many values
FEWEST = 2  # points at either end


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
    means = luck.means(values)
    there = np.asarray(np.isfinite(means), np.bool_)
    ends = ends_of(units, words, means)
    at_low, at_high, value = (
        side[0] for side in difference(means, there.astype(np.float64)[None], ends)
    )
    low, high = interval_of(values, ends, value, block)
    few = np.minimum((ends.low & there).sum(axis=1), (ends.high & there).sum(axis=1)) < FEWEST
    low[few] = high[few] = np.nan
    swing = Measure(value, low, high)
    told = [in_words(one, pair) for one, pair in zip(words, ends.labels, strict=True)]
    middle = float(means[there].mean()) if there.any() else float("nan")
    return Swings(tuple(names), told, at_low, at_high, swing, middle)


def interval_of(values: Numbers, ends: Ends, value: Numbers, block: int) -> tuple[Numbers, Numbers]:
    """Low and high end of each swing: (k,) each; blocks without any run are no blocks."""
    cube = values.reshape(-1, max(block, 1), *values.shape[1:])
    some = np.isfinite(cube).any(axis=(1, 2, 3))
    cube, kept = cube[some], np.repeat(some, cube.shape[1])
    if not len(cube):
        return np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    sides = Ends(ends.low[:, kept], ends.high[:, kept], ends.labels)

    def estimate(part: Numbers) -> Numbers:
        """Swings of runs of which some seeds were left out."""
        centre = luck.means(part).ravel()
        return difference(centre, np.ones((1, len(centre))), sides)[2][0]

    rng = np.random.default_rng(SEED)
    weight = np.repeat(weights(len(cube), RESAMPLES, rng), cube.shape[1], axis=1)
    drawn = difference(luck.means(cube).ravel(), weight, sides)[2]
    return interval(value, drawn, shared(cube, estimate, rng), len(cube))


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
    """Means (points,) at both ends by weights (draws, points), and their difference: (draws, k)."""
    known = np.where(np.isfinite(means), weight, 0.0)
    filled = np.where(np.isfinite(means), means, 0.0) * known
    sides = []
    for side in (ends.low, ends.high):
        total, count = filled @ side.T, known @ side.T
        sides.append(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))
    return sides[0], sides[1], sides[1] - sides[0]


def of_slopes(
    names: Sequence[str], ends: Sequence[tuple[str, str]], mu: Measure, middle: float
) -> Swings:
    """Main effects of a Morris screen: its mean elementary effects, which span a whole range."""
    half = mu.value / 2
    return Swings(tuple(names), list(ends), middle - half, middle + half, mu, middle, slopes=True)
