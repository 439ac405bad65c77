"""An event that sets where post-training and the budget go reaches who is on the market."""

from typing import Any

import numpy as np
import pytest

from simulation.config import Config, load
from simulation.market import Market
from simulation.phases import policy

MONTH = 5
FOCUS = {"coding": 0.2, "enterprise": 0.3, "consumer": 0.5}
ALLOCATION = {"scale": 0.3, "efficiency": 0.3, "safety": 0.2, "sales": 0.2}
SMALL: dict[str, Any] = {
    "months": MONTH + 3,
    "supply": "endogenous",
    "providers": {
        "A": {"capability": 0.3, "cash": 5000},
        "B": {"capability": 0.2, "cash": 900, "allocation": {"scale": 0.75, "efficiency": 0}},
        "C": {"entry": MONTH + 1, "cash": 900},
    },
    "suppliers": {"Cloud": {"capacity_share": 1}},
    "developers": {"count": 100},
    "consumers": {"count": 100},
    "enterprises": {"count": 100},
}


def config_of(provider: str, **values: dict[str, float]) -> Config:
    """The market with an event that sets these sections of a provider, and no other source."""
    changes = {
        f"providers.{provider}.{section}.{name}": part
        for section, parts in values.items()
        for name, part in parts.items()
    }
    return load({**SMALL, "events": {"turn": {"month": MONTH, "set": changes}}})


def after(config: Config, months: int) -> Market:
    market = Market(config)
    while market.month < months:
        market.step()
    return market


def test_what_was_set_holds_from_the_month_on_for_the_provider_and_nobody_else() -> None:
    config = config_of("A", focus=FOCUS, allocation=ALLOCATION)
    before, then = after(config, MONTH), after(config, MONTH + 1)
    assert before.labs.focus[:, 0] == pytest.approx(1 / 3)
    assert then.labs.focus[:, 0] == pytest.approx(list(FOCUS.values()))
    assert then.labs.parts[:, 0] == pytest.approx(list(ALLOCATION.values()))
    assert np.array_equal(then.labs.focus[:, 1], before.labs.focus[:, 1])
    assert np.array_equal(then.labs.allocation[:, 1], before.labs.allocation[:, 1])


def test_it_moves_the_model_by_segment_at_once() -> None:
    config = config_of("A", focus=FOCUS)
    plain = after(load(SMALL), MONTH + 1).offers.capability[:, 0]
    moved = after(config, MONTH + 1).offers.capability[:, 0]
    step = config.research.specialisation * np.log(3 * np.array(list(FOCUS.values())))
    assert moved - plain == pytest.approx(step)


def test_one_of_the_two_leaves_the_other_as_it_has_become() -> None:
    config = config_of("A", focus=FOCUS)
    market = after(config, MONTH)
    market.labs.allocation[:, 0] = learned = (0.4, 0.3, 0.2, 0.1)
    market.step()
    assert market.labs.allocation[:, 0].tolist() == list(learned)
    assert market.labs.focus[:, 0] == pytest.approx(list(FOCUS.values()))


def test_an_event_that_sets_something_else_leaves_what_has_become() -> None:
    config = load(
        {**SMALL, "events": {"turn": {"month": MONTH, "set": {"choice.product_step": 0}}}}
    )
    market = after(config, MONTH)
    market.labs.focus[:, 0] = learned = (0.5, 0.25, 0.25)
    market.step()
    assert market.labs.focus[:, 0].tolist() == list(learned)


def test_who_enters_later_brings_what_was_set() -> None:
    market = after(config_of("C", focus=FOCUS), MONTH + 3)
    assert market.labs.focus[:, 2] == pytest.approx(list(FOCUS.values()))


def test_a_market_in_which_it_does_not_arrive_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "divide_anew", lambda market, before: None)
    market = after(config_of("A", focus=FOCUS), MONTH + 1)
    assert market.config.providers["A"].focus.coding == FOCUS["coding"]
    assert market.labs.focus[:, 0] == pytest.approx(1 / 3)
