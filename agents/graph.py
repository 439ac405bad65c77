"""Who knows whom: one compact container for every network of the market.

Three kinds cover every family.  NONE: nobody has a neighbour.  EDGES: an undirected simple graph
in compressed sparse rows (CSR).  COMPLETE: disjoint blocks of agents in which everybody knows
everybody else; its neighbourhoods are group totals minus oneself, so no edge is stored.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

NONE, EDGES, COMPLETE = 0, 1, 2

LARGEST_SIZE = 2**32 - 2  # row and edge numbers are 32-bit; the last one is kept free for "nobody"
LARGEST_LISTING = 50_000_000  # pairs of a complete graph that `edges` agrees to write out
HALF_WORD = np.uint64(32)


class Graph(NamedTuple):
    """An undirected network of agents 0..size-1.

    Parameters
    ----------
    kind : int
        NONE, EDGES or COMPLETE.
    size : int
        Number of agents.
    blocks : int
        Disjoint groups of a COMPLETE graph, agent i being in block i * blocks // size; else 1.
    offsets : uint32 array, shape (size + 1,)
        Row i of `neighbours` is offsets[i]:offsets[i + 1]; all zero unless the kind is EDGES.
    neighbours : uint32 array, shape (2 * number of edges,)
        Neighbours of each agent, ascending, without oneself and without repeats.
    """

    kind: int
    size: int
    blocks: int
    offsets: NDArray[np.uint32]
    neighbours: NDArray[np.uint32]


def without_edges(size: int) -> Graph:
    """A graph of `size` agents in which nobody has a neighbour."""
    _check_size(size)
    return Graph(NONE, size, 1, np.zeros(size + 1, np.uint32), np.zeros(0, np.uint32))


def complete(size: int, blocks: int = 1) -> Graph:
    """`blocks` disjoint groups of agents, each of which knows all the others of its group."""
    _check_size(size)
    if not 1 <= blocks <= size:
        raise ValueError(
            f"blocks = {blocks} is outside [1, {size}], the number of agents: "
            "use fewer blocks or more agents"
        )
    return Graph(COMPLETE, size, blocks, np.zeros(size + 1, np.uint32), np.zeros(0, np.uint32))


def from_edges(size: int, src: ArrayLike, dst: ArrayLike) -> Graph:
    """The simple undirected graph of the pairs (src, dst), without self-loops and repeats.

    Parameters
    ----------
    size : int
        Number of agents.
    src, dst : whole-number arrays, shape (pairs,)
        Both ends of each pair, in [0, size), in either direction and any order.
    """
    _check_size(size)
    first, second = _ends(size, src), _ends(size, dst)
    if first.shape != second.shape:
        raise ValueError(f"{first.size} ends in src but {second.size} in dst: give one each a pair")
    arcs = _sorted_arcs(first, second)
    if arcs.size >= 2**32:
        raise ValueError(f"{arcs.size // 2} edges do not fit 32-bit offsets: lower the mean degree")
    rows = np.arange(size + 1, dtype=np.uint64) << HALF_WORD
    offsets = np.searchsorted(arcs, rows).astype(np.uint32)
    return Graph(EDGES, size, 1, offsets, arcs.astype(np.uint32))


def degrees(graph: Graph) -> NDArray[np.uint32]:
    """Number of neighbours of each agent, shape (size,)."""
    if graph.kind == COMPLETE:
        starts = block_starts(graph.size, graph.blocks)
        lengths = np.diff(starts)
        return np.repeat(lengths - 1, lengths).astype(np.uint32)
    row_lengths: NDArray[np.uint32] = np.diff(graph.offsets)
    return row_lengths


def neighbours_of(graph: Graph, i: int) -> NDArray[np.uint32]:
    """Neighbours of agent `i`, ascending, shape (degree of i,)."""
    if not 0 <= i < graph.size:
        raise IndexError(f"agent {i} is outside [0, {graph.size})")
    if graph.kind != COMPLETE:
        row: NDArray[np.uint32] = graph.neighbours[graph.offsets[i] : graph.offsets[i + 1]]
        return row
    starts = block_starts(graph.size, graph.blocks)
    block = i * graph.blocks // graph.size
    before = np.arange(starts[block], i, dtype=np.uint32)
    return np.concatenate((before, np.arange(i + 1, starts[block + 1], dtype=np.uint32)))


def edges(graph: Graph) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Every edge once, as (smaller end, larger end), in ascending order, each shape (edges,)."""
    if graph.kind == COMPLETE:
        return _pairs_within_blocks(graph)
    src = np.repeat(np.arange(graph.size, dtype=np.uint32), np.diff(graph.offsets))
    upward = src < graph.neighbours
    return src[upward], graph.neighbours[upward]


def block_of(size: int, blocks: int) -> NDArray[np.int64]:
    """Block of each agent, i * blocks // size: contiguous groups of nearly equal size."""
    return np.arange(size, dtype=np.int64) * blocks // max(size, 1)


def block_starts(size: int, blocks: int) -> NDArray[np.int64]:
    """First agent of each block, with `size` at the end, shape (blocks + 1,)."""
    return -(-np.arange(blocks + 1, dtype=np.int64) * size // blocks)


def _check_size(size: int) -> None:
    if not 0 <= size <= LARGEST_SIZE:
        raise ValueError(f"{size} agents are outside [0, {LARGEST_SIZE}], the 32-bit row numbers")


def _ends(size: int, ends: ArrayLike) -> NDArray[np.uint32]:
    """`ends` as 32-bit row numbers, checked to lie in [0, size)."""
    array = np.atleast_1d(np.asarray(ends))
    if array.size == 0:
        return np.zeros(0, np.uint32)
    low, high = array.min(), array.max()
    if low < 0 or high >= size:
        wrong = low if low < 0 else high
        raise ValueError(f"edge end {wrong} is outside [0, {size}), the agents of this graph")
    return array.astype(np.uint32, copy=False)


def _sorted_arcs(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Both directions of each pair as sorted 64-bit words: row above, neighbour below.

    One sort of plain words orders the rows, orders each row and brings repeats together.
    """
    proper = first != second
    if not proper.all():
        first, second = first[proper], second[proper]
    pairs = first.size
    arcs = np.empty(2 * pairs, np.uint64)
    arcs[:pairs] = first
    arcs[pairs:] = second
    arcs <<= HALF_WORD
    arcs[:pairs] |= second
    arcs[pairs:] |= first
    arcs.sort()
    repeats = arcs[1:] == arcs[:-1]
    if not repeats.any():
        return arcs
    return arcs[np.concatenate(([True], ~repeats))]


def _pairs_within_blocks(graph: Graph) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The implied edges of a COMPLETE graph, written out."""
    starts = block_starts(graph.size, graph.blocks)
    lengths = np.diff(starts)
    pairs = int((lengths * (lengths - 1) // 2).sum())
    if pairs > LARGEST_LISTING:
        raise ValueError(
            f"a complete graph of {graph.size} agents in {graph.blocks} blocks has {pairs} edges, "
            f"more than {LARGEST_LISTING} to write out: use more blocks or fewer agents"
        )
    agents = np.arange(graph.size, dtype=np.int64)
    later = np.repeat(starts[1:], lengths) - agents - 1  # members of the block after this agent
    src = np.repeat(agents, later)
    before = np.repeat(np.cumsum(later) - later, later)
    dst = src + 1 + np.arange(pairs) - before
    return src.astype(np.uint32), dst.astype(np.uint32)
