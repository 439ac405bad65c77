"""Network families against closed forms, reference generators and their own promises."""

import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from agents import draws
from agents.developers import NO_EMPLOYER
from agents.equations.shares import apportioned
from agents.graph import COMPLETE, EDGES, NONE, Graph, degrees, edges, neighbours_of
from simulation import graph_families, graph_growth
from simulation.config_sections import (
    Complete,
    Employment,
    NetworkSettings,
    NoNetwork,
    PowerLawCluster,
    Ring,
    RingHubs,
    StochasticBlock,
)
from simulation.network import build, employment, industries, to_networkx

RANDOM_FAMILIES = (
    Ring(degree=8, rewiring=0.1),
    RingHubs(degree=10, rewiring=0.1, hub_links=2),
    PowerLawCluster(links=4, triangles=0.3),
    StochasticBlock(industries=8, degree=6, within=0.8),
)
FAMILY_NAMES = [family.family for family in RANDOM_FAMILIES]


# What is measured on a graph


def clustering(graphs: list[nx.Graph]) -> float:
    """Mean of the local clustering coefficients."""
    return float(np.mean([nx.average_clustering(graph) for graph in graphs]))


def pooled_degrees(graphs: list[nx.Graph]) -> NDArray[np.int64]:
    """Degrees of all agents of all graphs."""
    return np.array([degree for graph in graphs for _, degree in graph.degree])


