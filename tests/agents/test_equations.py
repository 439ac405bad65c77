"""Equations against closed forms, identities and directions."""

import numpy as np
import pytest

from agents.equations import procurement, usage
from agents.equations.adoption import adoption_hazard, reconsideration_hazard
from agents.equations.choice import (
    capability_in_use,
    logit_shares,
    nested_shares,
    switching_cost,
    taste_types,
    upgraded,
    upgrading,
)
from agents.equations.sizes import pareto_sizes, spending_weights


def test_taste_types_keep_the_mean_and_most_of_the_spread() -> None:
    eta = taste_types(0.3, 8)
    assert eta.mean() == pytest.approx(np.exp(0.3**2 / 2), rel=1e-12)
    whole = taste_types(0.3, 4000)
    assert np.log(whole).std() == pytest.approx(0.3, rel=0.01)
    assert (taste_types(0.0) == 1.0).all()


def test_taste_types_match_gauss_hermite_in_a_mixed_logit() -> None:
    """V2's closed form: the 8 types reproduce the integral over tastes to .001."""
    capability = np.array([0.0, 0.5, 1.2])
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    exact = weights / weights.sum() @ logit_shares(np.exp(0.3 * nodes)[:, None] * 2.0 * capability)
    eight = logit_shares(taste_types(0.3)[:, None] * 2.0 * capability).mean(axis=0)
    assert np.abs(eight - exact).max() < 1e-3


def test_switching_cost_rises_from_its_base_to_its_ceiling() -> None:
    cost = switching_cost(np.array([0.0, 12.0, 1e6]), 0.5, 1.5, 12.0)
    assert cost == pytest.approx([0.5, 0.5 + 1.5 * (1 - np.exp(-1)), 2.0])


def test_a_release_reaches_44_percent_of_users_in_a_month_and_all_after_a_year() -> None:
    moved, old, new = np.array(0.0), np.array(0.0), np.array(1.0)
    moved = upgraded(moved, new, upgrading(1.1))
    assert capability_in_use(moved, old, 0.66) == pytest.approx(0.66 * (1 - np.exp(-1.1)))
    for _ in range(60):
        moved = upgraded(moved, new, upgrading(1.1))
    assert capability_in_use(moved, new, 0.66) == pytest.approx(1.0)


def test_a_nest_of_one_or_of_dissimilarity_one_is_the_logit() -> None:
    utility = np.array([0.2, -0.4, 1.0])
    one = np.array([False, True, False])
    assert nested_shares(utility, one, 0.5) == pytest.approx(logit_shares(utility))
    assert nested_shares(utility, one | [True, False, False], 1.0) == pytest.approx(
        logit_shares(utility)
    )


def test_clones_in_a_tight_nest_share_one_share() -> None:
    """Red bus, blue bus: two equal clones in the nest take little more than one would."""
    nest = np.array([False, True, True])
    shares = nested_shares(np.zeros(3), nest, 0.05)
    assert shares == pytest.approx([0.5, 0.25, 0.25], abs=0.01)
    assert nested_shares(np.zeros(3), nest, 1.0) == pytest.approx([1 / 3] * 3)


def test_hazards_are_probabilities_and_rise_with_their_causes() -> None:
    share = np.linspace(0, 1, 11)
    hazard = adoption_hazard(share, 0.02, 0.09)
    assert hazard[0] == pytest.approx(1 - np.exp(-0.02))
    assert (np.diff(hazard) > 0).all()
    assert hazard.max() < 1
    calm, shocked = reconsideration_hazard(0.5, np.array([0.0, 1.0]), 0.015, 0.05, 0.5)
    assert calm == pytest.approx(1 - np.exp(-0.04))
    assert shocked == pytest.approx(1 - np.exp(-0.54))


