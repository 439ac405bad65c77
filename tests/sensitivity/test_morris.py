"""Elementary effects: SALib's without luck, closed forms with luck of every kind, intervals."""

from functools import cache

import known_functions as known
import numpy as np
import pytest
from SALib.analyze import morris as salib
from SALib.sample import morris as sampler

from experiments.plots import factor_names, morris_plane
from experiments.sensitivity import luck, morris, resample
from experiments.sensitivity.effects import Effects

NAMES = tuple("abcd")
PROBLEM = {"num_vars": 4, "names": list(NAMES), "bounds": [[0, 1]] * 4}
# Of `bent`: b and c have the effects 4 c and 4 b, which are 4 times a level of {0, 1/3, 2/3, 1}.
MU = np.array([3.0, 2.0, 2.0, 0.0])
SIGMA = np.array([0.0, 1.0, 1.0, 0.0]) * 4 * np.sqrt(5 / 36)


def bent(unit: np.ndarray) -> np.ndarray:
    """3 a + 4 b c; d is idle."""
    return 3 * unit[:, 0] + 4 * unit[:, 1] * unit[:, 2]


@cache
def trajectories(seed: int) -> np.ndarray:
    """Twenty trajectories."""
    return sampler.sample(PROBLEM, 20, seed=seed)


def analysed(values: np.ndarray, unit: np.ndarray, **options: int) -> Effects:
    """Effects of the four factors."""
    return morris.morris(values, NAMES, unit, **options)


def test_equal_to_salib_without_luck() -> None:
    unit = sampler.sample(PROBLEM, 10, seed=1)
    theirs = salib.analyze(PROBLEM, unit, bent(unit), seed=1)
    ours = analysed(bent(unit)[:, None], unit).measures
    for name in ("mu", "mu_star", "sigma"):
        np.testing.assert_allclose(ours[name].value, theirs[name], atol=1e-6)


def test_linear_function_has_its_slopes_and_no_sigma() -> None:
    unit = sampler.sample(PROBLEM, 6, seed=2)
    slopes = np.array([1.0, -2.0, 0.5, 0.0])
    found = analysed((unit @ slopes)[:, None], unit).measures
    np.testing.assert_allclose(found["mu"].value, slopes, atol=1e-12)
    np.testing.assert_allclose(found["mu_star"].value, np.abs(slopes), atol=1e-7)
    np.testing.assert_allclose(found["sigma"].value, 0.0, atol=1e-6)
    np.testing.assert_allclose(found["mu"].low, slopes, atol=1e-9)


def test_equal_effects_are_not_taken_for_a_constant_outcome() -> None:
    unit = sampler.sample(PROBLEM, 5, seed=3)
    found = analysed(unit.sum(axis=1, keepdims=True), unit)
    np.testing.assert_allclose(found.measures["mu"].value, 1.0)


# --- Luck ----------------------------------------------------------------------------------------


def measured(kind: str, repetitions: int = 60) -> np.ndarray:
    """mu, the square of sigma and mu_star, not cut at 0: (repetitions, 3, 4)."""
    found = []
    for number in range(repetitions):
        unit = trajectories(number)
        noise = known.luck(kind, unit, 6, np.random.default_rng(number))
        ends = morris.ends_of_steps(
            (bent(unit)[:, None] + noise).reshape(20, 5, -1, 1), unit.reshape(20, 5, 4)
        )
        parts = morris.pieces(
            luck.without_common_luck(ends.reshape(-1, 1, *ends.shape[2:])).reshape(ends.shape)
        )
        mu_star, mu, sigma = morris.combine(parts.mean(axis=0, keepdims=True), 20)[0]
        found.append([mu, np.sign(sigma) * sigma**2, mu_star])
    return np.array(found)


@pytest.mark.parametrize("kind", ["independent", "common", "size"])
def test_luck_does_not_move_effects(kind: str) -> None:
    found = measured(kind)
    known.assert_unbiased(found[:, 0], MU)
    known.assert_unbiased(found[:, 1], SIGMA**2)
    # Of effects that are not normal the correction of absolute values is not exact: 6 % here.
    known.assert_unbiased(found[:, 2], MU, ratio=0.12)


def test_leftover_luck_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luck, "product", lambda one, other: luck.means(one) * luck.means(other))
    found = measured("independent")
    for place, truth in ((1, SIGMA**2), (2, MU)):
        with pytest.raises(AssertionError):
            known.assert_unbiased(found[:, place], truth, 0.12)


