"""A connected sample: that of the words, breadth first, step by step."""

import numpy as np
import pytest

from agents.draws import permutation, stream
from agents.graph import Graph, complete, from_edges, neighbours_of, without_edges
from agents.sample import BROUGHT, connected_sample

KEY = stream(5, "sample")


def by_words(graph: Graph, size: int) -> list[int]:
    """The same sample, by lists."""
    order = permutation(KEY, graph.size).tolist()
    rank = {agent: place for place, agent in enumerate(order)}
    reached: list[int] = []
    for start in order:
        queue = [start]
        while queue and len(reached) < size:
            agent = queue.pop(0)
            if agent in reached:
                continue
            reached.append(agent)
            known = sorted(neighbours_of(graph, agent).tolist(), key=rank.__getitem__)
            queue += known[:BROUGHT]
    return sorted(reached)


@pytest.mark.parametrize("degree", [0.5, 1.5, 4.0, 40.0])
@pytest.mark.parametrize("size", [1, 2, 30, 199, 200, 5_000])
def test_a_sample_is_that_of_the_words(degree: float, size: int) -> None:
    draws = np.random.default_rng(int(10 * degree) + size)
    pairs = draws.integers(0, 200, (2, int(100 * degree)))
    graph = from_edges(200, *pairs)
    found = connected_sample(graph, size, KEY)
    assert found.tolist() == by_words(graph, size)
    assert len(found) == min(size, 200)


def test_a_hub_brings_only_some() -> None:
    star = from_edges(1000, np.zeros(999, int), np.arange(1, 1000))
    found = connected_sample(star, 50, KEY)
    assert found.tolist() == by_words(star, 50)


@pytest.mark.parametrize("graph", [without_edges(50), complete(50, 5), complete(1)])
def test_without_edges_the_sample_is_the_first_of_a_keyed_order(graph: Graph) -> None:
    size = min(20, graph.size)
    first = permutation(KEY, graph.size)[:size]
    assert connected_sample(graph, size, KEY).tolist() == sorted(first.tolist())
