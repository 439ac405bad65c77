"""Parts of a whole: shares sum to 1, whole numbers to their total."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.equations.shares import apportioned, shares_of


def test_shares_sum_to_one_and_are_0_where_there_is_nothing() -> None:
    values = np.array([[1, 3, 0], [0, 0, 0]])
    assert shares_of(values).tolist() == [[0.25, 0.75, 0.0], [0.0, 0.0, 0.0]]


@given(
    total=st.integers(0, 10_000),
    weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(lambda w: sum(w) > 1e-3),
)
def test_apportioning_is_exact_and_gives_to_the_largest_remainders(
    total: int, weights: list[float]
) -> None:
    counts = apportioned(total, np.array(weights))
    quotas = total * np.array(weights) / sum(weights)
    assert counts.sum() == total and np.all(np.abs(counts - quotas) < 1 + 1e-9)
    excess = counts - quotas
    raised, kept = excess[excess > 1e-9], excess[excess < -1e-9]
    if raised.size and kept.size:  # whoever was raised had the larger remainder
        assert raised.max() - 1 <= kept.min() + 1e-9


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0, -0.5], [1.0, np.inf], [1.0, np.nan]])
def test_weights_that_cannot_be_shared_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="cannot be split"):
        apportioned(3, np.array(weights))
