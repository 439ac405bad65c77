"""Regimes, the openness index and frequencies against closed forms; order and thresholds count."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation.config import load
from simulation.market import run
from simulation.metrics import regime
from simulation.metrics.concentration import hhi
from simulation.metrics.frequency import NORMAL_QUANTILE_975, frequency_interval
from simulation.metrics.regime import frontier_providers, openness, openness_terms, regimes

BASELINE = Path(__file__).parents[2] / "configs" / "baseline.yaml"
NAN = np.nan


def index_of(shares: np.ndarray, open_share: float, at_frontier: int) -> float:
    """Openness index of a share vector of revenue."""
    return float(openness(openness_terms(hhi(shares), open_share, at_frontier)))


def label(concentration: float, index: float) -> str:
    """Regime of one month."""
    return str(regimes([concentration], [index])[0])


# --- The index ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_openness_of_k_equal_providers_at_one_frontier_is_a_closed_form(count: int) -> None:
    """(1 - 1/k + w + min(1, k/5)) / 3."""
    expected = (1 - 1 / count + 0.3 + min(1, count / 5)) / 3
    assert index_of(np.full(count, 1 / count), 0.3, count) == pytest.approx(expected, rel=1e-14)


def test_openness_lies_between_a_monopoly_alone_and_many_on_open_weights() -> None:
    assert index_of(np.array([1.0, 0.0]), 0.0, 0) == 0
    many = np.full(10_000, 1e-4)
    assert index_of(many, 1.0, 5) == pytest.approx((1 - 1e-4 + 2) / 3)


def test_more_than_five_at_the_frontier_open_it_no_further() -> None:
    terms = openness_terms([0.2, 0.2, 0.2], 0.0, [4, 5, 14])
    assert terms["openness_frontier"].tolist() == [0.8, 1.0, 1.0]


def test_a_month_without_revenue_has_no_openness_but_keeps_its_other_terms() -> None:
    terms = openness_terms(hhi([[0.0, 0.0]]), [0.4], [2])
    assert np.isnan(openness(terms)).all() and np.isnan(terms["openness_shares"]).all()
    assert terms["openness_weights"] == 0.4 and terms["openness_frontier"] == 0.4


# --- The frontier ---------------------------------------------------------------------------------


def test_who_is_half_an_order_behind_is_at_the_frontier_and_who_is_further_is_not() -> None:
    of_a_provider = np.array([True, True, True, False])
    levels = [[2.0, 1.5, 1.4375, NAN], [2.0, 1.5, NAN, 1.75], [NAN] * 4]
    assert frontier_providers(levels, of_a_provider).tolist() == [2, 2, 0]


def test_open_weights_move_the_frontier_and_are_no_provider_at_it() -> None:
    of_a_provider = np.array([True, True, False])
    assert frontier_providers([1.0, 0.75, 0.5], of_a_provider) == 2
    assert frontier_providers([1.0, 0.75, 1.4375], of_a_provider) == 1
    assert frontier_providers([1.0, 0.75, 3.0], of_a_provider) == 0


def test_no_provider_no_frontier() -> None:
    assert frontier_providers(np.zeros((3, 0)), np.zeros(0, bool)).tolist() == [0, 0, 0]


# --- The label ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("concentration", "index", "expected"),
    [
        (1.0, 0.2, "monopoly"),
        (np.nextafter(0.5, 1), 0.2, "monopoly"),
        (0.5, 0.5, "oligopoly"),  # neither is above its threshold
        (0.5, np.nextafter(0.5, 1), "open"),
        (np.nextafter(0.5, 1), 0.8, "monopoly"),  # both are: the first test decides
        (0.3, 0.4, "oligopoly"),
        (0.3, 0.7, "open"),
        (NAN, NAN, "none"),
    ],
)
def test_regimes_are_tested_in_order_and_thresholds_are_not_above_themselves(
    concentration: float, index: float, expected: str
) -> None:
    assert label(concentration, index) == expected


def test_two_equal_providers_are_no_monopoly() -> None:
    """Their HHI is .5 to the last bit, and so is their openness with one half of all else."""
    two = float(hhi([0.5, 0.5]))
    assert label(two, 0.0) == "oligopoly"
    assert label(two, float(openness({name: np.array(0.5) for name in "abc"}))) == "oligopoly"


def outcomes() -> list[str]:
    """What the test of the order looks at."""
    return regimes([0.6, 0.6, 0.4, 0.4, NAN], [0.6, 0.4, 0.6, 0.4, 0.9]).tolist()


def test_swapping_the_tests_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: openness is tested before concentration."""
    assert outcomes() == ["monopoly", "monopoly", "open", "oligopoly", "none"]
    select = np.select
    with monkeypatch.context() as patch:
        patch.setattr(
            regime.np, "select", lambda t, names, rest: select(t[::-1], names[::-1], rest)
        )
        assert outcomes() == ["open", "monopoly", "open", "oligopoly", "none"]


# --- A market -------------------------------------------------------------------------------------

PEOPLE = {"count": 400, "peer_weight": 0, "innovation": 0.3}


