"""What the neighbours of an agent do: totals over its row of a graph or its complete block."""

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.compiled import inline
from agents.graph import COMPLETE, EDGES, Graph, block_of

Array = NDArray[np.float64]


def block_counts(graph: Graph, choice: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Agents on each code in each block of a complete graph, shape (blocks, codes)."""
    if graph.kind != COMPLETE:
        return np.zeros((1, CODES), np.int64)
    cell = block_of(graph.size, graph.blocks) * CODES + choice
    return np.bincount(cell, minlength=graph.blocks * CODES).reshape(graph.blocks, CODES)


def block_totals(graph: Graph, choice: NDArray[np.uint8], weight: Array) -> Array:
    """Weight on each code in each block of a complete graph, shape (blocks, codes)."""
    if graph.kind != COMPLETE:
        return np.zeros((1, CODES))
    cell = block_of(graph.size, graph.blocks) * CODES + choice
    totals = np.bincount(cell, weight, graph.blocks * CODES).reshape(graph.blocks, CODES)
    return np.asarray(totals, np.float64)


@inline
def add_row(first, last, members, choice, weight, totals):
    """Fill `totals` (codes,) with the weight of members first..last on each code."""
    totals[:] = 0.0
    for place in range(first, last):
        other = members[place]
        totals[choice[other]] += weight[other]


@inline
def add_neighbours(agent, graph, blocks, choice, weight, totals):
    """Fill `totals` (codes,) with the weight of the agent's neighbours on each code."""
    totals[:] = 0.0
    if graph.kind == EDGES:
        first, last = np.int64(graph.offsets[agent]), np.int64(graph.offsets[agent + 1])
        add_row(first, last, graph.neighbours, choice, weight, totals)
    elif graph.kind == COMPLETE:
        block = agent * graph.blocks // graph.size
        for code in range(CODES):
            totals[code] = blocks[block, code]
        totals[choice[agent]] -= weight[agent]
