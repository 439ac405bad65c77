"""Unscheduled entry: the barrier, places, companies and apps, and draws of the company."""

import numpy as np
import pytest

import simulation.newcomers as newcomers
from agents.codes import FOUNDERS, NAMED, NONE, OPEN, OTHERS
from agents.equations.entry import MOST, capital_barrier
from agents.strategy_catalogue import STRATEGIES
from experiments.plots import series
from simulation.checkpoint import restore, save
from simulation.config import Config, load
from simulation.config_layers import CHECKOUT
from simulation.entrants import places_for_entrants
from simulation.exit import close_down
from simulation.market import Market
from simulation.own_terms import keyed

BASELINE = CHECKOUT / "configs" / "baseline.yaml"
SIZES = ["developers.count=300", "consumers.count=300", "enterprises.count=60", "apps.count=60"]
FIRST = 7  # code of the first place for entrants
RICH = ("entry.hazard=1.5", "entry.seed=1e6", "entry.seed_spread=.1")


def config_of(*sets: str, months: int = 16) -> Config:
    return load(BASELINE, [*SIZES, f"months={months}", "events=null", *sets])


def after(config: Config, months: int | None = None, threads: int = 1) -> Market:
    market = Market(config, threads)
    while market.running and market.month != months:
        market.step()
    return market


def rows(market: Market, kind: str) -> list:  # type: ignore[type-arg]
    return [row for row in market.recorder.events if row.kind == kind]  # type: ignore[union-attr]


# --- The barrier ---------------------------------------------------------------------------------


def test_the_barrier_is_the_cost_of_a_run_below_the_frontier() -> None:
    assert capital_barrier(2.0, 1.5, 0.5, 0.1) == pytest.approx(200.0)
    assert capital_barrier(2.0, 2.5, 0.5, 0.1) == pytest.approx(2000.0)
    assert capital_barrier(0.0, 1.0, 0.0, 0.1) == 0.0
    assert capital_barrier(2.0, 1.0, 0.0, 0.0) == MOST
    assert capital_barrier(1e6, 1e6, -1e6, 1e-300) <= MOST


def test_the_barrier_of_a_market_is_that_of_its_state() -> None:
    market = after(config_of("entry.hazard=0"), 3)
    labs, active = market.labs, market.labs.active
    best, public = labs.capability[active].max(), np.median(labs.efficiency[active])
    units = 1e18 * 730 * 3600 * 0.35 / 3e24 * 0.2  # MFU, final runs
    expected = 0.73 * market.compute.rent * 10 ** (best - 0.8 - public) / units
    assert newcomers.entry_barrier(market) == pytest.approx(expected)
    labs.exited[:] = True
    assert newcomers.entry_barrier(market) == 0.0


# --- Places --------------------------------------------------------------------------------------


def test_places_are_the_codes_that_nobody_has() -> None:
    assert places_for_entrants(config_of("entry.hazard=0")) == []
    assert places_for_entrants(config_of()) == [f"Entrant {n}" for n in range(1, 8)]
    assert len(places_for_entrants(config_of("supply.exclude=[xAI]"))) == 8
    assert len(Market(config_of()).supply.names[:NAMED]) == NAMED


def test_without_founders_nothing_is_different_for_the_others() -> None:
    nobody = after(config_of("entry.hazard=0"))
    alone = after(config_of("entry.hazard=1e-9"))
    assert alone.supply.names[FIRST] == "Entrant 1" and not rows(alone, "founding")
    np.testing.assert_array_equal(nobody.labs.cash, alone.labs.cash)
    np.testing.assert_array_equal(nobody.developers.crowd.choice, alone.developers.crowd.choice)


@pytest.fixture(scope="module")
def busy() -> Market:
    """Founders with much money in every month."""
    return after(config_of(*RICH))


def test_founders_with_money_found_companies_until_no_place_is_left(busy: Market) -> None:
    founded = rows(busy, "founding")
    assert len(founded) == 7 and rows(busy, "entry_refused") and not rows(busy, "entry_as_app")
    assert [row.code for row in founded] == list(range(FIRST, NAMED))
    assert all(busy.labs.entered[FIRST:NAMED])
    families = [busy.entrants.families[code] for code in range(FIRST, NAMED)]
    assert set(families) <= set(STRATEGIES) and len(set(families)) > 1
    for code in range(FIRST, NAMED):
        assert busy.roster.strategies[code].family == busy.entrants.families[code]
    assert busy.offers.live[:, FIRST:NAMED].any(axis=0).all()
    assert not rows(busy, "failure")


def test_a_seed_sells_a_part_to_others_and_is_a_round(busy: Market) -> None:
    (first, *_) = rows(busy, "founding")
    market = after(busy.origin, first.month + 1)
    tickets = [one for one in market.equity.tickets if one.kind == "seed"]
    ticket = next(one for one in tickets if one.code == first.code)
    assert ticket.amount == ticket.ticket == pytest.approx(first.after)
    stakes = market.equity.stakes[first.code]
    assert stakes[FOUNDERS] == pytest.approx(0.795) and stakes[OTHERS] == pytest.approx(0.205)
    assert market.labs.cash[first.code] == pytest.approx(first.after)
    assert market.labs.paid_in[first.code] == pytest.approx(first.after)


@pytest.mark.parametrize("share", ["0", "5e-324", "1e-9"])
def test_founders_who_sell_next_to_nothing_have_a_value_that_is_a_number(share: str) -> None:
    market = after(config_of(*RICH, f"entry.seed_share={share}"), months=3)
    rounds = market.records.table("rounds")
    sold = rounds["dilution"][rounds["kind"] == "seed"]
    assert len(sold) and (sold <= 1e-9).all()
    assert np.isfinite(market.equity.last_post).all()


