"""Who invests with whom: the network of investors that the tickets of a run make.

Two investors are joined by the rounds that they shared in the run; ties from before it, which the
config names, are not in the table of rounds and do not count here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.metrics.concentration import gini

Numbers = NDArray[np.float64]
Table = Mapping[str, NDArray[Any]]
CLOSE = 1e-9  # eigenvalues nearer than this part of the largest are one


class Measures(NamedTuple):
    """What the network is like; V investors.

    degree : (V,), rounds shared with others, one for each other.
    betweenness : (V,), share of the shortest paths between two others that lead through one;
    who shared more rounds is nearer.
    eigenvector : (V,), centrality of length 1; NaN without any tie.
    skew : of the degrees, third standardised moment; NaN where all are alike.
    gini : of the degrees; NaN without any tie.
    density : share of pairs that shared a round; NaN with a single investor.
    """

    degree: Numbers
    betweenness: Numbers
    eigenvector: Numbers
    skew: float
    gini: float
    density: float


def paid(rounds: Table, investors: Sequence[str], providers: Sequence[str]) -> Numbers:
    """What each investor paid to each provider over the run, M$, (V, P); of others nothing."""
    place, code = (codes(names) for names in (investors, providers))
    found = np.zeros((len(investors), len(providers)))
    rows = zip(rounds["investor"], rounds["provider"], rounds["ticket"], strict=True)
    for investor, provider, ticket in rows:
        if investor in place and provider in code:
            found[place[investor], code[provider]] += ticket
    return found


def shared_rounds(rounds: Table, investors: Sequence[str]) -> Numbers:
    """Rounds that two investors were both in, (V, V), symmetric, 0 on the diagonal."""
    place = codes(investors)
    inside = np.array([name in place for name in rounds["investor"]], np.bool_)
    serials, row = np.unique(np.asarray(rounds["round"])[inside], return_inverse=True)
    joined = np.zeros((len(serials), len(investors)))
    joined[row, [place[name] for name in rounds["investor"][inside]]] = 1.0
    shared = joined.T @ joined
    np.fill_diagonal(shared, 0.0)
    return shared


def codes(names: Sequence[str]) -> dict[str, int]:
    """Place of each name."""
    return {name: place for place, name in enumerate(names)}


def measures(shared: Numbers) -> Measures:
    """Measures of the network of `shared` (V, V), rounds shared by two."""
    degree = shared.sum(axis=1)
    return Measures(
        degree,
        betweenness(shared),
        eigenvector(shared),
        skew(degree),
        float(gini(degree)),
        density(shared),
    )


def betweenness(shared: Numbers) -> Numbers:
    """Share of shortest paths through each, (V,); two who shared n rounds are 1/n apart.

    Freeman 1977, doi:10.2307/3033543, by the algorithm of Brandes 2001 in NetworkX.
    """
    import networkx

    ends = np.argwhere(np.triu(shared) > 0)
    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(len(shared)))
    graph.add_weighted_edges_from(
        ((int(i), int(j), 1.0 / float(shared[i, j])) for i, j in ends), weight="apart"
    )
    through = networkx.betweenness_centrality(graph, weight="apart")
    return np.array([through[node] for node in range(len(shared))], np.float64)


def eigenvector(shared: Numbers) -> Numbers:
    """Eigenvector centrality (V,) of length 1: who is tied to those who are.

    Where several parts of the network are equally strong, the one to which repeated
    multiplication leads from equal numbers.  Bonacich 1972, doi:10.1080/0022250X.1972.9989806.
    """
    if not shared.any():
        return np.full(len(shared), np.nan)
    values, vectors = np.linalg.eigh(shared)
    first = vectors[:, values > values[-1] * (1.0 - CLOSE)]
    found: Numbers = np.abs(first @ first.sum(axis=0))
    return found / float(np.sqrt((found**2).sum()))


def skew(values: Numbers) -> float:
    """Third standardised moment; NaN where all are alike."""
    apart = values - values.mean() if len(values) else values
    spread = float(np.sqrt((apart**2).mean())) if len(values) else 0.0
    return float(((apart / spread) ** 3).mean()) if spread > 0.0 else float("nan")


def density(shared: Numbers) -> float:
    """Share of pairs with a tie; NaN where there is no pair."""
    pairs = len(shared) * (len(shared) - 1) // 2
    return float((np.triu(shared) > 0).sum() / pairs) if pairs else float("nan")
