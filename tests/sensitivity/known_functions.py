"""Functions whose indices are known, designs, and luck of every kind."""

import numpy as np
from numpy.typing import NDArray
from SALib.test_functions import Ishigami
from scipy import stats

Numbers = NDArray[np.float64]

ISHIGAMI = ("x", "y", "z")
ISHIGAMI_FIRST = np.array([0.3139, 0.4424, 0.0])
ISHIGAMI_TOTAL = np.array([0.5576, 0.4424, 0.2437])
ISHIGAMI_VARIANCE = 13.8446
G_WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0])

LUCK = ("none", "independent", "common", "size", "factor")


def ishigami(unit: Numbers) -> Numbers:
    """Of factors in [0, 1] (Ishigami and Homma 1990; a = 7, b = 0.1)."""
    return Ishigami.evaluate((2 * unit - 1) * np.pi)


def g_function(unit: Numbers) -> Numbers:
    """Sobol's g of four factors in [0, 1]."""
    return np.prod((np.abs(4 * unit - 2) + G_WEIGHTS) / (1 + G_WEIGHTS), axis=1)


def g_indices() -> tuple[Numbers, Numbers]:
    """First-order and total indices of `g_function` (Saltelli and Sobol 1995)."""
    own = 1 / (3 * (1 + G_WEIGHTS) ** 2)
    whole = np.prod(1 + own) - 1
    return own / whole, own * np.prod(1 + own) / (1 + own) / whole


def saltelli(blocks: int, factors: int, rng: np.random.Generator) -> Numbers:
    """Blocks in SALib's order from independent points: A, A with one factor of B each, B."""
    first, second = rng.random((2, blocks, 1, factors))
    mixed = np.where(np.eye(factors, dtype=bool), second, first)
    return np.concatenate([first, mixed, second], axis=1).reshape(-1, factors)


def luck(kind: str, unit: Numbers, seeds: int, rng: np.random.Generator) -> Numbers:
    """Noise of variance 1 on average, (points, seeds), as the last factor has it.

    common: the same at all points; size: shared, of a size that grows with the last factor;
    factor: a seed changes the effect of the last factor
    """
    shared = rng.normal(size=(1, seeds))
    last = unit[:, -1:]
    if kind == "independent":
        return rng.normal(size=(len(unit), seeds))
    if kind == "common":
        return np.broadcast_to(shared, (len(unit), seeds))
    if kind == "size":
        return shared * (0.5 + last) / np.sqrt(13 / 12)
    if kind == "factor":
        return shared * (last - 0.5) * np.sqrt(12)
    return np.zeros((len(unit), 1))


def assert_covers(covered: NDArray[np.bool_], level: float = 0.95, slack: float = 0.025) -> None:
    """Intervals covered about as often as they say: within chance, but for a slack of 2.5 %.

    covered : (repetitions, ...); bounds are passed by chance once in 10,000 times
    """
    repetitions = len(covered)
    low = stats.binom.ppf(1e-4, repetitions, level - slack)
    high = stats.binom.ppf(1 - 1e-4, repetitions, min(level + slack, 0.995))
    count = covered.sum(axis=0)
    assert (count >= low).all() and (count <= high).all(), count / repetitions


def assert_unbiased(found: Numbers, truth: Numbers | float, ratio: float = 0.0) -> None:
    """The mean over repetitions is the truth, within 4 standard errors and a bias of ratios."""
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    off = np.abs(found.mean(axis=0) - truth)
    assert (off <= 4 * error + ratio + 1e-12).all(), (found.mean(axis=0), truth, error)
