"""A supply side that decides: what must fit together, and what is said in vain."""

from collections.abc import Callable
from typing import Any

import pytest

from simulation.config import load, notes, value_at, with_changes

DECIDING: dict[str, Any] = {
    "supply": "endogenous",
    "providers": {"A": {}, "B": {"entry": 3}},
    "suppliers": {"C": {"capacity_share": 0.7}, "D": {"capacity_share": 0.3}},
}
OFFERS: dict[str, Any] = {"supply": {"offers": {"A": {}}}}
Messages = Callable[..., list[str]]


def crowd(count: int) -> str:
    """A setting that adds providers."""
    return "providers={" + ", ".join(f"P{number}: {{}}" for number in range(count)) + "}"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["providers=null"], "providers: nobody decides; give at least one provider"),
        (["suppliers=null"], "suppliers: nobody rents compute out; give at least one cloud"),
        (["suppliers.C.capacity_share=.5"],
         "suppliers: capacity_share of all clouds sums to 0.8, not 1"),
        (["providers.A.home=Cc"], "providers.A.home: Cc is not among the suppliers; did you mean"),
        (["providers.A={cash: 1, credits: .5}"],
         "providers.A.credits: credits are those of the home cloud; say which one"),
        (["providers.A.exclusive_until=3"],
         "providers.A.exclusive_until: there is no home cloud to be exclusive with"),
        (["providers.OPEN={}"], "providers.OPEN: 'OPEN' has a meaning of its own"),
        (["providers.all={}"], "providers.all: 'all' has a meaning of its own"),
        (["providers.staff={}"], "providers.staff: 'staff' has a meaning of its own"),
        (["providers.none={}"], "providers.none: 'none' stands for no provider"),
        (["providers.D={}"], "suppliers.D: 'D' is the name of a provider too"),
        (["compute.chip_maker=C"], "compute.chip_maker: 'C' is the name of a cloud too"),
        ([crowd(13)],
         "providers: 15 providers; at most 14 and OPEN are possible"),
        (["supply.exclude=[Z]"], "supply.exclude: Z is not among the providers; there are A, B"),
        (["supply.exclude=[A, B]"], "supply.exclude: every provider is excluded"),
        (["freeze={supply.price: 3}"], "freeze.supply.price: providers decide, and their offers"),
        (["freeze={supply.price.A: 3}"], "freeze.supply.price.A: providers decide"),
        (["initial.developers={adopted: 1, shares: {Z: 1}}"],
         "initial.developers.shares.Z: Z is not among the providers"),
        (["initial.consumers={adopted: 1, shares: {B: 1}}"],
         "initial.consumers.shares.B: B enters in month 3; nobody can use it at the start"),
        (["initial.consumers={adopted: 1, shares: {OPEN: 1}}"],
         "initial.consumers.shares.OPEN: nobody has released weights at the start"),
        (["planning.markup_floor=4"], "planning.markup_floor: 4 is above markup_limit, 3"),
        (["planning.markup_limit=0"], "planning.markup_limit: 0 is below markup_floor, 0.1"),
        (["providers.A.focus={coding: .5}"], "providers.A.focus: parts sum to 1.16666666667"),
        (["providers.A.allocation={scale: .5}"], "providers.A.allocation: parts sum to 0.95"),
        (["supply.offers={A: {}}"], "both `endogenous` and `offers` are given"),
    ],
)  # fmt: skip
def test_a_supply_side_is_refused(messages: Messages, settings: list[str], message: str) -> None:
    found = messages(DECIDING, *settings)
    assert message in found[0]
    assert len(found) == 1


@pytest.mark.parametrize(
    "setting",
    [
        "providers.A.entry=5",  # nobody is there at first
        "supply.exclude=[B]",
        crowd(12),
        "freeze={developers.tenure: 3}",
        "initial.developers={adopted: 1, shares: {A: 1}}",
        "providers.A={home: C, cash: 5, credits: 1, exclusive_until: 9}",
        "finance={stressed: 2, distressed: 1}",  # the cut comes at once
        "planning={markup_floor: 3, markup_limit: 3}",
    ],
)
def test_a_supply_side_is_taken(setting: str) -> None:
    assert load(DECIDING, [setting]).supply.endogenous


def test_open_weights_may_be_in_use_where_they_are_released_at_the_start() -> None:
    start = {"adopted": 1, "shares": {"OPEN": 1}}
    config = load({**DECIDING, "initial": {"developers": start}}, ["providers.A.open_weights=true"])
    assert config.initial.developers.shares == {"OPEN": 1}


def test_what_nobody_reads_is_noted_and_not_refused() -> None:
    parts = {name: DECIDING[name] for name in ("providers", "suppliers")}
    rule = "since nobody decides"
    assert notes(load({**OFFERS, **parts})) == [
        f"providers: not used, {rule}; `supply: endogenous` would use them",
        f"suppliers: not used, {rule}; `supply: endogenous` would use them",
    ]
    sets = ["consumers.bundled=[A]", "providers.B.entry=36"]
    assert notes(load(DECIDING, sets)) == [
        "consumers.bundled: not used, since strategies say who bundles",
        "providers.B.entry = 36 is after the last month, 35: it never enters",
    ]


def test_an_unused_supply_side_need_not_fit_together() -> None:
    assert load({**OFFERS, "suppliers": {"C": {"capacity_share": 0.2}}}).suppliers["C"]


def test_a_value_is_found_at_its_path() -> None:
    providers = {**DECIDING["providers"], "GPT-4.5": {"cash": 7}}
    config = load({**DECIDING, "providers": providers})
    assert value_at(config, "providers.GPT-4.5.cash") == 7
    assert value_at(config, "providers.B.strategy.family") == "routine"
    changed = with_changes(config, {"providers.B.strategy": "safety_first"})
    assert value_at(changed, "providers.B.strategy.lead") == 0.1
