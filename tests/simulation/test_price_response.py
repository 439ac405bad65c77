"""What the tables say of substitution and surplus, against markets in which a price did move."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.codes import CODING, ENTERPRISE, NONE, OPEN
from agents.equations.procurement import CRITERIA
from agents.equations.substitution import Response, diversions, elasticities
from simulation.config import Config, load
from simulation.history import History
from simulation.market import Market, run
from simulation.metrics.choosers import Substitution, rules_by_month
from simulation.metrics.choosing_developers import cost_of_leaving, developers_held
from simulation.metrics.substitution import of_segments
from simulation.phases import procure
from simulation.phases.migrate import lock_in
from simulation.records import Records

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "configs" / "recorded.yaml"
SMALL = ["developers.count=1500", "consumers.count=300", "enterprises.count=300"]
ERRORS = 3.9  # standard errors that a count may be off
STEP = 0.2  # of ln price, half up and half down, so that curvature cancels
HOSTS = {"hosting_fee": 0.01, "price_elasticity": 0.2}  # the fee is a large part of the cost
OFFERS: dict[str, Any] = {
    "Alpha": {"capability": 0.6, "price": 12, "safety": 0.7, "brand": 1.5},
    "Bravo": {"capability": 0.8, "price": 15, "safety": 0.4, "open_weights": True},
    "Charlie": {"capability": 0.4, "price": 3, "brand": 0.3},
    "OPEN": {"capability": 0.5, "price": 2, "safety": 0.3, "brand": 0.6},
}


def stopped(config: Config, months: int) -> Market:
    """A market after some months."""
    market = Market(config)
    for _ in range(months):
        market.step()
    return market


def substitution(market: Market) -> dict[int, Substitution]:
    """Substitution by segment of what a market has recorded."""
    return of_segments(History(market.recorder))


def dearer(config: Config, segment: int, name: str, step: float) -> Market:
    """A market after its last month, in which the price of `name` alone is e^step times itself."""
    market = stopped(config, config.months - 1)
    price = market.supply.price.copy()
    price[-1, segment, market.supply.names.index(name)] *= np.exp(step)
    market.supply = market.supply._replace(price=price)
    market.step()
    return market


def counts(market: Market, segment: int) -> np.ndarray:
    """Agents on each provider now."""
    people = market.developers.crowd.choice if segment == CODING else market.enterprises.provider
    return np.bincount(people, minlength=16)[list(market.supply.codes)]


@lru_cache(maxsize=8)
def moved(segment: int, name: str) -> np.ndarray:
    """Choices that move when the price of `name` rises by the step, (providers,)."""
    config = restless() if segment == CODING else buyers()
    up, down = (dearer(config, segment, name, sign * STEP / 2) for sign in (1, -1))
    return counts(up, segment) - counts(down, segment)


def errors_off(segment: int, name: str, found: Response) -> np.ndarray:
    """Moved choices less those foretold, in standard errors of a count, (providers,)."""
    told = STEP * found.slope[-1][:, list(OFFERS).index(name)]
    return (moved(segment, name) - told) / np.sqrt(np.maximum(np.abs(told), 1.0))


# --- Against markets in which one price did move --------------------------------------------------


def restless(*sets: str) -> Config:
    """300,000 developers who all look around in the second month, each among all the others."""
    people: Mapping[str, Any] = {
        "count": 300_000,
        "innovation": 1000,
        "reconsideration_probability": 1,
        "trial_probability": 0,
        "taste_spread": 0.5,
    }
    plain = {
        "name": "restless",
        "months": 2,
        "supply": {"offers": OFFERS},
        "developers": people,
        "consumers": {"count": 10},
        "enterprises": {"count": 10},
        "networks": {
            "developers": {"family": "complete"},
            "consumers": {"family": "none"},
            "enterprises": {"family": "none"},
        },
    }
    return load(plain, list(sets))


@pytest.fixture(scope="module")
def looked() -> Substitution:
    """Substitution of those developers."""
    return substitution(stopped(restless(), 2))[CODING]


@pytest.mark.parametrize("name", ["Alpha", "OPEN"])
def test_developers_move_as_foretold(looked: Substitution, name: str) -> None:
    off = errors_off(CODING, name, looked.response)
    assert np.abs(off).max() < ERRORS


@pytest.mark.parametrize(
    "change",
    ["choice.nest_dissimilarity=0.75", "developers.price_weight=0.7", "developers.peer_weight=4",
     "developers.switching_cost_base=1.2"],
)  # fmt: skip
def test_what_is_foretold_for_other_developers_fails(change: str) -> None:
    """The power twin: elasticities of a market that differs in one parameter."""
    other = substitution(stopped(restless(change), 2))[CODING]
    assert np.abs(errors_off(CODING, "OPEN", other.response)).max() > ERRORS


def buyers(*sets: str) -> Config:
    """50,000 firms that all tender in the first month, some of which host by themselves."""
    plain = {
        "name": "buyers",
        "months": 1,
        "supply": {"offers": OFFERS},
        "developers": {"count": 1000},
        "consumers": {"count": 10},
        "enterprises": {"count": 50_000, "innovation": 1000} | HOSTS,
        "networks": {"enterprises": {"family": "none"}},
    }
    return load(plain, list(sets))


@pytest.mark.parametrize("name", ["Alpha", "Bravo", "OPEN"])
def test_tenders_move_as_foretold(name: str) -> None:
    found = substitution(stopped(buyers(), 1))[ENTERPRISE].response
    assert np.abs(errors_off(ENTERPRISE, name, found)).max() < ERRORS


@pytest.mark.parametrize(
    ("change", "name"),
    [("choice.nest_dissimilarity=0.8", "Bravo"), ("enterprises.score_weight=7", "Alpha"),
     ("enterprises.coverage_slope=1.5", "Alpha")],
)  # fmt: skip
def test_what_is_foretold_for_other_tenders_fails(change: str, name: str) -> None:
    other = substitution(stopped(buyers(change), 1))[ENTERPRISE].response
    assert np.abs(errors_off(ENTERPRISE, name, other)).max() > ERRORS


def test_hosts_who_felt_the_whole_price_would_move_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: use answers the price one to one, so that the fee of hosting moves with it.

    The choices themselves are those of the honest month.
    """
    honest = procure.tender_month
    monkeypatch.setattr(
        procure, "tender_month", lambda *month: honest(*month)._replace(price_elasticity=1.0)
    )
    found = substitution(stopped(buyers(), 1))[ENTERPRISE].response
    assert np.abs(errors_off(ENTERPRISE, "OPEN", found)).max() > ERRORS


