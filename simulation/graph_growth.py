"""The power-law cluster graph, grown one agent at a time by a compiled kernel.

Growth is sequential by nature, as each newcomer looks at the links made so far.  The kernel keeps
the links by newcomer and, for each agent, a growing list of its arrivals; both are ascending, so
the compressed rows need no sort.
"""

import numpy as np
from numpy.typing import NDArray

from agents.compiled import inline, kernel
from agents.draws import GOLDEN, HALF, SHIFT_12, UNIT, Key, mix
from agents.graph import EDGES, Graph

Agents = NDArray[np.uint32]

TRIES = 16  # draws of the hub's neighbour before a triangle is given up
FIRST_ROOM = 2  # arrivals that an agent's first piece of the pool holds; each next holds twice that
WHOLE = 1 << 53  # a draw below triangles * WHOLE makes a triangle
STARTS, COUNTS = 0, 1  # columns of the table of arrivals


def power_law_cluster(size: int, links: int, triangles: float, key: Key) -> Graph:
    """Growing graph with hubs and triangles (Holme and Kim 2002, doi:10.1103/PhysRevE.65.026107).

    Each new agent makes `links` links: the first, and every other with probability 1 -
    `triangles`, to an agent drawn in proportion to its degree, the rest to a random neighbour of
    the last agent so drawn.  The first `links` agents start without edges.
    """
    if not 1 <= links < size:
        raise ValueError(
            f"links = {links} is outside [1, {size - 1}]: a newcomer among {size} agents needs "
            "that many others; use fewer links or more agents"
        )
    if not 0.0 <= triangles <= 1.0:
        raise ValueError(f"triangles = {triangles} is a probability: set it within [0, 1]")
    if 2 * links * size >= 2**32:
        raise ValueError(
            f"{links} links of {size} agents do not fit 32-bit offsets: use fewer links"
        )
    targets = np.empty((size - links) * links, np.uint32)
    arrivals = np.zeros((size, 2), np.uint32)
    pool = np.empty(4 * targets.size, np.uint32)  # rooms double, so 4 places an arrival suffice
    _grow(links, triangles, key, targets, arrivals, pool)
    offsets = np.zeros(size + 1, np.uint32)
    counts = arrivals[:, COUNTS].copy()
    counts[links:] += np.uint32(links)
    np.cumsum(counts, out=offsets[1:])
    neighbours = np.empty(2 * targets.size, np.uint32)
    _fill_rows(links, targets, arrivals, pool, offsets, neighbours)
    return Graph(EDGES, size, 1, offsets, neighbours)


_mixed = inline(mix)


@inline
def _fold(key, part):
    """`draws.fold` of single numbers."""
    return _mixed(key + (np.uint64(part) + np.uint64(1)) * GOLDEN)


@inline
def _pick(key, count):
    """Draw a uniform whole number in [0, count)."""
    return min(np.int64((np.float64(key >> SHIFT_12) * UNIT + HALF) * count), count - 1)


@inline
def _holds(values, first, count, agent):
    """Say whether values[first : first + count], a few, hold `agent`."""
    found = False
    for i in range(first, first + count):
        found |= values[i] == agent
    return found


@inline
def _sort_few(values, first, count):
    """Sort values[first : first + count] in place by insertion."""
    for i in range(first + 1, first + count):
        value, j = values[i], i
        while j > first and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value


@inline
def _popular(targets, first, made, links, key):
    """Draw an agent in proportion to its degree, other than the newcomer's `made` links so far.

    Each end of the edges before this newcomer is one ticket, and so is each of the first agents.
    """
    attempt = 0
    while True:
        ticket = _pick(_fold(key, attempt), links + 2 * first)
        place = (ticket - links) >> 1
        if ticket < links:
            agent = ticket
        elif (ticket - links) & 1:
            agent = links + place // links
        else:
            agent = np.int64(targets[place])
        if not _holds(targets, first, made, agent):
            return agent
        attempt += 1


@inline
def _neighbour(targets, links, arrivals, pool, agent, i):
    """Look up neighbour `i` of `agent`: its own links first, then its arrivals."""
    own = 0 if agent < links else links
    if i < own:
        return np.int64(targets[(agent - links) * links + i])
    return np.int64(pool[np.int64(arrivals[agent, STARTS]) + i - own])


@inline
def _arrive(arrivals, pool, used, agent, newcomer):
    """Add `newcomer` to the arrivals of `agent`; return how much of the pool is used."""
    start, count = np.int64(arrivals[agent, STARTS]), np.int64(arrivals[agent, COUNTS])
    if count == 0:
        start, used = used, used + FIRST_ROOM
    elif count >= FIRST_ROOM and count & (count - 1) == 0:  # the room, a power of two, is full
        for i in range(count):
            pool[used + i] = pool[start + i]
        start, used = used, used + 2 * count
    pool[start + count] = newcomer
    arrivals[agent, STARTS] = start
    arrivals[agent, COUNTS] = count + 1
    return used


@kernel
def _grow(
    links: int, triangles: float, key: Key, targets: Agents, arrivals: Agents, pool: Agents
) -> None:
    """Let the agents from `links` on join in turn: fill `targets`, `arrivals` and `pool`.

    targets : uint32, shape ((size - links) * links,), the links of each newcomer, ascending.
    arrivals : uint32, shape (size, 2), for each agent the start in `pool` and the number of those
    who came later and linked to it.  pool : uint32, shape (4 * links in all,).
    """
    used = 0
    for newcomer in range(links, arrivals.shape[0]):
        newcomer_key = _fold(key, newcomer)
        first = (newcomer - links) * links
        hub = 0
        for made in range(links):
            link_key = _fold(newcomer_key, made)
            agent = made if newcomer == links else -1  # the first to join links to all there are
            if made > 0 and agent < 0 and _pick(_fold(link_key, 0), WHOLE) < triangles * WHOLE:
                known = np.int64(arrivals[hub, COUNTS]) + (0 if hub < links else links)
                for attempt in range(TRIES):
                    i = _pick(_fold(_fold(link_key, 1), attempt), known)
                    friend = _neighbour(targets, links, arrivals, pool, hub, i)
                    if not _holds(targets, first, made, friend):
                        agent = friend
                        break
            if agent < 0:
                agent = hub = _popular(targets, first, made, links, _fold(link_key, 2))
            targets[first + made] = agent
        _sort_few(targets, first, links)
        for i in range(first, first + links):
            used = _arrive(arrivals, pool, used, np.int64(targets[i]), newcomer)


@kernel
def _fill_rows(
    links: int, targets: Agents, arrivals: Agents, pool: Agents, offsets: Agents, neighbours: Agents
) -> None:
    """Write each agent's own links and then its arrivals, all of whom came later."""
    for agent in range(arrivals.shape[0]):
        place = np.int64(offsets[agent])
        if agent >= links:
            first = (agent - links) * links
            for i in range(first, first + links):
                neighbours[place] = targets[i]
                place += 1
        start = np.int64(arrivals[agent, STARTS])
        for i in range(start, start + np.int64(arrivals[agent, COUNTS])):
            neighbours[place] = pool[i]
            place += 1
