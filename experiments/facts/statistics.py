"""Statistics of facts that the libraries lack, or that need a word beside them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

from experiments.facts.fact import NO_NUMBER, YEAR, Numbers

FEWEST = 4  # pairs below which a rank correlation or a trend says nothing
SHAPES = (0.1, 10.0)  # between which the shape of a Subbotin law is sought


def slope(values: Numbers) -> float:
    """Change of the logarithm to base 10 in a year, by least squares; NaN below two values."""
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < 2:
        return NO_NUMBER
    return float(np.polyfit(known / YEAR, np.log10(values[known]), 1)[0])


def rank_correlation(one: ArrayLike, other: ArrayLike) -> float:
    """Spearman's, of the pairs that are whole; NaN with few of them or without any spread."""
    pairs = np.stack([np.asarray(one, np.float64), np.asarray(other, np.float64)])
    first, second = pairs[:, np.isfinite(pairs).all(axis=0)]
    if len(first) < FEWEST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return NO_NUMBER
    return float(stats.spearmanr(first, second).statistic)


def mann_kendall(values: ArrayLike) -> float:
    """Trend in standard errors (Mann 1945, Kendall 1975): Kendall's tau with time over its own.

    values : (n,) in the order of time.  Negative: falling.  NaN below four values.
    """
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    count = len(known)
    if count < FEWEST or np.ptp(known) == 0:
        return NO_NUMBER
    tau = stats.kendalltau(np.arange(count), known).statistic
    error = np.sqrt(2 * (2 * count + 5) / (9 * count * (count - 1)))
    return float(tau / error)


def subbotin_shape(values: Numbers) -> float:
    """Shape b of `exp(-|x/a|^b)` about the median by maximum likelihood: 2 normal, 1 Laplace.

    The scale that is likeliest at a shape is known, `a^b = b mean|x|^b`, so that one number is
    sought (Bottazzi and Secchi 2006).  values : (n,), n >= 30, else NaN.
    """
    if len(values) < 30 or np.ptp(values) == 0:
        return NO_NUMBER
    distance = np.abs(values - np.median(values))

    def cost(shape: float) -> float:
        """Minus the mean log-likelihood at the scale that is likeliest."""
        log_scale = np.log(shape * np.mean(distance**shape)) / shape
        return float(
            np.log(2.0) + log_scale + special.gammaln(1 / shape) - np.log(shape) + 1 / shape
        )

    return float(optimize.minimize_scalar(cost, bounds=SHAPES, method="bounded").x)


def log_rank(leaving: Numbers, at_risk: Numbers, groups: NDArray[np.int64]) -> float:
    """Log-rank statistic of the first of two samples in standard errors, within strata.

    Negative: the first sample leaves less than it would if both had one hazard (Mantel 1966).

    Parameters
    ----------
    leaving, at_risk : (cells, 2), agents of the first and the second sample
    groups : (cells,), cells of one stratum and one tenure

    """
    left, there = (summed(values, groups) for values in (leaving, at_risk))
    gone, all_there = left.sum(axis=1), there.sum(axis=1)
    both = (there > 0).all(axis=1) & (all_there > 1)
    left, there, gone, all_there = left[both], there[both], gone[both], all_there[both]
    expected = gone * there[:, 0] / all_there
    share = there[:, 0] / all_there
    variance = gone * share * (1 - share) * (all_there - gone) / (all_there - 1)
    total = variance.sum()
    return float((left[:, 0] - expected).sum() / np.sqrt(total)) if total > 0 else NO_NUMBER


def rate_ratio(leaving: Numbers, at_risk: Numbers, groups: NDArray[np.int64]) -> float:
    """Hazard of the first of two samples over that of the second, within strata.

    The estimator of Mantel and Haenszel 1959 for risks.  Arguments as in `log_rank`.
    """
    left, there = (summed(values, groups) for values in (leaving, at_risk))
    whole = there.sum(axis=1)
    left, there, whole = left[whole > 0], there[whole > 0], whole[whole > 0]
    below = (left[:, 1] * there[:, 0] / whole).sum()
    return float((left[:, 0] * there[:, 1] / whole).sum() / below) if below > 0 else NO_NUMBER


def summed(values: Numbers, groups: NDArray[np.int64]) -> Numbers:
    """Sums of the rows of each group: (cells, 2) -> (groups, 2)."""
    _, place = np.unique(groups, return_inverse=True)
    columns = [np.bincount(place, values[:, sample]) for sample in (0, 1)]
    return np.stack(columns, axis=1) if len(values) else np.zeros((0, 2))
