"""Graphs that users bring: the bytes of a GraphML file or a list of edges in, a network out.

A network is simple and undirected: directions are ignored, and loops and repeats are removed.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.graph import Graph, block_of, from_edges
from simulation.config_errors import ConfigError
from simulation.config_layers import label_of
from simulation.config_sections import LARGEST_INDUSTRIES, FileNetwork
from simulation.graph_edge_list import LONGEST_WHOLE, WHOLE
from simulation.graph_edge_list import listing as edge_listing
from simulation.graph_listing import Source
from simulation.graph_markup import listing as graphml_listing
from simulation.input_file import bytes_of

MARKUP = ".graphml"


class FileGraph(NamedTuple):
    """A network from a file.

    graph : simple and undirected.  industry : of each node, or None; shape (nodes,).
    loops, repeats : how many edges were removed because both ends are one node, or because the
    pair stands there before, in either direction.
    """

    graph: Graph
    industry: NDArray[np.uint16] | None
    loops: int
    repeats: int


def read(settings: FileNetwork, size: int, name: str, content: bytes | None = None) -> FileGraph:
    """Network `name` of `size` agents, from its file, or from the bytes that were read before.

    Raises
    ------
    ConfigError
        With everything that is wrong with the file, with lines.
    """
    held = bytes_of(settings.path) if content is None else content
    source = Source(held, label_of(settings.path), size, name)
    return parsed(source, settings.path.suffix.lower())


@lru_cache(maxsize=3)  # the networks of one market: a study builds them anew for each seed
def parsed(source: Source, ending: str) -> FileGraph:
    """Network of the content of a file; it is shared, so nobody may write to it."""
    found = graphml_listing(source) if ending == MARKUP else edge_listing(source, ending)
    graph = from_edges(source.size, found.src, found.dst)
    loops = int(np.count_nonzero(found.src == found.dst))
    repeats = found.src.size - loops - graph.neighbours.size // 2
    industry = None if found.industry is None else ranked(found.industry, source.label)
    return FileGraph(graph, industry, loops, repeats)


def industries(
    settings: FileNetwork, size: int, content: bytes | None = None
) -> NDArray[np.uint16]:
    """Industry of each enterprise: of the file's nodes, else equal blocks, else one for all."""
    told = read(settings, size, "enterprises", content).industry
    if told is None:
        return block_of(size, settings.industries or 1).astype(np.uint16)
    if settings.industries is not None:
        raise ConfigError(
            [
                f"networks.enterprises.industries: {label_of(settings.path)} gives each node its "
                "industry; remove this"
            ]
        )
    return told


def ranked(labels: list[str], label: str) -> NDArray[np.uint16]:
    """Industries as numbers from 0: whole numbers by size, names by first appearance."""
    names = list(dict.fromkeys(labels))
    if all(WHOLE.fullmatch(name) and len(name) <= LONGEST_WHOLE for name in names):
        names.sort(key=int)
    if len(names) > LARGEST_INDUSTRIES:
        text = f"{len(names)} industries; at most {LARGEST_INDUSTRIES} are possible"
        raise ConfigError([f"{label}: {text}"])
    ranks = {name: rank for rank, name in enumerate(names)}
    return np.array([ranks[name] for name in labels], np.uint16)
