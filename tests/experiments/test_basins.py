"""Basins are counted as histories end: regimes in the order of their test, leaders by revenue."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments.basins import COLUMNS, WHOEVER, basins_of, basins_table
from experiments.plots import series
from simulation.metrics.frequency import frequency_interval

NAMES = ("Alpha", "Beta", "OPEN")
# Seed, last regime, last revenue of each provider.
ENDS = (
    (7, "oligopoly", (5.0, 4.0, 1.0)),
    (8, "monopoly", (1.0, 9.0, 0.0)),
    (9, "oligopoly", (3.0, 4.0, 1.0)),
    (10, "oligopoly", (2.0, 4.0, 1.0)),
    (11, "none", (0.0, 0.0, 0.0)),
)
SEEDS = [seed for seed, _, _ in ENDS]


def history(regime: str, revenue: tuple[float, ...]) -> Any:
    """Two months, of which only the last one is to be looked at."""
    return SimpleNamespace(
        dates=["2023-01", "2023-02"],
        regimes=np.array(["open", regime], object),
        revenue=np.array([[0.0, 0.0, 7.0], revenue]),
    )


def histories() -> list[Any]:
    """One for each of the ends."""
    return [history(regime, revenue) for _, regime, revenue in ENDS]


def test_every_regime_is_counted_and_each_of_its_leaders() -> None:
    assert basins_of(histories(), NAMES, SEEDS) == [
        ("monopoly", WHOEVER, (8,)),
        ("monopoly", "Beta", (8,)),
        ("open", WHOEVER, ()),
        ("oligopoly", WHOEVER, (7, 9, 10)),
        ("oligopoly", "Beta", (9, 10)),
        ("oligopoly", "Alpha", (7,)),
        ("none", WHOEVER, (11,)),
    ]


def test_a_month_without_revenue_is_named_only_if_a_history_ends_in_one() -> None:
    found = basins_of(histories()[:4], NAMES, SEEDS[:4])
    assert {basin.regime for basin in found} == {"monopoly", "open", "oligopoly"}


def test_leaders_are_those_with_most_revenue_and_of_equals_the_first() -> None:
    revenue = np.array([[[0.0, 2.0, 2.0], [0.0, 0.0, 7.0]], [[0.0] * 3, [3.0, 2.0, 0.0]]])
    assert series.earning_most(NAMES, revenue).tolist() == [["Beta", "OPEN"], ["none", "Alpha"]]
    assert str(series.earning_most(NAMES, revenue[0, 1])) == "OPEN"


def test_the_table_holds_frequencies_that_add_up_and_their_intervals() -> None:
    table = basins_table(histories(), NAMES, SEEDS)
    assert list(table) == [column.name for column in COLUMNS]
    whole = table["leader"] == WHOEVER
    assert table["probability"][whole].sum() == pytest.approx(1)
    assert set(table["of"]) == {5} and set(table["date"]) == {"2023-02"}
    assert table["seeds"].tolist() == ["8", "8", "", "7 9 10", "9 10", "7", "11"]
    low, high = frequency_interval(table["runs"], 5)
    assert (table["low"] == low).all() and (table["high"] == high).all()
    assert (table["low"] <= table["probability"]).all()
    assert (table["probability"] <= table["high"]).all()


def test_basins_of_another_month_would_be_noticed() -> None:
    """The planted bug: all histories begin open, led by OPEN."""
    first = histories()
    for each in first:
        each.regimes, each.revenue = each.regimes[::-1], each.revenue[::-1]
    assert basins_of(first, NAMES, SEEDS) != basins_of(histories(), NAMES, SEEDS)
