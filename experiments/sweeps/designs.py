"""Designs: which points are run, as coordinates in [0, 1].

Morris, Sobol and FAST are SALib's, the Latin hypercube is SciPy's; the same settings and seed give
the same points.  `size_of` says how many without making them.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.design_form import DesignForm
from experiments.sweeps.factors import CHOICE, Factor

Matrix = NDArray[np.float64]
LEVELS, HARMONICS = 4, 4


def problem_of(factors: Sequence[Factor]) -> dict[str, Any]:
    """SALib's description of the factors, in coordinates."""
    return {
        "num_vars": len(factors),
        "names": [factor.name for factor in factors],
        "bounds": [[0.0, 1.0]] * len(factors),
    }


def size_of(form: DesignForm, factors: Sequence[Factor]) -> int:
    """Points of a design."""
    count = len(factors)
    if form.kind == "morris":
        return (form.trajectories or 0) * (count + 1)
    if form.kind == "sobol":
        return (form.base_points or 0) * (count + 2)
    if form.kind == "fast":
        return (form.samples or 0) * count
    if form.kind == "grid":
        return math.prod(levels_of(form, factor) for factor in factors)
    return len(form.rows or ()) or form.points or 0


def levels_of(form: DesignForm, factor: Factor) -> int:
    """Points of a grid along one factor; all there are of a choice, or of few whole numbers."""
    if factor.kind == CHOICE:
        return len(factor.labels)
    said = form.levels
    levels = said.get(factor.name, 1) if isinstance(said, Mapping) else said or 1
    return min(levels, int(factor.high - factor.low) + 1) if factor.whole else levels


def matrix_of(form: DesignForm, factors: Sequence[Factor]) -> Matrix:
    """Coordinates of the points, shape (points, factors)."""
    makers = {"grid": grid, "list": listed, "lhs": hypercube}
    made = makers.get(form.kind, salib)(form, factors)
    return np.clip(np.ascontiguousarray(made, np.float64), 0.0, 1.0)


def salib(form: DesignForm, factors: Sequence[Factor]) -> Matrix:
    """Points of one of SALib's samplers."""
    problem = problem_of(factors)
    if form.kind == "morris":
        from SALib.sample import morris

        count, best = form.trajectories, None
        if form.candidates:
            count, best = form.candidates, form.trajectories
        levels = form.levels or LEVELS
        made = morris.sample(problem, count, levels, best, local_optimization=True, seed=form.seed)
    elif form.kind == "sobol":
        from SALib.sample import sobol

        made = sobol.sample(problem, form.base_points, calc_second_order=False, seed=form.seed)
    else:
        from SALib.sample import fast_sampler

        harmonics = form.harmonics or HARMONICS
        made = fast_sampler.sample(problem, form.samples, M=harmonics, seed=form.seed)
    return np.asarray(made, np.float64)


def hypercube(form: DesignForm, factors: Sequence[Factor]) -> Matrix:
    """Latin hypercube: each factor has one point in each of equal parts."""
    from scipy.stats.qmc import LatinHypercube

    return np.asarray(LatinHypercube(len(factors), rng=form.seed).random(form.points), np.float64)


def grid(form: DesignForm, factors: Sequence[Factor]) -> Matrix:
    """Every combination, the last factor fastest; ends of a range are part of it."""
    axes = [axis(factor, levels_of(form, factor)) for factor in factors]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def axis(factor: Factor, levels: int) -> list[float]:
    """Coordinates along one factor; a single one lies in the middle."""
    if factor.kind == CHOICE:
        return [(place + 0.5) / levels for place in range(levels)]
    return [0.5] if levels == 1 else np.linspace(0.0, 1.0, levels).tolist()


def listed(form: DesignForm, factors: Sequence[Factor]) -> Matrix:
    """Points of a list."""
    rows = form.rows or ()
    return np.array([[factor.coordinate(row[factor.name]) for factor in factors] for row in rows])
