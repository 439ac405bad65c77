"""The boxes and trees of a sweep's regions: under which conditions its runs lie in a region."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.plots import factor_names
from experiments.plots.prim_box import BoxRuns, Limits, Peeling

if TYPE_CHECKING:
    from pandas import DataFrame

    from experiments.discovery.boxes import Box as Cut
    from experiments.discovery.boxes import Limit
    from experiments.discovery.cart import Tree
    from experiments.discovery.prim import Discovery

Numbers = NDArray[np.float64]
SPACE_FILLING = ("lhs", "sobol", "grid")
GOLDEN = (5**0.5 - 1) / 2
PLASTIC = 0.7548776662466927  # with its square, spreads points evenly over a plane
APART = 0.5  # of the distance of two levels, within which runs at one of them are drawn


class Box(NamedTuple):
    """A box for a region.

    where : its limits in words.  base : part of all runs that lie in the region
    cut : density, coverage and their intervals, on the runs that it was cut from and on others
    peeling, limits, runs : for the figure; no limits where none of them is on a number
    """

    where: str
    base: float
    cut: "Cut"
    peeling: Peeling
    limits: Sequence[Limits]
    runs: BoxRuns


def boxes_of(study: Any) -> Mapping[str, Box | str]:
    """A box for each region of the sweep file, or why there is none."""
    reason = no_space(study)
    return {name: reason or box_of(study, region) for name, region in study.sweep.regions.items()}


def trees_of(study: Any) -> Mapping[str, "Tree | str"]:
    """A tree for each region of the sweep file, or why there is none."""
    reason = no_space(study)
    found: dict[str, Tree | str] = {}
    for name in study.sweep.regions:
        tree = reason or study.cart(name, titles=titles_of(study))
        found[name] = tree if isinstance(tree, str) else tree.reason or tree
    return found


def no_space(study: Any) -> str:
    """Why nothing can be cut from this design; empty where it can."""
    kind = study.sweep.design.kind
    if kind in SPACE_FILLING:
        return ""
    return f"a {kind} design does not fill the space that a box would be cut from"


def titles_of(study: Any) -> dict[str, str]:
    """Short names of the factors."""
    return factor_names.short_names(study.factors)


def box_of(study: Any, region: Any) -> Box | str:
    """The best box of a region."""
    from experiments.discovery.boxes import limit_words

    places, inside, titles = study.places(), study.inside(region.name), titles_of(study)
    found = study.prim(region.name, titles=titles)
    if found.reason or not found.boxes:
        return found.reason or "no box was found"
    cut = found.boxes[0]
    words = [one for limit in cut.limits for one in limit_words(limit, titles[limit.factor])]
    limits = limits_of(cut.limits, places)
    return Box(
        " and ".join(words),
        found.base,
        cut,
        peeling_of(found),
        [limit._replace(factor=titles[limit.factor]) for limit in limits],
        box_runs(limits, places, inside),
    )


def peeling_of(found: "Discovery") -> Peeling:
    """Steps of the peeling as arrays."""
    steps = found.trajectory
    coverage, density, restricted = (
        steps[name].to_numpy(np.float64) for name in ("coverage", "density", "restricted")
    )
    return Peeling(coverage, density, restricted.astype(np.int64), found.chosen)


def limits_of(limits: Sequence["Limit"], places: "DataFrame") -> list[Limits]:
    """Limits on numbers, the one that leaves the least of its factor first."""
    found = []
    for limit in limits:
        if limit.labels:
            continue
        values = places[limit.factor].to_numpy(np.float64)
        lowest, highest = float(values.min()), float(values.max())
        low, high = max(limit.low, lowest), min(limit.high, highest)
        found.append(Limits(limit.factor, low, high, lowest, highest))
    return sorted(found, key=lambda one: (one.high - one.low) / (one.highest - one.lowest or 1.0))


def box_runs(limits: Sequence[Limits], places: "DataFrame", inside: Numbers) -> BoxRuns:
    """Runs over the two factors that are restricted most; of one factor, spread up and down."""
    flat = inside.reshape(len(inside), -1)
    points, _ = np.nonzero(np.isfinite(flat))
    hits = flat[np.isfinite(flat)]
    if not limits:
        return BoxRuns(np.zeros(0), np.zeros(0), np.zeros(0))
    columns = [places[limit.factor].to_numpy(np.float64)[points] for limit in limits[:2]]
    across = beside(columns[0], PLASTIC)
    up = beside(columns[1], PLASTIC**2) if len(columns) > 1 else even(len(points), GOLDEN)
    return BoxRuns(across, up, hits)


def even(count: int, step: float) -> Numbers:
    """Numbers from 0 to 1 that lie evenly whichever of the first are taken."""
    return np.asarray((np.arange(1, count + 1) * step) % 1.0, np.float64)


def beside(values: Numbers, step: float) -> Numbers:
    """Values of a grid moved a little, so that runs at one of them do not hide each other."""
    levels = np.unique(values)
    if len(levels) < 2 or 2 * len(levels) > len(values):
        return values
    apart = float(np.diff(levels).min())
    return values + APART * apart * (even(len(values), step) - 0.5)
