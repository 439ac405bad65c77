"""PRIM finds a planted box with its known density and coverage, and nothing where nothing is."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.discovery import prim
from experiments.discovery.boxes import Limit, Runs, figures, inside, runs_in, sentence

POINTS, SEEDS = 200, 4
INSIDE, OUTSIDE = 0.9, 0.05


def planted(seed: int = 0, density: float = INSIDE) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Points, runs in the region, and which points lie in the box: a < .5, b > .4, not "none"."""
    rng = np.random.default_rng(seed)
    places = pd.DataFrame(rng.random((POINTS, 3)), columns=["x.a", "b", "c"])
    places["graph"] = rng.choice(["ring", "hub", "none"], POINTS)
    box = (places["x.a"] < 0.5) & (places["b"] > 0.4) & (places["graph"] != "none")
    chance = np.where(box, density, OUTSIDE)[:, None]
    return places, (rng.random((POINTS, SEEDS)) < chance) * 1.0, box.to_numpy()


def test_planted_box_is_found_with_its_density_and_coverage() -> None:
    places, region, truth = planted()
    found = prim.prim(places, region, name="tipped", titles={"b": "switching cost"})
    (box,) = found.boxes
    limits = {limit.factor: limit for limit in box.limits}
    assert limits["x.a"].high == pytest.approx(0.5, abs=0.06)
    assert limits["b"].low == pytest.approx(0.4, abs=0.06)
    assert limits["graph"].labels == ("hub", "ring")
    expected = region[truth].mean(), region[truth].sum() / region.sum()
    assert (box.density.value, box.coverage.value) == pytest.approx(expected, abs=0.08)
    assert box.density.low < INSIDE < box.density.high + 0.05
    assert box.density_outside.low < INSIDE and box.density_outside.value > 0.7
    assert all(p < prim.DOUBTFUL for one in box.limits for p in one.quasi_p if not np.isnan(p))
    assert "a below" in box.words and "switching cost above" in box.words
    assert "tipped, and it holds" in box.words
    assert found.trajectory.columns.tolist() == ["coverage", "density", "mass", "restricted"]
    assert found.reason == "" and found.base == pytest.approx(region.mean())


def test_density_of_the_box_is_what_its_limits_hold_and_a_seed_gives_it_again() -> None:
    places, region, _ = planted(1)
    (box,) = prim.prim(places, region, seed=1).boxes
    assert prim.prim(places, region, seed=1).boxes == (box,)
    kept = inside(places, box.limits)
    assert box.density.value == pytest.approx(region[kept].mean())
    assert box.coverage.value == pytest.approx(region[kept].sum() / region.sum())
    assert box.mass == pytest.approx(kept.mean())


def test_a_region_of_chance_has_no_box() -> None:
    """Two regions drawn by chance; the twin below takes the first of them for a box."""
    rng = np.random.default_rng(2)
    places = pd.DataFrame(rng.random((100, 3)), columns=list("abc"))
    for _ in range(2):
        region = np.repeat(rng.random((100, 1)) < 0.3, SEEDS, axis=1) * 1.0
        found = prim.prim(places, region)
        assert found.boxes == () and found.reason == prim.CHANCE


def test_density_in_sample_would_take_chance_for_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: judged on the points it was chosen from, a box of chance looks dense."""

    def seen(runs: Runs, most: int, rank: int, seed: int) -> np.ndarray:
        """Runs in the box itself."""
        return inside(runs.places, prim.found(runs, most)[rank].limits)

    monkeypatch.setattr(prim, "held_out", seen)
    monkeypatch.setattr(prim, "without_doubtful", lambda limits, runs: limits)
    rng = np.random.default_rng(2)
    places = pd.DataFrame(rng.random((100, 3)), columns=list("abc"))
    region = np.repeat(rng.random((100, 1)) < 0.3, SEEDS, axis=1) * 1.0
    assert prim.prim(places, region).boxes


def test_two_boxes_are_found_one_after_the_other() -> None:
    rng = np.random.default_rng(3)
    places = pd.DataFrame(rng.random((300, 2)), columns=["a", "b"])
    first = places["a"].between(0.1, 0.4) & places["b"].between(0.1, 0.5)
    second = places["a"].between(0.6, 0.9) & places["b"].between(0.65, 0.95)
    region = np.repeat((first | second).to_numpy()[:, None], 2, axis=1) * 1.0
    boxes = prim.prim(places, region, most=2).boxes
    assert len(boxes) == 2
    assert sum(box.coverage.value for box in boxes) > 0.8
    assert min(box.density.value for box in boxes) > 0.6


def test_a_region_in_two_corners_is_peeled_all_the_same() -> None:
    """The workbench's own objective would stop at once, since all edges are dense."""
    rng = np.random.default_rng(3)
    places = pd.DataFrame(rng.random((300, 2)), columns=["a", "b"])
    corners = (places["a"] < 0.4) & (places["b"] < 0.5) | (places["a"] > 0.75) & (places["b"] > 0.7)
    (box,) = prim.prim(places, corners.to_numpy()[:, None] * 1.0).boxes
    assert box.density.value > 0.8 and box.density_outside.value > 0.6


