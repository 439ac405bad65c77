"""What `check` says of the graphs that users bring: whether they fit, and what is in them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from agents.graph import Graph
    from simulation.config import Config
    from simulation.graph_file import FileGraph

POPULATIONS = ("developers", "consumers", "enterprises")


def check_graphs(config: "Config") -> None:
    """Read every graph as the market will.

    Raises
    ------
    ConfigError
        With what is wrong in any of them.
    """
    from simulation.config import ConfigError

    messages: list[str] = []
    for name in POPULATIONS:
        try:
            graph_of(config, name)
        except ConfigError as error:
            messages += error.messages
    if messages:
        raise ConfigError(messages)


def graph_of(config: "Config", name: str) -> "tuple[str, FileGraph] | None":
    """Path and network of a population whose network is from a file, industries checked."""
    path = config.inputs().get(f"networks.{name}.path")
    if path is None:
        return None
    from simulation.config_layers import label_of
    from simulation.graph_file import industries, read

    settings, size = getattr(config.networks, name), getattr(config, name).count
    content = config.content(path)
    found = read(settings, size, name, content)
    if name == "enterprises":
        industries(settings, size, content)
    return label_of(path), found


def graphs(config: "Config") -> "Iterator[tuple[str, FileGraph]]":
    """Where each graph from a file is said, with its path, and the network."""
    for name in POPULATIONS:
        found = graph_of(config, name)
        if found is not None:
            yield f"networks.{name}: {found[0]}", found[1]


def graph_lines(config: "Config") -> list[str]:
    """One line on each graph: nodes, edges, degrees, components and industries."""
    return [f"{place}: {facts(found)}" for place, found in graphs(config)]


def facts(found: "FileGraph") -> str:
    """What a network is like."""
    from agents.graph import degrees

    graph = found.graph
    degree, sizes = degrees(graph), component_sizes(graph)
    kinds = "" if found.industry is None else f", {found.industry.max() + 1} industries"
    edges = counted(graph.neighbours.size // 2, "edge")
    return (
        f"{counted(graph.size, 'node')}, {edges}, degree {degree.min()} to "
        f"{degree.max():,} (mean {degree.mean():.1f}), {np.count_nonzero(degree == 0):,} without "
        f"neighbours, {counted(sizes.size, 'component')} (largest {sizes.max():,}){kinds}"
    )


def component_sizes(graph: "Graph") -> "np.ndarray":
    """Nodes of each connected part of a network."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    present = np.ones(graph.neighbours.size, np.int8)
    offsets, neighbours = graph.offsets.astype(np.int64), graph.neighbours.astype(np.int64)
    matrix = csr_array((present, neighbours, offsets), shape=(graph.size, graph.size))
    return np.bincount(connected_components(matrix, directed=False)[1])


def removals(config: "Config") -> list[str]:
    """One line on each graph from which edges were removed."""
    return [
        f"{place}: removed {counted(found.loops, 'self-loop')} and "
        f"{counted(found.repeats, 'repeated edge')}; networks are simple and undirected"
        for place, found in graphs(config)
        if found.loops or found.repeats
    ]


def counted(count: int, thing: str) -> str:
    """A number and its noun, as "1 edge" or "2 edges"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
