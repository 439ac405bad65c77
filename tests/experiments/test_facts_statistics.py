"""Statistics of facts against libraries, textbooks and made-up data with a known answer."""

import numpy as np
import pytest
from scipy import stats

from experiments.facts import statistics as own


def test_a_slope_is_that_of_the_logarithm_a_year():
    year = np.arange(36) / 12
    assert own.slope(3.0 * 10 ** (-0.7 * year)) == pytest.approx(-0.7)
    gaps = np.where(np.arange(36) % 4 == 0, 10 ** (0.3 * year), np.nan)
    assert own.slope(gaps) == pytest.approx(0.3)
    assert np.isnan(own.slope(np.array([np.nan, 2.0])))


def test_rank_correlations_need_pairs_with_spread():
    assert own.rank_correlation([1, 2, 3, 4], [1, 4, 9, 16]) == pytest.approx(1.0)
    assert own.rank_correlation([1, 2, 3, 4, 9], [4, 3, 2, 1, np.nan]) == pytest.approx(-1.0)
    for pair in (([1, 2, 3], [1, 2, 3]), ([1, 1, 1, 1], [1, 2, 3, 4])):
        assert np.isnan(own.rank_correlation(*pair))


def test_mann_kendall_is_the_textbooks():
    """S over its standard deviation: for ten values in order 45 / sqrt(125)."""
    assert own.mann_kendall(np.arange(10)) == pytest.approx(45 / np.sqrt(125))
    assert own.mann_kendall(-np.arange(10)) == pytest.approx(-45 / np.sqrt(125))
    assert np.isnan(own.mann_kendall([1.0, 2.0, 3.0]))
    assert np.isnan(own.mann_kendall(np.ones(9)))


@pytest.mark.parametrize("shape", [0.7, 1.0, 2.0, 4.0])
def test_the_shape_of_a_subbotin_law_is_found(shape):
    """Against the truth within what 20,000 draws leave open, and against SciPy's own fit."""
    drawn = stats.gennorm.rvs(shape, scale=3.0, size=20_000, random_state=5)
    found = own.subbotin_shape(drawn)
    assert found == pytest.approx(shape, rel=0.05)
    centred = drawn - np.median(drawn)
    assert found == pytest.approx(stats.gennorm.fit(centred, floc=0)[0], rel=1e-3)


def test_a_shape_needs_data():
    assert np.isnan(own.subbotin_shape(np.arange(20.0)))
    assert np.isnan(own.subbotin_shape(np.zeros(50)))


def lives(hazard: float, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Months until somebody leaves, cut off at a random month, and whether it was."""
    rng = np.random.default_rng(seed)
    left, lost = rng.geometric(hazard, count), rng.integers(5, 40, count)
    return np.minimum(left, lost), left <= lost


def cells(samples):
    """Leaving and at risk by month of life, (months, 2)."""
    months = np.arange(1, 60)
    leaving = [[((t == m) & seen).sum() for t, seen in samples] for m in months]
    there = [[(t >= m).sum() for t, _ in samples] for m in months]
    return np.array(leaving, float), np.array(there, float), months


@pytest.mark.parametrize("hazard", [0.05, 0.08])
def test_log_rank_is_scipys(hazard):
    samples = [lives(hazard, 300, 1), lives(0.05, 400, 2)]
    found = own.log_rank(*cells(samples))
    x, y = (stats.CensoredData(uncensored=t[seen], right=t[~seen]) for t, seen in samples)
    known = stats.logrank(x, y)
    assert abs(found) == pytest.approx(abs(known.statistic), rel=1e-9)
    assert (found > 3) == (hazard > 0.05)  # leaves more


def test_log_rank_of_strata_is_not_fooled_by_who_is_where():
    """One stratum leaves twice as often and holds most of the first sample."""
    fast, slow = (
        cells([lives(hazard, n, 3), lives(hazard, m, 4)])
        for hazard, n, m in ((0.10, 900, 100), (0.05, 100, 900))
    )
    leaving, there = (np.concatenate([fast[i], slow[i]]) for i in (0, 1))
    months = fast[2]
    apart = np.concatenate([months, 100 + months])
    assert abs(own.log_rank(leaving, there, apart)) < 2.5
    assert own.log_rank(leaving, there, np.concatenate([months, months])) > 5


def test_rate_ratio_is_that_of_the_hazards_within_strata():
    leaving = np.array([[20.0, 5.0], [40.0, 40.0]])
    there = np.array([[1000.0, 500.0], [200.0, 400.0]])
    assert own.rate_ratio(leaving, there, np.array([0, 1])) == pytest.approx(2.0)
    crude = (60 / 1200) / (45 / 900)
    assert own.rate_ratio(leaving, there, np.array([0, 0])) == pytest.approx(crude)
    assert np.isnan(own.rate_ratio(leaving * [1, 0], there, np.array([0, 1])))
    assert np.isnan(own.log_rank(leaving * 0, there, np.array([0, 1])))
