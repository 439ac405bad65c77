"""The market as a whole: determinism, coupling, neutrality, conservation and the Mesa face."""

import gc
import weakref
from collections import defaultdict
from itertools import count as numbers_from
from pathlib import Path

import mesa
import numpy as np
import pytest

from agents.codes import NONE
from agents.individuals import UTILITY_UNIT
from agents.provider import Provider
from simulation import tables
from simulation.columns import SEGMENTS, TABLES, TERMS
from simulation.config import Config, load
from simulation.identities import IdentityError
from simulation.market import POPULATIONS, Market, run
from simulation.phases import migrate
from simulation.recorder import Recorder
from simulation.records import Records, to_parquet

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "configs" / "recorded.yaml"
SMALL = ["developers.count=1500", "consumers.count=1000", "enterprises.count=200", "months=18"]


def small(*sets: str) -> Config:
    """The recorded market with few agents."""
    return load(RECORDED, [*SMALL, *sets])


@pytest.fixture(scope="module")
def records() -> Records:
    """Records of one small run."""
    return run(small("months=30"))


def same(left: Records, right: Records, skip: tuple[str, ...] = ()) -> bool:
    """Whether all tables hold the same bytes."""
    return all(left.parquet(name) == right.parquet(name) for name in TABLES if name not in skip)


def test_the_same_config_gives_the_same_bytes_and_another_seed_does_not() -> None:
    first = run(small())
    assert same(first, run(small()))
    assert not same(first, run(small("seed=2")))


def test_some_tables_are_those_of_the_records_and_nothing_else_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = Market(small("months=13"))
    while market.running:
        market.step()
    whole = market.records
    for names in ({"market"}, {"segments", "providers", "market"}, set(TABLES)):
        found = market.tables(names)
        assert set(found) == names
        for name, table in found.items():
            assert to_parquet(table, TABLES[name], whole.providers) == whole.parquet(name)
    for name in set(TABLES) - {"events"}:
        monkeypatch.delitem(tables.MAKERS, name)
    assert set(market.tables(["events"])) == {"events"}
    with pytest.raises(KeyError, match="no table 'evens'"):
        market.tables(["evens"])
    with pytest.raises(RuntimeError, match="observe=False"):
        Market(small(), observe=False).tables(["market"])


def test_threads_and_blocks_do_not_change_a_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    one = run(small())
    for block in (64, 500):
        monkeypatch.setattr(migrate, "BLOCK", block)
        assert same(one, run(small(), threads=2))


def test_the_thread_check_sees_tallies_that_depend_on_the_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planted bug: blocks that miss their last agent."""
    kernel = migrate.migrate_range
    monkeypatch.setattr(migrate, "BLOCK", 500)
    monkeypatch.setattr(
        migrate, "migrate_range", lambda first, last, *rest: kernel(first, last - 1, *rest)
    )
    assert not same(run(small(), threads=2), run(small()))


def ended(observe: bool) -> Market:
    """A market after its last month."""
    market = Market(small(), observe=observe)
    while market.running:
        market.step()
    return market


def same_state(left: Market, right: Market) -> bool:
    """Whether every column of every population holds the same."""
    return all(
        np.array_equal(values, getattr(right, name).columns[column], equal_nan=column == "price")
        for name in POPULATIONS
        for column, values in getattr(left, name).columns.items()
    )


def test_a_run_without_observer_ends_in_the_same_state() -> None:
    watched, alone = ended(observe=True), ended(observe=False)
    assert same_state(watched, alone)
    with pytest.raises(RuntimeError, match="observe=False"):
        _ = alone.records


def test_a_market_without_a_month_has_no_records() -> None:
    with pytest.raises(ValueError, match="step the market first"):
        _ = Market(small()).records


def test_an_observer_that_changes_the_market_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: keeping records sets back the month in which a developer chose."""

    def note_cohorts(_: Recorder, market: Market) -> None:
        market.developers.crowd.since[0] -= 1

    monkeypatch.setattr(Recorder, "note_cohorts", note_cohorts)
    assert not same_state(ended(observe=True), ended(observe=False))


def test_an_event_that_changes_nothing_moves_nothing_and_one_that_does_moves_something() -> None:
    event = "events={now: {month: 6, set: {developers.peer_weight: %s}}}"
    plain = run(small())
    assert same(plain, run(small(event % "1.5")), skip=("events",))
    changed = run(small(event % "6.0"))
    assert not same(plain, changed, skip=("events",))
    before = plain.table("segments")["month"] < 6
    for column in ("accounts", "spend"):
        kept = plain.table("segments")[column][before]
        assert np.array_equal(kept, changed.table("segments")[column][before])


