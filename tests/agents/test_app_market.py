"""Equations of application companies, and their face as a population."""

import numpy as np
import pytest
from scipy.stats import poisson

from agents.app_parameters import AppParameters
from agents.apps import Apps, Turnover
from agents.codes import NONE
from agents.draws import below, stream, uniform
from agents.equations.app_market import (
    app_utility,
    arrivals,
    chance,
    gibrat,
    mean_growth,
    normal_table,
)


def test_growth_has_the_stated_law() -> None:
    luck = normal_table()
    logs = np.log(gibrat(np.ones(len(luck)), luck, 0.2, 0.05))
    assert logs.mean() == pytest.approx(-0.05, abs=1e-12)
    assert logs.std() == pytest.approx(0.2, rel=1e-4)
    grown = gibrat(np.full(len(luck), 3.0), luck, 0.2, 0.05).mean() / 3.0
    assert grown == pytest.approx(mean_growth(0.2, 0.05), rel=1e-4)


def test_chances_and_utility_are_those_of_the_formulas() -> None:
    assert chance(0.0) == 0.0
    assert chance(np.array([0.05, 1e-9])) == pytest.approx([1 - np.exp(-0.05), 1e-9], rel=1e-8)
    better, dearer = app_utility(np.array([1.0, 0.0]), np.array([1.0, np.e]), 2.0, 1.2)
    assert better == pytest.approx(2.0)
    assert dearer == pytest.approx(-1.2)


@pytest.mark.parametrize("mean", [1e-3, 0.4, 7.3, 60.0, 10_000.0])
def test_arrivals_are_quantiles_of_the_poisson_law(mean: float) -> None:
    luck = uniform(below(stream(1, "luck"), np.arange(400)))
    found = np.array([arrivals(mean, float(u)) for u in luck])
    assert np.array_equal(found, poisson.ppf(luck, mean))
    more = np.array([arrivals(1.1 * mean, float(u)) for u in luck])
    assert (more >= found).all()


def test_nobody_arrives_where_nobody_is_expected() -> None:
    assert arrivals(0.0, 1 - 1e-16) == 0
    assert arrivals(1e-12, 0.5) == 0


def test_a_population_of_companies_reads_like_an_agent_set() -> None:
    apps = Apps(AppParameters(count=7, limit=20))
    assert len(apps) == 7
    assert len(apps.get("share")) == 7
    assert apps[0].provider == NONE
    assert apps[6].app == apps[-1].app == 6
    assert np.bincount(apps.get("segment"), apps.get("share")).tolist() == pytest.approx([1, 1, 1])
    coding = apps.select(apps.get("segment") == 0)
    assert coding.get("app").tolist() == [0, 3, 6]
    assert {key: len(part) for key, part in apps.groupby("segment").items()} == {0: 3, 1: 2, 2: 2}
    with pytest.raises(IndexError):
        _ = apps[7]


def test_companies_may_be_none_or_more_than_the_limit() -> None:
    assert len(Apps(AppParameters(count=0))) == 0
    assert len(Apps(AppParameters(count=5, limit=2))) == 5


def test_the_running_total_counts_who_came_and_went() -> None:
    apps = Apps(AppParameters(count=10))
    apps.turn(Turnover(entered=5, exited=2, absorbed=1))
    assert apps.number == 12
