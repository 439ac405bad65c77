"""The exponential race draws from the nested logit, and couples scenarios exactly."""

import numpy as np
import pytest
from scipy.special import gamma

from agents.draws import SHIFT_48, below, name_key, stream
from agents.equations.choice import logit_shares, nested_shares
from agents.equations.race import QUANTILES, arrival_table, nest_table, power_steps
from agents.kernels.migrate import largest, upper_bits

NAMES = ("A", "B", "C", "D", "E")
UTILITY = np.array([0.3, 0.0, -0.2, 0.5, 0.1])
NEST = np.array([False, False, True, True, True])
AGENTS = 400_000


def winners(utility, nest, dissimilarity, names=NAMES, agents=AGENTS):
    """Winner of each agent's race, by position in `names`; the scores of the specification."""
    keys = below(stream(5, "race"), np.arange(agents))
    luck = np.stack([below(keys, name_key(name)) for name in names], axis=1)
    arrival = arrival_table().astype(np.float64)[luck >> SHIFT_48]
    shared = nest_table(dissimilarity).astype(np.float64)[below(keys, name_key("nest")) >> SHIFT_48]
    inner = (np.exp(utility / dissimilarity) * arrival) ** dissimilarity * shared[:, None]
    return np.where(nest, inner, np.exp(utility) * arrival).argmax(axis=1)


def z_scores(chosen, shares):
    """Deviation of observed shares from `shares` in standard errors."""
    seen = np.bincount(chosen, minlength=len(shares)) / len(chosen)
    return (seen - shares) / np.sqrt(shares * (1 - shares) / len(chosen))


@pytest.mark.parametrize("dissimilarity", [0.3, 0.6, 0.9, 1.0])
def test_shares_are_those_of_the_nested_logit(dissimilarity: float) -> None:
    chosen = winners(UTILITY, NEST, dissimilarity)
    assert np.abs(z_scores(chosen, nested_shares(UTILITY, NEST, dissimilarity))).max() < 3.9


def test_the_share_check_sees_a_wrong_dissimilarity() -> None:
    chosen = winners(UTILITY, NEST, 0.6)
    assert np.abs(z_scores(chosen, nested_shares(UTILITY, NEST, 0.65))).max() > 3.9
    assert np.abs(z_scores(chosen, logit_shares(UTILITY))).max() > 3.9


@pytest.mark.parametrize("raised", range(5))
def test_raising_an_offer_moves_only_agents_to_it(raised: int) -> None:
    better = UTILITY + 0.1 * (np.arange(5) == raised)
    before, after = winners(UTILITY, NEST, 0.6), winners(better, NEST, 0.6)
    moved = before != after
    assert (after[moved] == raised).all()
    gain = nested_shares(better, NEST, 0.6)[raised] - nested_shares(UTILITY, NEST, 0.6)[raised]
    error = np.sqrt(gain / AGENTS)
    assert abs(moved.mean() - gain) < 3.9 * error  # exactly as many as must, no more


@pytest.mark.parametrize("entrant", [1, 4])
def test_an_entrant_reshuffles_nobody_else(entrant: int) -> None:
    kept = np.arange(5) != entrant
    names = [name for name, keep in zip(NAMES, kept, strict=True) if keep]
    before = np.flatnonzero(kept)[winners(UTILITY[kept], NEST[kept], 0.6, names)]
    after = winners(UTILITY, NEST, 0.6)
    assert (after[before != after] == entrant).all()


def test_order_of_the_offers_does_not_matter() -> None:
    order = np.array([3, 1, 4, 0, 2])
    names = [NAMES[place] for place in order]
    permuted = order[winners(UTILITY[order], NEST[order], 0.6, names)]
    assert (permuted == winners(UTILITY, NEST, 0.6)).all()


def test_inverse_sampling_would_fail_the_coupling_check() -> None:
    """The power twin: one uniform through the cumulated shares moves agents between others."""
    luck = np.random.default_rng(1).random(100_000)
    better = UTILITY + 0.1 * (np.arange(5) == 0)
    before, after = (np.searchsorted(np.cumsum(logit_shares(u)), luck) for u in (UTILITY, better))
    assert (after[before != after] != 0).any()


def test_quantiles_of_the_arrival_table() -> None:
    level = (np.arange(QUANTILES) + 0.5) / QUANTILES
    assert np.allclose(np.exp(-1.0 / arrival_table().astype(np.float64)), level, rtol=0, atol=2e-7)


@pytest.mark.parametrize("dissimilarity", [0.2, 0.3, 0.6, 0.9])
def test_quantiles_of_the_nest_table(dissimilarity: float) -> None:
    table = nest_table(dissimilarity).astype(np.float64)
    assert (np.diff(table) >= 0.0).all()
    for s in (0.1, 1.0, 5.0):  # E e^(-sA) = e^(-s^lambda)
        laplace = np.exp(-s * table ** (1 / dissimilarity)).mean()
        assert laplace == pytest.approx(np.exp(-(s**dissimilarity)), abs=3e-5)
    tail = 2 * QUANTILES / gamma(1 - dissimilarity)  # P(A^λ > y) ~ 1/(Γ(1-λ) y)
    assert table[-1] == pytest.approx(tail, rel=0.02)


def outside_of_bounds(steps, numbers, dissimilarity):
    """How many powers do not lie between the entry of their number and the next."""
    place = np.array([upper_bits(number) for number in numbers], np.int64)
    powers = numbers**dissimilarity
    return int(((powers < steps[place]) | (powers > steps[place + 1])).sum())


@pytest.mark.parametrize("dissimilarity", [0.1, 0.6, 1.0])
def test_a_power_lies_between_two_steps(dissimilarity: float) -> None:
    steps = power_steps(dissimilarity)
    draw = np.random.default_rng(1)
    numbers = np.exp(draw.uniform(-600, 600, 20_000))
    numbers = np.concatenate([numbers, [0.0, 5e-324, 1.0, np.finfo(float).max]])
    assert outside_of_bounds(steps, numbers, dissimilarity) == 0
    assert outside_of_bounds(np.roll(steps, -1), numbers, dissimilarity) > 19_000
    narrow = steps[1000:30_000]
    assert (narrow[1:] / narrow[:-1]).max() <= (17 / 16) ** dissimilarity * (1 + 1e-12)


def test_the_largest_wins_and_of_equals_the_one_of_higher_rank() -> None:
    draw = np.random.default_rng(2)
    for _ in range(2000):
        size = draw.integers(1, 9)
        values = draw.integers(0, 4, 8)
        ranks = draw.permutation(8).astype(np.uint64)
        first = draw.integers(0, size)
        expected = max(range(first, size), key=lambda slot: (values[slot], ranks[slot]))
        assert largest(values, ranks, first, size) == expected