# --- Surplus --------------------------------------------------------------------------------------


def yearly(step: float = 0.0, gain: float = 0.0, *sets: str) -> dict[int, Substitution]:
    """A year of a small market with all prices e^step times as high, capability up by `gain`."""
    offers = {
        name: offer
        | {"price": offer["price"] * float(np.exp(step)), "capability": offer["capability"] + gain}
        for name, offer in OFFERS.items()
    }
    base = {
        "name": "yearly",
        "months": 13,
        "supply": {"offers": offers},
        "developers": {"count": 2000, "innovation": 0.3},
        "consumers": {"count": 10},
        "enterprises": {"count": 400, "innovation": 0.2, "hosting_fee": 0},
    }
    return substitution(stopped(load(base, list(sets)), 13))


def test_surplus_is_the_rise_of_all_prices_that_makes_up_for_it() -> None:
    plain, up = yearly(), yearly(0.4)
    for segment in (CODING, ENTERPRISE):
        known = np.isfinite(plain[segment].surplus)
        fall = (up[segment].surplus - plain[segment].surplus)[known]
        assert known[-1] and np.allclose(fall, -0.4, atol=1e-9)


def test_capability_is_worth_its_weight_over_that_of_price() -> None:
    sets = ("developers.taste_spread=0",)
    plain, better = yearly(0.0, 0.0, *sets), yearly(0.0, 0.3, *sets)
    rise = better[CODING].surplus - plain[CODING].surplus
    assert np.allclose(rise[1:], 0.3 * 2 / 0.6, atol=1e-9)
    criteria = Market(buyers()).enterprises.criteria.mean(axis=0)
    capability, cost = (criteria[CRITERIA.index(name)] for name in ("capability", "cost"))
    rise = better[ENTERPRISE].surplus[12] - plain[ENTERPRISE].surplus[12]
    assert rise == pytest.approx(0.3 * capability / (cost / np.log(4)), rel=0.1)


