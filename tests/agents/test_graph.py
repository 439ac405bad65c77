"""The graph container: its invariants, its views of one graph, and its refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.graph import (
    COMPLETE,
    EDGES,
    NONE,
    Graph,
    block_of,
    block_starts,
    complete,
    degrees,
    edges,
    from_edges,
    neighbours_of,
    without_edges,
)


@st.composite
def pair_lists(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """A size and any pairs of agents, with loops, repeats and both directions."""
    size = draw(st.integers(1, 12))
    end = st.integers(0, size - 1)
    return size, draw(st.lists(st.tuples(end, end), max_size=40))


def built(size: int, pairs: list[tuple[int, int]]) -> Graph:
    """The graph of `pairs`."""
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return from_edges(size, table[:, 0], table[:, 1])


def expected_edges(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same pairs without loops, direction and repeats, by plain Python sets."""
    return sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})


@given(pair_lists())
def test_from_edges_keeps_each_proper_pair_once_and_in_both_rows(
    case: tuple[int, list[tuple[int, int]]],
) -> None:
    size, pairs = case
    graph = built(size, pairs)
    proper = expected_edges(pairs)
    rows = [
        [b for a, b in proper if a == i] + [a for a, b in proper if b == i] for i in range(size)
    ]
    assert graph.kind == EDGES and graph.size == size and graph.blocks == 1
    assert graph.offsets.dtype == graph.neighbours.dtype == np.uint32
    assert graph.offsets.shape == (size + 1,) and graph.offsets[0] == 0
    assert graph.offsets[-1] == graph.neighbours.size == 2 * len(proper)
    assert [neighbours_of(graph, i).tolist() for i in range(size)] == [sorted(r) for r in rows]
    assert degrees(graph).tolist() == [len(row) for row in rows]
    assert list(zip(*(ends.tolist() for ends in edges(graph)), strict=True)) == proper


@given(pair_lists())
def test_the_order_and_direction_of_pairs_do_not_matter(
    case: tuple[int, list[tuple[int, int]]],
) -> None:
    size, pairs = case
    turned = [(b, a) for a, b in reversed(pairs)]
    first, second = built(size, pairs), built(size, turned + pairs)
    assert np.array_equal(first.offsets, second.offsets)
    assert np.array_equal(first.neighbours, second.neighbours)


def test_from_edges_leaves_its_arguments_alone() -> None:
    src, dst = np.array([3, 1, 1], np.uint32), np.array([0, 1, 2], np.uint32)
    from_edges(4, src, dst)
    assert src.tolist() == [3, 1, 1] and dst.tolist() == [0, 1, 2]


def test_the_largest_agent_numbers_survive_the_packing_into_words() -> None:
    # 2**16 and more in either half of a word, and a sort that must not take them for signed.
    size = 200_000
    graph = from_edges(size, [199_999, 70_000], [70_000, 0])
    assert neighbours_of(graph, 70_000).tolist() == [0, 199_999]
    assert neighbours_of(graph, 199_999).tolist() == [70_000]
    assert degrees(graph).sum() == 4


@given(size=st.integers(1, 40), blocks=st.integers(1, 40))
def test_a_complete_graph_agrees_with_its_edges_written_out(size: int, blocks: int) -> None:
    blocks = min(blocks, size)
    graph = complete(size, blocks)
    assert graph.kind == COMPLETE and graph.blocks == blocks and graph.neighbours.size == 0
    written = from_edges(size, *edges(graph))
    assert np.array_equal(degrees(graph), degrees(written))
    member = [i * blocks // size for i in range(size)]
    for i in range(size):
        others = [j for j in range(size) if member[j] == member[i] and j != i]
        assert neighbours_of(graph, i).tolist() == others == neighbours_of(written, i).tolist()


@given(size=st.integers(1, 1000), blocks=st.integers(1, 1000))
def test_blocks_are_contiguous_and_of_nearly_equal_size(size: int, blocks: int) -> None:
    blocks = min(blocks, size)
    member, starts = block_of(size, blocks), block_starts(size, blocks)
    assert starts[0] == 0 and starts[-1] == size
    lengths = np.diff(starts)
    assert lengths.min() >= 1 and lengths.max() - lengths.min() <= 1
    assert np.array_equal(member, np.repeat(np.arange(blocks), lengths))


def test_nobody_has_neighbours_without_edges() -> None:
    graph = without_edges(3)
    assert graph.kind == NONE and degrees(graph).tolist() == [0, 0, 0]
    assert neighbours_of(graph, 2).size == 0 and edges(graph)[0].size == 0


@pytest.mark.parametrize("wrong", [-1, 3, 2**32])
def test_an_end_outside_the_graph_is_named(wrong: int) -> None:
    with pytest.raises(ValueError, match=rf"edge end {wrong} is outside \[0, 3\)"):
        from_edges(3, [0, wrong], [1, 1])


def test_ends_without_a_partner_are_refused() -> None:
    with pytest.raises(ValueError, match="2 ends in src but 1 in dst"):
        from_edges(3, [0, 1], [1])


@pytest.mark.parametrize("blocks", [0, 4])
def test_more_blocks_than_agents_are_refused_with_the_cure(blocks: int) -> None:
    with pytest.raises(ValueError, match=rf"blocks = {blocks} is outside \[1, 3\].*fewer blocks"):
        complete(3, blocks)


@pytest.mark.parametrize("size", [-1, 2**32])
def test_a_size_beyond_32_bits_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} agents"):
        without_edges(size)


@pytest.mark.parametrize("agent", [-1, 3])
def test_there_is_no_row_outside_the_graph(agent: int) -> None:
    with pytest.raises(IndexError, match=f"agent {agent}"):
        neighbours_of(without_edges(3), agent)


def test_a_vast_complete_graph_is_not_written_out() -> None:
    graph = complete(1_000_000)
    assert degrees(graph)[0] == 999_999
    with pytest.raises(ValueError, match="use more blocks or fewer agents"):
        edges(graph)
