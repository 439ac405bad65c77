"""Figures of the money side: whole for any run, silent on recorded supply, true in their words."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from drawn_words import clashes, figure_of, outside
from matplotlib.figure import Figure
from synthetic_money import grid, money_records
from synthetic_records import synthetic_records

from experiments import redraw
from experiments.plots import (
    amounts,
    commitments,
    compute,
    labels,
    paths,
    prices,
    race,
    scales,
    series,
    solvency,
    style,
    timeline,
)
from experiments.report import written_in

MONEY_FIGURES = ("timeline", "commitments", "solvency", "distress", "compute", "race")
MANY = (*(f"Firm {letter}" for letter in "ABCDEFGHIJKLMN"), "OPEN")
HOSTILE = ("<b>$\\frac{1}{0}$</b>", "a\nb\tc", "名前 \U0001f600", "x" * 300, "OPEN")
CASES: dict[str, dict[str, Any]] = {
    "ten years": {"months": 120},
    "a usual run": {},
    "one month": {"months": 1},
    "two months": {"months": 2},
    "nobody adopts": {"adopt": False},
    "one provider": {"names": ("Solo",)},
    "fourteen providers and OPEN": {"names": MANY, "months": 120},
    "hostile names": {"names": HOSTILE},
    "fifty years": {"months": 600},
}


def dead(records: Any) -> Any:
    """The same run, whose providers have all left after six months."""
    grid(records, "status")[6:] = "exited"
    return records


@pytest.mark.parametrize("case", [*CASES, "all dead"])
@pytest.mark.parametrize("name", [*MONEY_FIGURES, "prices", "supply", "share_river"])
def test_words_of_money_figures_do_not_overlap(
    name: str, case: str, drawn: Callable[[Figure], list[Any]]
) -> None:
    records = dead(money_records()) if case == "all dead" else money_records(**CASES[case])
    boxes = drawn(figure_of(name, records))
    assert clashes(boxes) == [] and outside(boxes) == []


@pytest.mark.parametrize("name", MONEY_FIGURES)
def test_money_figures_tell_title_caption_and_unit(name: str) -> None:
    words = written_in(style.png(figure_of(name, money_records())))
    assert len(words["Title"]) > 10 and words["Description"].endswith(".")
    assert any(unit in words["Description"] for unit in ("dollars", "OOM", "months"))


def test_recorded_supply_has_no_money_figures_and_endogenous_has_all() -> None:
    without = set(redraw.drawings_of(synthetic_records()))
    assert not without & set(MONEY_FIGURES) and "prices" in without
    assert set(redraw.drawings_of(money_records())) - without == set(MONEY_FIGURES)


def test_a_run_in_which_nobody_signs_owes_or_trains_is_drawn(
    drawn: Callable[[Figure], list[Any]],
) -> None:
    records = money_records(fails=False)
    for name in ("commitments", "released_run_cost"):
        records.tables["providers"][name][:] = np.nan if name != "commitments" else 0.0
    events = records.tables["events"]
    records.tables["events"] = {name: column[:0] for name, column in events.items()}
    assert commitments.title(records) == "Nobody has promised to pay for compute"
    assert solvency.title(records) == "Every provider could pay what it had promised"
    assert timeline.title(records) == (
        "What happened: no rounds, no contracts for compute, no failures"
    )
    for name in MONEY_FIGURES:
        assert clashes(drawn(figure_of(name, records))) == []


# --- Words say what the numbers are -----------------------------------------------------------


def test_dues_are_said_in_years_of_the_revenue_of_those_who_owe() -> None:
    records = money_records(fails=False, months=3, names=("A", "B"))
    grid(records, "commitments")[:] = [[0, 0], [240, 0], [480, 360]]
    grid(records, "revenue")[:] = [[10, 99], [10, 99], [20, 15]]
    assert commitments.of_all(records) == pytest.approx([np.nan, 2.0, 2.0], nan_ok=True)
    assert commitments.title(records) == (
        "Compute promised: 2.0 years of revenue in the median month, 2.0 years at the end"
    )
    assert commitments.summary(records, commitments.promises(records)).startswith(
        "A owes $480m in Mar 2023, earns $240m a year; B owes $360m in Mar 2023, earns $180m"
    )


def test_dues_without_revenue_are_no_years() -> None:
    records = money_records(fails=False, months=2, names=("A",))
    grid(records, "revenue")[:] = [[0.0], [0.01]]
    grid(records, "commitments")[:] = 500.0
    assert np.isnan(commitments.years_promised(records)).all()
    assert commitments.peak_words(commitments.promises(records)[0], "2023-01") == "peak Jan 2023"


def test_failures_and_peaks_of_pressure_are_named() -> None:
    records = money_records()
    month, name = solvency.failures(records)[0]
    assert (month, name) == (24, "OpenAI")
    assert (
        solvency.title(records) == "1 of 7 providers could not pay what they had promised: OpenAI"
    )
    grid(records, "payment_pressure")[7, 2] = 8.25
    assert "Anthropic 8.2 (Aug 2023)" in solvency.summary(records)
    assert solvency.summary(records).endswith("failed: OpenAI Jan 2025")
    assert np.isnan(solvency.pressure(records)[24:, 0]).all()  # nothing owed is no recovery


def test_runway_of_the_backed_is_said_and_not_drawn(drawn: Callable[[Figure], list[Any]]) -> None:
    records = money_records()
    grid(records, "runway")[:, 1] = 60.0
    words = [words for words, _ in drawn(solvency.draw(records))]
    assert "60, as backed or burning nothing: Google" in words


def test_use_of_compute_and_rent_over_cost_are_those_of_the_tables() -> None:
    records = money_records(months=2, names=("A", "B"))
    records.tables["market"] |= {
        "compute_used": np.array([50.0, 80.0]),
        "compute_capacity": np.array([100.0, 100.0]),
        "rent": np.array([4.0, 3.0]),
        "hardware_cost": np.array([2.0, 1.2]),
    }
    assert compute.title(records) == (
        "65 % of compute was in use, and rent ended at 2.5 times the cost of hardware"
    )
    assert "capacity 100 thousand → 100 thousand H100-equivalents" in compute.summary(records)
    assert compute.used_by(records)[0] == pytest.approx([0.03, 0.04])


@pytest.mark.parametrize(
    ("values", "factor"),
    [
        ([np.nan, 100.0, *[np.nan] * 11, 10.0, np.nan], 0.1),  # a tenth in twelve months
        ([8.0, 4.0, 2.0, 1.0], np.nan),  # less than a year
        ([8.0 * 0.5**month for month in range(25)], 0.5**12),
        ([5.0], np.nan),
        ([np.nan, 0.0], np.nan),
    ],
)
def test_yearly_change_of_a_price(values: list[float], factor: float) -> None:
    assert series.yearly_change(np.array(values)) == pytest.approx(factor, nan_ok=True)


def test_prices_say_how_much_they_fall_a_year() -> None:
    records = money_records(months=36)
    assert prices.title(records) == (
        "The price of the best offer falls 50 % and that of GPT-4 level falls 90 % a year"
    )
    records.tables["market"]["fixed_price"][:] = np.nan
    records.tables["market"]["frontier_price"][:] = 2.0 ** (np.arange(36) / 12)
    assert prices.title(records) == "The price of the best offer rises 100 % a year"


def test_yearly_changes_need_a_year() -> None:
    found = prices.yearly(np.array([10.0] * 12 + [5.0]))
    assert np.isnan(found[:12]).all() and found[12] == pytest.approx(-0.5)


def test_leaders_are_those_whom_lead_changes_counts() -> None:
    records = money_records(months=4, names=("A", "B", "OPEN"), fails=False)
    capability = series.cube(records, "capability")
    capability[:, 1] = [[1, 0, 9], [1, 2, 9], [1, 2, 9], [3, 2, 9]]
    records.tables["segments"]["capability"] = capability.ravel()
    records.tables["market"]["lead_changes"] = np.array([0, 1, 1, 2])
    records.tables["market"]["open_lag"][-1] = 7.0
    assert race.leaders(records) == [(0, "A"), (1, "B"), (3, "A")]
    assert race.title(records) == "A leads since Apr 2023; open weights end 7 months behind"
    assert race.summary(records).startswith("2 changes of the lead, ")


def test_record_runs_are_releases_above_all_before() -> None:
    records = money_records(months=4, names=("A", "B", "OPEN"), fails=False)
    grid(records, "model_capability")[:] = [[1, 0, 9], [1, 2, 9], [1.5, 2, 9], [3, 4, 9]]
    records.tables["segments"]["released"][:] = True
    expected = np.zeros((4, 3), bool)
    expected[[0, 1, 3], [0, 1, 1]] = True
    assert np.array_equal(race.record_runs(records), expected)


def test_what_happened_is_counted() -> None:
    records = money_records(months=36)
    assert timeline.title(records) == (
        "What happened: 6 rounds of $56bn, 5 contracts for compute, 1 failure"
    )
    assert timeline.summary(records).startswith("2 dated events; ")
    assert [event.kind for event in timeline.dated_events(records)] == [
        "a_much_longer_name",
        "chip_rule",
    ]
    rounds, contract = timeline.largest(records)
    assert rounds == 500.0 * 36
    assert contract == pytest.approx(4.0 / records.tables["market"]["compute_capacity"][6])


def test_who_left_has_a_cross_and_its_last_value(drawn: Callable[[Figure], list[Any]]) -> None:
    words = [words for words, _ in drawn(figure_of("supply", money_records()))]
    assert any(text.startswith("OpenAI ") and text.endswith(paths.LEFT_SIGN) for text in words)
    stayed = [words for words, _ in drawn(figure_of("supply", money_records(fails=False)))]
    assert not any(paths.LEFT_SIGN in text for text in stayed)


def test_a_band_that_ends_is_named_inside_where_it_is_high_enough() -> None:
    figure = style.sheet("title", "subtitle", "caption", "foot")
    axes = style.panel(figure, 100, 100, 400, 200)
    axes.set_xlim(0, 99)
    axes.set_ylim(0, 1)
    lower, upper = np.zeros(100), np.full(100, 0.02)
    before = len(axes.texts)
    labels.inside(axes, lower, upper, labels.Label(0.0, "Thin", "#058064"))
    assert len(axes.texts) == before
    upper[40:70] = 0.6
    labels.inside(axes, lower, upper, labels.Label(0.0, "Wide", "#058064"))
    word = axes.texts[-1]
    assert word.get_text() == "Wide" and word.get_color() == "#ffffff"
    x, y = word.get_position()
    assert 40 <= x <= 70 and y == pytest.approx(0.3)


# --- Amounts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("millions", "said"),
    [
        (1_250_000.0, "$1.2tn"),
        (3e15, "$3.0×10²¹"),
        (999_600.0, "$1tn"),
        (216_400.0, "$216bn"),
        (2_000.0, "$2bn"),
        (370.0, "$370m"),
        (0.31, "$0.3m"),
        (0.0, "$0"),
        (-4_500.0, "−$4.5bn"),
        (np.nan, "no data"),
    ],
)
def test_money_is_said_as_a_person_would(millions: float, said: str) -> None:
    assert amounts.money(millions) == said


@pytest.mark.parametrize(
    ("dollars", "said", "tick"),
    [
        (12.5, "$12.50", "$12.5"),
        (0.046, "$0.046", "$0.046"),
        (1e-4, "$1.0×10⁻⁴", "$10⁻⁴"),
        (7.07e-8, "$7.1×10⁻⁸", "$7×10⁻⁸"),
        (0.0, "$0", "$0"),
    ],
)
def test_prices_are_short_whatever_their_size(dollars: float, said: str, tick: str) -> None:
    assert amounts.price(dollars) == said
    if dollars:
        assert amounts.price_tick(dollars) == tick


@pytest.mark.parametrize(("low", "high"), [(1, 10), (0.02, 0.03), (1e-9, 40), (5, 5e6)])
def test_round_ticks_are_few_and_inside(low: float, high: float) -> None:
    ticks = scales.round_ticks(low, high)
    assert 1 <= len(ticks) <= scales.MOST_TICKS
    assert all(low <= tick <= high for tick in ticks)
