"""A connected keyed sample of the agents of a network."""

import numpy as np
from numpy.typing import NDArray

from agents.draws import Key, permutation
from agents.graph import EDGES, Graph
from agents.kernels.reach import reach

BROUGHT = 4  # neighbours that each brings at most: else one hub would be all of it


def connected_sample(graph: Graph, size: int, key: Key) -> NDArray[np.int64]:
    """Rows of so many agents, or of all where there are fewer, ascending: breadth first, keyed.

    Each agent brings at most `BROUGHT` keyed neighbours: whole neighbourhoods would show one hub
    and nothing else.  Where a graph has no edges, or implied ones, the agents are the first of a
    keyed order.
    """
    order = permutation(key, graph.size)
    if graph.kind != EDGES:
        return np.sort(order[:size])
    rank = np.empty_like(order)
    rank[order] = np.arange(graph.size)
    reached = np.empty(min(size, graph.size), np.int64)
    reach(graph.offsets, graph.neighbours, order, rank, BROUGHT, reached)
    return np.sort(reached)
