"""The network families: settings in, graph out, each draw keyed by the place it fills.

A generator never asks a sequence of random numbers what comes next: the draw for a place (agent
and slot) is a function of the network's key and of that place, so that a graph is a pure function
of its settings, its size and its key, and agents keep their natural order.  All generators give
simple graphs: a draw that would repeat an edge or join an agent to itself is drawn again.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from agents.draws import Key, Keys, below, permutation, uniform
from agents.graph import HALF_WORD, Graph, block_of, block_starts, from_edges

Agents = NDArray[np.uint32]
Pairs = tuple[Agents, Agents]
Aim = Callable[[NDArray[np.float64]], Agents]  # uniform numbers -> agents to link to

RING, HUBS, HUB_ORDER, WITHIN, BETWEEN = 0, 1, 2, 3, 4  # purposes of draws, below a network's key
RARE = 1e-290  # a smaller probability never happens, and its logarithm is too small to divide by
ROUNDS = 32  # redraws of a place; more than a few are needed only where almost all pairs are linked


def ring(size: int, degree: int, rewiring: float, key: Key) -> Graph:
    """Small world of Watts and Strogatz (1998, doi:10.1038/30918).

    Each agent knows the `degree` / 2 agents on either side, and each of these edges is moved, with
    probability `rewiring`, to an end drawn uniformly.
    """
    return from_edges(size, *_ring_pairs(size, degree, rewiring, key))


def ring_hubs(size: int, degree: int, rewiring: float, hub_links: int, key: Key) -> Graph:
    """Small world with hubs: a ring, and `hub_links` links from each agent to popular agents.

    The agent of popularity rank r draws links in proportion to 1/sqrt(r), which gives a degree
    tail of exponent 3 as growth by preferential attachment does (Barabasi and Albert 1999,
    doi:10.1126/science.286.5439.509).  Ranks are a keyed permutation: hubs lie anywhere on the
    ring.  `degree` is the total mean degree, of which 2 * `hub_links` belong to the hubs.
    """
    if degree < 2 * hub_links:
        raise ValueError(
            f"degree = {degree} is the total mean degree and hub_links = {hub_links} alone make "
            f"{2 * hub_links}: set degree to at least {2 * hub_links}, or fewer hub_links"
        )
    _check_degree(size, degree)
    ring_src, ring_dst = _ring_pairs(size, degree - 2 * hub_links, rewiring, key)
    by_rank = permutation(below(key, HUB_ORDER)[0], size).astype(np.uint32)
    source = np.tile(np.arange(size, dtype=np.uint32), hub_links)
    keys = [below(key, HUBS, link, _counted(size)) for link in range(hub_links)]
    hub_src, hub_dst = _distinct_links(
        _pair_words(ring_src, ring_dst),
        source,
        np.concatenate([np.zeros(0, np.uint64), *keys]),
        lambda units: by_rank[_whole(units * units, size)],
    )
    return from_edges(
        size, np.concatenate((ring_src, hub_src)), np.concatenate((ring_dst, hub_dst))
    )


def stochastic_block(size: int, blocks: int, degree: float, within: float, key: Key) -> Graph:
    """Contiguous blocks; every pair is linked independently (Holland, Laskey, Leinhardt 1983).

    One probability holds for all pairs inside a block and one for all pairs across, such that the
    expected mean degree is `degree` and the expected share of edges inside blocks is `within`
    (doi:10.1016/0378-8733(83)90021-7).
    """
    if not 1 <= blocks <= size:
        raise ValueError(
            f"industries = {blocks} is outside [1, {size}], the number of agents: "
            "use fewer industries or more agents"
        )
    _check_share("within", within)
    agents = np.arange(size, dtype=np.int64)
    block_end = block_starts(size, blocks)[1:][block_of(size, blocks)]
    edges = degree * size / 2.0
    inside = _linked_pairs(
        agents + 1, block_end - agents - 1, within * edges, below(key, WITHIN)[0], "inside"
    )
    across = _linked_pairs(
        block_end, size - block_end, (1.0 - within) * edges, below(key, BETWEEN)[0], "across"
    )
    return from_edges(
        size, np.concatenate((inside[0], across[0])), np.concatenate((inside[1], across[1]))
    )


def _check_share(name: str, share: float) -> None:
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"{name} = {share} is a probability: set it within [0, 1]")


def _check_degree(size: int, degree: int) -> None:
    if degree < 0 or degree % 2:
        raise ValueError(
            f"degree = {degree} must be an even whole number: half of it lies on either side; "
            f"use {max(degree - 1, 0)} or {max(degree + 1, 0)}"
        )
    if degree >= size > 0 and degree > 0:
        raise ValueError(
            f"degree = {degree} is not below {size}, the number of agents: "
            "use a lower degree, more agents or family complete"
        )


def _ring_pairs(size: int, degree: int, rewiring: float, key: Key) -> Pairs:
    """Edges of the small world, each once."""
    _check_degree(size, degree)
    _check_share("rewiring", rewiring)
    agents = np.arange(size, dtype=np.uint32)
    kept_src, kept_dst, loose_src, loose_keys = [], [], [], [np.zeros(0, np.uint64)]
    for lag in range(1, degree // 2 + 1):
        keys = below(key, RING, lag, _counted(size))
        moved = uniform(keys) < rewiring
        kept = agents[~moved]
        kept_src.append(kept)
        kept_dst.append((kept + np.uint32(lag)) % np.uint32(size))
        loose_src.append(agents[moved])
        loose_keys.append(keys[moved])
    src, dst = _joined(kept_src), _joined(kept_dst)
    moved_src, moved_dst = _distinct_links(
        _pair_words(src, dst),
        _joined(loose_src),
        np.concatenate(loose_keys),
        lambda units: _whole(units, size),
    )
    return np.concatenate((src, moved_src)), np.concatenate((dst, moved_dst))


def _counted(count: int, start: int = 0) -> Keys:
    """Whole numbers start .. start + count - 1, as parts of keys."""
    return np.arange(start, start + count, dtype=np.uint64)


def _joined(parts: list[Agents]) -> Agents:
    """`parts` end to end; empty if there is none."""
    return np.concatenate([np.zeros(0, np.uint32), *parts])


def _whole(units: NDArray[np.float64], size: int) -> Agents:
    """Numbers in (0, 1) as whole numbers in [0, size)."""
    return np.minimum(units * size, size - 1.0).astype(np.uint32)


def _pair_words(src: Agents, dst: Agents) -> Keys:
    """One 64-bit word for each unordered pair: smaller end above, larger end below."""
    words = np.minimum(src, dst).astype(np.uint64)
    words <<= HALF_WORD
    words |= np.maximum(src, dst)
    return words


def _distinct_links(taken: Keys, source: Agents, keys: Keys, aim: Aim) -> Pairs:
    """Links from each of `source` to an agent that `aim` picks, none twice and none to itself.

    The draw of place i in round a has the key below(keys[i], a).  Of several places that want one
    pair the first has it, and pairs `taken` before (distinct words) are never free.  A place that
    finds no free pair in `ROUNDS` draws, as happens where almost all pairs are linked, stays empty.
    """
    target = aim(uniform(below(keys, 0)))
    words = np.concatenate((taken, _pair_words(source, target)))
    loose = _repeating(words, taken.size)
    loops = np.flatnonzero(source == target)
    loose = np.union1d(loose, loops) if loops.size else loose
    words.sort()
    placed = np.ones(source.size, np.bool_)
    placed[loose] = False
    for attempt in range(1, ROUNDS + 1):
        if loose.size == 0:
            break
        target[loose] = aim(uniform(below(keys[loose], attempt)))
        fresh = _pair_words(source[loose], target[loose])
        free = source[loose] != target[loose]
        nearest = np.minimum(np.searchsorted(words, fresh), words.size - 1)
        free &= words[nearest] != fresh
        first = np.zeros(loose.size, np.bool_)
        first[np.unique(fresh, return_index=True)[1]] = True
        free &= first
        placed[loose[free]] = True
        words = np.sort(np.concatenate((words, fresh[free])))
        loose = loose[~free]
    return source[placed], target[placed]


def _repeating(words: Keys, start: int) -> NDArray[np.intp]:
    """Places i for which words[start + i] stands earlier in `words`, ascending."""
    ordered = np.sort(words)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if repeated.size == 0:
        return np.zeros(0, np.intp)
    # Few words repeat: look first at the larger ends only, with one flag for each agent.
    low = (words & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    flagged = np.zeros(int(low.max()) + 1, np.bool_)
    flagged[(repeated & np.uint64(0xFFFFFFFF)).astype(np.uint32)] = True
    suspects = np.flatnonzero(flagged[low])
    suspects = suspects[np.isin(words[suspects], repeated)]
    first = np.zeros(suspects.size, np.bool_)
    first[np.unique(words[suspects], return_index=True)[1]] = True
    later = suspects[~first]
    return later[later >= start] - start


def _linked_pairs(
    first: NDArray[np.int64], count: NDArray[np.int64], edges: float, key: Key, where: str
) -> Pairs:
    """Pairs (i, first[i] + 0 .. count[i] - 1), each linked with one probability.

    `edges` is the expected number of links.  The pairs stand in one line, and the gaps between
    linked ones are geometric (Batagelj and Brandes 2005, doi:10.1103/PhysRevE.71.036113).
    """
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(count)))
    total = int(before[-1])
    if edges > total:
        raise ValueError(
            f"degree and within ask for {edges:g} edges {where} industries, where only {total} "
            "pairs are: use a lower degree, another within share or another number of industries"
        )
    places = _bernoulli_places(total, edges / total if total else 0.0, key)
    src = np.searchsorted(before, places, side="right") - 1
    dst = first[src] + places - before[src]
    return src.astype(np.uint32), dst.astype(np.uint32)


def _bernoulli_places(total: int, probability: float, key: Key) -> NDArray[np.int64]:
    """Which of `total` places succeed, each with `probability` on its own, ascending."""
    if total == 0 or probability < RARE:
        return np.zeros(0, np.int64)
    if probability >= 1.0:
        return np.arange(total, dtype=np.int64)
    mean = total * probability
    drawn = int(mean + 8.0 * np.sqrt(mean) + 16.0)  # nearly always enough in one go
    found: list[NDArray[np.int64]] = []
    last, start = -1, 0
    while last < total:
        units = uniform(below(key, _counted(drawn, start)))
        gaps = np.minimum(np.log(units) / np.log1p(-probability), total)
        found.append(last + np.cumsum(gaps.astype(np.int64) + 1))
        last, start = int(found[-1][-1]), start + drawn
    places = np.concatenate(found)
    return places[: np.searchsorted(places, total)]