def test_to_leave_is_a_cost_and_to_stay_no_gain() -> None:
    """Who is harder to move is no better off: a dearer leaving never raises the surplus."""
    free = yearly(0.0, 0.0, "developers.switching_cost_base=0")[CODING].surplus[1]
    dear = yearly(0.0, 0.0, "developers.switching_cost_base=3")[CODING].surplus[1]
    assert dear < free - 0.1


# --- Bookkeeping ----------------------------------------------------------------------------------


def recorded(*sets: str) -> Config:
    """The recorded market with few agents."""
    return load(RECORDED, [*SMALL, *sets])


def test_who_is_where_with_which_taste_is_what_the_agents_say() -> None:
    market = Market(recorded("months=8", "developers.leaving_hazard=0.02"))
    crowd, told, dear = market.developers.crowd, [], []
    for _ in range(8):
        held = np.zeros((8, 16), np.int64)
        np.add.at(held, (crowd.taste, crowd.choice), 1)
        told.append(held[:, list(market.supply.codes)])
        cost, _ = lock_in(market, market.developers, market.config.developers)
        on = np.flatnonzero(crowd.choice == market.supply.names.index("OpenAI"))
        dear.append(cost[market.month - crowd.since[on].astype(int)])
        market.step()
    history = History(market.recorder)
    assert np.array_equal(developers_held(history), told)
    points = cost_of_leaving(history, rules_by_month(history))[:, :, 0]
    for month in range(1, 8):
        assert points[month].mean() == pytest.approx(dear[month].mean(), rel=1e-12)
        assert points[month].std() == pytest.approx(dear[month].std(), abs=1e-9)


def test_settings_of_each_month_are_those_of_the_market() -> None:
    config = recorded("months=4", "events={a: {month: 2, set: {developers.price_weight: 1.1}}}")
    market, seen = Market(config), []
    while market.running:
        market.step()
        seen.append(market.config.developers.price_weight)
    history = History(market.recorder)
    assert rules_by_month(history).price_weight.tolist() == seen
    assert seen == [0.6, 0.6, 1.1, 1.1]


@pytest.fixture(scope="module")
def records() -> Records:
    """Records of one small run of 27 months."""
    return run(recorded("months=27"))


def test_rows_add_up_in_every_month_of_the_table(records: Records) -> None:
    table = records.frame("substitution")
    assert sorted(set(table["month"])) == [11, 23, 26]
    assert set(table["segment"]) == {"coding", "enterprise"}
    own = table["priced"] == table["provider"]
    assert (table.loc[own, "choice_elasticity"] < 0).all()
    assert (table.loc[~own, "choice_elasticity"] >= 0).all()
    assert (table.loc[own, "diversion"] == 0).all()
    use = (table["choice_elasticity"] - table["elasticity"])[own]
    assert np.allclose(use, 1.1) and (table["elasticity"] == table["choice_elasticity"])[~own].all()
    for _, rows in table.groupby(["month", "segment", "priced"]):
        assert rows["diversion"].sum() == pytest.approx(1, abs=1e-8)
        assert rows["choice_share"].sum() == pytest.approx(1, abs=1e-8)
        assert (rows["choice_share"] * rows["choice_elasticity"]).sum() == pytest.approx(
            0, abs=1e-9
        )


