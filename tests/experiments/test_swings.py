"""Main effects: closed forms, intervals that cover; yardsticks for indices that are never zero."""

import numpy as np
import pytest

from experiments.sensitivity.delta import delta
from experiments.sensitivity.effects import Effects, Measure
from experiments.sensitivity.floors import FAST_LEAK, floor_of, told_apart
from experiments.sensitivity.pawn import pawn
from experiments.sensitivity.swings import of_slopes, swings

ENDS = [["0", "1"], ["0", "1"]]


def sampled(points: int, seeds: int, seed: int, luck: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates (P, 2) and outcomes 2 a + luck common to all points (P, S, 1)."""
    rng = np.random.default_rng(seed)
    unit = rng.random((points, 2))
    common = luck * rng.normal(size=(1, seeds, 1))
    own = 0.3 * rng.normal(size=(points, seeds, 1))
    return unit, 2 * unit[:, :1, None] + common + own


def test_a_swing_is_the_difference_of_the_means_at_both_ends() -> None:
    unit = np.array([[0.0, 0.5], [0.1, 0.5], [0.5, 0.0], [0.9, 0.5], [1.0, 1.0]])
    values = np.array([1.0, 3.0, 99.0, 10.0, 20.0])[:, None, None]
    found = swings(values, unit, ("a", "b"), ENDS)
    assert found.at_low[0] == 2 and found.at_high[0] == 15 and found.swing.value[0] == 13
    assert found.middle == pytest.approx(values.mean())
    # One point at either end of b: no interval can be drawn from it.
    assert np.isnan(found.swing.low[1]) and found.swing.value[1] == 20 - 99


def test_nan_is_left_out_and_seeds_are_averaged() -> None:
    unit = np.array([[0.0], [0.0], [1.0], [1.0]])
    values = np.array([[1.0, 3.0], [2.0, np.nan], [5.0, 7.0], [np.nan, np.nan]])[:, :, None]
    found = swings(values, unit, ("a",), ENDS[:1])
    assert found.at_low[0] == 2 and found.at_high[0] == 6
    assert np.isnan(found.swing.low[0])


def test_of_a_choice_the_labels_furthest_apart_are_compared_and_named() -> None:
    unit = np.array([1 / 6, 1 / 6, 0.5, 0.5, 5 / 6, 5 / 6])[:, None]
    values = np.array([4.0, 4.0, 1.0, 1.0, 6.0, 8.0])[:, None, None]
    found = swings(values, unit, ("graph",), [["", "ring", "none", "hubs"]])
    assert found.ends[0] == ("none", "hubs") and found.swing.value[0] == 6


@pytest.mark.parametrize("luck", [0.0, 1.0])
def test_intervals_cover_the_truth_as_often_as_they_say(luck: float) -> None:
    """Of 60 samples, 95 % +- 3 standard errors; the luck that points share must not widen them."""
    covered, power = 0, 0
    for seed in range(60):
        unit, values = sampled(120, 4, seed, luck)
        found = swings(values, unit, ("a", "b"), ENDS)
        # Fifths of an even range lie at .1 and .9: 2 x .8.
        covered += bool(found.swing.low[0] <= 1.6 <= found.swing.high[0])
        power += bool(found.swing.low[0] > 0.5 and not found.swing.low[1] > 0.5)
    assert covered >= 52
    assert power == 60


def test_blocks_are_drawn_together() -> None:
    """Points of a block that are copies of one another tell no more than one of them."""
    unit, values = sampled(40, 1, 3)
    copied = swings(np.repeat(values, 9, axis=0), np.repeat(unit, 9, axis=0), ("a", "b"), ENDS, 9)
    alone = swings(values, unit, ("a", "b"), ENDS)
    naive = swings(np.repeat(values, 9, axis=0), np.repeat(unit, 9, axis=0), ("a", "b"), ENDS)

    def width(found) -> float:
        return float(found.swing.high[0] - found.swing.low[0])

    assert width(copied) == pytest.approx(width(alone), rel=0.25)
    assert width(naive) < 0.6 * width(alone)


def test_of_a_screen_the_swing_is_the_mean_effect_about_the_mean() -> None:
    mu = Measure(*np.array([[0.4, -0.2], [0.3, -0.4], [0.5, 0.1]]))
    found = of_slopes(("a", "b"), [("0", "4"), ("0", "1")], mu, 1.0)
    assert found.at_low == pytest.approx([0.8, 1.1]) and found.at_high == pytest.approx([1.2, 0.9])
    assert found.slopes and found.swing is mu


def test_nothing_at_all_gives_no_number_and_no_warning() -> None:
    found = swings(np.full((4, 2, 1), np.nan), np.linspace(0, 1, 4)[:, None], ("a",), ENDS[:1])
    assert np.isnan(found.swing.value).all() and np.isnan(found.middle)


# --- Yardsticks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "estimate"), [("pawn", pawn), ("delta", delta)])
def test_a_factor_passes_the_yardstick_and_one_without_effect_does_not(
    method: str, estimate
) -> None:
    called, without = np.zeros(2), np.zeros(2)
    for seed in range(6):
        unit, values = sampled(150, 3, seed)
        found = estimate(values, ("a", "b"), unit)
        floor = floor_of(method, estimate, values)
        assert 0 < floor < 1
        called += told_apart(found, floor)
        without += told_apart(found, 0.0)
    assert called.tolist() == [6, 0]
    # Without a yardstick the one without effect would be called a driver, now and then or always.
    assert without[1] > 0


def test_methods_that_are_zero_without_effect_need_no_yardstick() -> None:
    nothing = np.zeros((2, 1, 1))
    assert floor_of("sobol", pawn, nothing) == 0 and floor_of("morris", pawn, nothing) == 0
    assert floor_of("fast", pawn, nothing) == FAST_LEAK
    low = Measure(np.array([0.04, 0.3]), np.array([0.03, 0.2]), np.array([0.06, 0.4]))
    effects = Effects("fast", ("a", "b"), {"total": low}, 1, 1, np.nan)
    assert told_apart(effects, FAST_LEAK).tolist() == [False, True]
