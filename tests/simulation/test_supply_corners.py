"""Where a market that decides ends: nobody pays, nothing to compute on, everybody fails."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.labs import Labs
from simulation import exit as leaving
from simulation.checkpoint import restore, save
from simulation.config import Config, load
from simulation.config_text import plain
from simulation.market import Market, run
from simulation.records import Records

BASELINE = Path(__file__).resolve().parents[2] / "configs" / "baseline.yaml"
NAMED = ("OpenAI", "Google", "Anthropic", "Meta", "xAI", "Mistral", "DeepSeek")
POPULATIONS = ("developers", "consumers", "enterprises")
SMALL = (
    "months=20", "developers.count=150", "consumers.count=150", "enterprises.count=60",
    "apps.count=20", "entry.hazard=0",
)  # fmt: skip


def of_all(*said: str) -> tuple[str, ...]:
    """The same settings for all providers."""
    return tuple(f"providers.{name}.{one}" for name in NAMED for one in said)


ALONE = of_all("parent_flow=0", "raises=true", "cash=0", "credits=0", "entry=0")
UNFUNDED = ("investors=null", *of_all("holders=null"))
BROKE = (*ALONE, *of_all("revenue_shared=1"), *UNFUNDED, "finance.grace=1")


def small(*said: str) -> Config:
    """A small baseline market with these settings."""
    return load(BASELINE, [*SMALL, *said])


def column(records: Records, name: str, provider: str = "") -> Any:
    """Column of the market, or of a provider, by month."""
    if not provider:
        return records.table("market")[name]
    table = records.table("providers")
    return table[name][table["provider"] == provider]


def test_a_market_without_buyers_has_no_revenue() -> None:
    still = [f"{name}.{rate}=0" for name in POPULATIONS for rate in ("innovation", "imitation")]
    records = run(small(*still))
    assert (column(records, "revenue") == 0).all()
    assert (column(records, "compute_used") > 0).any()  # research goes on


def test_without_capacity_nobody_is_served() -> None:
    records = run(small("events.e={month: 0, supply_shock: {factor: 0, months: 20}}"))
    for name in ("compute_used", "tokens", "spend"):
        assert (column(records, name) == 0).all(), name
    assert column(records, "spot_served").max() == 0


def test_when_all_are_broke_all_fail_and_the_market_goes_on_without_them() -> None:
    records = run(small(*BROKE))
    gone = [column(records, "status", name)[-1] for name in NAMED]
    assert gone.count("exited") == len(NAMED)
    events = records.table("events")
    assert (events["kind"] == "failure").sum() == len(NAMED)
    last = records.table("segments")["month"] == 19
    named = records.table("segments")["provider"] != "OPEN"
    assert not records.table("segments")["available"][last & named].any()
    assert column(records, "compute_contracted")[-1] == 0


def test_nobody_is_there_and_the_books_say_zero() -> None:
    records = run(small(*of_all("entry=1200")))
    for name in ("compute_contracted", "commitments", "written_off", "payment_pressure", "spend"):
        assert (column(records, name) == 0).all(), name


def test_who_comes_late_finds_a_market() -> None:
    records = run(small(*of_all("entry=6", "capability=null")))
    offered = records.table("segments")["available"].reshape(20, -1).any(axis=1)
    assert offered.tolist() == [month >= 6 for month in range(20)]


def test_a_round_of_who_is_left_out_is_not_paid() -> None:
    """The file of rounds names providers that `exclude` leaves out."""
    records = run(small("supply={endogenous: true, exclude: [OpenAI]}"))
    events = records.table("events")
    assert "OpenAI" not in events["provider"]
    assert (events["kind"] == "round").any()


def test_who_borrows_what_is_short_does_not_fail_by_rounding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = Market(small())
    market.step()
    labs: Labs = market.labs
    code = market.supply.names.index("OpenAI")
    labs.cash[code] = labs.credits[code] = 0.0
    for owed, months in ((1e-9, 0), (1.0, 1)):
        labs.owed[code, -1] = owed
        leaving.leave(market)
        assert labs.overdue[code] == months
    labs.owed[code, -1] = 1e-9
    monkeypatch.setattr(leaving, "DOLLAR", 0.0)
    leaving.leave(market)
    assert labs.overdue[code] > 0  # what the guard is for


CORNERS: dict[str, tuple[str, ...]] = {
    "plain": (),
    "broke": BROKE,
    "signs": (*of_all("leverage=1e6", "optimism=100"), "planning.contract_interval=1"),
    "lenders": ("finance.debt_limit=1200", "finance.interest=10", "compute.sublet=1"),
}


@pytest.mark.parametrize("said", CORNERS.values(), ids=CORNERS)
def test_a_corner_goes_on_from_its_middle_to_the_same_bytes(said: tuple[str, ...]) -> None:
    config = small(*said)
    whole, market = run(config), Market(config)
    for _ in range(9):
        market.step()
    market = restore(save(market, "corner"), config, "corner")
    while market.running:
        market.step()
    assert same(whole, market.records)


def same(one: Records, other: Records) -> bool:
    """Whether all tables are equal, to the last bit."""
    return all(
        list(map(repr, values.tolist())) == list(map(repr, other.table(name)[key].tolist()))
        for name, table in one.tables.items()
        for key, values in table.items()
    )


def test_many_runs_in_one_process_and_any_threads_are_the_same() -> None:
    config = small("months=8")
    first = run(config)
    for number in range(9):
        assert same(first, run(config, threads=1 + number % 3))
    assert not same(first, run(small("months=8", "seed=2")))


def reordered(config: Config, names: list[str]) -> Config:
    """The same providers in another order."""
    values = plain(config)
    return load({**values, "providers": {name: values["providers"][name] for name in names}})


def apart(one: Records, other: Records) -> float:
    """Largest difference between the budgets of providers, as a share."""
    return max(
        float(
            np.nanmax(
                np.abs(column(one, "budget", name) - column(other, "budget", name))
                / np.maximum(column(one, "budget", name), 1.0)
            )
        )
        for name in NAMED
    )


def test_the_order_of_providers_is_that_of_their_contracts_and_nothing_else() -> None:
    """E10 staggers contracts by index: all else is keyed to names, and differs by rounding."""
    every_month = small("planning.contract_interval=1")
    turned = list(reversed(NAMED))
    assert apart(run(every_month), run(reordered(every_month, turned))) < 1e-9
    staggered = small()
    assert apart(run(staggered), run(reordered(staggered, turned))) > 1e-3


def test_the_order_of_events_of_different_months_does_not_matter() -> None:
    config = small("events.war={month: 5, price_war: {provider: OpenAI, factor: .5, months: 3}}")
    values = plain(config)
    turned = load({**values, "events": dict(reversed(values["events"].items()))})
    assert same(run(config), run(turned))