def test_founders_without_money_build_apps_on_open_weights() -> None:
    poor = config_of("entry.hazard=1.5", "entry.seed=1", "apps.entry_rate=0")
    market = after(poor)
    built = rows(market, "entry_as_app")
    assert built and not rows(market, "founding")
    opened = [row for row in built if row.month > 8]
    assert opened and all(row.code == OPEN for row in opened)
    assert all(row.code not in (OPEN, NONE) for row in built if row.month < 4)
    serials = market.apps.columns["app"]
    assert len(np.unique(serials)) == len(serials)


def test_where_there_are_no_apps_founders_without_money_are_refused() -> None:
    market = after(config_of("entry.hazard=1.5", "entry.seed=1", "apps.count=0"))
    assert rows(market, "entry_refused") and not rows(market, "entry_as_app")


@pytest.mark.parametrize(
    "pointer", ["nothing", "choice", "second", "firm", "app", "use", "open", "active", "offer"]
)
def test_a_place_is_free_when_nobody_points_to_it(pointer: str) -> None:
    market = after(config_of("entry.hazard=1e-9"), 4)
    if pointer == "choice":
        market.totals["consumers"].accounts[FIRST] = 1
    elif pointer == "second":
        market.totals["developers"].seconds[FIRST] = 1
    elif pointer == "firm":
        market.enterprises.second[3] = FIRST
    elif pointer == "app":
        market.apps.columns["provider"][0] = FIRST
    elif pointer == "use":
        market.apps.in_house[0, FIRST] = 0.1
    elif pointer == "open":
        market.open_models.source[:] = FIRST
    elif pointer == "active":
        market.labs.entered[FIRST] = True
    elif pointer == "offer":
        market.offers.live[0, FIRST] = True
    assert newcomers.free_place(market) == FIRST + (pointer != "nothing")


# --- A company, not a place ----------------------------------------------------------------------


def test_a_place_has_a_new_company_with_draws_of_its_own() -> None:
    market = after(config_of("entry.hazard=1e-9"), 4)
    market.ledger.open()
    newcomers.found_company(market, FIRST, 500.0, 0.01)
    labs = market.labs
    first = keyed(market, "training")[FIRST], market.keys[FIRST]
    labs.written_off[FIRST], labs.run_age[FIRST], labs.overdue[FIRST] = 3.0, 5.0, 2.0
    close_down(market, FIRST)
    assert labs.cash[FIRST] == 0.0
    newcomers.found_company(market, FIRST, 800.0, 0.99)
    assert (keyed(market, "training")[FIRST], market.keys[FIRST]) != first
    assert market.entrants.labels[FIRST] == "entrant #2" and market.entrants.founded == 2
    assert market.roster.strategies[FIRST].family == tuple(STRATEGIES)[-1]
    assert labs.active[FIRST] and labs.cash[FIRST] == 800.0 == labs.paid_in[FIRST]
    assert labs.run_age[FIRST] == labs.overdue[FIRST] == labs.retained[FIRST] == 0.0
    assert labs.written_off[FIRST] == 3.0
    market.ledger.close()
    assert market.ledger.balance[FIRST] == pytest.approx(800.0)


def test_an_entrant_starts_with_public_algorithms() -> None:
    market = after(config_of("entry.hazard=1e-9"), 4)
    labs = market.labs
    public = np.median(labs.efficiency[labs.active])
    served = np.median(labs.serving_efficiency[labs.active])
    market.ledger.open()
    newcomers.found_company(market, FIRST, 500.0, 0.5)
    assert (labs.efficiency[FIRST], labs.serving_efficiency[FIRST]) == (public, served)
    assert labs.size[FIRST] == labs.capability[FIRST] - public


def test_events_reach_entrants() -> None:
    event = "events.bold={month: 8, set: {entry.ambition: .9}}"
    config = config_of("entry.hazard=1.5", "entry.seed=1e6", event)
    market = after(config)
    assert market.roster.means.ambition[FIRST] == 0.9
    assert after(config, 8).roster.means.ambition[FIRST] == 0.12


# --- The same however it is run ------------------------------------------------------------------


def test_a_run_with_entrants_is_resumed_to_the_same_bytes_on_any_threads(busy: Market) -> None:
    whole = save(busy, "run")
    first = rows(busy, "founding")[0].month
    for months in (first, first + 1, first + 4):
        content = save(after(busy.origin, months), "run")
        market = restore(content, busy.origin, "run", threads=2)
        while market.running:
            market.step()
        assert save(market, "run") == whole, months


def test_a_market_that_goes_on_knows_its_entrants(busy: Market) -> None:
    market = restore(save(after(busy.origin, 6), "run"), busy.origin, "run")
    assert not any(market._roster.families)  # as of a market built anew
    assert market.roster.families == market.entrants.families
    assert market.roster.strategies[FIRST].family == busy.entrants.families[FIRST]


def test_a_name_of_a_place_is_refused(messages: "pytest.FixtureRequest") -> None:
    text = messages(BASELINE, "providers={'Entrant 2': {}, A: {}}")  # type: ignore[operator]
    assert any("is the name of a place for entrants" in line for line in text)


# --- What is told --------------------------------------------------------------------------------


def test_places_that_nobody_had_are_not_told() -> None:
    market = after(config_of("entry.hazard=.2", "entry.seed=1e6", months=10))
    taken = len(rows(market, "founding"))
    assert 0 < taken < 7
    told = series.without_empty_places(market.records)
    entrants = [name for name in told.providers if name.startswith("Entrant")]
    assert len(entrants) <= taken and len(told.providers) == 8 + len(entrants)
    assert series.cube(told, "users").shape == (10, 3, len(told.providers))
    everybody = after(config_of("entry.hazard=0", months=3)).records
    assert series.without_empty_places(everybody) is everybody
