"""Products of expectations are free of luck, whatever seeds share and whichever runs are lost."""

import known_functions as known
import numpy as np
import pytest

from experiments.sensitivity import luck


def by_hand(one: np.ndarray, other: np.ndarray) -> float:
    """Mean product over pairs of runs that share neither seed nor network, pair by pair."""
    axes = [axis for axis in (0, 1) if one.shape[axis] > 1]
    products = [
        one[here] * other[there]
        for here in np.ndindex(one.shape)
        for there in np.ndindex(other.shape)
        if all(here[axis] != there[axis] for axis in axes)
    ]
    return float(np.nanmean(products)) if np.isfinite(products).any() else float("nan")


@pytest.mark.parametrize("shape", [(4, 3), (5, 1), (1, 4), (1, 1), (2, 2)])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_product_is_the_mean_over_pairs_that_share_nothing(
    shape: tuple[int, int], missing: float
) -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, 6, *shape))
    one[rng.random(one.shape) < missing] = np.nan
    other[rng.random(other.shape) < missing] = np.nan
    found = luck.product(one, other)
    expected = [by_hand(first, second) for first, second in zip(one, other, strict=True)]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_luck_of_one_axis_is_the_sample_variance() -> None:
    runs = np.random.default_rng(2).normal(size=(7, 6, 1))
    np.testing.assert_allclose(luck.luck(runs), runs.var(axis=(1, 2), ddof=1))


def test_luck_that_all_points_share_is_taken_out_and_nothing_else() -> None:
    rng = np.random.default_rng(3)
    point, seed = rng.normal(size=(9, 1, 1, 1)), rng.normal(size=(1, 1, 5, 1))
    own = rng.normal(size=(9, 1, 5, 1))
    own -= own.mean(axis=0) + own.mean(axis=2, keepdims=True) - own.mean()
    left = luck.without_common_luck(point + seed + own)
    np.testing.assert_allclose(left, point + own + seed.mean(), atol=1e-12)


def test_common_luck_of_an_unfinished_sweep_is_found() -> None:
    rng = np.random.default_rng(4)
    runs = rng.normal(size=(12, 1, 1, 1)) + rng.normal(size=(1, 1, 6, 1))
    whole = luck.means(luck.without_common_luck(runs))
    runs[rng.random(runs.shape) < 0.4] = np.nan
    found = luck.means(luck.without_common_luck(runs))
    np.testing.assert_allclose(found - found.mean(), whole - whole.mean(), atol=1e-6)


def test_runs_of_a_spread_average_to_the_variance_between_seeds() -> None:
    values = np.random.default_rng(5).normal(size=(4, 7, 2, 3))
    found = luck.runs_of(values, "spread")
    assert found.shape == (4, 7, 2)
    expected = values.var(axis=1, ddof=1).sum(axis=-1).mean(axis=1)
    np.testing.assert_allclose(luck.means(found), expected)


def test_luck_of_a_spread_is_its_sampling_variance() -> None:
    """Of normal runs: 2 / (n - 1) times the squared variance, and no more than that."""
    values = np.random.default_rng(6).normal(size=(20_000, 6))
    runs = luck.runs_of(values, "spread")
    known.assert_unbiased(luck.luck(runs) / 6, 2 / 5)
    plain = (values - values.mean(axis=1, keepdims=True)) ** 2 * 6 / 5
    with pytest.raises(AssertionError):
        known.assert_unbiased(plain.var(axis=1, ddof=1) / 6, 2 / 5)


def test_square_of_a_spread_is_free_of_luck() -> None:
    """So that spreads take the place of outcomes in every estimator."""
    values = np.random.default_rng(7).normal(size=(20_000, 6)) * 2
    runs = luck.runs_of(values, "spread")
    known.assert_unbiased(luck.product(runs, runs), 16.0)
    with pytest.raises(AssertionError):
        known.assert_unbiased(luck.means(runs) ** 2, 16.0)


def test_two_seeds_tell_no_spread() -> None:
    assert np.isnan(luck.runs_of(np.zeros((3, 2)), "spread")).all()


@pytest.mark.parametrize(
    ("values", "statistic", "words"),
    [
        (np.array([[1.0, np.inf]]), "mean", "point 0, seed 1 is infinite"),
        (np.zeros((2, 3, 1, 4)), "mean", 'statistic="spread"'),
        (np.zeros((2, 3)), "median", "one of mean, spread"),
        (np.zeros(3), "mean", "is asked"),
    ],
)
def test_what_cannot_be_used_is_refused(values: np.ndarray, statistic: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        luck.runs_of(values, statistic)
