"""What the neighbours of some agents do: totals over CSR rows or complete blocks, in NumPy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.graph import COMPLETE, EDGES, Graph, block_of

Array = NDArray[np.float64]


def neighbour_totals(
    graph: Graph, rows: NDArray[np.int64], choice: NDArray[np.uint8], weight: Array
) -> Array:
    """Weight of the neighbours of each of `rows` on each code, shape (rows, codes).

    choice : (agents,) codes.  weight : (agents,), for example seats; ones count heads.
    """
    if graph.kind == EDGES:
        row, other = listed(graph.offsets, graph.neighbours, rows)
        return totals_by_code(row, choice[other], weight[other], len(rows))
    if graph.kind == COMPLETE:
        block = block_of(graph.size, graph.blocks)
        totals = totals_by_code(block, choice, weight, graph.blocks)[block[rows]]
        itself = (np.arange(len(rows)), choice[rows])
        totals[itself] = totals[itself] - weight[rows]
        return totals
    return np.zeros((len(rows), CODES))


def listed(
    offsets: NDArray[Any], members: NDArray[np.uint32], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Members of the CSR rows `rows`, end to end, each with its row's place in `rows`."""
    first = offsets[rows].astype(np.int64)
    length = offsets[rows + 1].astype(np.int64) - first
    place = np.repeat(np.arange(len(rows)), length)
    within = np.arange(len(place)) - np.repeat(np.cumsum(length) - length, length)
    return place, members[first[place] + within]


def totals_by_code(
    group: NDArray[np.int64], code: NDArray[np.uint8], weight: Array, groups: int
) -> Array:
    """Sum of `weight` in each group on each code, shape (groups, codes)."""
    totals = np.bincount(group * CODES + code, weight, groups * CODES)
    return np.asarray(totals.reshape(groups, CODES), np.float64)
