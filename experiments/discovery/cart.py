"""CART: a tree that parts the runs of a region from the others, and its leaves in words.

The workbench grows the tree.  Its leaves are read here: of a category it knows one branch only.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.discovery.boxes import NOTHING, Box, Limit, figures, inside, runs_in, sentence
from experiments.discovery.prim import NO_REGION
from experiments.discovery.workbench import analysis, at_work
from experiments.sensitivity.resample import RESAMPLES

LEAVES = 8
LEAST = 0.05  # of the runs, in a leaf
ROUNDING = 1e-9


class Tree(NamedTuple):
    """Leaves of the tree, the densest first; together they hold each run once.

    base : share of all runs in the region
    reason : why there is no tree, in a sentence; empty where there is one
    """

    leaves: tuple[Box, ...]
    base: float
    reason: str = ""


def cart(
    places: pd.DataFrame,
    region: NDArray[np.float64],
    *,
    name: str = "inside",
    titles: Mapping[str, str] | None = None,
    leaves: int = LEAVES,
    seed: int = 0,
) -> Tree:
    """A tree of few leaves, each with density and coverage.

    Parameters
    ----------
    places : (points, k), factors: numbers, or words for categories
    region : (points, seeds, networks), 1 for runs inside, 0 outside, NaN for no run
    name : of the region, for the words; titles : words for factors
    leaves : at most
    seed : of the tree, where two splits are equally good, and of the bootstrap

    """
    runs = runs_in(places, region)
    base = float(runs.hits.mean()) if len(runs.hits) else float("nan")
    if not 0 < base < 1:
        return Tree((), base, NO_REGION)
    found = []
    for limits in leaves_of(runs.places, runs.hits.astype(np.int64), leaves, seed):
        kept = inside(runs.places, limits)
        density, coverage = figures(runs, kept, RESAMPLES, seed)
        words = sentence(limits, density.value, coverage.value, name, titles)
        found.append(Box(limits, density, coverage, float(kept.mean()), NOTHING, NOTHING, words))
    found.sort(key=lambda box: -box.density.value)
    return Tree(tuple(found), base)


def leaves_of(
    places: pd.DataFrame, hits: NDArray[np.int64], leaves: int, seed: int
) -> list[tuple[Limit, ...]]:
    """Limits of each leaf."""
    table = places.copy()
    for column in table.columns:
        numeric = pd.api.types.is_numeric_dtype(table[column])
        table[column] = table[column].astype(np.float64) if numeric else table[column].astype(str)
    with at_work():
        least = max(LEAST, (1 + ROUNDING) / len(hits))  # one run, which the workbench rounds down
        grower = analysis("cart").CART(table, hits, least)
        grower.build_tree()
    # Grown again: the workbench sets neither the number of leaves nor a seed.
    columns = pd.get_dummies(table, prefix_sep=grower.sep).to_numpy(np.float64)
    tree = grower.clf.set_params(max_leaf_nodes=leaves, random_state=seed).fit(columns, hits).tree_
    splits = [grower.feature_names[number] for number in tree.feature]
    start = {
        column: Limit(column, -np.inf, np.inf)
        if pd.api.types.is_numeric_dtype(table[column])
        else Limit(column, np.nan, np.nan, tuple(sorted(table[column].unique())))
        for column in table.columns
    }
    found = []
    waiting = [(0, start)]
    while waiting:
        node, limits = waiting.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left < 0:
            found.append(tuple(one for one in limits.values() if one != start[one.factor]))
            continue
        below, above = parted(limits, splits[node], float(tree.threshold[node]), grower.sep)
        waiting += [(left, below), (right, above)]
    return found


def parted(
    limits: dict[str, Limit], split: str, threshold: float, separator: str
) -> tuple[dict[str, Limit], dict[str, Limit]]:
    """Limits of the two branches of a split; `factor` + separator + `label` splits off a label."""
    factor, _, label = split.partition(separator)
    limit = limits[factor]
    if limit.labels:
        rest = tuple(one for one in limit.labels if one != label)
        below, above = limit._replace(labels=rest), limit._replace(labels=(label,))
    else:
        below = limit._replace(high=threshold)
        # The other branch begins above the threshold, and limits include their ends.
        above = limit._replace(low=float(np.nextafter(threshold, np.inf)))
    return {**limits, factor: below}, {**limits, factor: above}
