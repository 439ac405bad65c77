"""Who knows whom and who works for whom: settings in, graphs and employers out.

`build` is the one door to the network families.  Everything is a pure function of the settings,
the size, the seed and the network's name.
"""

from typing import TYPE_CHECKING, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from agents.developers import NO_EMPLOYER
from agents.draws import Key, permutation, stream
from agents.equations.shares import apportioned
from agents.graph import Graph, block_of, complete, edges, without_edges
from agents.kept import kept
from simulation import graph_file
from simulation.config_sections import (
    Complete,
    Employment,
    FileNetwork,
    GeneratedNetwork,
    NetworkSettings,
    NoNetwork,
    PowerLawCluster,
    Ring,
    RingHubs,
    StochasticBlock,
)
from simulation.graph_families import ring, ring_hubs, stochastic_block
from simulation.graph_growth import power_law_cluster

if TYPE_CHECKING:
    import networkx

MOST_INDUSTRIES = 2**16  # industries are stored in 16 bits


def build(
    settings: NetworkSettings, size: int, seed: int, name: str, content: bytes | None = None
) -> Graph:
    """Build the network `name` of `size` agents, in their natural order.

    `content` are the bytes of the file of a graph, if they were read before.  A generated graph is
    kept for the next market that has it, so it is not for writing.

    Raises
    ------
    ConfigError
        If the file of a graph is wrong.
    ValueError
        If the family cannot be built with these settings for so many agents; says the cure.
    """
    if isinstance(settings, FileNetwork):
        return graph_file.read(settings, size, name, content).graph
    try:
        return _graph(settings, size, stream(seed, f"network.{name}"))
    except ValueError as error:
        raise ValueError(f"networks.{name}, family {settings.family}: {error}") from error


@kept
def _graph(settings: GeneratedNetwork, size: int, key: Key) -> Graph:
    """Pass the settings of each family to its generator."""
    match settings:
        case NoNetwork():
            graph = without_edges(size)
        case Complete():
            graph = complete(size, settings.blocks)
        case Ring():
            graph = ring(size, settings.degree, settings.rewiring, key)
        case RingHubs():
            graph = ring_hubs(size, settings.degree, settings.rewiring, settings.hub_links, key)
        case PowerLawCluster():
            graph = power_law_cluster(size, settings.links, settings.triangles, key)
        case StochasticBlock():
            graph = stochastic_block(
                size, settings.industries, settings.degree, settings.within, key
            )
        case _:
            assert_never(settings)
    return graph


def industries(
    settings: NetworkSettings, size: int, content: bytes | None = None
) -> NDArray[np.uint16]:
    """Industry of each enterprise, shape (size,): the blocks of its network, else one for all.

    A graph from a file may say the industry of each node; `content` is as in `build`.
    """
    if isinstance(settings, FileNetwork):
        return graph_file.industries(settings, size, content)
    blocks = 1
    if isinstance(settings, StochasticBlock):
        blocks = settings.industries
    elif isinstance(settings, Complete):
        blocks = settings.blocks
    most = min(size, MOST_INDUSTRIES)
    if not 1 <= blocks <= most:
        raise ValueError(
            f"networks.enterprises, family {settings.family}: {blocks} industries are outside "
            f"[1, {most}]: use fewer industries or more enterprises"
        )
    return block_of(size, blocks).astype(np.uint16)


def employment(
    settings: Employment, seats: ArrayLike, developers: int, seed: int
) -> NDArray[np.uint32]:
    """Employer of each developer, `NO_EMPLOYER` for the self-employed; shape (developers,).

    The employed are a keyed draw of exactly the employed share, rounded; each enterprise employs
    in proportion to its seats, exact to less than one developer.
    """
    weights = np.asarray(seats, np.float64)
    employed = int(settings.employed_share * developers + 0.5)
    order = permutation(stream(seed, "network.employment"), developers)[:employed]
    employer = np.full(developers, NO_EMPLOYER, np.uint32)
    employer[order] = np.repeat(
        np.arange(weights.size, dtype=np.uint32), apportioned(employed, weights)
    )
    return employer


def to_networkx(graph: Graph) -> "networkx.Graph[int]":
    """Copy the network into a NetworkX graph, for layouts and for its algorithms."""
    import networkx

    result: networkx.Graph[int] = networkx.Graph()
    result.add_nodes_from(range(graph.size))
    src, dst = edges(graph)
    result.add_edges_from(zip(src.tolist(), dst.tolist(), strict=True))
    return result
