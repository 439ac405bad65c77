"""FAST: SALib's without luck, the known indices with luck, curves that are not whole."""

import known_functions as known
import numpy as np
import pytest
from SALib.analyze import fast as salib
from SALib.sample import fast_sampler

from experiments.sensitivity import luck
from experiments.sensitivity.fast import fast

PROBLEM = {"num_vars": 3, "names": list(known.ISHIGAMI), "bounds": [[0, 1]] * 3}
UNIT = fast_sampler.sample(PROBLEM, 513, seed=1)


@pytest.mark.filterwarnings("ignore:FAST confidence intervals")
def test_equal_to_salib_without_luck() -> None:
    outcome = known.ishigami(UNIT)
    theirs = salib.analyze(PROBLEM, outcome, num_resamples=2)
    ours = fast(outcome[:, None], known.ISHIGAMI)
    np.testing.assert_allclose(ours.measures["first"].value, theirs["S1"], rtol=1e-9)
    np.testing.assert_allclose(ours.measures["total"].value, theirs["ST"], rtol=1e-9)
    assert np.isnan(ours.measures["total"].low).all() and np.isnan(ours.noise)


def test_known_indices_of_ishigami() -> None:
    found = fast(known.ishigami(UNIT)[:, None], known.ISHIGAMI).measures
    np.testing.assert_allclose(found["first"].value, known.ISHIGAMI_FIRST, atol=0.04)
    np.testing.assert_allclose(found["total"].value, known.ISHIGAMI_TOTAL, atol=0.05)


def test_known_indices_of_the_g_function() -> None:
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0, 1]] * 4}
    unit = fast_sampler.sample(problem, 1025, seed=2)
    found = fast(known.g_function(unit)[:, None], "abcd").measures
    for name, truth in zip(("first", "total"), known.g_indices(), strict=True):
        np.testing.assert_allclose(found[name].value, truth, atol=0.04)


def noisy(kind: str, repetitions: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Indices with luck, less those without, and whether intervals hold these."""
    outcome = known.ishigami(UNIT)
    quiet = fast(outcome[:, None], known.ISHIGAMI).measures
    off, covered = [], []
    for number in range(repetitions):
        noise = known.luck(kind, UNIT, 8, np.random.default_rng(number)) * 3.7
        found = fast(outcome[:, None] + noise, known.ISHIGAMI).measures
        off.append([found[name].value - quiet[name].value for name in found])
        covered.append(
            [(found[n].low <= quiet[n].value) & (found[n].high >= quiet[n].value) for n in found]
        )
    return np.array(off), np.array(covered)


def test_luck_does_not_move_indices_and_intervals_cover() -> None:
    off, covered = noisy("independent")
    known.assert_unbiased(off, 0.0, ratio=0.01)
    known.assert_covers(covered, slack=0.04)


def test_leftover_luck_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luck, "product", lambda one, other: luck.means(one) * luck.means(other))
    with pytest.raises(AssertionError):
        known.assert_unbiased(noisy("independent")[0], 0.0, ratio=0.01)


def test_luck_that_all_points_share_is_no_effect() -> None:
    off, _ = noisy("common", 3)
    np.testing.assert_allclose(off, 0.0, atol=1e-9)


def test_a_curve_with_a_missing_point_has_no_index() -> None:
    values = np.repeat(known.ishigami(UNIT)[:, None], 3, axis=1)
    values[600] = np.nan
    values[3, 1] = np.nan
    found = fast(values, known.ISHIGAMI)
    assert (found.used, found.planned) == (2, 3)
    assert np.isfinite(found.measures["first"].value).tolist() == [True, False, True]


@pytest.mark.parametrize(("fill", "words"), [(1.0, "the same"), (np.nan, "no curve")])
def test_what_says_nothing_is_nan_with_a_reason(fill: float, words: str) -> None:
    found = fast(np.full((300, 2), fill), known.ISHIGAMI)
    assert words in found.reason and np.isnan(found.measures["total"].value).all()