def test_intervals_come_from_points_and_not_from_runs() -> None:
    """Runs of a point that all agree tell no more than one, however many there are."""
    rng = np.random.default_rng(4)
    places = pd.DataFrame({"a": rng.random(100)})
    once = (rng.random((100, 1)) < 0.5) * 1.0
    kept = (places["a"] < 0.5).to_numpy()
    widths = []
    for repeats in (1, 20):
        runs = runs_in(places, np.repeat(once, repeats, axis=1))
        density, _ = figures(runs, np.repeat(kept, repeats), 1000, 0)
        widths.append(density.high - density.low)
    assert widths[0] == pytest.approx(widths[1], rel=1e-9)


def test_interval_of_a_density_covers() -> None:
    held = 0
    for number in range(200):
        rng = np.random.default_rng(number)
        chance = rng.beta(2, 2, (80, 1))
        runs = runs_in(pd.DataFrame({"a": np.zeros(80)}), (rng.random((80, 5)) < chance) * 1.0)
        density, _ = figures(runs, np.ones(400, bool), 300, number)
        held += density.low <= 0.5 <= density.high
    low, high = stats.binom.ppf([1e-4, 1 - 1e-4], 200, [0.925, 0.975])
    assert low <= held <= high


def test_quasi_p_of_single_runs_is_the_binomial_test_of_the_workbench() -> None:
    places, region, _ = planted(5)
    runs = runs_in(places, region[:, :1])
    limits = (Limit("x.a", -np.inf, 0.5), Limit("b", 0.4, np.inf))
    kept, wider = inside(places, limits), inside(places, limits[1:])
    hits = region[:, 0]
    expected = stats.binom.sf(hits[kept].sum() - 1, kept.sum(), hits[wider].mean())
    assert prim.quasi_p(0, limits, runs)[1] == pytest.approx(expected)
    assert np.isnan(prim.quasi_p(0, limits, runs)[0])


def test_missing_runs_are_left_out() -> None:
    places, region, _ = planted(6)
    region[3] = np.nan
    region[5, 1:] = np.nan
    runs = runs_in(places, region)
    assert len(runs.hits) == POINTS * SEEDS - SEEDS - (SEEDS - 1)


@pytest.mark.parametrize("fill", [0.0, 1.0, np.nan])
def test_a_region_of_all_or_nothing_has_a_reason(fill: float) -> None:
    places, region, _ = planted()
    found = prim.prim(places, np.full(region.shape, fill))
    assert found.boxes == () and found.reason == prim.NO_REGION


def test_what_is_no_region_is_refused() -> None:
    places, region, _ = planted()
    with pytest.raises(ValueError, match="1 for runs inside"):
        prim.prim(places, region * 2)
    with pytest.raises(ValueError, match="points, but"):
        prim.prim(places[1:], region)


def test_a_box_in_words() -> None:
    limits = (
        Limit("d.switching_cost", -np.inf, 1.2),
        Limit("peer_weight", 0.8, np.inf),
        Limit("age", 2.0, 3.0),
        Limit("graph", np.nan, np.nan, ("hub", "ring")),
    )
    assert sentence(limits, 0.71, 0.64, "tipped", {"age": "years"}) == (
        "switching cost below 1.2 and peer weight above 0.8 and years between 2 and 3 and graph "
        "hub or ring: 71 % of the runs in this box are tipped, and it holds 64 % of all that are"
    )
