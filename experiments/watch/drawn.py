"""Which agents the network shows, and the edges among them.

All developers and enterprises are drawn up to `MOST`.  A larger market shows a connected keyed
sample of developers with their employers: the same agents whatever the run does, and their number
is said on the page.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.developers import NO_EMPLOYER
from agents.draws import stream
from agents.graph import EDGES, Graph, edges
from agents.sample import connected_sample

if TYPE_CHECKING:
    from simulation.market import Market

MOST = 20_000
SAMPLED, SAMPLED_FIRMS = 4_000, 1_000

Whole = NDArray[np.int64]
Ends = NDArray[np.uint32]


class Drawn(NamedTuple):
    """What is drawn; a node is a drawn developer, or after all of them a drawn enterprise.

    developers, enterprises : rows in their populations, ascending.  of : how many there are.
    edges : (edges, 2) nodes, first those `between` developers, then `employed`, then the rest,
    among enterprises.
    """

    developers: Whole
    enterprises: Whole
    of: int
    edges: Ends
    between: int
    employed: int

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.developers) + len(self.enterprises)

    @property
    def sampled(self) -> bool:
        """Whether some agents are left out."""
        return self.nodes < self.of

    def node_of(self, node: int | None, developer: int | None, enterprise: int | None) -> int:
        """Node of an agent that is named by its node, or by its row in its population.

        Raises
        ------
        ValueError
            It is not drawn.
        """
        if node is not None:
            return node
        rows, row = (
            (self.developers, developer) if enterprise is None else (self.enterprises, enterprise)
        )
        place = int(np.searchsorted(rows, row or 0))
        if place == len(rows) or rows[place] != row:
            who = "developer" if enterprise is None else "enterprise"
            near = int(rows[min(place, len(rows) - 1)]) if len(rows) else None
            hint = f"; the next one that is: {near}" if near is not None else ""
            raise ValueError(f"{who} {row} is not drawn{hint}")
        return place + (0 if enterprise is None else len(self.developers))


def drawn_of(market: "Market", most: int = MOST) -> Drawn:
    """What is drawn of a market."""
    of = len(market.developers) + len(market.enterprises)
    developers, enterprises = np.arange(len(market.developers)), np.arange(len(market.enterprises))
    if of > most:
        key = stream(market.config.seed, "watch.drawn")
        developers = connected_sample(market.graphs["developers"], min(SAMPLED, most), key)
        enterprises = employers(market, developers)
    node_of_firm = np.full(len(market.enterprises), -1)
    node_of_firm[enterprises] = len(developers) + np.arange(len(enterprises))
    between = edges_among(market.graphs["developers"], developers)
    employed = employment(market, developers, node_of_firm)
    firms = edges_among(market.graphs["enterprises"], enterprises) + np.uint32(len(developers))
    every = np.concatenate([between, employed, firms])
    return Drawn(developers, enterprises, of, every, len(between), len(employed))


def employers(market: "Market", developers: Whole) -> Whole:
    """Rows of the enterprises that employ most of the drawn developers."""
    employer = market.developers.employer[developers]
    counts = np.bincount(employer[employer != NO_EMPLOYER], minlength=len(market.enterprises))
    order = np.argsort(-counts, kind="stable")[:SAMPLED_FIRMS]
    return np.sort(order[counts[order] > 0])


def edges_among(graph: Graph, rows: Whole) -> Ends:
    """Edges of a graph both of whose ends are in `rows`, as places in it, (edges, 2).

    A complete graph is no list of edges: that everybody knows everybody is not drawn.
    """
    if graph.kind != EDGES or not len(rows):
        return np.zeros((0, 2), np.uint32)
    if len(rows) == graph.size:
        return np.stack(edges(graph), axis=1)
    place = np.full(graph.size, -1)
    place[rows] = np.arange(len(rows))
    offsets: Whole = graph.offsets.astype(np.int64)
    lengths = offsets[rows + 1] - offsets[rows]
    first = np.repeat(offsets[rows] - np.cumsum(lengths) + lengths, lengths)
    ends = place[graph.neighbours[first + np.arange(lengths.sum())]]
    starts = np.repeat(np.arange(len(rows)), lengths)
    kept = ends > starts
    return np.stack([starts[kept], ends[kept]], axis=1).astype(np.uint32)


def employment(market: "Market", developers: Whole, node_of_firm: Whole) -> Ends:
    """Edges from drawn developers to their employers where those are drawn, (edges, 2)."""
    employer = market.developers.employer[developers]
    nodes = np.flatnonzero(employer != NO_EMPLOYER)
    firms = node_of_firm[employer[nodes].astype(np.int64)]
    drawn = firms >= 0
    return np.stack([nodes[drawn], firms[drawn]], axis=1).astype(np.uint32)
