"""FAST indices of a sweep with seeds: a Fourier spectrum along a curve for each factor.

The estimator is SALib's (Saltelli, Tarantola and Chan 1999).  Noise lies on all frequencies, so
that power is measured as the product of the spectra of different seeds.  The points of a curve are
no sample, so that a bootstrap over them means nothing (SALib warns of its own): the interval says
what seeds leave open, from leaving each out, and nothing of the choice of the curve.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.sensitivity import blocks, luck
from experiments.sensitivity.effects import Effects, Numbers, unknown
from experiments.sensitivity.resample import as_measures, by_seeds

MEASURES = ("first", "total")
HARMONICS = 4


def fast(
    values: NDArray[np.float64],
    names: Sequence[str],
    *,
    harmonics: int = HARMONICS,
    statistic: str = "mean",
) -> Effects:
    """First-order and total indices; a curve with a missing point has none.

    Parameters
    ----------
    values : (points, seeds, networks), one curve of points after the other, as SALib's
        `sample.fast_sampler` lays them; only seeds that are whole along a curve enter
    names : of the factors, one curve each
    harmonics : `M` of the sampler
    statistic : "mean" of the runs at a point, or the "spread" between them

    """
    factors = tuple(names)
    runs = luck.runs_of(values, statistic)
    curves = blocks.in_blocks(runs, len(factors), len(runs) // max(len(factors), 1))
    whole = [whole_seeds(curve) for curve in curves]
    used = sum(curve.size > 0 for curve in whole)
    reason = "" if used else "no curve is complete"
    if used and all(blocks.flat(curve) for curve in whole if curve.size):
        reason = blocks.CONSTANT
    if reason:
        nothing = unknown(MEASURES, len(factors))
        return Effects("fast", factors, nothing, used, len(factors), np.nan, reason)
    found = np.stack([_with_ends(curve, harmonics) for curve in whole], axis=-1)
    reason = blocks.DROWNED if np.isnan(found[0]).all() else ""
    measures = as_measures(MEASURES, (found[0], found[1], found[2]))
    return Effects("fast", factors, measures, used, len(factors), _noise(curves), reason)


def whole_seeds(curve: Numbers) -> Numbers:
    """Runs of the seeds that are whole: (points, seeds, networks) -> (points, replicates, nets).

    Where networks vary, one that lacks a run of these seeds is left out.
    """
    there: luck.Flags = np.asarray(np.isfinite(curve).all(axis=0))
    seeds: luck.Flags = np.asarray(there.any(axis=1))
    networks: luck.Flags = np.asarray(there[seeds].all(axis=0))
    return curve[:, seeds][:, :, networks]


def _noise(curves: Numbers) -> float:
    """Share of luck in the variance of one run, over all points."""
    runs = curves.reshape(-1, *curves.shape[2:])
    return blocks.noise_share(runs, luck.without_common_luck(runs[:, None])[:, 0])


def _with_ends(curve: Numbers, harmonics: int) -> Numbers:
    """Indices and their ends: (3, 2)."""
    if curve.size == 0:
        return np.full((3, 2), np.nan)
    return np.stack(by_seeds(curve, lambda runs: indices(runs, harmonics)))


def indices(curve: Numbers, harmonics: int) -> Numbers:
    """First and total index of one curve, (points, seeds, networks) -> (2,); NaN if it is flat."""
    points = len(curve)
    spectrum = np.fft.fft(curve, axis=0)[1 : math.ceil(points / 2)] / points
    power = luck.product(spectrum.real, spectrum.real) + luck.product(spectrum.imag, spectrum.imag)
    frequency = (points - 1) // (2 * harmonics)
    whole = power.sum()
    if not whole > 0:
        return np.full(2, np.nan)
    own = power[np.arange(1, harmonics + 1) * frequency - 1].sum()
    others = power[: frequency // 2].sum()
    return np.array([own / whole, 1 - others / whole])
