"""What a factor without any effect would reach: indices that are never zero need a yardstick.

PAWN and delta compare distributions of few points, which differ even where a factor does nothing.
Dummy factors, whose coordinates are those of the others in another order, say by how much (Puy, Lo
Piano and Saltelli 2020, doi:10.1016/j.envsoft.2020.104679).  A FAST total holds what its harmonics
leak of other factors, some per cent of the variance.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from experiments.sensitivity.effects import Effects, Numbers

DUMMIES, SEED = 5, 1
FAST_LEAK = 0.05
RANKED: Mapping[str, str] = {
    "morris": "mu_star",
    "sobol": "total",
    "fast": "total",
    "pawn": "median",
    "delta": "delta",
    "structure": "share",
}


def floor_of(
    method: str, estimate: Callable[..., Effects] | None, values: Numbers, **options: Any
) -> float:
    """Level of the ranked measure that a factor has to pass with its whole interval.

    Parameters
    ----------
    method : of `RANKED`
    estimate : takes values, names and coordinates, as `pawn` and `delta` do
    values : (points, seeds, networks[, labels]), as the estimate of the factors takes them
    """
    if method == "fast":
        return FAST_LEAK
    if estimate is None or method not in ("pawn", "delta"):
        return 0.0
    points = len(values)
    rng = np.random.default_rng(SEED)
    even = (np.arange(points) + 0.5) / points
    dummies = np.stack([rng.permutation(even) for _ in range(DUMMIES)], axis=1)
    names = tuple(f"dummy {place}" for place in range(DUMMIES))
    found = estimate(values, names, dummies, **options)
    high = found.measures[RANKED[method]].value
    return float(np.nanmax(high)) if np.isfinite(high).any() else 0.0


def ranked_by(effects: Effects) -> str:
    """Name of the measure that factors are ranked by."""
    return RANKED.get(effects.method, next(iter(effects.measures)))


def told_apart(effects: Effects, floor: float) -> np.ndarray:
    """Which factors are told apart from one without effect: (k,), bool."""
    measure = effects.measures[ranked_by(effects)]
    return np.asarray(np.isfinite(measure.value) & (measure.low > floor), np.bool_)
