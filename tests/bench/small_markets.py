"""Small markets in which a good deal happens: the ground on which engine and twin are compared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulation.config import Config, load

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "configs" / "recorded.yaml"
SMALL = [
    "seed=7",
    "months=24",
    "developers.count=300",
    "consumers.count=200",
    "enterprises.count=80",
    "enterprises.innovation=0.02",
    "apps.count=0",  # the twin has none
]
# Close substitutes, a dear leader, a nest of three, one provider short of money.
OFFERS: dict[str, Any] = {
    "A": {"capability": 1.0, "price": 20, "safety": 0.4, "brand": 1.5},
    "B": {
        "capability": {"coding": 1.2, "enterprise": 0.8, "consumer": 0.9},
        "price": 8,
        "safety": 0.6,
        "brand": 0.6,
        "runway": 5,
    },
    "C": {"capability": 0.7, "price": 3, "safety": 0.2, "brand": 0.4, "open_weights": True},
    "D": {
        "capability": 0.9,
        "price": 4,
        "safety": 0.3,
        "brand": 0.3,
        "open_weights": True,
        "reliability": 0.9,
        "product_term": 0.2,
    },
    "OPEN": {"capability": 0.9, "price": 2, "safety": 0.2, "brand": 0.5},
}
USERS = {"A": 0.3, "B": 0.3, "C": 0.2, "D": 0.1, "OPEN": 0.1}
FROM_MARCH = "start=2023-03"  # with releases and entries from then on
# Everything of E21 at once.
TRYING = [
    "developers.trial_probability=0.6",
    "consumers.trial_probability=0.6",
    "developers.leaving_hazard=0.03",
    "consumers.leaving_hazard=0.03",
    "developers.arrival=one_per_month",
    "consumers.innovation=0.05",
    "networks.developers={family: complete, blocks: 15}",
    "developers.reconsideration_base=0.4",
    "consumers.reconsideration_base=0.4",
    "consumers.spend_spread=1",
    "consumers.second_share=0.4",
]


def on_record(*sets: str) -> Config:
    """The recorded market with few agents, from March 2023 on."""
    return load(RECORDED, [*SMALL, FROM_MARCH, *sets])


def on_offers(*sets: str) -> Config:
    """Constant offers which most agents already use."""
    start = {"adopted": 0.7, "shares": USERS, "tenure": 5}
    source = {
        "schema_version": 1,
        "supply": {"offers": OFFERS},
        "initial": {"developers": start, "consumers": start, "enterprises": start},
    }
    return load(source, [*SMALL, *sets])


def lively() -> Config:
    """A market on the record in which everything is at work."""
    return on_record(
        "enterprises.innovation=0.05",
        "enterprises.pull_minimum=8",
        "developers.reconsideration_release=1",
        "developers.reconsideration_base=0.3",
        "developers.peer_weight=3",
    )


def without(keep: Callable[[list[str]], bool]) -> str:
    """Write the recorded supply without some rows here; returns the setting that names it."""
    lines = (ROOT / "configs" / "data" / "supply_recorded.csv").read_text().splitlines()
    kept = [line for line in lines if line.startswith("#") or keep(line.split(","))]
    Path("gap.csv").write_text("\n".join(kept) + "\n")
    return "supply.recorded=gap.csv"


def start_on(name: str) -> list[str]:
    """Half of everybody starts on one provider."""
    return [
        f"initial.{people}={{adopted: 0.5, shares: {{{name}: 1}}, tenure: 3}}"
        for people in ("developers", "consumers", "enterprises")
    ]


def trying(*sets: str) -> Config:
    """A market with all of E21, which OpenAI leaves for three months; writes its supply here."""
    gap = without(lambda row: not (row[1] == "OpenAI" and "2024-03" <= row[0] <= "2024-05"))
    return on_record(gap, *start_on("OpenAI"), *TRYING, *sets)
