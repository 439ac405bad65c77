"""PAWN and delta: SALib's numbers, a known value, invariance, and what an idle factor gets."""

import known_functions as known
import numpy as np
import pytest
from SALib.analyze import pawn as salib
from SALib.analyze.delta import calc_delta, sobol_first
from SALib.sample import latin

from experiments.sensitivity import delta, pawn
from experiments.sensitivity.effects import Effects

PROBLEM = {"num_vars": 3, "names": list(known.ISHIGAMI), "bounds": [[0, 1]] * 3}
UNIT = latin.sample(PROBLEM, 400, seed=1)
OUTCOME = known.ishigami(UNIT)
METHODS = (pawn.pawn, delta.delta)


def same(one: Effects, other: Effects) -> None:
    """Two studies say the same."""
    for name, measure in one.measures.items():
        np.testing.assert_allclose(measure.value, other.measures[name].value, rtol=1e-6, atol=1e-9)


def test_pawn_is_that_of_salib() -> None:
    theirs = salib.analyze(PROBLEM, UNIT, OUTCOME)
    ours = pawn.pawn(OUTCOME[:, None], known.ISHIGAMI, UNIT, resamples=10).measures
    np.testing.assert_allclose(ours["median"].value, theirs["median"], atol=1e-12)
    np.testing.assert_allclose(ours["maximum"].value, theirs["maximum"], atol=1e-12)


def test_pawn_of_a_resample_is_that_of_salib() -> None:
    """Of weighted points, with the slides of all: SALib on the points repeated."""
    unit = np.repeat(UNIT, 2, axis=0)
    outcome = np.repeat(np.round(OUTCOME), 2)
    slides = [pawn.sliced(column) for column in UNIT.T]
    ours = pawn.indices(np.round(OUTCOME), slides, np.full((1, 400), 2.0))[0]
    theirs = salib.analyze(PROBLEM, unit, outcome)
    np.testing.assert_allclose(ours[1], theirs["maximum"], atol=0.02)


def test_delta_is_that_of_salib() -> None:
    grid = np.linspace(OUTCOME.min(), OUTCOME.max(), 100)
    classes = np.linspace(0, 400, delta.number_of_classes(400) + 1)
    ours = delta.indices(OUTCOME, UNIT)
    theirs = [calc_delta(OUTCOME, grid, column, classes) for column in UNIT.T]
    np.testing.assert_allclose(ours[0], theirs, rtol=1e-9)
    theirs = [sobol_first(OUTCOME, column, classes) for column in UNIT.T]
    np.testing.assert_allclose(ours[1], theirs, rtol=1e-9)


def test_pawn_of_a_factor_that_is_the_outcome() -> None:
    """Slide s of 10 lies in its tenth: the gap is max(s, 9 - s) / 10, median .7, at most .9."""
    unit = np.stack([np.arange(1000) / 999, np.random.default_rng(1).permutation(1000) / 999], 1)
    found = pawn.pawn(unit[:, :1], "xy", unit, resamples=10).measures
    assert abs(found["median"].value[0] - 0.7) < 0.01
    assert abs(found["maximum"].value[0] - 0.9) < 0.01
    assert found["median"].value[1] < 0.2


@pytest.mark.parametrize("method", METHODS)
def test_shifts_and_scales_of_the_outcome_change_nothing(method) -> None:
    plain = method(OUTCOME[:, None], known.ISHIGAMI, UNIT, resamples=10)
    same(plain, method(7 * OUTCOME[:, None] - 1000, known.ISHIGAMI, UNIT, resamples=10))


def test_pawn_takes_any_rising_scale() -> None:
    plain = pawn.pawn(OUTCOME[:, None], known.ISHIGAMI, UNIT, resamples=10)
    same(plain, pawn.pawn(np.exp(OUTCOME[:, None] / 9), known.ISHIGAMI, UNIT, resamples=10))


def noisy(seeds: int, method, **options) -> np.ndarray:
    """First number of each factor of x + luck of the size of y's effect, (2,)."""
    rng = np.random.default_rng(2)
    unit = rng.random((400, 2))
    values = unit[:, :1] + 0.5 * rng.normal(size=(400, seeds))
    measures = method(values, "xy", unit, **options).measures
    return next(iter(measures.values())).value


@pytest.mark.parametrize("method", METHODS)
def test_more_seeds_bring_a_factor_out(method) -> None:
    few, many = noisy(1, method, resamples=10), noisy(30, method, resamples=10)
    assert many[0] > few[0] + 0.1 and abs(many[1] - few[1]) < 0.1


def test_intervals_know_of_seeds() -> None:
    """A seed that turns a factor's effect round, everywhere alike, widens the interval."""
    rng = np.random.default_rng(3)
    turning = rng.normal(size=(1, 4))
    values = UNIT[:, :1] * turning + UNIT[:, 1:2]
    steady = np.broadcast_to(values.mean(axis=1, keepdims=True), values.shape)
    wide, narrow = (
        pawn.pawn(one, known.ISHIGAMI, UNIT, resamples=200).measures["median"]
        for one in (values, steady)
    )
    np.testing.assert_allclose(wide.value, narrow.value)
    assert (wide.high - wide.low)[0] > 1.3 * (narrow.high - narrow.low)[0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("values", "words"),
    [(np.ones((400, 2)), "the same"), (np.full((400, 2), np.nan), "complete|fewer")],
)
def test_what_says_nothing_is_nan_with_a_reason(method, values: np.ndarray, words: str) -> None:
    found = method(values, known.ISHIGAMI, UNIT)
    assert any(word in found.reason for word in words.split("|"))
    assert all(np.isnan(one.value).all() for one in found.measures.values())


@pytest.mark.parametrize("method", METHODS)
def test_missing_points_are_left_out(method) -> None:
    values = np.repeat(OUTCOME[:, None], 2, axis=1)
    values[:50] = np.nan
    found = method(values, known.ISHIGAMI, UNIT, resamples=20)
    assert (found.used, found.planned) == (350, 400)
    same(found, method(values[50:], known.ISHIGAMI, UNIT[50:], resamples=20))


# --- Intervals -----------------------------------------------------------------------------------


def covered(method, kind: str, count: int = 80) -> np.ndarray:
    """Whether each interval holds what the index is on average: (count, 2, 2)."""
    values, lows, highs = np.empty((3, count, 2, 2))
    for number in range(count):
        rng = np.random.default_rng(number)
        unit = rng.random((100, 2))
        outcome = unit[:, :1] + 0.4 * unit[:, 1:] + 0.3 * known.luck(kind, unit, 5, rng)
        found = method(outcome, "xy", unit, resamples=100, seed=number).measures.values()
        values[number] = [one.value for one in found]
        lows[number] = [one.low for one in found]
        highs[number] = [one.high for one in found]
    average = values.mean(axis=0)
    return (lows <= average) & (average <= highs)


@pytest.mark.parametrize("method", METHODS)
def test_intervals_cover_as_often_as_they_say(method) -> None:
    known.assert_covers(covered(method, "independent"), slack=0.05)


@pytest.mark.parametrize(("method", "home"), [(pawn.pawn, pawn), (delta.delta, delta)])
def test_seeds_that_are_not_left_out_would_be_seen(
    method, home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a seed turns a factor's effect, at all points alike."""
    monkeypatch.setattr(home, "shared", lambda *_: [])
    with pytest.raises(AssertionError):
        known.assert_covers(covered(method, "factor", 40), slack=0.05)
