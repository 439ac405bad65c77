"""Estimates over seeds with what they are without each seed, from which their errors follow."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.studies.cells import trimmed
from simulation.metrics.divergence import NORMAL_QUANTILE_90, d_run, jackknife_error, without_each

Numbers = NDArray[np.float64]


class Estimate(NamedTuple):
    """A number over all seeds, and (seeds,) what it is without each of them."""

    value: float
    each: Numbers

    @property
    def error(self) -> float:
        """Standard error by the jackknife."""
        return float(jackknife_error(self.each))

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the 80 % interval."""
        reach = NORMAL_QUANTILE_90 * self.error
        return self.value - reach, self.value + reach


def divergence(shares: Numbers) -> Estimate:
    """D_run of share vectors, (seeds, providers)."""
    return Estimate(float(d_run(shares)), without_each(shares))


def mean(values: Numbers) -> Estimate:
    """Mean over the seeds."""
    each = (values.sum() - values) / (len(values) - 1)
    return Estimate(float(values.mean()), each)


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Difference of two estimates over the same seeds, pair by pair."""
    return Estimate(one.value - other.value, one.each - other.each)


def slope(sizes: Sequence[int], estimates: Sequence[Estimate]) -> Estimate:
    """Slope of the logarithm of an estimate on that of the size, by least squares."""
    steps = np.log(np.asarray(sizes, np.float64))
    steps -= steps.mean()
    weights = steps / np.sum(steps**2)
    values = np.log([estimate.value for estimate in estimates])
    each = np.log(np.stack([estimate.each for estimate in estimates]))
    return Estimate(float(weights @ values), weights @ each)


def ranged(estimate: Estimate, factor: float = 1.0, places: int | None = None) -> str:
    """Value [80 % interval] times `factor`, in two digits that count or with so many decimals."""
    values = [factor * value for value in (estimate.value, *estimate.ends)]
    shown = places_of(values[0]) if places is None else places
    return "{} [{} to {}]".format(*(trimmed(value, shown) for value in values))


def erring(estimate: Estimate, factor: float = 1.0) -> str:
    """Value (standard error) times `factor`, the error in two digits that count."""
    value, error = factor * estimate.value, factor * estimate.error
    places = places_of(error)
    return f"{'+' if value > 0 else ''}{trimmed(value, places)} ({trimmed(error, places)})"


def places_of(value: float) -> int:
    """Decimals that show two digits of a number; all of a larger one."""
    return max(0, 1 - int(np.floor(np.log10(abs(value))))) if value else 0
