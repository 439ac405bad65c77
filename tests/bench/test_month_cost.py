"""A month costs what it did outside the kernels: counted instructions, so no clock is looked at.

The bounds hold for the version of Python that they were recorded with.  After a change of what a
phase does: `python tests/bench/month_cost.py --record`.
"""

import json
from collections.abc import Callable
from typing import Any

import month_cost
import numpy as np
import pytest

from agents.codes import CODES
from simulation import recorder
from simulation.phases import research, settle

RECORD = json.loads(month_cost.RECORD.read_text())
MORE = 1.15  # of the record
AT_MOST = 60_000  # instructions of a month, under every version

Plant = Callable[[pytest.MonkeyPatch], None]


def slower(cost: dict[str, float]) -> list[str]:
    """Phases that cost more than was recorded."""
    return [name for name, spent in cost.items() if spent > RECORD["cost"][name] * MORE]


def test_a_month_costs_what_was_recorded() -> None:
    cost = month_cost.cost()
    assert sum(cost.values()) < AT_MOST
    assert list(cost) == list(RECORD["cost"])
    if RECORD["made_with"] == month_cost.made_with():
        assert slower(cost) == []


def bills_checked_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """All bills are compared once for each provider."""
    check = settle.check_bills

    def check_each(market: Any) -> None:
        for _ in range(CODES):
            check(market)

    monkeypatch.setattr(settle, "check_bills", check_each)


def numbers_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of providers is copied in Python, number by number."""
    keep = recorder.lab_row
    monkeypatch.setattr(recorder, "lab_row", lambda market: np.array([+x for x in keep(market)]))


def prices_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offers are put out once for each who sells."""
    post = research.post

    def post_each(market: Any, models: Any) -> None:
        for _ in np.flatnonzero(market.labs.active):
            post(market, models)

    monkeypatch.setattr(research, "post", post_each)


PLANTED: dict[Plant, str] = {
    bills_checked_for_each: "settle",
    numbers_one_by_one: "observe",
    prices_for_each: "research",
}


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_slow_down_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = month_cost.cost()
    plant(monkeypatch)
    slow, phase = month_cost.cost(), PLANTED[plant]
    assert slow[phase] > sound[phase] * MORE
    if RECORD["made_with"] == month_cost.made_with():
        assert phase in slower(slow)
