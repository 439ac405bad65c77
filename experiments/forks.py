"""Where histories of one point end, and from which month on their end can be told apart.

Basins are clusters of end states.  They count as several only where they lie further apart than
clusters of an even cloud of the same extent would, so that one broad cloud stays one basin.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

FEWEST = 6  # histories below which nothing is clustered
MOST_BASINS = 4
CLOUDS, SHUFFLES = 99, 199
SURE = 0.95
MOST_CLUSTERED = 300
SEED = 1


class Fork(NamedTuple):
    """When the end of a history can be read from its state.

    accuracy : (T,), part of the histories whose basin is told rightly from their state in that
        month, by the nearest mean of the others, each basin counting alike
    by_luck : what 95 % of shuffled basins stay below in every month
    month : from which on it stays above; None if it never does, or there is one basin
    """

    accuracy: Numbers
    by_luck: float
    month: int | None


def basins_of(ends: Numbers) -> Codes:
    """Basin of each history, 0 the most frequent; all 0 where there is only one.

    ends : (R, P), end states in comparable units

    Method: Ward's clusters, as many as have the largest mean silhouette (Rousseeuw 1987), accepted
    where it is above that of 95 of 100 even clouds that fill the box around the principal
    components of the end states (the reference of Tibshirani, Walther and Hastie 2001).
    """
    one = np.zeros(len(ends), np.int64)
    centred = ends - ends.mean(axis=0)
    if not FEWEST <= len(ends) <= MOST_CLUSTERED or np.abs(centred).max() < 1e-9:
        return one
    _, _, turn = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ turn.T
    codes, clear = best_clusters(turned)
    rng = np.random.default_rng(SEED)
    low, high = turned.min(axis=0), turned.max(axis=0)
    clouds = [best_clusters(rng.uniform(low, high, turned.shape))[1] for _ in range(CLOUDS)]
    if clear <= np.quantile(clouds, SURE):
        return one
    return by_size(codes)


def best_clusters(points: Numbers) -> tuple[Codes, float]:
    """Clusters of points (R, P), and how clear they are: their mean silhouette, -1 to 1."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist, squareform

    pairs = pdist(points)
    apart, tree = squareform(pairs), linkage(points, "ward")
    best: tuple[Codes, float] = np.zeros(len(points), np.int64), -1.0
    for count in range(2, MOST_BASINS + 1):
        codes = fcluster(tree, count, "maxclust").astype(np.int64) - 1
        if np.bincount(codes).min() < 2:
            continue
        clear = silhouette(apart, codes)
        if clear > best[1]:
            best = codes, clear
    return best


def silhouette(apart: Numbers, codes: Codes) -> float:
    """Mean over points of (b - a) / max(a, b): a to the own cluster, b to the next nearest."""
    members = codes[:, None] == np.arange(codes.max() + 1)
    total, size = apart @ members, members.sum(axis=0)
    own = total[members] / np.maximum(size[codes] - 1, 1)
    other = np.where(members, np.inf, total / np.maximum(size, 1)).min(axis=1)
    widest = np.maximum(np.maximum(own, other), 1e-300)
    return float(np.mean((other - own) / widest))


def by_size(codes: Codes) -> Codes:
    """The same clusters, the largest called 0; of equals the one of the first history."""
    size = np.bincount(codes)
    first = np.array([int(np.argmax(codes == code)) for code in range(len(size))])
    order = np.lexsort((first, -size))
    return np.argsort(order)[codes]


def fork_of(states: Numbers, codes: Codes) -> Fork:
    """From which month on the basins can be told apart.

    Parameters
    ----------
    states : (R, T, P), the state of each history by month; no nan
    codes : (R,), its basin, of `basins_of`
    """
    if codes.max() == 0:
        return Fork(np.full(states.shape[1], np.nan), float("nan"), None)
    accuracy = told_rightly(states, codes)
    rng = np.random.default_rng(SEED)
    luck = [float(told_rightly(states, rng.permutation(codes)).max()) for _ in range(SHUFFLES)]
    ceiling = float(np.quantile(luck, SURE))
    below = np.flatnonzero(accuracy <= ceiling)
    month = int(below[-1]) + 1 if len(below) else 0
    return Fork(accuracy, ceiling, month if month < len(accuracy) else None)


def told_rightly(states: Numbers, codes: Codes) -> Numbers:
    """Part of the histories told rightly in each month (T,), the mean over basins."""
    members = (codes[:, None] == np.arange(codes.max() + 1)).astype(np.float64)
    size = members.sum(axis=0)
    total = np.einsum("rk,rtp->ktp", members, states)
    distance = np.empty((len(codes), len(size), states.shape[1]))
    for code, count in enumerate(size):
        inside = (codes == code)[:, None, None]
        mean = (total[code] - np.where(inside, states, 0.0)) / np.where(inside, count - 1, count)
        distance[:, code] = ((states - mean) ** 2).sum(axis=2)
    own = np.take_along_axis(distance, codes[:, None, None], axis=1)[:, 0]
    near = (distance < own[:, None]).sum(axis=1)
    tied = (distance == own[:, None]).sum(axis=1)
    right = np.where(near == 0, 1.0 / tied, 0.0)
    return np.asarray((members.T @ right / size[:, None]).mean(axis=0))