def distance(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Largest gap between two distribution functions (Kolmogorov and Smirnov)."""
    points = np.union1d(first, second)
    shares = [np.searchsorted(np.sort(x), points, "right") / x.size for x in (first, second)]
    return float(np.abs(shares[0] - shares[1]).max())


def tail_exponent(values: NDArray[np.int64], top: int) -> float:
    """Exponent of the density over the `top` largest values (Hill 1975)."""
    largest = np.sort(values.astype(float))[::-1][: top + 1]
    return float(1 + 1 / np.log(largest[:-1] / largest[-1]).mean())


def several(family: NetworkSettings, size: int, count: int = 3) -> list[nx.Graph]:
    """Graphs of one family under `count` seeds."""
    return [to_networkx(build(family, size, seed, "test")) for seed in range(count)]


def within_share(graph: Graph, blocks: int) -> float:
    """Share of edges that join two agents of one block."""
    first, second = (ends.astype(np.int64) * blocks // graph.size for ends in edges(graph))
    return float((first == second).mean())


def assert_simple(graph: Graph) -> None:
    """Check each promise of the container, entry by entry."""
    offsets, neighbours = graph.offsets, graph.neighbours
    assert offsets.dtype == neighbours.dtype == np.uint32
    assert offsets.shape == (graph.size + 1,) and offsets[0] == 0
    assert offsets[-1] == neighbours.size and np.all(np.diff(offsets.astype(np.int64)) >= 0)
    pairs = set()
    for i in range(graph.size):
        row = neighbours[offsets[i] : offsets[i + 1]].astype(np.int64)
        assert np.all(np.diff(row) > 0), "rows are ascending, without repeats"
        assert i not in row and np.all(row < graph.size)
        pairs |= {(i, int(j)) for j in row}
    assert pairs == {(j, i) for i, j in pairs}, "who is known knows"


# Every family, every size


@st.composite
def buildable(draw: st.DrawFn) -> tuple[NetworkSettings, int]:
    """Settings and a size that fit each other, small and dense ones included."""
    size = draw(st.integers(1, 60))
    share = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)
    families = ["none", "complete", "ring", "ring_hubs", "stochastic_block"]
    family = draw(st.sampled_from(families + ["power_law_cluster"] * (size > 1)))
    if family == "none":
        return NoNetwork(), size
    if family == "complete":
        return Complete(blocks=draw(st.integers(1, size))), size
    if family == "ring":
        return Ring(degree=2 * draw(st.integers(0, (size - 1) // 2)), rewiring=draw(share)), size
    if family == "ring_hubs":
        half = draw(st.integers(0, (size - 1) // 2))
        hub_links = draw(st.integers(0, half))
        return RingHubs(degree=2 * half, rewiring=draw(share), hub_links=hub_links), size
    if family == "power_law_cluster":
        return PowerLawCluster(links=draw(st.integers(1, size - 1)), triangles=draw(share)), size
    blocks = draw(st.integers(1, size))
    lengths = np.bincount(np.arange(size) * blocks // size)
    inside = int((lengths * (lengths - 1)).sum())  # ends of all pairs inside blocks
    across = size * (size - 1) - inside
    filled = draw(share)
    within = draw(
        st.sampled_from([0.0] * (across > 0) + [1.0] * (inside > 0)) if size > 1 else share
    )
    degree = filled * (within * inside + (1 - within) * across) / size
    return StochasticBlock(industries=blocks, degree=degree, within=within), size


@settings(max_examples=300, deadline=None)
@given(buildable(), st.integers(0, 2**63 - 1))
def test_every_family_gives_a_simple_graph_of_the_asked_size(
    case: tuple[NetworkSettings, int], seed: int
) -> None:
    family, size = case
    graph = build(family, size, seed, "test")
    assert_simple(graph)
    assert graph.size == size
    assert graph.kind == {"none": NONE, "complete": COMPLETE}.get(family.family, EDGES)


@pytest.mark.parametrize("size", [9, 10, 11, 12, 99, 100, 101])
@pytest.mark.parametrize("family", RANDOM_FAMILIES, ids=FAMILY_NAMES)
def test_one_agent_more_is_no_trouble(family: NetworkSettings, size: int) -> None:
    if isinstance(family, RingHubs) and size <= 10:
        family = family.model_copy(update={"degree": 8})
    if isinstance(family, StochasticBlock):
        family = family.model_copy(update={"degree": 0.2})
    assert_simple(build(family, size, 1, "test"))


# Pure functions of settings, size, seed and name


@pytest.mark.parametrize("family", RANDOM_FAMILIES, ids=FAMILY_NAMES)
def test_a_graph_is_fixed_by_its_seed_and_its_name(family: NetworkSettings) -> None:
    first = build(family, 500, 7, "developers")
    again = build(family, 500, 7, "developers")
    assert first.offsets.tobytes() == again.offsets.tobytes()
    assert first.neighbours.tobytes() == again.neighbours.tobytes()
    for seed, name in ((8, "developers"), (7, "consumers")):
        other = build(family, 500, seed, name)
        assert first.neighbours.tobytes() != other.neighbours.tobytes()


def test_the_kernel_draws_as_the_arrays_do() -> None:
    keys = draws.below(draws.stream(3, "test"), np.arange(200, dtype=np.uint64))
    folded = np.array([graph_growth._fold(key, part) for part, key in enumerate(keys)], np.uint64)
    assert np.array_equal(folded, draws.fold(keys, np.arange(200, dtype=np.uint64)))
    assert not np.array_equal(folded, draws.fold(keys, np.arange(1, 201, dtype=np.uint64)))


def test_an_older_power_law_cluster_is_inside_a_larger_one() -> None:
    # Growth looks back only, so later agents change nothing among the earlier ones.
    family = PowerLawCluster(links=3, triangles=0.5)
    small, large = build(family, 300, 1, "test"), build(family, 500, 1, "test")
    src, dst = edges(large)
    inside = dst < 300
    assert np.array_equal(np.array(edges(small)), np.array((src[inside], dst[inside])))


# Ring and small world


@pytest.mark.parametrize(("size", "degree"), [(12, 4), (9, 8), (3, 2), (50, 10)])
def test_an_unrewired_ring_is_the_lattice(size: int, degree: int) -> None:
    graph = build(Ring(degree=degree, rewiring=0), size, 1, "test")
    for i in range(size):
        near = {(i + lag) % size for lag in range(-degree // 2, degree // 2 + 1)} - {i}
        assert neighbours_of(graph, i).tolist() == sorted(near)


def moved_share(rewiring: float) -> float:
    """Share of edges of a ring that are longer than the lattice's."""
    graph = build(Ring(degree=8, rewiring=rewiring), 4000, 1, "test")
    src, dst = edges(graph)
    length = np.minimum(dst - src, 4000 - (dst - src))
    return float((length > 4).mean())


def test_rewiring_moves_its_share_of_edges_and_no_other_share() -> None:
    error = 5 * np.sqrt(0.1 * 0.9 / 16_000)
    expected = 0.1 * (1 - 8 / 3999)  # some land near by chance
    assert moved_share(0.1) == pytest.approx(expected, abs=error)
    assert moved_share(0.13) != pytest.approx(expected, abs=error)


def test_places_are_rewired_independently_of_each_other() -> None:
    size = 4000
    src, dst = edges(build(Ring(degree=8, rewiring=0.3), size, 1, "test"))
    kept = np.zeros((4, size))
    for lag in range(1, 5):
        kept[lag - 1, src[dst - src == lag]] = 1
        kept[lag - 1, dst[dst - src == size - lag]] = 1  # those across the end of the ring
    error = 5 / np.sqrt(size)
    beside = [np.corrcoef(row, np.roll(row, 1))[0, 1] for row in kept]
    across = np.corrcoef(kept)[np.triu_indices(4, 1)]
    assert np.abs(beside).max() < error and np.abs(across).max() < error
    repeated = np.repeat(kept[0, ::2], 2)
    assert np.corrcoef(repeated, np.roll(repeated, 1))[0, 1] > error


def test_a_small_world_has_the_clustering_and_degrees_of_the_reference() -> None:
    ours = several(Ring(degree=8, rewiring=0.1), 2000)
    other = several(Ring(degree=8, rewiring=0.2), 2000)
    reference = [nx.watts_strogatz_graph(2000, 8, 0.1, seed=seed) for seed in range(3)]
    closed_form = 3 * 6 / (4 * 7) * 0.9**3
    for expected in (clustering(reference), closed_form):
        assert clustering(ours) == pytest.approx(expected, abs=0.02)
        assert clustering(other) != pytest.approx(expected, abs=0.02)
    critical = 1.95 * np.sqrt(2 / 6000)  # of the distance, at one in a thousand
    assert distance(pooled_degrees(ours), pooled_degrees(reference)) < critical
    assert distance(pooled_degrees(other), pooled_degrees(reference)) > critical
    assert pooled_degrees(ours).min() >= 4, "each agent keeps the near end of half of its edges"


def test_a_fully_rewired_ring_forgets_the_lattice() -> None:
    ours = several(Ring(degree=8, rewiring=1), 2000)
    assert clustering(ours) < 0.01


@pytest.mark.parametrize("rewiring", [0.0, 0.3, 1.0])
def test_rewiring_loses_no_edge(rewiring: float) -> None:
    for seed in range(20):
        graph = build(Ring(degree=8, rewiring=rewiring), 30, seed, "test")
        assert graph.neighbours.size == 8 * 30


def test_without_redraws_edges_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_families, "ROUNDS", 0)
    sizes = [build(Ring(degree=8, rewiring=1), 30, s, "test").neighbours.size for s in range(20)]
    assert np.mean(sizes) < 0.95 * 8 * 30