def test_pareto_sizes_are_truncated_sorted_and_sum_to_the_total() -> None:
    sizes = pareto_sizes(1000, 300.0, 1.06, 2.5)
    assert sizes.sum() == pytest.approx(300.0)
    assert (np.diff(sizes) > 0).all()
    assert sizes[-1] < 2.5
    survival = 1 - (np.arange(1000) + 0.5) / 1000
    middle = slice(100, 700)  # far from the truncation the survival function is a power law
    slope = np.polyfit(np.log(sizes[middle]), np.log(survival[middle]), 1)[0]
    assert slope == pytest.approx(-1.06, abs=0.12)
    assert pareto_sizes(1, 300.0, 1.06, 2.5) == pytest.approx([300.0])
    assert pareto_sizes(3, 300.0, 1.06, 2.5).sum() == pytest.approx(300.0)


def test_spending_is_300_times_the_median_at_the_99th_percentile() -> None:
    weights = spending_weights(10_000, 2.45)
    assert weights.mean() == pytest.approx(1.0)
    assert np.quantile(weights, 0.99) / np.median(weights) == pytest.approx(299, rel=0.02)
    assert weights[-1] == weights[-100]  # winsorised
    assert (spending_weights(5, 0.0) == 1.0).all()


def test_price_response_has_its_elasticity() -> None:
    low, high = usage.price_response(np.array([5.0, 10.0]), 10.0, 1.1)
    assert np.log(low / high) / np.log(0.5) == pytest.approx(-1.1)
    assert high == 1.0
    assert usage.price_response(np.array([0.0]), 10.0, 0.0) == [1.0]


def test_usage_saturates_in_capability() -> None:
    growth = usage.usage_growth(np.array([-1.0, 0.0, 0.01, 1e9]), 0.4, 7.0)
    assert growth[:2] == pytest.approx([1.0, 1.0])
    assert np.log10(growth[2]) == pytest.approx(0.4 * 0.01, rel=1e-3)
    assert np.log10(growth[3]) == pytest.approx(0.4 * 7.0)


def test_planned_volume_is_the_mean_of_the_ramp() -> None:
    fine = np.linspace(5, 17, 100_001)
    assert usage.ramp_of_next_year(np.array(5), 18.0) == pytest.approx(
        usage.ramp(fine, 18.0).mean(), rel=1e-6
    )


def test_criteria_are_measured_from_the_best() -> None:
    value = np.array([1.0, 2.0, -5.0])
    assert procurement.standardised(value, 2.0, 0.5).tolist() == [-2.0, 0.0, -14.0]
    assert procurement.min_max(value, -5.0, 2.0).tolist() == pytest.approx([6 / 7, 1.0, 0.0])
    assert procurement.min_max(value, 1.0, 1.0)[0] == 0.0  # they tie


def test_cost_is_worth_less_by_its_logarithm_and_no_less_than_the_dearest() -> None:
    worth = procurement.worth_of_cost(np.array([1.0, np.e, 1e12, 1e200]))
    assert worth.tolist() == pytest.approx([0.0, -1.0, -np.log(1e12), -np.log(1e12)])


def test_self_hosting_pays_only_with_volume() -> None:
    cost = procurement.hosting_cost(0.8, 2.0, np.array([0.0, 0.01, 1.0]), np.zeros(3))
    assert cost[0] > procurement.DEAREST
    assert cost[1] == pytest.approx(0.8 + 2.0 / 0.12)
    assert cost[2] < 1.0
    least = procurement.hosting_cost(0.8, 2.0, np.array([5e-324]), np.zeros(1))
    assert least[0] > procurement.DEAREST
    free = procurement.hosting_cost(0.8, 0.0, np.array([0.0, 1.0]), np.zeros(2))
    assert free.tolist() == [0.8, 0.8]  # without a fee, and without a warning


def test_contract_prices_follow_the_list_down_but_never_up() -> None:
    price = procurement.favoured_price(np.array([5.0, 5.0, 5.0]), np.array([4.0, 6.0, np.nan]))
    assert price.tolist() == [4.0, 5.0, 5.0]
