"""The network of investors: known graphs have their known measures, NetworkX agrees."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import syndicates
from experiments.syndicates import measures, paid, shared_rounds
from simulation.columns import NOBODY

STAR = nx.to_numpy_array(nx.star_graph(4))
COMPLETE = nx.to_numpy_array(nx.complete_graph(5))
PATH = nx.to_numpy_array(nx.path_graph(4))


def table(*tickets: tuple[int, str, str, float]) -> syndicates.Table:
    """A table of rounds from (serial, provider, investor, ticket)."""
    serials, providers, investors, amounts = zip(*tickets, strict=True) if tickets else [()] * 4
    return {
        "round": np.array(serials, np.int64),
        "provider": np.array(providers, object),
        "investor": np.array(investors, object),
        "ticket": np.array(amounts, np.float64),
    }


ROUNDS = table(
    (0, "A", "Ann", 10.0),
    (0, "A", "Bob", 5.0),
    (0, "A", "Cid", 1.0),
    (1, "B", "Bob", 2.0),
    (1, "B", "Ann", 3.0),
    (2, "A", "Cid", 4.0),
    (3, "A", "other investors", 99.0),
)


# --- From tickets to the network ----------------------------------------------------------------


def test_two_are_joined_by_the_rounds_that_both_were_in() -> None:
    found = shared_rounds(ROUNDS, ("Ann", "Bob", "Cid", "Dan"))
    assert found.tolist() == [[0, 2, 1, 0], [2, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]]


def test_two_tickets_of_one_investor_in_a_round_are_one() -> None:
    twice = table((0, "A", "Ann", 1.0), (0, "A", "Ann", 1.0), (0, "A", "Bob", 1.0))
    assert shared_rounds(twice, ("Ann", "Bob")).tolist() == [[0, 1], [1, 0]]


def test_money_is_that_of_the_tickets() -> None:
    found = paid(ROUNDS, ("Ann", "Bob", "Cid", "Dan"), ("A", "B", NOBODY))
    assert found.tolist() == [[10, 3, 0], [5, 2, 0], [5, 0, 0], [0, 0, 0]]


def test_no_rounds_make_no_ties() -> None:
    nothing = table()
    assert not shared_rounds(nothing, ("Ann", "Bob")).any()
    assert not paid(nothing, ("Ann",), ("A",)).any()
    found = measures(shared_rounds(nothing, ("Ann", "Bob")))
    assert np.isnan(found.eigenvector).all() and np.isnan([found.skew, found.gini]).all()
    assert found.density == 0.0 and not found.betweenness.any()
    assert np.isnan(measures(np.zeros((1, 1))).density)
    assert np.isnan(measures(np.zeros((0, 0))).density)


# --- Known graphs ---------------------------------------------------------------------------------


def test_a_star_has_all_paths_through_its_centre() -> None:
    found = measures(STAR)
    assert found.degree.tolist() == [4, 1, 1, 1, 1]
    assert found.betweenness.tolist() == [1, 0, 0, 0, 0]
    assert found.eigenvector == pytest.approx([2**-0.5, *[8**-0.5] * 4])
    assert found.skew == pytest.approx(1.5)  # degrees 4, 1, 1, 1, 1
    assert found.gini == pytest.approx(0.3)
    assert found.density == pytest.approx(0.4)


def test_in_a_complete_graph_all_are_alike() -> None:
    found = measures(3 * COMPLETE)
    assert found.degree.tolist() == [12] * 5
    assert not found.betweenness.any()
    assert found.eigenvector == pytest.approx([5**-0.5] * 5)
    assert np.isnan(found.skew) and found.gini == pytest.approx(0.0) and found.density == 1.0


def test_a_path_has_its_middle_between() -> None:
    found = measures(PATH)
    assert found.betweenness == pytest.approx([0, 2 / 3, 2 / 3, 0])
    golden = (1 + 5**0.5) / 2
    assert found.eigenvector[1] / found.eigenvector[0] == pytest.approx(golden)
    assert found.density == 0.5


def test_the_shortest_path_leads_through_those_who_shared_most() -> None:
    strong = np.array([[0, 4, 1], [4, 0, 4], [1, 4, 0]], float)
    assert measures(strong).betweenness.tolist() == [0, 1, 0]  # 1/4 + 1/4 is nearer than 1
    assert not measures(np.minimum(strong, 1.0)).betweenness.any()


def test_two_equal_parts_share_the_eigenvector() -> None:
    pairs = np.kron(np.eye(2), [[0.0, 1.0], [1.0, 0.0]])
    assert measures(pairs).eigenvector == pytest.approx([0.5] * 4)
    pairs[0, 1] = pairs[1, 0] = 2.0
    assert measures(pairs).eigenvector == pytest.approx([2**-0.5, 2**-0.5, 0, 0])


@given(st.lists(st.integers(0, 5), min_size=15, max_size=15))
def test_networkx_finds_the_same(ties: list[int]) -> None:
    shared = np.zeros((6, 6))
    shared[np.triu_indices(6, 1)] = ties
    shared += shared.T
    graph = nx.from_numpy_array(shared)
    found = measures(shared)
    assert found.degree.tolist() == [value for _, value in graph.degree(weight="weight")]
    assert found.density == pytest.approx(nx.density(graph))
    if nx.is_connected(graph):
        central = nx.eigenvector_centrality(graph, max_iter=10_000, tol=1e-10, weight="weight")
        assert found.eigenvector == pytest.approx(list(central.values()), abs=1e-5)


# --- Planted bugs ---------------------------------------------------------------------------------


def test_distances_that_grow_with_shared_rounds_would_be_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strong = np.array([[0, 4, 1], [4, 0, 4], [1, 4, 0]], float)
    right = syndicates.betweenness(strong)
    central = nx.betweenness_centrality
    monkeypatch.setattr(nx, "betweenness_centrality", lambda graph, weight: central(graph))
    assert syndicates.betweenness(strong).tolist() != right.tolist()