# Ring with hubs


def test_hubs_keep_the_total_mean_degree_and_have_a_tail_of_exponent_three() -> None:
    size = 50_000
    counts = degrees(build(RingHubs(degree=10, rewiring=0.1, hub_links=2), size, 1, "test"))
    plain = degrees(build(Ring(degree=10, rewiring=0.1), size, 1, "test"))
    assert counts.mean() == pytest.approx(10, rel=1e-4)
    # The links that others make to an agent: all but the 6 of the ring and its own 2.
    arrivals = np.maximum(counts.astype(np.int64) - 8, 1)
    assert 2.7 < tail_exponent(arrivals, size // 200) < 3.3
    assert tail_exponent(plain.astype(np.int64), size // 200) > 6
    largest = 2 * np.sqrt(size)  # expected links to the most popular
    assert abs(counts.max() - 8 - largest) < 6 * np.sqrt(largest)


def test_hubs_lie_anywhere_on_the_ring() -> None:
    size, top = 20_000, 200

    def spread(family: NetworkSettings) -> float:
        hubs = np.sort(np.argsort(degrees(build(family, size, 1, "test")))[-top:])
        return float(np.abs(hubs / size - np.arange(top) / top).max())

    critical = 1.95 / np.sqrt(top)
    assert spread(RingHubs(degree=10, rewiring=0.1, hub_links=2)) < critical
    assert spread(PowerLawCluster(links=5, triangles=0)) > critical  # the first are the hubs


# Power-law cluster


def literal_growth(size: int, links: int, triangles: float, seed: int) -> nx.Graph:
    """Holme and Kim's growth in plain Python, one list of tickets, another source of luck."""
    luck = np.random.default_rng(seed)
    graph = nx.empty_graph(links)
    tickets = list(range(links))
    for newcomer in range(links, size):
        made: list[int] = []
        hub = -1
        while len(made) < links:
            friends = [i for i in graph[hub] if i not in made] if made else []
            if newcomer > links and friends and luck.random() < triangles:
                made.append(friends[luck.integers(len(friends))])
                continue
            hub = tickets[luck.integers(len(tickets))]
            while hub in made:
                hub = tickets[luck.integers(len(tickets))]
            made.append(hub)
        for agent in made:
            graph.add_edge(newcomer, agent)
            tickets += [newcomer, agent]
    return graph


def test_the_kernel_grows_what_the_literal_model_grows() -> None:
    for triangles in (0.3, 1.0):
        ours = several(PowerLawCluster(links=4, triangles=triangles), 800, 6)
        literal = [literal_growth(800, 4, triangles, seed) for seed in range(6)]
        other = several(PowerLawCluster(links=4, triangles=triangles - 0.1), 800, 6)
        assert clustering(ours) == pytest.approx(clustering(literal), abs=0.015)
        assert clustering(other) != pytest.approx(clustering(literal), abs=0.015)
        critical = 1.95 * np.sqrt(2 / 4800)
        assert distance(pooled_degrees(ours), pooled_degrees(literal)) < critical


def test_a_power_law_cluster_has_the_degrees_and_clustering_of_the_reference() -> None:
    ours = several(PowerLawCluster(links=4, triangles=0.3), 2000)
    other = several(PowerLawCluster(links=4, triangles=0.5), 2000)
    # The reference may link a pair twice, which weighs on its hubs: 10 % is its tolerance here.
    reference = [nx.powerlaw_cluster_graph(2000, 4, 0.3, seed=seed) for seed in range(3)]
    assert clustering(ours) == pytest.approx(clustering(reference), rel=0.1)
    assert clustering(other) != pytest.approx(clustering(reference), rel=0.1)
    uniform = [nx.gnm_random_graph(2000, 7984, seed=seed) for seed in range(3)]
    critical = 1.95 * np.sqrt(2 / 6000)
    assert distance(pooled_degrees(ours), pooled_degrees(reference)) < critical
    assert distance(pooled_degrees(uniform), pooled_degrees(reference)) > critical


def test_a_power_law_cluster_has_the_closed_form_of_preferential_attachment() -> None:
    graph = build(PowerLawCluster(links=4, triangles=0.3), 20_000, 1, "test")
    counts = degrees(graph).astype(np.int64)
    assert graph.neighbours.size == 2 * 4 * (20_000 - 4), "each newcomer makes all its links"
    assert counts[4:].min() == 4
    # P(k) = 2 m (m + 1) / (k (k + 1) (k + 2)), Dorogovtsev, Mendes and Samukhin 2000.
    for k in (4, 5, 6, 8):
        share = 2 * 4 * 5 / (k * (k + 1) * (k + 2))
        assert (counts == k).mean() == pytest.approx(share, abs=0.015)
    assert 2.6 < tail_exponent(counts, 300) < 3.2
    assert tail_exponent(degrees(build(Ring(rewiring=1), 20_000, 1, "test")), 300) > 6


def test_the_smallest_power_law_cluster_is_a_star() -> None:
    graph = build(PowerLawCluster(links=4, triangles=0.3), 5, 1, "test")
    assert neighbours_of(graph, 4).tolist() == [0, 1, 2, 3]
    assert degrees(graph).tolist() == [1, 1, 1, 1, 4]


# Stochastic block


def test_industries_have_their_share_of_edges_and_the_mean_degree() -> None:
    size = 8000
    graph = build(StochasticBlock(industries=8, degree=6, within=0.8), size, 1, "test")
    other = build(StochasticBlock(industries=8, degree=6, within=0.77), size, 1, "test")
    count = graph.neighbours.size / 2
    error = 5 * np.sqrt(0.8 * 0.2 / count)
    assert within_share(graph, 8) == pytest.approx(0.8, abs=error)
    assert within_share(other, 8) != pytest.approx(0.8, abs=error)
    assert count == pytest.approx(3 * size, abs=5 * np.sqrt(3 * size))


def test_the_smallest_share_inside_industries_is_none() -> None:
    key = np.uint64(1)
    tiny, none = (graph_families.stochastic_block(40, 4, 6, share, key) for share in (5e-324, 0.0))
    assert np.array_equal(edges(tiny), edges(none))


def test_stochastic_blocks_have_the_degrees_of_the_reference() -> None:
    inside, across = 0.8 * 6 / 249, 0.2 * 6 / 1750
    table = [[inside if i == j else across for j in range(8)] for i in range(8)]
    reference = [nx.stochastic_block_model([250] * 8, table, seed=seed) for seed in range(3)]
    ours = several(StochasticBlock(industries=8, degree=6, within=0.8), 2000)
    other = several(StochasticBlock(industries=8, degree=6.5, within=0.8), 2000)
    critical = 1.95 * np.sqrt(2 / 6000)
    assert distance(pooled_degrees(ours), pooled_degrees(reference)) < critical
    assert distance(pooled_degrees(other), pooled_degrees(reference)) > critical
    assert clustering(ours) == pytest.approx(clustering(reference), abs=0.005)


def test_no_pair_of_industries_is_favoured() -> None:
    size, blocks = 10_003, 5
    graph = build(StochasticBlock(industries=blocks, degree=20, within=0.2), size, 1, "test")
    first, second = (ends.astype(np.int64) * blocks // size for ends in edges(graph))
    table = np.bincount(first * blocks + second, minlength=blocks**2).reshape(blocks, blocks)
    across = table[np.triu_indices(blocks, 1)]
    assert np.abs(across - across.mean()).max() < 5 * np.sqrt(across.mean())
    assert np.abs(np.diag(table) - np.diag(table).mean()).max() < 5 * np.sqrt(table[0, 0])


def test_full_blocks_are_cliques() -> None:
    graph = build(StochasticBlock(industries=3, degree=3, within=1), 12, 1, "test")
    assert [neighbours_of(graph, i).tolist() for i in (0, 5, 11)] == [
        [1, 2, 3],
        [4, 6, 7],
        [8, 9, 10],
    ]


def test_every_place_succeeds_with_the_same_probability() -> None:
    trials = 4000
    counts = np.zeros(12)
    for trial in range(trials):
        key = draws.stream(trial, "test")
        counts[graph_families._bernoulli_places(12, 0.3, key)] += 1
    assert np.abs(counts / trials - 0.3).max() < 4.5 * np.sqrt(0.3 * 0.7 / trials)


def test_places_go_on_where_the_first_draws_did_not_suffice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(graph_families, "uniform", lambda keys: np.full(keys.size, 1 - 1e-12))
    places = graph_families._bernoulli_places(1000, 0.1, np.uint64(1))
    assert np.array_equal(places, np.arange(1000))


# Refusals


@pytest.mark.parametrize(
    ("family", "size", "message"),
    [
        (Ring(degree=8), 8, "degree = 8 is not below 8.*lower degree, more agents or"),
        (Ring(degree=8), 1, "degree = 8 is not below 1"),
        (RingHubs(degree=10), 10, "degree = 10 is not below 10"),
        (PowerLawCluster(links=4), 4, r"links = 4 is outside \[1, 3\].*fewer links"),
        (PowerLawCluster(links=1), 1, r"links = 1 is outside"),
        (PowerLawCluster(links=5000), 500_000, "do not fit 32-bit offsets"),
        (StochasticBlock(industries=9, degree=1), 8, r"industries = 9 is outside \[1, 8\]"),
        (StochasticBlock(industries=8, degree=6), 16, "edges inside industries.*lower degree"),
        (StochasticBlock(industries=1, degree=2), 16, "edges across industries.*within"),
        (Complete(blocks=3), 2, r"blocks = 3 is outside \[1, 2\]"),
    ],
)
def test_what_cannot_be_built_is_refused_with_the_cure(
    family: NetworkSettings, size: int, message: str
) -> None:
    with pytest.raises(
        ValueError, match=rf"networks\.consumers, family {family.family}: .*{message}"
    ):
        build(family, size, 1, "consumers")


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_shares_outside_the_unit_interval_are_refused(share: float) -> None:
    key = np.uint64(1)
    with pytest.raises(ValueError, match="rewiring"):
        graph_families.ring(10, 4, share, key)
    with pytest.raises(ValueError, match="triangles"):
        graph_growth.power_law_cluster(10, 2, share, key)
    with pytest.raises(ValueError, match="within"):
        graph_families.stochastic_block(10, 2, 1, share, key)


def test_an_odd_degree_is_refused_with_its_even_neighbours() -> None:
    with pytest.raises(ValueError, match=r"degree = 3 must be an even.*use 2 or 4"):
        graph_families.ring(10, 3, 0.1, np.uint64(1))
    with pytest.raises(ValueError, match=r"degree = 7 must be an even.*use 6 or 8"):
        graph_families.ring_hubs(20, 7, 0.1, 2, np.uint64(1))


def test_hub_links_beyond_the_degree_are_refused() -> None:
    with pytest.raises(ValueError, match="hub_links = 3 alone make 6"):
        graph_families.ring_hubs(20, 4, 0.1, 3, np.uint64(1))


# Industries and employment


def test_industries_are_the_blocks_of_the_network_or_one() -> None:
    assert industries(StochasticBlock(industries=3), 7).tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert industries(Complete(blocks=2), 4).tolist() == [0, 0, 1, 1]
    assert industries(Ring(), 3).tolist() == [0, 0, 0]
    assert industries(NoNetwork(), 3).dtype == np.uint16


@pytest.mark.parametrize(("blocks", "size"), [(8, 7), (65_537, 100_000)])
def test_more_industries_than_enterprises_or_codes_are_refused(blocks: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"{blocks} industries are outside"):
        industries(Complete(blocks=blocks), size)


@pytest.mark.parametrize(("share", "employed"), [(0.0, 0), (0.6, 599), (1.0, 999)])
def test_enterprises_employ_exactly_in_proportion_to_seats(share: float, employed: int) -> None:
    seats = np.array([500.0, 300.0, 150.0, 50.0, 0.0])
    employer = employment(Employment(employed_share=share), seats, 999, 1)
    assert employer.dtype == np.uint32 and employer.shape == (999,)
    working = employer[employer != NO_EMPLOYER]
    assert working.size == employed
    counts = np.bincount(working, minlength=5)
    assert np.array_equal(counts, apportioned(employed, seats))
    assert counts[4] == 0


def test_who_is_employed_is_drawn_and_not_a_matter_of_order() -> None:
    first = employment(Employment(), np.ones(100), 10_000, 1)
    again = employment(Employment(), np.ones(100), 10_000, 1)
    other = employment(Employment(), np.ones(100), 10_000, 2)
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    working = np.flatnonzero(first != NO_EMPLOYER)
    assert abs(working.mean() - 4999.5) < 5 * 10_000 / np.sqrt(12 * 6000)
    assert abs(np.corrcoef(working, first[working])[0, 1]) < 5 / np.sqrt(6000)


# The one import of NetworkX


def test_to_networkx_copies_agents_and_edges() -> None:
    graph = build(StochasticBlock(industries=2, degree=1), 40, 1, "test")
    copied = to_networkx(graph)
    assert list(copied) == list(range(40))
    assert all(sorted(copied[i]) == neighbours_of(graph, i).tolist() for i in range(40))
    assert to_networkx(build(Complete(blocks=2), 6, 1, "test")).number_of_edges() == 6


def test_building_networks_does_not_import_networkx() -> None:
    program = (
        "import sys; from simulation.network import build; "
        "from simulation.config_sections import Ring; build(Ring(), 20, 1, 'test'); "
        "sys.exit('networkx' in sys.modules)"
    )
    checkout = Path(graph_families.__file__).parent.parent
    assert (
        subprocess.run([sys.executable, "-c", program], cwd=checkout, check=False).returncode == 0
    )
