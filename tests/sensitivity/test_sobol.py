"""Sobol indices: SALib's without luck, the known ones with luck of every kind, honest intervals."""

from functools import cache

import known_functions as known
import numpy as np
import pytest
from SALib.analyze import sobol as salib
from SALib.sample import sobol as sampler

from experiments.sensitivity import luck, resample, sobol
from experiments.sensitivity.effects import Effects

PROBLEM = {"num_vars": 3, "names": list(known.ISHIGAMI), "bounds": [[0, 1]] * 3}
LINEAR = np.array([3.0, 2.0, 1.0])
LINEAR_INDICES = LINEAR**2 / 14


def analysed(values: np.ndarray, count: int, **options: int) -> Effects:
    """Sobol indices of a function of Ishigami's three factors."""
    return sobol.sobol(values, known.ISHIGAMI, count, **options)


@pytest.mark.parametrize("second", [False, True])
def test_equal_to_salib_without_luck(second: bool) -> None:
    unit = sampler.sample(PROBLEM, 64, calc_second_order=second, seed=1)
    outcome = known.ishigami(unit)
    theirs = salib.analyze(PROBLEM, outcome, calc_second_order=second, seed=1)
    ours = analysed(outcome[:, None], 64)
    np.testing.assert_allclose(ours.measures["first"].value, theirs["S1"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.measures["total"].value, theirs["ST"], rtol=1e-9)
    assert np.isnan(ours.noise)


def test_known_indices_of_ishigami() -> None:
    unit = sampler.sample(PROBLEM, 4096, calc_second_order=False, seed=1)
    found = analysed(known.ishigami(unit)[:, None], 4096, resamples=100).measures
    np.testing.assert_allclose(found["first"].value, known.ISHIGAMI_FIRST, atol=0.02)
    np.testing.assert_allclose(found["total"].value, known.ISHIGAMI_TOTAL, atol=0.02)


def test_known_indices_of_the_g_function() -> None:
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0, 1]] * 4}
    unit = sampler.sample(problem, 4096, calc_second_order=False, seed=1)
    found = sobol.sobol(known.g_function(unit)[:, None], "abcd", 4096, resamples=100).measures
    for name, truth in zip(("first", "total"), known.g_indices(), strict=True):
        np.testing.assert_allclose(found[name].value, truth, atol=0.02)


# --- Luck ----------------------------------------------------------------------------------------


def noisy_indices(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Indices of Ishigami with luck as large as the variance of the parameters, 30 times."""
    found, shares = [], []
    for number in range(30):
        rng = np.random.default_rng(number)
        unit = known.saltelli(512, 3, rng)
        noise = known.luck(kind, unit, 8, rng) * np.sqrt(known.ISHIGAMI_VARIANCE)
        effects = analysed(known.ishigami(unit)[:, None] + noise, 512, resamples=0)
        found.append([effects.measures[name].value for name in ("first", "total")])
        shares.append(effects.noise)
    return np.array(found), np.array(shares)


kept = cache(noisy_indices)
TRUTH = np.array([known.ISHIGAMI_FIRST, known.ISHIGAMI_TOTAL])


@pytest.mark.parametrize("kind", ["independent", "common", "size"])
def test_luck_does_not_move_indices(kind: str) -> None:
    found, shares = kept(kind)
    known.assert_unbiased(found, TRUTH, ratio=0.01)
    if kind == "independent":
        assert abs(shares.mean() - 0.5) < 0.02


def spoiled_product(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The plain product of means, as if no luck were left in them."""
    return luck.means(one) * luck.means(other)


def test_leftover_luck_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luck, "product", spoiled_product)
    found, _ = noisy_indices("independent")
    with pytest.raises(AssertionError):
        known.assert_unbiased(found, TRUTH, ratio=0.01)


def test_a_wrong_denominator_would_be_seen() -> None:
    """Over the variance of single runs, half of which is luck, all indices are half as large."""
    found, _ = kept("independent")
    with pytest.raises(AssertionError):
        known.assert_unbiased(found / 2, TRUTH, ratio=0.01)


