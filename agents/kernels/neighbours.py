"""What the neighbours of an agent do: totals over its row of a graph or its complete block."""

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, NONE
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
def add_neighbours(agent, kind, offsets, neighbours, blocks, choice, weight, totals):
    """Fill `totals` (codes,) with the weight of the agent's neighbours on each code.

    kind, offsets, neighbours : of the graph, each by itself: to take an array off a tuple for each
    agent takes longer.  blocks : as `block_totals`.
    """
    for code in range(CODES):
        totals[code] = 0.0
    if kind == EDGES:
        first, last = np.int64(offsets[agent]), np.int64(offsets[agent + 1])
        for place in range(first, last):
            other = neighbours[place]
            totals[choice[other]] += weight[other]
    elif kind == COMPLETE:
        block = agent * len(blocks) // len(choice)
        for code in range(CODES):
            totals[code] = blocks[block, code]
        totals[choice[agent]] -= weight[agent]


@inline
def adopted_around(agent, kind, offsets, neighbours, blocks, choice):
    """Share of the agent's neighbours who use a provider; 0 without neighbours.

    kind, offsets, neighbours : of the graph.  blocks : as `block_counts`.
    """
    known, outside = np.int64(0), np.int64(0)
    if kind == EDGES:
        first, last = np.int64(offsets[agent]), np.int64(offsets[agent + 1])
        known = last - first
        for place in range(first, last):
            outside += choice[neighbours[place]] == NONE
    elif kind == COMPLETE:
        block = agent * len(blocks) // len(choice)
        known = blocks[block].sum() - 1
        outside = blocks[block, NONE] - (choice[agent] == NONE)
    return (known - outside) / known if known > 0 else 0.0
