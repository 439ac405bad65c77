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
    totals: NDArray[Any] = np.zeros((len(rows), CODES))
    if graph.kind == EDGES:
        first = graph.offsets[rows].astype(np.int64)
        degree = graph.offsets[rows + 1].astype(np.int64) - first
        row = np.repeat(np.arange(len(rows)), degree)
        within = np.arange(degree.sum()) - np.repeat(np.cumsum(degree) - degree, degree)
        other = graph.neighbours[np.repeat(first, degree) + within]
        cell = row * CODES + choice[other]
        totals = np.bincount(cell, weight[other], len(rows) * CODES).reshape(-1, CODES)
    elif graph.kind == COMPLETE:
        block = block_of(graph.size, graph.blocks)
        cell = block * CODES + choice
        blocks = np.bincount(cell, weight, graph.blocks * CODES).reshape(-1, CODES)
        totals = blocks[block[rows]]
        itself = (np.arange(len(rows)), choice[rows])
        totals[itself] = totals[itself] - weight[rows]
    return totals


def shares_of(totals: Array) -> Array:
    """Each row of `totals` over its sum; rows without any weight give 0."""
    whole = totals.sum(axis=-1, keepdims=True)
    shares: Array = np.divide(totals, whole, out=np.zeros(totals.shape), where=whole > 0.0)
    return shares