def market(supply: Any, months: int = 4, **sections: Any) -> dict[str, np.ndarray]:
    """The market table of a small run."""
    config = {
        "name": "regimes",
        "months": months,
        "supply": supply,
        "developers": PEOPLE,
        "consumers": {"count": 50},
        "enterprises": {"count": 30},
        "networks": dict.fromkeys(("developers", "consumers", "enterprises"), "none"),
    }
    return run(load(config | sections)).table("market")


def test_a_market_of_one_provider_is_a_monopoly_and_of_six_equals_is_open() -> None:
    alone = market({"offers": {"A": {}}})
    assert alone["regime"].tolist() == ["monopoly"] * 4
    assert alone["openness"] == pytest.approx((0 + 0 + 1 / 5) / 3)
    six = market({"offers": {name: {} for name in "ABCDEF"}})
    assert six["regime"].tolist() == ["open"] * 4
    assert six["frontier_providers"].tolist() == six["active_providers"].tolist() == [6] * 4
    assert six["openness"] == pytest.approx((2 - six["hhi_revenue"]) / 3)


def test_a_market_in_which_nobody_adopts_has_no_regime() -> None:
    nobody = {"count": 100, "innovation": 0, "imitation": 0}
    found = market(
        {"offers": {"A": {}}},
        developers=nobody,
        consumers=nobody,
        enterprises={"count": 30, "innovation": 0, "imitation": 0},
    )
    assert found["regime"].tolist() == ["none"] * 4 and np.isnan(found["openness"]).all()
    assert found["frontier_providers"].tolist() == [1] * 4


def test_open_counts_in_the_frontier_and_in_the_share_of_use_but_is_no_provider() -> None:
    levels = {"A": 1.0, "B": 0.6, "OPEN": 1.2}
    found = market({"offers": {name: {"capability": level} for name, level in levels.items()}})
    assert found["active_providers"].tolist() == [2] * 4
    assert found["frontier_providers"].tolist() == [1] * 4
    assert (found["openness_weights"] > 0).all()
    assert (found["openness_weights"] == found["open_token_share"]).all()


def test_columns_of_a_market_that_decides_follow_from_its_other_tables() -> None:
    few = [f"{name}.count=300" for name in ("developers", "consumers", "enterprises")]
    records = run(load(BASELINE, [*few, "entry.hazard=0", "months=16"]))
    found, labs = records.table("market"), records.frame("providers")
    offers = records.frame("segments").groupby(["month", "provider"])["available"].any()
    own = labs.set_index(["month", "provider"])["model_capability"].where(offers).unstack()
    near = own.ge(own.max(axis=1) - 0.5, axis=0).drop(columns="OPEN")
    assert found["frontier_providers"].tolist() == near.sum(axis=1).tolist()
    assert found["active_providers"].tolist() == own.drop(columns="OPEN").count(axis=1).tolist()
    assert found["active_providers"][0] == 4 and found["active_providers"][-1] == 7
    terms = [found[f"openness_{name}"] for name in ("shares", "weights", "frontier")]
    assert found["openness"] == pytest.approx(np.mean(terms, axis=0), rel=1e-14)


# --- Frequencies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "runs"), [(0, 20), (7, 20), (20, 20), (1, 2), (0, 1)])
def test_ends_of_the_interval_are_where_the_score_test_just_rejects(count: int, runs: int) -> None:
    """Both ends solve (count/runs - p)² = z² p (1 - p) / runs."""
    for end in frequency_interval(count, runs):
        distance = (count / runs - end) ** 2
        assert distance == pytest.approx(NORMAL_QUANTILE_975**2 * end * (1 - end) / runs, abs=1e-14)
    low, high = frequency_interval(count, runs)
    assert 0 <= low <= count / runs <= high <= 1 and low < high


def test_a_basin_that_no_run_reached_is_not_excluded() -> None:
    """Wilson's upper end at 0 of n is z² / (n + z²): .16 of 20 runs."""
    low, high = frequency_interval([0, 20], 20)
    square = NORMAL_QUANTILE_975**2
    assert low == pytest.approx([0, 20 / (20 + square)]) and low[0] == 0
    assert high == pytest.approx([square / (20 + square), 1])


def covered(interval: Any, probability: float, runs: int = 20) -> float:
    """Share of samples whose interval holds the probability that they were drawn with."""
    counts = np.random.default_rng(5).binomial(runs, probability, 20_000)
    low, high = interval(counts, runs)
    return float(((low <= probability) & (probability <= high)).mean())


def naive(count: np.ndarray, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """The interval of the textbook, which has no width where nothing happened."""
    share = count / runs
    reach = NORMAL_QUANTILE_975 * np.sqrt(share * (1 - share) / runs)
    return share - reach, share + reach


def test_the_interval_covers_what_it_says_over_all_probabilities_and_a_naive_one_does_not() -> None:
    probabilities = np.linspace(0.01, 0.99, 50)
    ours = np.mean([covered(frequency_interval, p) for p in probabilities])
    assert 0.94 < ours < 0.97
    assert np.mean([covered(naive, p) for p in probabilities]) < 0.9
