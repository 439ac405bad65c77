"""Equations of the supply side: closed forms, limits, directions, shapes and extremes."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.equations import compute_market, finance, planning, pricing, research

AMOUNT = st.floats(0.0, 1e9)
CODES = 16


# --- planning: E5 and E10 ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pressure", "factor"), [(0, 1), (0.6, 1), (0.8, 0.75), (1.0, 0.5), (7, 0.5), (math.inf, 0.5)]
)
def test_stress_cut_falls_in_a_line_between_the_bands(pressure: float, factor: float) -> None:
    assert planning.stress_cut(pressure, 0.6, 1.0, 0.5) == pytest.approx(factor)


def test_stress_cut_comes_at_once_where_the_bands_are_one() -> None:
    cuts = [planning.stress_cut(pressure, 1.0, 1.0, 0.3) for pressure in (0.9, 1.0, 1.1)]
    assert cuts == [1.0, 1.0, 0.7]


@given(AMOUNT, AMOUNT, st.floats(0.0, 1.0))
def test_stress_cut_never_leaves_its_ends_and_never_rises(
    one: float, more: float, deepest: float
) -> None:
    low, high = (planning.stress_cut(pressure, 0.6, 1.0, deepest) for pressure in (one, one + more))
    assert 1.0 - deepest - 1e-12 <= high <= low <= 1.0


def test_own_means_are_a_part_of_profit_and_of_what_is_liquid() -> None:
    assert planning.own_means(100.0, 240.0, 0.6, 24.0) == pytest.approx(70.0)
    assert planning.own_means(-100.0, 240.0, 0.6, 24.0) == pytest.approx(10.0)
    assert planning.own_means(-100.0, -240.0, 0.6, 24.0) == 0.0


def test_growth_is_the_monthly_rate_that_leads_from_before_to_now() -> None:
    assert planning.revenue_growth(1.1**6, 1.0, 6, 1.0) == pytest.approx(0.1)
    assert planning.revenue_growth(1e9, 1.0, 6, 0.15) == 0.15
    assert planning.revenue_growth(1.0, 0.0, 6, 0.15) == 0.15
    for now, before in ((0.0, 0.0), (1.0, 1.0), (0.5, 1.0), (0.0, 1.0)):
        assert planning.revenue_growth(now, before, 6, 0.15) == 0.0
    assert planning.revenue_growth(1e300, 1e-300, 6, 10.0) == 10.0


def test_wanted_capacity_compounds_expected_growth() -> None:
    assert planning.wanted_capacity(10.0, 0.0, 5.0, 0.7, 12) == pytest.approx(7.0)
    assert planning.wanted_capacity(10.0, 0.1, 1.0, 0.5, 12) == pytest.approx(5.0 * 1.2**12)
    assert planning.wanted_capacity(10.0, 0.1, -1.0, 1.0, 12) == pytest.approx(10.0)
    assert planning.wanted_capacity(10.0, 0.5, 0.0, 1.0, 0) == 10.0


def test_wanted_capacity_of_any_growth_is_a_number() -> None:
    """Nothing needed is nothing wanted, and what no number holds is more than there is."""
    assert planning.wanted_capacity(0.0, 10.0, 100.0, 1.0, 120) == 0.0
    assert planning.wanted_capacity(1e3, 10.0, 100.0, 10.0, 120) == math.inf
    assert planning.wanted_capacity(1.0, 10.0, 100.0, 1.0, 120) > 1e300


def test_affordable_capacity_is_leverage_over_price() -> None:
    expected = 2.0 * (12.0 * 10.0 * 1.6 + 100.0) / (12.0 * 3.0)
    assert planning.affordable_capacity(10.0, 0.1, 100.0, 2.0, 3.0) == pytest.approx(expected)
    assert planning.affordable_capacity(0.0, 0.1, -100.0, 2.0, 3.0) == 0.0
    assert planning.affordable_capacity(10.0, 0.0, 0.0, 1.0, 0.0) == math.inf
    assert planning.affordable_capacity(10.0, 0.0, 0.0, 0.0, 3.0) == 0.0


# --- pricing: E7 to E9 ---------------------------------------------------------------------------


def test_need_grows_with_the_root_of_training_compute_and_falls_with_efficiency() -> None:
    size, efficiency = np.array([0.0, 2.0, 0.0, 2.0]), np.array([0.0, 0.0, 1.0, 1.0])
    need = pricing.serving_need(size, efficiency, 1.5, 0.5)
    assert need == pytest.approx([1.5, 15.0, 0.15, 1.5])
    assert pricing.unit_cost(need, 4.0) == pytest.approx(0.73 * 4.0 * need)
    assert pricing.unit_cost(need, np.arange(4.0))[0] == 0.0


@pytest.mark.parametrize(
    ("share", "before", "expected"),
    [(0.11, 0.10, 1.0015), (0.09, 0.10, 0.9985), (0.9, 0.1, 1.003), (0.0, 0.1, 0.997),
     (0.1, 0.1, 1.0), (0.5, 0.0, 1.0)],
)  # fmt: skip
def test_markup_follows_the_share_by_at_most_a_step(
    share: float, before: float, expected: float
) -> None:
    assert pricing.adjusted_markup(1.0, share, before, 0.015, 0.2) == pytest.approx(expected)
    assert pricing.adjusted_markup(1.0, share, before, 0.0, 0.2) == 1.0


def test_open_weights_cap_prices_and_none_where_there_are_none() -> None:
    price, open_price = np.array([1.0, 3.0, 3.0]), np.array([2.0, 2.0, np.nan])
    assert pricing.capped_price(price, open_price, 1.3) == pytest.approx([1.0, 2.6, 3.0])


def test_price_of_a_fixed_capability_is_the_cheapest_of_who_can() -> None:
    cost, margin = np.array([1.0, 3.0, 2.0]), np.array([0.0, 0.5, 1.0])
    assert pricing.fixed_capability_price(cost, margin, np.array([False, True, True])) == 4.0
    assert math.isnan(pricing.fixed_capability_price(cost, margin, np.zeros(3, bool)))


# --- compute market: E1 to E4 --------------------------------------------------------------------


def test_growth_of_capacity_halves_every_half_life_and_dies_out() -> None:
    growth = [
        compute_market.grown_capacity(100.0, month, 0.1, 12.0) / 100.0 - 1.0
        for month in (0, 12, 24, 12_000)
    ]
    assert growth == pytest.approx([0.1, 0.05, 0.025, 0.0])


def test_cost_falls_by_a_fifth_with_each_doubling() -> None:
    """Wright's law with 0.32; without learning it stays."""
    costs = [compute_market.hardware_cost(100.0 * 2**n, 100.0, 2.2, 0.32) for n in range(3)]
    assert [costs[1] / costs[0], costs[2] / costs[1]] == pytest.approx([2**-0.32] * 2)
    assert costs[0] == 2.2 and pytest.approx(0.8, abs=0.002) == 2**-0.32
    assert compute_market.hardware_cost(1e9, 100.0, 2.2, 0.0) == 2.2


