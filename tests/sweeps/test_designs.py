"""Designs and factors: what they are by definition; the same seed gives the same points."""

import math

import numpy as np
import pytest
from scipy.stats import kstest, qmc, truncnorm
from small_sweeps import loaded

from experiments.sweeps.factors import CHOICE, LOG, NORMAL, RANGE, Factor

pytestmark = pytest.mark.usefixtures("folder")
TWO = "{developers.peer_weight: {range: [0, 4]}, choice.upgrade_share: {}}"
KINDS = {
    "morris": "{kind: morris, trajectories: 6}",
    "optimal": "{kind: morris, trajectories: 4, candidates: 9}",
    "sobol": "{kind: sobol, base_points: 16}",
    "fast": "{kind: fast, samples: 65}",
    "lhs": "{kind: lhs, points: 20}",
    "grid": "{kind: grid, levels: 4}",
    "list": "{kind: list, rows: [{developers.peer_weight: 1, choice.upgrade_share: .25}]}",
}
SIZES = {"morris": 18, "optimal": 12, "sobol": 64, "fast": 130, "lhs": 20, "grid": 16, "list": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_a_design_has_its_size_lies_in_the_cube_and_is_repeated_by_its_seed(kind: str) -> None:
    matrix = loaded(factors=TWO, design=KINDS[kind]).matrix()
    assert matrix.shape == (SIZES[kind], 2)
    assert ((matrix >= 0) & (matrix <= 1)).all()
    assert (loaded(factors=TWO, design=KINDS[kind]).matrix() == matrix).all()
    if kind not in ("grid", "list"):
        other = loaded(factors=TWO, design=KINDS[kind].replace("}", ", seed: 2}")).matrix()
        assert not (other == matrix).all()
    with pytest.raises(ValueError, match="read-only"):
        matrix[0, 0] = 0.5


@pytest.mark.parametrize("kind", ["morris", "optimal"])
def test_a_trajectory_changes_one_factor_after_the_other_by_two_thirds(kind: str) -> None:
    matrix = loaded(factors=TWO, design=KINDS[kind]).matrix().reshape(-1, 3, 2)
    steps = np.abs(np.diff(matrix, axis=1))
    assert ((steps > 1e-9).sum(axis=2) == 1).all()
    assert (steps.max(axis=1) > 0.6).all()  # each factor once
    np.testing.assert_allclose(steps.max(axis=2), 2 / 3)


def test_a_block_of_sobol_changes_one_factor_of_a_at_a_time_to_that_of_b() -> None:
    blocks = loaded(factors=TWO, design=KINDS["sobol"]).matrix().reshape(-1, 4, 2)
    first, last = blocks[:, 0], blocks[:, -1]
    for factor in range(2):
        mixed = first.copy()
        mixed[:, factor] = last[:, factor]
        np.testing.assert_array_equal(blocks[:, 1 + factor], mixed)


def test_a_latin_hypercube_has_one_point_in_each_part() -> None:
    matrix = loaded(factors=TWO, design=KINDS["lhs"]).matrix()
    for column in matrix.T:
        assert sorted((column * 20).astype(int)) == list(range(20))


def test_a_grid_has_every_combination_once_and_both_ends() -> None:
    factors = "{developers.peer_weight: {range: [0, 4]}, developers.peer_form: {}}"
    sweep = loaded(factors=factors, design="{kind: grid, levels: 3}")
    found = [tuple(point.values.values()) for point in sweep.points()]
    assert found == [(x, word) for x in (0.0, 2.0, 4.0) for word in ("linear", "log")]


@pytest.mark.parametrize("levels", [1, 2, 5, 100])
def test_a_grid_over_whole_numbers_says_none_twice(levels: int) -> None:
    factors = "{developers.pull: {paths: [months], range: [3, 9]}}"
    sweep = loaded(factors=factors, design=f"{{kind: grid, levels: {levels}}}")
    found = [point.values["developers.pull"] for point in sweep.points()]
    assert len(set(found)) == len(found) == min(levels, 7)
    assert all(isinstance(value, int) for value in found)


def test_a_list_has_the_values_that_it_says() -> None:
    rows = [(1.5, "log", 7), (0.1, "linear", 9)]
    said = ", ".join(
        f"{{developers.peer_weight: {a}, developers.peer_form: {b}, months: {c}}}"
        for a, b, c in rows
    )
    factors = "{developers.peer_weight: {range: [.1, 4], scale: log}, developers.peer_form: {}, "
    sweep = loaded(
        factors=factors + "months: {range: [3, 9]}}", design=f"{{kind: list, rows: [{said}]}}"
    )
    for point, row in zip(sweep.points(), rows, strict=True):
        assert point.changes["developers.peer_weight"] == pytest.approx(row[0], rel=1e-12)
        assert tuple(point.values.values())[1:] == row[1:]


def test_two_factors_of_several_values_change_all_of_them() -> None:
    factors = "{a: {paths: [developers.peer_weight, consumers.peer_weight], range: [1, 2]}, "
    factors += "b: {choices: {x: {networks.developers: ring, networks.developers.degree: 4}}}}"
    point = loaded(factors=factors, design="{kind: lhs, points: 1}").points()[0]
    assert point.changes["developers.peer_weight"] == point.changes["consumers.peer_weight"]
    assert 1 <= point.changes["consumers.peer_weight"] <= 2
    assert point.changes["networks.developers.degree"] == 4


# --- Factors -------------------------------------------------------------------------------------

UNITS = qmc.Sobol(1, rng=5).random(2**12).ravel()
FACTORS = {
    "range": (Factor("x", RANGE, -1.0, 3.0), lambda x: (x + 1) / 4),
    "log": (Factor("x", LOG, 0.01, 10.0), lambda x: np.log10(x) / 3 + 2 / 3),
    "normal": (
        Factor("x", NORMAL, 0.0, 5.0, mean=2.0, sd=1.0),
        lambda x: truncnorm(-2, 3, 2, 1).cdf(x),
    ),
}


@pytest.mark.parametrize("kind", FACTORS)
def test_values_have_their_distribution(kind: str) -> None:
    factor, distribution = FACTORS[kind]
    values = np.array([factor.value(unit) for unit in UNITS])
    assert kstest(values, distribution).statistic < 0.002
    assert factor.low <= values.min() and values.max() <= factor.high
    bent = np.minimum(values * 1.05, factor.high)
    assert kstest(bent, distribution).statistic > 0.004  # five per cent would be noticed


@pytest.mark.parametrize("kind", FACTORS)
def test_both_ends_are_reached_and_a_value_leads_back_to_its_coordinate(kind: str) -> None:
    factor, _ = FACTORS[kind]
    assert (factor.value(0.0), factor.value(1.0)) == (factor.low, factor.high)
    for unit in (0.1, 0.5, 0.999):
        assert factor.coordinate(factor.value(unit)) == pytest.approx(unit, abs=1e-9)


def test_whole_numbers_and_choices_have_equal_parts() -> None:
    whole = Factor("x", RANGE, 3.0, 6.0, whole=True)
    counts = np.bincount([whole.value(unit) for unit in UNITS])
    assert counts[3:].tolist() == [2**10] * 4
    word = Factor("x", CHOICE, labels=("a", "b", "c", "d"), options=({},) * 4)
    found = [word.value(unit) for unit in UNITS]
    assert [found.count(label) for label in "abcd"] == [2**10] * 4
    assert (word.value(0.0), word.value(1.0)) == ("a", "d")


@pytest.mark.parametrize("count", [2, 3, 4, 6])
def test_the_levels_of_morris_fall_into_the_slices_that_they_begin(count: int) -> None:
    """1/3 + 2/3 - 2/3 is not 1/3 to the last digit; it must not fall into the slice below."""
    word = Factor("x", CHOICE, labels=tuple(range(count)), options=({},) * count)
    for place in range(count):
        edge = place / count
        assert word.value(edge) == word.value(math.nextafter(edge, -1.0)) == place


def test_a_value_that_a_factor_does_not_have_is_refused() -> None:
    word = Factor("x", CHOICE, labels=("a", 2.0), options=({},) * 2)
    assert word.coordinate(2) == 0.75
    with pytest.raises(ValueError, match="not one of a, 2"):
        word.coordinate("b")
    with pytest.raises(ValueError, match="no number"):
        Factor("x", RANGE).coordinate(True)
    with pytest.raises(ValueError, match="no whole number"):
        Factor("x", RANGE, 0.0, 5.0, whole=True).coordinate(1.5)
