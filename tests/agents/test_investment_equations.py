"""What providers are worth, what rounds bring, who joins and how sentiment moves: closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from agents.equations.investment import (
    frontier_ante,
    joining,
    most_sold,
    moved_sentiment,
    worth,
    yearly_growth,
)

LIMITS = (-0.5, 4.0)


def grown(now: float, before: float) -> float:
    """Growth of one provider, 3 where it is not known."""
    return float(yearly_growth(np.array([now]), np.array([before]), LIMITS, 3.0)[0])


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (30.0, 10.0, 2.0),
        (10.0, 10.0, 0.0),
        (9.0, 10.0, -0.1),
        (1.0, 10.0, -0.5),
        (0.0, 10.0, -0.5),
        (1e9, 1.0, 4.0),
        (1.0, 0.0, 3.0),
        (0.0, 0.0, 3.0),
        (1e9, 1e-300, 3.0),
    ],
)
def test_growth_is_that_of_a_year_within_limits(now: float, before: float, expected: float) -> None:
    assert grown(now, before) == pytest.approx(expected)


def value(
    revenue: float = 10.0, growth: float = 0.5, gap: float = 0.3, other: float = 40.0
) -> float:
    """Value of a provider beside another one."""
    found = worth(
        np.array([revenue, other]), np.array([growth, 0.0]), np.array([gap, 0.0]), 8.0,
        (20_000.0, 1.5, 0.6),
    )  # fmt: skip
    return float(found[0])


def test_value_is_a_multiple_and_an_option() -> None:
    """8 times 120 M$ a year at growth .5; the option falls by e over a gap of .6 OOM."""
    option = (20_000.0 + 1.5 * 600.0) * math.exp(-0.5)
    assert value() == pytest.approx(8.0 * 1.5 * 120.0 + option, rel=1e-12)
    assert value(revenue=0.0, gap=0.0, other=0.0) == 20_000.0
    assert value(revenue=0.0, gap=0.6, other=0.0) == pytest.approx(20_000.0 / math.e)
    assert value(growth=-1.0, gap=1e6) == 0.0


POSITIVE = st.floats(0.0, 1e6)


@given(POSITIVE, st.floats(-0.5, 4.0), st.floats(0.0, 10.0), st.floats(1e-3, 10.0))
def test_value_rises_with_revenue_growth_and_closeness(
    revenue: float, growth: float, gap: float, more: float
) -> None:
    now = value(revenue, growth, gap)
    assert value(revenue + more, growth, gap) > now
    assert value(revenue, growth + more, gap) >= now
    assert value(revenue, growth, gap + more) < now
    assert value(revenue, growth, gap, other=40.0 + more) > now


def test_ante_is_that_of_the_second_largest_budget() -> None:
    assert frontier_ante(np.array([5.0, 40.0, 30.0]), 1.3) == pytest.approx(39.0)
    assert frontier_ante(np.array([40.0, 40.0]), 1.3) == pytest.approx(52.0)
    assert frontier_ante(np.array([10.0]), 1.3) == pytest.approx(13.0)
    assert frontier_ante(np.array([]), 1.3) == 0.0


@given(st.floats(0.0, 0.99), st.floats(0.0, 1e9))
def test_a_round_that_sells_the_most_sells_just_that(share: float, before: float) -> None:
    amount = most_sold(before, share)
    assert amount == pytest.approx(share * (before + amount), rel=1e-12, abs=1e-300)


def test_who_sells_nothing_or_is_worth_nothing_gets_nothing() -> None:
    assert most_sold(1e9, 0.0) == most_sold(0.0, 0.35) == 0.0


def test_joining_is_the_logistic_function_at_any_readiness() -> None:
    assert joining(0.0) == 0.5
    assert_allclose([joining(x) + joining(-x) for x in (0.1, 3.0, 30.0)], 1.0, rtol=1e-12)
    assert joining(math.log(3.0)) == pytest.approx(0.75)
    assert [joining(x) for x in (-1e5, -701.0, 1e5)] == [0.0, 0.0, 1.0]
    steps = [joining(x) for x in np.linspace(-20.0, 20.0, 81)]
    assert np.all(np.diff(steps) > 0.0)


def sentiment_after(months: int, start: float, shift: float = 0.0, rise: float = 0.0) -> float:
    """Sentiment after some months of the same news."""
    for _ in range(months):
        start = moved_sentiment(start, shift, rise, 0.9, 0.1)
    return start


def test_sentiment_returns_to_its_level_by_a_tenth_a_month() -> None:
    """S_t = 1 + dS + .9^t (S_0 - 1 - dS); news of rise r a month lifts it to r above."""
    assert sentiment_after(24, 1.8) == pytest.approx(1.0 + 0.9**24 * 0.8)
    assert sentiment_after(24, 1.0, shift=-0.4) == pytest.approx(0.6 + 0.9**24 * 0.4)
    assert sentiment_after(1, 1.0) == 1.0
    assert sentiment_after(600, 0.5, rise=0.2) == pytest.approx(1.2)


@given(st.floats(0.3, 2.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(1e-6, 1.0))
def test_sentiment_follows_itself_shocks_and_values(
    start: float, shift: float, rise: float, more: float
) -> None:
    now = sentiment_after(1, start, shift, rise)
    assert sentiment_after(1, start + more, shift, rise) > now
    assert sentiment_after(1, start, shift + more, rise) > now
    assert sentiment_after(1, start, shift, rise + more) > now