def test_swapped_columns_would_be_seen() -> None:
    found, _ = kept("independent")
    with pytest.raises(AssertionError):
        known.assert_unbiased(found[:, :, [1, 0, 2]], TRUTH, ratio=0.01)


# --- Intervals -----------------------------------------------------------------------------------


def covered(kind: str) -> np.ndarray:
    """Whether each interval holds the truth, 100 times: (100, 2, 3)."""
    found = []
    for number in range(100):
        rng = np.random.default_rng(number)
        unit = known.saltelli(60, 3, rng)
        # A seed that turns the sign of an effect makes its square too skewed for any interval.
        size = 0.25 if kind == "factor" else 0.7
        values = (unit @ LINEAR)[:, None] + known.luck(kind, unit, 6, rng) * size
        measures = analysed(values, 60, resamples=200, seed=number).measures
        found.append(
            [
                (one.low <= LINEAR_INDICES) & (one.high >= LINEAR_INDICES)
                for one in measures.values()
            ]
        )
    return np.array(found)


@pytest.mark.parametrize("kind", ["independent", "common", "size", "factor"])
def test_intervals_cover_as_often_as_they_say(kind: str) -> None:
    known.assert_covers(covered(kind))


def test_seeds_that_are_not_resampled_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resample, "shared", lambda *_: [])
    with pytest.raises(AssertionError):
        known.assert_covers(covered("factor"))


# --- Corners -------------------------------------------------------------------------------------


def small(seeds: int = 4, count: int = 20) -> np.ndarray:
    rng = np.random.default_rng(0)
    unit = known.saltelli(count, 3, rng)
    return (unit @ LINEAR)[:, None, None] + rng.normal(size=(len(unit), seeds, 1)) * 0.1


def test_blocks_with_a_missing_run_are_dropped_whole_and_counted() -> None:
    values = small()
    values[6] = np.nan
    values[11, 1:] = np.nan
    found = analysed(values, 20)
    assert (found.used, found.planned) == (18, 20)
    alone = analysed(np.delete(values.reshape(20, 5, 4, 1), [1, 2], axis=0).reshape(-1, 4, 1), 18)
    np.testing.assert_equal(found.measures, alone.measures)


def test_one_missing_seed_drops_nothing() -> None:
    values = small()
    values[7, 2] = np.nan
    found, whole = analysed(values, 20), analysed(small(), 20)
    assert found.used == 20
    np.testing.assert_allclose(
        found.measures["total"].value, whole.measures["total"].value, atol=0.01
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.ones((100, 3)), "the same at every point"),
        (np.full((100, 3), np.nan), "no block"),
        (np.full((100, 3), 1e9) + 1e-5, "the same at every point"),
    ],
)
def test_what_says_nothing_is_nan_with_a_reason(values: np.ndarray, words: str) -> None:
    found = analysed(values, 20)
    assert words in found.reason
    assert all(np.isnan(one.value).all() for one in found.measures.values())


def test_luck_alone_is_no_effect() -> None:
    found = analysed(np.random.default_rng(8).normal(size=(100, 2)), 20)
    low, high = found.measures["total"].low, found.measures["total"].high
    assert found.reason or np.all(np.isnan(low) | ((low <= 0) & (high >= 0)))


def test_one_factor_and_one_seed() -> None:
    rng = np.random.default_rng(9)
    unit = known.saltelli(100, 1, rng)
    found = sobol.sobol(unit, ["x"], 100)
    np.testing.assert_allclose(found.measures["total"].value, 1.0, atol=0.2)
    assert np.isnan(found.noise)


def test_points_that_are_no_blocks_are_refused() -> None:
    with pytest.raises(ValueError, match="are not 20 blocks"):
        analysed(np.zeros((101, 2)), 20)


def test_same_seed_same_numbers() -> None:
    first, second = analysed(small(), 20, seed=3), analysed(small(), 20, seed=3)
    np.testing.assert_equal(first.measures, second.measures)
