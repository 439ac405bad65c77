"""Shares of variance: known components are found, whichever runs are lost, and intervals hold."""

import known_functions as known
import numpy as np
import pytest

from experiments.sensitivity import luck, shares

# Variances of parameters, seed, seed x parameters, network, network x parameters, rest.
VARIANCES = np.array([4.0, 1.0, 1.0, 2.0, 0.5, 0.5])


def drawn(rng: np.random.Generator, points: int, seeds: int, networks: int) -> np.ndarray:
    """Runs with the six components."""
    shapes = [
        (points, 1, 1),
        (1, seeds, 1),
        (points, seeds, 1),
        (1, 1, networks),
        (points, 1, networks),
        (points, seeds, networks),
    ]
    return sum(
        (
            np.sqrt(variance) * rng.normal(size=shape)
            for variance, shape in zip(VARIANCES, shapes, strict=True)
        ),
        start=np.zeros((points, seeds, networks)),
    )


def components(missing: float, repetitions: int = 300) -> np.ndarray:
    """Components before they are cut: (repetitions, 6)."""
    found = []
    for number in range(repetitions):
        rng = np.random.default_rng(number)
        runs = drawn(rng, 20, 5, 4)
        runs[rng.random(runs.shape) < missing] = np.nan
        parts = shares._pieces(runs, (-2, -1)).mean(axis=0, keepdims=True)
        found.append(shares._components(parts, shares._freedom(runs), (-2, -1))[0])
    return np.array(found)


def test_components_are_unbiased_and_swapped_ones_would_be_seen() -> None:
    found = components(0.0)
    known.assert_unbiased(found, VARIANCES)
    with pytest.raises(AssertionError):
        known.assert_unbiased(found[:, [0, 3, 2, 1, 4, 5]], VARIANCES)


def test_components_are_unbiased_where_runs_are_missing() -> None:
    known.assert_unbiased(components(0.2), VARIANCES, ratio=0.03)


def test_leftover_luck_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(luck, "product", lambda one, other: luck.means(one) * luck.means(other))
    with pytest.raises(AssertionError):
        known.assert_unbiased(components(0.0), VARIANCES)


def test_shares_are_those_of_a_large_study() -> None:
    rng = np.random.default_rng(1)
    found = shares.shares(drawn(rng, 400, 200, 1)[:, :, :1])
    assert found.components == ("parameters", "seed", "seed x parameters")
    # One network for all adds nothing; its interaction looks like parameters, the rest like seeds.
    np.testing.assert_allclose(found.share.value, np.array([4.5, 1, 1.5]) / 7, atol=0.06)
    assert abs(found.share.value.sum() - 1) < 1e-12


TRUTH = {
    "independent": np.array([4.0, 0.0, 1.0]) / 5,
    "common": np.array([4.0, 1.0, 0.0]) / 5,
    "size": np.array([4.0, 12 / 13, 1 / 13]) / 5,
    "factor": np.array([4.0, 0.0, 1.0]) / 5,
}


def covered(kind: str, repetitions: int = 100) -> np.ndarray:
    """Whether intervals of parameters and seed hold the truth: (repetitions, 2)."""
    found = []
    for number in range(repetitions):
        rng = np.random.default_rng(number)
        unit = rng.random((100, 3))
        runs = (2 * np.sqrt(12) * unit[:, 0])[:, None] + known.luck(kind, unit, 6, rng)
        share = shares.shares(runs, resamples=300, seed=number).share
        found.append((share.low <= TRUTH[kind]) & (share.high >= TRUTH[kind]))
    return np.array(found)[:, :2]


@pytest.mark.parametrize("kind", ["common", "size"])
def test_intervals_cover_as_often_as_they_say(kind: str) -> None:
    known.assert_covers(covered(kind))


@pytest.mark.parametrize("kind", ["independent", "factor"])
def test_intervals_of_the_share_of_parameters(kind: str) -> None:
    """A share of seeds that is 0 is covered more often, since shares are cut at 0."""
    found = covered(kind)
    known.assert_covers(found[:, :1])
    assert found[:, 1].mean() > 0.95


def test_seeds_taken_for_certain_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "_redrawn", lambda *_: None)
    with pytest.raises(AssertionError):
        known.assert_covers(covered("common"))


# --- Corners -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros((5, 1)), "a second seed"),
        (np.full((5, 3), np.nan), "a second seed"),
        (np.ones((5, 3)), "the same in every run"),
        (np.array([[1.0, 2.0], [1.0, np.nan]]), "two points"),
    ],
)
def test_what_says_nothing_is_nan_with_a_reason(values: np.ndarray, words: str) -> None:
    found = shares.shares(values)
    assert words in found.reason and np.isnan(found.share.value).all()


def test_luck_without_parameters_is_all_luck() -> None:
    found = shares.shares(np.random.default_rng(2).normal(size=(200, 6)))
    assert found.share.value[0] < 0.05 and found.share.value[2] > 0.9


def test_networks_alone_are_named() -> None:
    found = shares.shares(np.random.default_rng(3).normal(size=(20, 1, 5)))
    assert found.components == ("parameters", "network", "network x parameters")


def test_points_with_one_run_are_counted_out() -> None:
    values = np.random.default_rng(4).normal(size=(10, 4))
    values[0, 1:] = np.nan
    assert (shares.shares(values).used, shares.shares(values).planned) == (9, 10)


def test_blocks_are_drawn_together() -> None:
    values = np.random.default_rng(5).normal(size=(40, 4))
    values += np.repeat(np.random.default_rng(6).normal(size=(8, 1)) * 3, 5, axis=0)
    apart, together = (shares.shares(values, block=size).share for size in (1, 5))
    assert (together.high - together.low)[0] > 1.3 * (apart.high - apart.low)[0]
    with pytest.raises(ValueError, match="blocks of 7"):
        shares.shares(values, block=7)
