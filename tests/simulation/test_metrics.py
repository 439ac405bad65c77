"""Concentration and divergence against closed forms, independent draws against a simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from simulation.metrics.concentration import (
    entropy,
    hhi,
    jensen_shannon,
    largest_divergence,
    top,
    turbulence,
)
from simulation.metrics.divergence import d_run, d_run_interval, independent_draws, leader_frequency


def monopolies(count: int) -> np.ndarray:
    """`count` vectors, each with another monopolist among as many labels."""
    return np.eye(count)


@pytest.mark.parametrize("count", [1, 2, 5, 15])
def test_k_equal_providers_have_an_hhi_of_one_over_k(count: int) -> None:
    assert hhi(np.full(count, 1 / count)) == pytest.approx(1 / count, rel=1e-15)


def test_hhi_of_a_monopoly_is_1_and_of_an_empty_market_is_missing() -> None:
    assert hhi([0.0, 1.0, 0.0]) == 1
    assert np.isnan(hhi([0.0, 0.0])) and np.isnan(hhi([np.nan, np.nan]))


def test_hhi_and_top_work_over_the_last_axis() -> None:
    shares = np.array([[[0.5, 0.5, 0.0], [0.2, 0.3, 0.5]]])
    assert hhi(shares).tolist() == [[0.5, pytest.approx(0.38)]]
    assert top(shares, 2).tolist() == [[1.0, pytest.approx(0.8)]]
    assert top(shares, 9).tolist() == [[1.0, pytest.approx(1.0)]]
    assert np.isnan(top([0.0, 0.0], 2))


def test_entropy_of_equal_shares_is_the_log_of_their_number() -> None:
    assert entropy(np.full(7, 1 / 7)) == pytest.approx(np.log(7), rel=1e-14)
    assert entropy([0.0, 1.0]) == 0


@pytest.mark.parametrize("count", [2, 3, 8])
def test_divergence_is_0_for_equal_vectors_and_1_for_different_monopolies(count: int) -> None:
    same = np.tile(np.arange(1, count + 1) / np.arange(1, count + 1).sum(), (count, 1))
    assert jensen_shannon(same) == pytest.approx(0, abs=1e-15)
    assert jensen_shannon(monopolies(count)) == pytest.approx(1, rel=1e-14)


def test_divergence_of_two_monopolies_among_k_labels_is_ln_2_over_ln_k() -> None:
    vectors = np.zeros((2, 6))
    vectors[0, 1] = vectors[1, 4] = 1
    assert jensen_shannon(vectors) == pytest.approx(np.log(2) / np.log(6), rel=1e-14)


def test_divergence_leaves_out_vectors_without_anybody() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [np.nan, np.nan], [0.0, 0.0]])
    assert jensen_shannon(vectors) == pytest.approx(1)
    assert np.isnan(jensen_shannon(vectors[1:]))


@given(arrays.arrays(np.float64, (4, 5), elements=st.floats(0.001, 1)))
@settings(max_examples=50, deadline=None)
def test_divergence_lies_in_0_1_whatever_the_order(weights: np.ndarray) -> None:
    shares = weights / weights.sum(axis=1, keepdims=True)
    value = float(jensen_shannon(shares))
    assert 0 <= value <= 1
    assert jensen_shannon(shares[::-1, ::-1]) == pytest.approx(value, abs=1e-14)


def test_turbulence_is_the_share_that_changed_hands() -> None:
    assert turbulence([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]) == pytest.approx(0.3)
    assert turbulence([1.0, 0.0], [0.0, 1.0]) == 1
    assert np.isnan(turbulence([1.0, 0.0], [np.nan, np.nan]))


def test_runs_that_tell_one_history_have_d_run_0_and_different_monopolists_1() -> None:
    shares = np.stack([np.tile(run, (3, 1)) for run in monopolies(4)])
    shares[:, 0] = [0.1, 0.2, 0.3, 0.4]
    assert d_run(shares) == pytest.approx([0, 1, 1], abs=1e-14)


def test_one_run_alone_has_no_divergence() -> None:
    assert np.isnan(d_run(np.array([[0.5, 0.5]])))


def test_the_interval_agrees_with_a_jackknife_written_out() -> None:
    shares = np.random.default_rng(4).dirichlet(np.ones(5), size=(7, 2))
    shares[3, 1] = np.nan
    each = np.stack([d_run(np.delete(shares, run, axis=0)) for run in range(7)])
    error = np.sqrt(6 / 7 * ((each - each.mean(axis=0)) ** 2).sum(axis=0))
    low, high = d_run_interval(shares)
    assert low == pytest.approx((d_run(shares) - 1.28155 * error).clip(0), rel=1e-4)
    assert high == pytest.approx(d_run(shares) + 1.28155 * error, rel=1e-4)


def test_the_interval_needs_three_runs() -> None:
    assert np.isnan(d_run_interval(monopolies(2)).low)


def drawn_independently(shares: np.ndarray, people: int, runs: int, repeats: int) -> float:
    draws = np.random.default_rng(11).multinomial(people, shares, size=(runs, repeats))
    return float(d_run(draws / people).mean())


@pytest.mark.parametrize(("people", "runs"), [(10_000, 4), (1_000, 20), (300, 8)])
def test_independent_draws_are_what_samples_show(people: int, runs: int) -> None:
    shares = np.array([0.45, 0.3, 0.15, 0.07, 0.03, 0.0])
    expected = independent_draws(shares, people, runs)
    assert drawn_independently(shares, people, runs, 4_000) == pytest.approx(expected, rel=0.04)


def test_forgetting_the_number_of_runs_would_be_noticed() -> None:
    shares = np.array([0.45, 0.3, 0.15, 0.07, 0.03, 0.0])
    wrong = independent_draws(shares, 10_000, 4) / (1 - 1 / 4)
    assert drawn_independently(shares, 10_000, 4, 4_000) != pytest.approx(wrong, rel=0.04)


def test_independent_draws_are_missing_where_nobody_has_adopted() -> None:
    assert np.isnan(independent_draws([[0.0, 0.0]], [0], 5)).all()


def test_agents_of_unlike_chances_spread_less_than_independent_draws() -> None:
    """So the yardstick is no lower bound: half take the first for sure, half the second."""
    luck = np.random.default_rng(3).binomial(50, [0.95, 0.05], size=(20, 2)).sum(axis=1) / 100
    shares = np.stack([luck, 1 - luck], axis=1)
    assert d_run(shares) < 0.5 * independent_draws(shares.mean(axis=0), 100, 20)


@pytest.mark.parametrize(("vectors", "labels"), [(3, 8), (2, 3), (20, 20)])
def test_few_vectors_cannot_differ_by_one(vectors: int, labels: int) -> None:
    """Each another monopolist: ln(vectors) / ln(labels), which no other vectors exceed."""
    monopolists = np.eye(labels)[:vectors]
    assert jensen_shannon(monopolists) == pytest.approx(np.log(vectors) / np.log(labels))
    assert largest_divergence(vectors, labels) == pytest.approx(jensen_shannon(monopolists))
    assert largest_divergence(labels + 1, labels) == 1
    others = np.random.default_rng(7).dirichlet(np.full(labels, 0.05), size=(500, vectors))
    assert jensen_shannon(others).max() < jensen_shannon(monopolists) + 1e-12


def test_leaders_are_counted_over_runs_and_ties_are_split() -> None:
    shares = np.array([[0.6, 0.4, 0], [0.1, 0.9, 0], [0.5, 0.5, 0], [np.nan] * 3])
    assert leader_frequency(shares) == pytest.approx([0.5, 0.5, 0])
    assert np.isnan(leader_frequency(np.full((2, 3), np.nan))).all()
