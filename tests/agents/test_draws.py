"""Keyed draws depend on their key and on nothing else."""

import numpy as np
import pytest
from scipy import stats

from agents.draws import below, fold, mix, name_key, permutation, stream, uniform


def test_draws_do_not_depend_on_which_others_are_drawn() -> None:
    key = stream(3, "a purpose")
    everybody = below(key, 7, np.arange(1000))
    assert (below(key, 7, np.arange(500, 600)) == everybody[500:600]).all()
    assert (below(key, 7, np.arange(1000)[::-1])[::-1] == everybody).all()


@pytest.mark.parametrize("other", [(4, "a purpose", 7), (3, "another", 7), (3, "a purpose", 8)])
def test_seed_stream_and_month_each_change_every_draw(other: tuple[int, str, int]) -> None:
    here = below(stream(3, "a purpose"), 7, np.arange(1000))
    there = below(stream(*other[:2]), other[2], np.arange(1000))
    assert not (here == there).any()


def test_known_values_stay() -> None:
    """A changed draw changes every result: it must be a decision, not an accident."""
    assert (
        int(mix(np.array([1], np.uint64))[0]) == 6238072747940578789
    )  # SplitMix64's finaliser of 1
    assert int(name_key("OPEN")) == 1697760282847307729 != int(name_key("Open"))
    assert [int(k) for k in below(stream(1, "a"), 3, np.arange(2))] == [
        2448672225521268338,
        13738787814906997331,
    ]


def test_uniform_numbers_are_uniform_and_never_0_or_1() -> None:
    numbers = uniform(below(stream(1, "u"), np.arange(200_000)))
    assert stats.kstest(numbers, "uniform").pvalue > 1e-4
    extremes = uniform(np.array([0, 2**64 - 1], np.uint64))
    assert 0.0 < extremes[0] < extremes[1] < 1.0  # at 53 bits the last would round to 1


def test_the_uniformity_check_sees_a_bias_of_one_percent() -> None:
    numbers = uniform(below(stream(1, "u"), np.arange(200_000))) ** 1.01
    assert stats.kstest(numbers, "uniform").pvalue < 1e-4


def test_neighbouring_keys_are_uncorrelated() -> None:
    key = stream(1, "u")
    agents, months = np.arange(100_000), np.arange(1, 3)[:, None]
    draws = uniform(fold(fold(np.full((2, 1), key), months.astype(np.uint64)), agents.astype("u8")))
    for left, right in ((draws[0], draws[1]), (draws[0, :-1], draws[0, 1:])):
        assert abs(np.corrcoef(left, right)[0, 1]) < 3.9 / np.sqrt(len(left))


def test_permutation_holds_everybody_once() -> None:
    order = permutation(stream(2, "p"), 5000)
    assert (np.sort(order) == np.arange(5000)).all()
    assert abs(np.corrcoef(order, np.arange(5000))[0, 1]) < 3.9 / np.sqrt(5000)