def test_rent_follows_tightness_within_its_limits() -> None:
    rents = [compute_market.next_rent(4.0, d, 0.5, 1.0, 12.0) for d in (0.25, 1.0, 4.0, 100.0)]
    assert rents == pytest.approx([2.0, 4.0, 8.0, 12.0])
    assert compute_market.next_rent(4.0, 1e-4, 0.5, 1.0, 12.0) == 1.0
    assert compute_market.next_rent(4.0, 1.0, 0.5, 9.0, 6.0) == 6.0  # the upper limit counts last


def test_spot_demand_is_served_from_what_is_not_contracted() -> None:
    assert compute_market.spot_share(100.0, 40.0, 120.0) == pytest.approx(0.5)
    assert compute_market.spot_share(100.0, 40.0, 60.0) == 1.0
    assert compute_market.spot_share(100.0, 140.0, 60.0) == 0.0
    assert compute_market.spot_share(100.0, 40.0, 0.0) == 1.0


# --- research: E11 to E15 ------------------------------------------------------------------------


def own_gain(effort: Any, efficiency: Any, rates: tuple[float, float]) -> Any:
    """E11's own gain, of spending over its scale, where the exhaustion is 3."""
    left = np.exp(research.exhausted(efficiency, 3.0))
    return research.own_gain(research.reached(effort), left, rates)


def test_gain_is_free_and_paid_and_exhausted() -> None:
    effort, rates = np.array([0.0, math.e - 1.0]), (0.012, 0.02)
    gain = own_gain(effort, np.zeros(2), rates)
    assert gain == pytest.approx([0.012, 0.032])
    later = own_gain(effort, np.full(2, 3.0), rates)
    assert later == pytest.approx(gain / math.e)


def test_what_leaks_is_a_part_of_the_gap_and_nothing_for_the_best() -> None:
    assert research.leaked(np.array([0.0, 1.0, 2.0, 3.0]), 2.0, 0.04) == pytest.approx(
        [0.08, 0.04, 0.0, 0.0]
    )


def test_a_thousand_accelerators_for_a_month_are_the_units_of_the_specification() -> None:
    """9.198e23 operations at a use of .35, .3066 units of F0."""
    assert research.training_units(np.array([0.0, 1.0, 2.0]), 0.35) == pytest.approx(
        [0.0, 0.3066, 0.6132]
    )


