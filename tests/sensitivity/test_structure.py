"""Effects of categories on a full grid: a known decomposition, luck removed, intervals."""

import known_functions as known
import numpy as np
import pytest

from experiments.sensitivity import luck
from experiments.sensitivity.structure import structure

LEVELS = np.array(list(np.ndindex(3, 2, 4)))
NAMES = ("family", "rule", "supply")
FAMILY = np.array([-1.0, 0.0, 1.0])[LEVELS[:, 0]]
RULE = np.array([-0.5, 0.5])[LEVELS[:, 1]]
OUTCOME = 3 * FAMILY + 2 * FAMILY * RULE + RULE
# Variances 6, 2/3 and 1/4 over the cells.
SHARES = np.array([6, 1 / 4, 0, 2 / 3, 0, 0, 0]) / (6 + 2 / 3 + 1 / 4)


def test_known_decomposition() -> None:
    found = structure(OUTCOME[:, None], NAMES, LEVELS)
    assert found.factors == (*NAMES, "family x rule", "family x supply", "rule x supply", "higher")
    np.testing.assert_allclose(found.measures["share"].value, SHARES, atol=1e-12)
    assert np.isnan(found.measures["share"].low).all()


def test_order_of_points_and_names_of_categories_do_not_matter() -> None:
    order = np.random.default_rng(1).permutation(len(LEVELS))
    found = structure(OUTCOME[order, None], NAMES, LEVELS[order] * 10 + 3)
    np.testing.assert_allclose(found.measures["share"].value, SHARES, atol=1e-12)


def repeated(kind: str, repetitions: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Shares with luck, and whether their intervals hold the truth."""
    found, covered = [], []
    for number in range(repetitions):
        noise = known.luck(kind, LEVELS / 3, 8, np.random.default_rng(number)) * 1.5
        share = structure(OUTCOME[:, None] + noise, NAMES, LEVELS).measures["share"]
        found.append(share.value)
        covered.append((share.low <= SHARES) & (share.high >= SHARES))
    return np.array(found), np.array(covered)


def test_luck_does_not_move_shares_and_intervals_cover() -> None:
    found, covered = repeated("independent")
    known.assert_unbiased(found, SHARES, ratio=0.005)
    known.assert_covers(covered, slack=0.045)


def test_leftover_luck_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luck, "product", lambda one, other: luck.means(one) * luck.means(other))
    with pytest.raises(AssertionError):
        known.assert_unbiased(repeated("independent")[0], SHARES, ratio=0.005)


def test_luck_that_all_cells_share_is_no_effect() -> None:
    np.testing.assert_allclose(repeated("common", 3)[0], np.tile(SHARES, (3, 1)), atol=1e-9)


def test_two_factors_have_no_higher_terms() -> None:
    levels = np.array(list(np.ndindex(2, 3)))
    found = structure(levels.sum(axis=1, keepdims=True) * 1.0, ("a", "b"), levels)
    assert found.factors == ("a", "b", "a x b")


def test_a_cell_without_runs_leaves_nothing_to_say() -> None:
    values = np.repeat(OUTCOME[:, None], 3, axis=1)
    values[4] = np.nan
    found = structure(values, NAMES, LEVELS)
    assert "every cell" in found.reason and (found.used, found.planned) == (23, 24)


def test_a_grid_with_holes_is_refused() -> None:
    with pytest.raises(ValueError, match="each cell"):
        structure(OUTCOME[1:, None], NAMES, LEVELS[1:])


def test_constant_outcome_has_a_reason() -> None:
    assert "the same" in structure(np.ones((24, 2)), NAMES, LEVELS).reason
