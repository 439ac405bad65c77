"""Basins and forks: planted ones are found, a single cloud stays one, luck is not a fork."""

import numpy as np
import pytest

from experiments.forks import basins_of, by_size, fork_of, silhouette, told_rightly


def parted(runs: int, start: int, apart: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Random walks (R, 60, 2) of which a third drifts away from month `start` on, and which."""
    rng = np.random.default_rng(seed)
    kind = (np.arange(runs) % 3 == 0).astype(int)
    part = np.clip((np.arange(60) - start) / 8, 0, 1)
    walk = 0.004 * rng.normal(size=(runs, 60)).cumsum(axis=1)
    values = 0.4 + walk + apart * np.outer(kind, part)
    return np.stack([values, 1 - values], axis=2), kind


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_basins_and_their_month_are_found(seed: int) -> None:
    states, kind = parted(30, 25, 0.3, seed)
    basins = basins_of(states[:, -1])
    assert basins.tolist() == kind.tolist()  # the larger one is called 0
    fork = fork_of(states, basins)
    assert fork.month is not None and 23 <= fork.month <= 29
    assert (fork.accuracy[fork.month :] > fork.by_luck).all()


def test_a_single_cloud_is_one_basin_nearly_always() -> None:
    """Of normal and even clouds, at most a tenth are split: the test of clusters has level 5 %."""
    split = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        cloud = rng.normal(size=(24, 1 + seed % 3)) if seed % 2 else rng.random((24, 2))
        split += int(basins_of(cloud).max() > 0)
    assert split <= 3


def test_without_the_clouds_to_compare_with_one_basin_would_be_split(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(np, "quantile", lambda *_: -1.0)
    assert basins_of(np.random.default_rng(1).normal(size=(24, 2))).max() > 0


def test_labels_by_luck_have_no_fork_nearly_always() -> None:
    found = 0
    for seed in range(20):
        states, _ = parted(24, 70, 0.0, seed)
        labels = by_size(np.random.default_rng(100 + seed).permutation(np.arange(24) % 2))
        found += fork_of(states, labels).month is not None
    assert found <= 3


def test_few_or_equal_histories_are_one_basin_without_a_fork() -> None:
    assert basins_of(np.array([[0.0], [0.0], [9.0], [9.0]])).tolist() == [0] * 4
    assert basins_of(np.full((20, 2), 0.3)).max() == 0
    fork = fork_of(np.full((20, 5, 2), 0.3), np.zeros(20, np.int64))
    assert fork.month is None and np.isnan(fork.accuracy).all()


def test_silhouette_is_that_of_its_definition() -> None:
    points, codes = np.array([0.0, 1.0, 5.0, 7.0]), np.array([0, 0, 1, 1])
    apart = np.abs(points[:, None] - points[None])
    # a = 1, 1, 2, 2; b = 6, 5, 4.5, 6.5
    expected = np.mean([5 / 6, 4 / 5, 2.5 / 4.5, 4.5 / 6.5])
    assert silhouette(apart, codes) == pytest.approx(expected)


def test_histories_are_told_by_the_others_and_not_by_themselves() -> None:
    """Of two alike and two alike all are told; where each is its own only like, none is."""
    codes = np.array([0, 0, 1, 1])
    alike = np.array([0.0, 0.1, 1.0, 1.1])[:, None, None]
    assert told_rightly(alike, codes).tolist() == [1.0]
    crossed = np.array([0.0, 1.0, 0.1, 0.9])[:, None, None]
    assert told_rightly(crossed, codes).tolist() == [0.0]
    assert told_rightly(np.zeros((4, 3, 2)), codes).tolist() == [0.5] * 3


def test_the_most_frequent_basin_is_the_first() -> None:
    assert by_size(np.array([1, 0, 0, 2, 0, 1])).tolist() == [1, 0, 0, 2, 0, 1]
    assert by_size(np.array([2, 2, 0, 1, 1])).tolist() == [0, 0, 2, 1, 1]