def two_offers(**changes: dict[str, object]) -> Config:
    """Three constant offers, changed by provider name; everybody may move each month."""
    offers = {name: {} for name in ("A", "B", "C")} | changes
    people = {
        "count": 4000,
        "reconsideration_probability": 0.3,
        "peer_weight": 0,
        "switching_cost_base": 0,
        "switching_cost_growth": 0,
    }
    return load(
        {
            "name": "coupled",
            "months": 1,
            "supply": {"offers": offers},
            "developers": people | {"innovation": 1.0, "adoption_reference": "market"},
            "consumers": {"count": 10},
            "enterprises": {"count": 10},
            "networks": {
                "developers": {"family": "none"},
                "consumers": {"family": "none"},
                "enterprises": {"family": "none"},
            },
        }
    )


def choices(config: Config) -> np.ndarray:
    """Name of each developer's provider after the run."""
    market = Market(config)
    while market.running:
        market.step()
    return np.array(market.supply.names)[market.developers.get("provider")]


@pytest.mark.parametrize("open_weights", [False, True])
def test_raising_one_offer_moves_only_those_who_must(open_weights: bool) -> None:
    nest = {name: {"open_weights": open_weights} for name in ("B", "C")}
    before = choices(two_offers(**nest))
    after = choices(two_offers(**nest | {"B": {"product_term": 0.2, "open_weights": open_weights}}))
    moved = before != after
    assert 0.01 < moved.mean() < 0.08
    assert (after[moved] == "B").all()


def test_an_entrant_takes_its_customers_and_reshuffles_nobody() -> None:
    before, after = choices(two_offers()), choices(two_offers(D={}))
    moved = before != after
    assert moved.mean() > 0.05
    assert (after[moved] == "D").all()


def test_users_and_spend_add_up(records: Records) -> None:
    table = records.table("segments")
    config = records.config
    sizes = dict(
        zip(
            SEGMENTS,
            (config.developers.count, config.enterprises.count, config.consumers.count),
            strict=True,
        )
    )
    frame = records.frame("segments").groupby(["month", "segment"])[["accounts", "spend_share"]]
    totals = frame.sum()
    for (month, segment), row in totals.iterrows():
        assert 0 <= row["accounts"] <= sizes[segment], month
        assert row["spend_share"] == pytest.approx(1.0, abs=1e-12) or row["spend_share"] == 0.0
    assert table["tokens"].min() >= 0.0
    adopted = records.frame("market")[["adopted_coding", "adopted_consumer"]]
    assert (adopted.diff().dropna() >= 0).all().all()  # nobody leaves the market


def test_the_terms_of_a_flow_are_its_utility_difference(records: Records) -> None:
    flows = records.table("flows")
    assert len(flows["agents"]) > 200
    terms = sum(flows[name] for name, _ in TERMS)
    step = UTILITY_UNIT / 2 + 1e-12  # what an agent's whole is rounded by; its terms are the same
    assert (np.abs(terms - flows["utility"]) <= step * flows["agents"]).all()
    switched = (flows["from"] != "none") & (flows["segment"] == "coding")
    assert (flows["utility"][switched] > 0.0).all()  # nobody moves to a worse offer


def test_flows_carry_accounts_from_month_to_month(records: Records) -> None:
    segments, flows = records.frame("segments"), records.frame("flows")
    gains = flows.groupby(["month", "segment", "to"])["agents"].sum()
    losses = flows.groupby(["month", "segment", "from"])["agents"].sum()
    accounts = segments.set_index(["month", "segment", "provider"])["accounts"]
    for (month, segment, provider), after in accounts.items():
        before = accounts.get((month - 1, segment, provider), 0)
        gain = gains.get((month, segment, provider), 0)
        loss = losses.get((month, segment, provider), 0)
        assert after == before + gain - loss


def test_cohorts_are_the_accounts(records: Records) -> None:
    cohorts = records.frame("cohorts").groupby(["month", "segment", "provider"])["agents"].sum()
    accounts = records.frame("segments").set_index(["month", "segment", "provider"])["accounts"]
    assert cohorts.sum() > 0
    for place, count in cohorts.items():
        assert accounts[place] == count


def test_contracts_agree_with_the_market_table(records: Records) -> None:
    tenders, market = records.frame("contracts"), records.frame("market")
    renewals = tenders[tenders["kind"] == "contract_end"]
    assert len(renewals) == market["renewals_held"].sum() > 0
    won = renewals["incumbent"] == renewals["winner"]
    assert won.sum() == market["renewals_won"].sum()
    scores = [name for name in tenders.columns if name.endswith("_score")]
    assert np.allclose(tenders[scores].sum(axis=1), tenders["score"])
    assert (tenders["second"] != tenders["winner"]).all()


def test_a_broken_identity_names_month_account_and_amount() -> None:
    market = Market(small())
    for _ in range(6):
        market.step()
    market.totals["developers"].accounts[NONE] += 3
    with pytest.raises(IdentityError, match=r"month 6: developers: agents in all accounts.*-3"):
        market.step()