def test_runs_are_whole_months_longer_with_safety_and_never_none() -> None:
    share = np.array([0.0, 0.02, 0.12, 1.0])
    assert research.run_length(share, 8.0, 20.0).tolist() == [8.0, 8.0, 10.0, 28.0]
    assert research.run_length(share, 1.0, 0.0).tolist() == [1.0] * 4
    assert research.run_length(np.zeros(1), 0.0, 0.0).tolist() == [1.0]


def test_equal_focus_is_no_specialisation_and_more_focus_is_more() -> None:
    capability = np.array([1.0, 2.0])
    equal = capability + research.tailored(np.full((3, 2), 1 / 3), 0.4)
    assert equal == pytest.approx(np.broadcast_to(capability, (3, 2)))
    focus = np.array([[0.5, 0.5], [0.3, 0.3], [0.2, 0.2]])
    tailored = capability + research.tailored(focus, 0.4)
    assert tailored.shape == (3, 2)
    assert tailored[0] == pytest.approx(capability + 0.4 * math.log(1.5))
    assert (np.diff(tailored, axis=0) < 0.0).all()


def test_safety_goes_to_the_index_that_its_share_leads_to() -> None:
    share, safety = np.array([0.0, 0.03, 0.12]), np.full(3, 0.5)
    assert research.safety_change(safety, share, 0.05, 0.03) == pytest.approx([-0.025, 0.0, 0.015])
    for _ in range(500):
        safety = safety + research.safety_change(safety, share, 0.05, 0.03)
    assert safety == pytest.approx([0.0, 0.5, 0.8], abs=1e-6)


def test_brand_decays_without_sales_and_settles_with_them() -> None:
    """The steady state is gain·x·ln(1 + S/S_ref)/decay."""
    spending, execution = np.array([0.0, 5.0, 500.0]), np.array([1.0, 1.0, 0.5])
    brand = np.ones(3)
    reach = research.reached(spending / 5.0)
    first = research.goodwill(brand, reach, execution, (0.04, 0.05))
    assert first[0] == pytest.approx(0.96)
    for _ in range(2000):
        brand = research.goodwill(brand, reach, execution, (0.04, 0.05))
    assert brand == pytest.approx([0.0, 1.25 * math.log(2), 0.625 * math.log(101)], abs=1e-9)


# --- finance: E34 and runway ---------------------------------------------------------------------


def test_pressure_is_dues_over_a_year_of_means() -> None:
    due, income = np.array([60.0, 60.0, 60.0, 0.0]), np.array([5.0, -5.0, -5.0, 0.0])
    liquid = np.array([60.0, 60.0, -60.0, 0.0])
    assert finance.payment_pressure(due, income, liquid) == pytest.approx([0.5, 1.0, 60.0, 0.0])


@given(AMOUNT, st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.floats(0.0, 1e9))
def test_pressure_rises_with_dues_and_falls_with_means(
    due: float, income: float, liquid: float, more: float
) -> None:
    def pressure(*values: float) -> float:
        return float(finance.payment_pressure(*(np.array([value]) for value in values))[0])

    here = pressure(due, income, liquid)
    assert 0.0 <= here < math.inf
    assert pressure(due + more, income, liquid) >= here
    assert pressure(due, income + more, liquid) <= here
    assert pressure(due, income, liquid + more) <= here


def test_runway_is_means_over_burn_up_to_its_limit() -> None:
    liquid = np.array([120.0, 120.0, 120.0, -5.0, 0.0, 0.0, 1e300])
    burn = np.array([10.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1e-300])
    with np.errstate(all="raise", under="ignore"):
        months = finance.runway(liquid, burn, 60.0)
    assert months.tolist() == [12.0, 60.0, 60.0, 0.0, 60.0, 0.0, 60.0]


# --- shapes --------------------------------------------------------------------------------------


def test_columns_come_back_as_columns() -> None:
    """Providers stand on the last axis, and none reads another's number."""
    rng = np.random.default_rng(4)
    first, second = rng.random((2, CODES))
    for way in (
        lambda a, b: pricing.serving_need(a, b, 1.5, 0.5),
        lambda a, b: own_gain(a, b, (0.01, 0.02)),
        lambda a, b: research.safety_change(a, b, 0.05, 0.03),
        lambda a, b: research.goodwill(a, research.reached(b / 5.0), b, (0.04, 0.05)),
        lambda a, b: finance.payment_pressure(a, b, b),
        lambda a, b: finance.runway(a, b, 60.0),
    ):
        whole = way(first, second)
        assert whole.shape == (CODES,)
        singly = [way(first[[code]], second[[code]])[0] for code in range(CODES)]
        assert whole == pytest.approx(singly, rel=1e-12)