def test_measures_of_the_market_are_means_of_the_table(records: Records) -> None:
    table, market = records.frame("substitution"), records.frame("market")
    segments = records.frame("segments")
    for name in ("coding", "enterprise"):
        here = table[(table["month"] == 26) & (table["segment"] == name)]
        spend = segments[(segments["month"] == 26) & (segments["segment"] == name)]
        weight = spend.set_index("provider")["spend"]
        own = here[here["priced"] == here["provider"]].set_index("provider")["elasticity"]
        mean = np.average(own, weights=weight[own.index])
        assert market[f"own_elasticity_{name}"][26] == pytest.approx(mean)
        to_open = here[(here["provider"] == "OPEN") & (here["priced"] != "OPEN")]
        to_open = to_open.set_index("priced")["diversion"]
        mean = np.average(to_open, weights=weight[to_open.index])
        assert market[f"diversion_open_{name}"][26] == pytest.approx(mean)
        assert market[f"surplus_{name}"][26] > 1
        assert np.nanmin(market[f"looking_{name}"]) >= 0
    assert market["surplus_coding"].dropna().iloc[0] == 0
    assert market["surplus_enterprise"].first_valid_index() == 11


def test_looking_is_the_hazard_and_the_contracts_that_end(records: Records) -> None:
    market = records.frame("market")
    quiet = 1 - np.exp(-0.015)
    assert market["looking_coding"].min() == pytest.approx(quiet)
    accounts = market["adopted_enterprise"].to_numpy()[:-1] * 300
    held, told = market["renewals_held"].to_numpy()[1:], market["looking_enterprise"][1:]
    some = accounts > 0
    assert np.isnan(told[~some]).all() and np.allclose(told[some], held[some] / accounts[some])
    assert (told > 0).any()


def test_scores_between_worst_and_best_have_no_slope() -> None:
    records = run(recorded("months=13", "enterprises.scaling=min_max"))
    assert set(records.table("substitution")["segment"]) == {"coding"}
    assert np.isnan(records.table("market")["own_elasticity_enterprise"]).all()


def test_a_market_without_rivals_has_nothing_to_substitute() -> None:
    alone = {
        "name": "alone",
        "months": 13,
        "supply": {"offers": {"A": {}}},
        "developers": {"count": 200, "innovation": 1, "peer_weight": 0},
        "consumers": {"count": 10},
        "enterprises": {"count": 50, "innovation": 1},
    }
    records = run(load(alone))
    table, market = records.table("substitution"), records.table("market")
    assert np.abs(table["choice_elasticity"]).max() < 1e-12 and np.isnan(table["diversion"]).all()
    assert market["own_elasticity_coding"][-1] == pytest.approx(-1.1)
    assert np.isnan(market["diversion_open_coding"][-1])
    assert market["surplus_coding"][-1] == pytest.approx(0)


def test_nobody_chooses_before_there_is_anything() -> None:
    nobody = run(recorded("months=2", "developers.innovation=0", "developers.imitation=0",
                          "enterprises.innovation=0", "enterprises.imitation=0"))  # fmt: skip
    market = nobody.table("market")
    for name in ("surplus", "own_elasticity", "diversion_open", "looking"):
        for segment in ("coding", "enterprise"):
            assert np.isnan(market[f"{name}_{segment}"]).all()
    assert len(nobody.table("substitution")["month"]) == 0


def test_open_members_of_the_nest_divert_to_each_other(records: Records) -> None:
    """Mistral sells open weights: what it loses goes to OPEN more than anybody else's."""
    table = records.frame("substitution")
    here = table[(table["month"] == 26) & (table["segment"] == "coding")]
    to_open = here[here["provider"] == "OPEN"].set_index("priced")["diversion"].drop("OPEN")
    assert to_open.idxmax() in ("Mistral", "DeepSeek", "Meta")


def test_codes_of_this_file_are_those_of_the_model() -> None:
    assert (CODING, ENTERPRISE, OPEN, NONE) == (0, 1, 14, 15)
    found = Response(np.ones((1, 2)), np.array([[[-0.5, 0.2], [0.5, -0.2]]]))
    assert elasticities(found)[0, 0, 0] == -0.5 and diversions(found)[0, 0, 1] == 1
