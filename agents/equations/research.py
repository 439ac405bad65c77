"""Efficiency, training, safety and brand: E11 to E15."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Compute = TypeVar("Compute", float, Array)
SECONDS = 730 * 3600  # of a month
PEAK = 1e15 * 1000  # operations a second of a thousand H100-equivalents
BASE_RUN = 3e24  # F0: operations of training GPT-3.5
MOST_FOLDS = 100.0  # e-folds of gain by which far too little efficiency helps, before it overflows


def own_gain(reach: Array, left: Array, rates: tuple[float, float]) -> Array:
    """E11, first term: (g_0 + g_1 ln(1 + spend/E_ref)) e^(−e/e_bar), OOM a month.

    reach : that logarithm.  left : that exponential.  rates : (g_0, g_1).
    """
    gain: Array = (rates[0] + rates[1] * reach) * left
    return gain


def exhausted(efficiency: Array, exhaustion: float) -> Array:
    """E11: −e/e_bar, e-folds of gain that are left."""
    folds: Array = -np.maximum(efficiency / exhaustion, -MOST_FOLDS)
    return folds


def leaked(level: Array, best: float, rate: float) -> Array:
    """E11, second term: spill·max(0, best − level), OOM a month."""
    gain: Array = rate * np.maximum(best - level, 0.0)
    return gain


def training_units(compute: Compute, utilisation: float) -> Compute:
    """E12: A·u_F, operations of A thousand H100-equivalent months over F0 = 3e24."""
    return compute * (PEAK * SECONDS * utilisation / BASE_RUN)


def run_length(safety_share: Array, months: float, safety_months: float) -> Array:
    """E12: L = 8 + round(20 α_safety), whole months; never less than one."""
    length: Array = np.maximum(np.rint(months + np.rint(safety_months * safety_share)), 1.0)
    return length


def tailored(focus: Array, specialisation: float) -> Array:
    """E13: κ ln(3 φ_js), what focus adds to capability: Q_js = a_j + κ ln(3 φ_js), OOM.

    focus φ has the segments on its first axis.
    """
    gain: Array = specialisation * np.log(len(focus) * focus)
    return gain


def safety_change(safety: Array, share: Array, speed: float, half: float) -> Array:
    """E14: Δσ = .05[α/(α + .03) − σ] a month."""
    change: Array = speed * (share / (share + half) - safety)
    return change


def reached(effort: Array) -> Array:
    """E11, E15: ln(1 + S/S_ref), what spending S reaches; effort is S/S_ref."""
    reach: Array = np.log1p(effort)
    return reach


def goodwill(brand: Array, reach: Array, execution: Array, rates: tuple[float, float]) -> Array:
    """E15: (1 − δ_b) b + .05 x ln(1 + S/S_ref), Nerlove and Arrow (1962), doi:10.2307/2551549.

    reach : that logarithm.  rates : (δ_b, gain).
    """
    stock: Array = (1.0 - rates[0]) * brand + rates[1] * execution * reach
    return stock
