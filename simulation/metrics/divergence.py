"""How far several histories of one config lie apart, and what independent draws would give.

`D_run = [H(mean s) - mean H(s)] / ln(labels)` over the share vectors of R runs: 0 if all runs tell
the same history.  It is at most `ln(R) / ln(labels)`, when each run has a monopolist of its own,
and at most 1.  R runs that differ in nothing but the luck of finitely many agents have a D_run
above 0 too.  What it would be if adopters drew independently from the same shares is a yardstick
and no lower bound: agents whose chances differ from one another spread less than that.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulation.metrics.concentration import entropy, exists, jensen_shannon, largest_entropy

Numbers = NDArray[np.float64]
NORMAL_QUANTILE_90 = 1.2815515655446004  # an 80 % interval reaches this many standard errors


class Interval(NamedTuple):
    """Lower and upper end of an 80 % interval."""

    low: Numbers
    high: Numbers


def d_run(shares: ArrayLike) -> Numbers:
    """Divergence between runs; `shares` (runs, ..., providers) -> (...,), 0-1."""
    return jensen_shannon(np.moveaxis(np.asarray(shares, np.float64), 0, -2))


def without_each(shares: Numbers) -> Numbers:
    """D_run with one run left out, for each run; (runs, ..., providers) -> (runs, ...)."""
    present = exists(shares)
    kept = np.where(present[..., None], shares, 0.0)
    single = entropy(kept)
    count = present.sum(axis=0) - present
    weight = np.maximum(count, 1)
    between = entropy((kept.sum(axis=0) - kept).clip(0.0) / weight[..., None])
    within = (single.sum(axis=0) - single) / weight
    divergence = np.maximum(between - within, 0.0) / largest_entropy(shares.shape[-1])
    return np.where(count >= 2, divergence, np.nan)


def jackknife_error(each: Numbers) -> Numbers:
    """Standard error of a number from its values without each run; (runs, ...) -> (...).

    It is `sqrt((R-1)/R sum (value_without_i - mean)^2)` (Efron and Stein 1981, "The jackknife
    estimate of variance", doi:10.1214/aos/1176345462).
    """
    count = len(each)
    spread = np.sum((each - each.mean(axis=0)) ** 2, axis=0)
    return np.asarray(np.sqrt((count - 1) / count * spread))


def d_run_interval(shares: ArrayLike) -> Interval:
    """80 % interval of D_run by the jackknife over runs.

    Bootstrapping runs would repeat some of them and so bias D_run downwards.

    Parameters
    ----------
    shares : (runs, ..., providers), share

    Returns
    -------
    Interval of (...,), 0-1
        NaN with fewer than three runs.
    """
    values = np.asarray(shares, np.float64)
    centre = d_run(values)
    reach = NORMAL_QUANTILE_90 * jackknife_error(without_each(values))
    return Interval((centre - reach).clip(0.0, 1.0), (centre + reach).clip(0.0, 1.0))


def independent_draws(shares: ArrayLike, adopters: ArrayLike, runs: int) -> Numbers:
    """Expected D_run of runs whose adopters choose independently from the same shares.

    The entropy of shares counted from n independent choices lies `(k-1)/(2n)` below the true one
    (Miller 1955), and that of the mean of R runs R times less, so that the expectation is
    `(k-1)(1-1/R) / (2 n ln labels)`: good where each chosen provider has a few adopters.

    Parameters
    ----------
    shares : (..., providers), share
        Mean shares of accounts over the runs; k counts the providers that have any.
    adopters : (...,), accounts
        Number of adopters in one run.
    runs : whole
        Number of runs R.

    Returns
    -------
    (...,), 0-1
        NaN where there are fewer adopters than providers that have any.
    """
    values = np.asarray(shares, np.float64)
    people = np.asarray(adopters, np.float64)
    chosen = np.count_nonzero(values > 0, axis=-1)
    scale = 2 * np.maximum(people, 1) * largest_entropy(values.shape[-1])
    expected = (chosen - 1) * (1 - 1 / runs) / scale
    return np.where(exists(values) & (people >= chosen), expected, np.nan)


def leader_frequency(shares: ArrayLike) -> Numbers:
    """Share of runs in which each provider leads; a tie is split equally.

    Parameters
    ----------
    shares : (runs, ..., providers), share

    Returns
    -------
    (..., providers), share
        Over the runs in which anybody has adopted; NaN if there is none.
    """
    values = np.asarray(shares, np.float64)
    present = exists(values)
    kept = np.where(present[..., None], values, 0.0)
    leads = (kept == kept.max(axis=-1, keepdims=True)) & present[..., None]
    parts = leads / np.maximum(leads.sum(axis=-1, keepdims=True), 1)
    count = present.sum(axis=0)[..., None]
    return np.where(count > 0, parts.sum(axis=0) / np.maximum(count, 1), np.nan)