def test_mean_absolute_value_of_a_normal_number() -> None:
    draws = np.random.default_rng(4).normal(size=1_000_000)
    for mean, deviation in ((0.0, 1.0), (0.5, 2.0), (-3.0, 1.0), (2.0, 0.0)):
        found = float(morris.folded(np.array(mean), np.array(deviation)))
        assert abs(found - np.abs(mean + deviation * draws).mean()) < 0.01


# --- Intervals -----------------------------------------------------------------------------------


def covered(kind: str, repetitions: int = 100) -> np.ndarray:
    """Whether intervals of mu and mu_star hold the truth: (repetitions, 2, 4)."""
    found = []
    for number in range(repetitions):
        unit = trajectories(number)
        noise = known.luck(kind, unit, 6, np.random.default_rng(number)) * 0.7
        values = bent(unit)[:, None] + noise
        measures = analysed(values, unit, resamples=200, seed=number).measures
        found.append(
            [
                (measures[name].low <= MU + 1e-9) & (measures[name].high >= MU - 1e-9)
                for name in ("mu", "mu_star")
            ]
        )
    return np.array(found)


def test_intervals_cover_as_often_as_they_say() -> None:
    known.assert_covers(covered("independent"))


def test_intervals_of_mu_know_of_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed that changes what the last factor does, everywhere alike, shows in its interval."""
    known.assert_covers(covered("factor")[:, 0, 3:])
    monkeypatch.setattr(resample, "shared", lambda *_: [])
    with pytest.raises(AssertionError):
        known.assert_covers(covered("factor")[:, 0, 3:])


# --- Corners -------------------------------------------------------------------------------------


def test_trajectories_with_a_missing_point_are_dropped() -> None:
    unit = sampler.sample(PROBLEM, 8, seed=5)
    values = np.repeat(bent(unit)[:, None], 3, axis=1)
    values[7] = np.nan
    found = analysed(values, unit)
    assert (found.used, found.planned) == (7, 8)
    kept = np.r_[0:5, 10:40]
    alone = analysed(np.repeat(bent(unit[kept])[:, None], 3, axis=1), unit[kept])
    np.testing.assert_equal(found.measures, alone.measures)


@pytest.mark.parametrize(("fill", "words"), [(2.0, "the same"), (np.nan, "no block")])
def test_what_says_nothing_is_nan_with_a_reason(fill: float, words: str) -> None:
    unit = sampler.sample(PROBLEM, 4, seed=6)
    found = analysed(np.full((20, 3), fill), unit)
    assert words in found.reason and np.isnan(found.measures["mu_star"].value).all()


def test_one_trajectory_has_no_interval() -> None:
    unit = sampler.sample(PROBLEM, 1, seed=7)
    found = analysed(np.random.default_rng(0).normal(size=(5, 4)), unit)
    assert (
        np.isnan(found.measures["mu"].low).all() and np.isfinite(found.measures["mu"].value).all()
    )


def test_points_that_are_no_trajectories_are_refused() -> None:
    unit = sampler.sample(PROBLEM, 4, seed=8)
    with pytest.raises(ValueError, match="moves one factor"):
        analysed(np.zeros((20, 2)), unit[::-1][np.r_[1:20, 0]])
    with pytest.raises(ValueError, match="are not"):
        analysed(np.zeros((21, 2)), unit)


def test_spread_between_runs_as_outcome() -> None:
    """Luck of a size that grows with a factor: its effect on the variance is known."""
    unit = sampler.sample(PROBLEM, 30, seed=9)
    values = np.random.default_rng(10).normal(size=(150, 40)) * np.sqrt(1 + 3 * unit[:, :1])
    found = analysed(values[:, :, None, None], unit, statistic="spread").measures["mu"]
    assert found.low[0] < 3 < found.high[0] and found.low[0] > 1.5
    assert ((found.low[1:] < 0) & (found.high[1:] > 0)).all()


def test_of_factors_without_effect_as_many_are_called_sure_as_figures_say() -> None:
    """About 5 %, by the rule of the Morris plane; of 480, within 4 standard errors."""
    called, found, names = 0, 0, [f"x{place}" for place in range(25)]
    problem = {"num_vars": 25, "names": names, "bounds": [[0, 1]] * 25}
    for number in range(20):
        unit = sampler.sample(problem, 10, seed=number)
        noise = np.random.default_rng(number).normal(size=(len(unit), 4))
        sure = morris_plane.sure(morris.morris(3 * unit[:, :1] + noise, names, unit, resamples=200))
        found += sure[0]
        called += sure[1:].sum()
    assert found == 20
    assert 5 < called < factor_names.MISSED * 480 + 4 * np.sqrt(factor_names.MISSED * 480)