def test_a_lost_cohort_is_noticed() -> None:
    market = Market(small())
    for _ in range(6):
        market.step()
    market.totals["consumers"].cohort[4, 0] += 1
    with pytest.raises(IdentityError, match="cohorts of OpenAI is off by 1"):
        market.step()


def test_users_of_a_provider_that_leaves_go_elsewhere_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (ROOT / "configs" / "data" / "supply_recorded.csv").read_text().splitlines()
    gone = [
        line for line in lines if not (",Anthropic," in line and line[:7] in ("2023-12", "2024-01"))
    ]
    monkeypatch.chdir(tmp_path)
    Path("supply_with_exit.csv").write_text("\n".join(gone) + "\n")
    records = run(load({"supply": {"recorded": "supply_with_exit.csv"}}, SMALL))
    frame = records.frame("segments")
    ours = frame[(frame["provider"] == "Anthropic") & (frame["segment"] == "coding")]
    accounts = dict(zip(ours["date"], ours["accounts"], strict=True))
    assert accounts["2023-11"] > 0
    assert accounts["2023-12"] == accounts["2024-01"] == 0
    assert accounts["2024-02"] > 0
    events = records.frame("events")
    kinds = events[(events["provider"] == "Anthropic") & (events["segment"] == "coding")]["kind"]
    assert {"entry", "exit"} <= set(kinds)
    exits = records.frame("contracts")
    assert (exits[exits["kind"] == "provider_exit"]["incumbent"] == "Anthropic").all()


def test_frozen_supply_and_tenure_are_held() -> None:
    records = run(small("freeze={supply.price: 7, supply.capability.OpenAI: 1.5}"))
    segments = records.frame("segments")
    offered = segments[segments["available"] & (segments["segment"] != "consumer")]
    assert (offered["price"] == 7.0).all()
    ours = offered[offered["provider"] == "OpenAI"]
    assert (ours["capability"] == 1.5).all()


def test_the_market_is_a_mesa_model() -> None:
    market = Market(small("months=3"))
    assert isinstance(market, mesa.Model)
    assert {agent.name for agent in market.agents} == set(market.supply.providers)
    while market.running:
        market.step()
    assert market.steps == market.month == 3
    frame = market.datacollector.get_model_vars_dataframe()
    assert len(frame) == 3
    assert sum(frame["spend_coding"].iloc[-1].values()) == pytest.approx(1.0)
    assert len(market.developers) == 1500
    assert market.developers[0].provider in range(16)


def test_records_survive_the_disk(records: Records, tmp_path: Path) -> None:
    records.save(tmp_path)
    (tmp_path / "config.yaml").write_text(records.config.dump())
    again = Records.load(tmp_path)
    assert again.providers == records.providers
    assert same(records, again)


def test_a_table_with_a_wrong_column_is_refused(records: Records) -> None:
    tables = {name: dict(table) for name, table in records.tables.items()}
    tables["market"]["revenu"] = tables["market"].pop("revenue")
    with pytest.raises(ValueError, match="revenu"):
        Records(records.config, records.providers, tables)
    tables = {name: dict(table) for name, table in records.tables.items()}
    tables["market"]["revenue"] = tables["market"]["revenue"] + np.inf
    with pytest.raises(ValueError, match="infinite"):
        Records(records.config, records.providers, tables)


def test_exclusions_hold_for_constant_offers_too() -> None:
    weights = {"open_weights": True, "origin": "CN"}
    config = load(
        {"supply": {"offers": {"A": {}, "B": {}, "OPEN": weights}, "exclude": ["B"]}, "months": 1}
    )
    segments = run(config).frame("segments")
    offered = segments[segments["available"]].groupby("segment")["provider"].apply(set)
    assert offered["enterprise"] == {"A"}
    assert offered["coding"] == {"A", "OPEN"}


def test_a_run_that_is_over_says_so() -> None:
    market = Market(small("months=1"))
    market.step()
    with pytest.raises(RuntimeError, match="over after its 1 months"):
        market.step()


def test_a_market_that_nobody_holds_is_forgotten() -> None:
    """Mesa's register of agents would keep every market, with all its arrays, for ever."""
    market = Market(small("months=1"))
    market.step()
    left = weakref.ref(market)
    del market
    gc.collect()
    assert left() is None


def test_mesas_own_register_would_hold_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug."""
    monkeypatch.setattr(Provider, "_ids", defaultdict(lambda: numbers_from(1)))
    market = Market(small("months=1"))
    left = weakref.ref(market)
    del market
    gc.collect()
    assert left() is not None


def test_agents_are_numbered_from_1_in_each_market() -> None:
    for _ in range(2):
        market = Market(small("months=1"))
        numbers = [provider.unique_id for provider in market.providers]
        assert numbers == list(range(1, len(numbers) + 1))
