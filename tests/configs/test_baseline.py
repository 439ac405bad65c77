"""The baseline market is that of section 5 of the specification, number by number."""

from pathlib import Path

import pytest

from simulation.config import load, notes

CHECKOUT = Path(__file__).resolve().parents[2]
CONFIG = load(CHECKOUT / "configs" / "baseline.yaml")
NONE = None
# Columns as in the table: entry, cash, parent flow, its growth, its limit, capability, safety,
# brand, execution, focus, allocation, leverage, optimism, ambition, valuation, efficiency.
# fmt: off
TABLE = {
    "OpenAI": (
        0, 3000, 0, 0, 1e9, .30, .39, 1.5, 1.00, (.30, .30, .40), (.62, .10, .03, .25),
        3.0, 1.0, 1.0, 29_000, 0),
    "Google": (
        0, 0, 150, .05, 2000, .10, .36, .5, .45, (.30, .35, .35), (.55, .20, .05, .20),
        NONE, 0, .5, 0, .05),
    "Anthropic": (
        0, 700, 0, 0, 1e9, -.30, .50, .3, 1.10, (.50, .35, .15), (.55, .15, .12, .18),
        .6, .25, .7, 4100, 0),
    "Meta": (
        0, 0, 100, .05, 1500, -.60, .21, .5, .35, (.25, .25, .50), (.62, .20, .03, .15),
        NONE, 0, .5, 0, 0),
    "xAI": (
        6, 1000, 20, .04, 400, NONE, .16, .5, .50, (.25, .20, .55), (.72, .08, .01, .19),
        .8, .25, .7, 0, 0),
    "Mistral": (
        5, 120, 0, 0, 1e9, NONE, .21, .2, .60, (.35, .45, .20), (.45, .35, .03, .17),
        .5, .25, .12, 260, .10),
    "DeepSeek": (
        7, 300, 15, .03, 80, NONE, .11, .2, .30, (.40, .30, .30), (.45, .45, .02, .08),
        .5, .25, .08, 0, .10),
}
# fmt: on
STRATEGIES = {
    "OpenAI": "capital_driven_platform",
    "Google": "endogenous_ecosystem",
    "Anthropic": "safety_first",
    "Meta": "open_weights",
    "xAI": "platform_integration",
    "Mistral": "routine",
    "DeepSeek": "efficiency_first",
}


@pytest.mark.parametrize("name", TABLE)
def test_a_provider_is_that_of_the_specification(name: str) -> None:
    own = CONFIG.providers[name]
    focus = (own.focus.coding, own.focus.enterprise, own.focus.consumer)
    parts = own.allocation
    assert (
        own.entry, own.cash, own.parent_flow, own.parent_growth, own.parent_limit, own.capability,
        own.safety, own.brand, own.execution, focus,
        (parts.scale, parts.efficiency, parts.safety, parts.sales),
        own.leverage, own.optimism, own.ambition, own.valuation, own.efficiency,
    ) == TABLE[name]  # fmt: skip
    assert own.strategy.family == STRATEGIES[name]


def test_providers_differ_as_the_specification_says() -> None:
    providers = CONFIG.providers
    assert tuple(providers) == tuple(TABLE)
    assert {n for n, own in providers.items() if not own.raises} == {"Google", "Meta", "DeepSeek"}
    assert {n for n, own in providers.items() if own.open_weights} == {"Mistral", "DeepSeek"}
    origins = {n: own.origin for n, own in providers.items() if own.origin != "US"}
    assert origins == {"Mistral": "FR", "DeepSeek": "CN"}
    homes = {name: own.home for name, own in providers.items() if own.home}
    assert homes == {"OpenAI": "Azure", "Anthropic": "GCP"}
    first = providers["OpenAI"]
    assert (first.credits, first.exclusive_until, first.revenue_shared) == (0.6, 24, 0.2)
    assert {n: own.own_chips for n, own in providers.items() if own.own_chips != 1} == {
        "Google": 0.6
    }


def test_clouds_are_those_of_the_specification() -> None:
    shares = {name: cloud.capacity_share for name, cloud in CONFIG.suppliers.items()}
    assert shares == {"Azure": 0.30, "AWS": 0.25, "GCP": 0.20, "Neoclouds": 0.25}
    assert [cloud.owner for cloud in CONFIG.suppliers.values()] == [
        "Microsoft", "Amazon", "Alphabet", None,
    ]  # fmt: skip
    assert CONFIG.compute.chip_maker == "Nvidia"


def test_the_run_is_ten_years_of_own_decisions() -> None:
    assert CONFIG.supply.endogenous
    assert (CONFIG.start, CONFIG.months, CONFIG.schema_version) == ("2023-01", 120, 1)
    assert notes(CONFIG) == []
