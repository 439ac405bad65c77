"""Enterprises are drawn whole: weights, sizes and contracts."""

import warnings

import numpy as np
import pytest

from agents.demand import CriteriaWeights
from agents.enterprises import criteria_weights

NAMES = ("capability", "safety", "cost", "stability", "integration")


@pytest.mark.parametrize("scale", [1.0, 1e-1, 1e-2, 1e-3, 1e-6, 1e-310, 5e-324])
def test_criteria_weights_sum_to_one_however_small_their_parameters(scale: float) -> None:
    """Five parameters of a thousandth draw numbers below the smallest float in every other row."""
    parts = dict.fromkeys(NAMES, scale)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        weights = criteria_weights(CriteriaWeights(**parts), 400, 7)
    assert weights.sum(axis=1) == pytest.approx(np.ones(400))
    assert weights.mean(axis=0) == pytest.approx(np.full(5, 0.2), abs=0.1)
    # So small, a single criterion decides.
    assert scale > 1e-3 or (weights.max(axis=1) > 0.99).mean() > 0.9


def test_a_criterion_without_a_parameter_has_no_weight() -> None:
    parts = dict.fromkeys(NAMES, 1e-6) | {"cost": 0.0}
    weights = criteria_weights(CriteriaWeights(**parts), 400, 7)
    assert not weights[:, NAMES.index("cost")].any()


def test_the_smallest_parameter_beside_a_large_one_has_no_weight() -> None:
    parts = dict.fromkeys(NAMES, 0.0) | {"cost": 5e-324, "safety": 1.0}
    weights = criteria_weights(CriteriaWeights(**parts), 400, 7)
    assert (weights == np.eye(5)[NAMES.index("safety")]).all()
