"""What a strategy does to a history, and strategies handed over from Python."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.codes import CONSUMER, ENTERPRISE
from agents.parameters import param
from agents.strategy import Deal, Parts, Situation, Spending, Strategy
from agents.strategy_catalogue import STRATEGIES
from simulation import load, run
from simulation.checkpoint import CheckpointError, restore, save
from simulation.config import Config
from simulation.decisions import StrategyError
from simulation.market import Market

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("developers.count=300", "consumers.count=300", "enterprises.count=60", "apps.count=0")
NAME = "Subject"


class Frugal(Strategy):
    """Spends next to nothing, and signs for nothing."""

    spent: float = param(0.5, unit="M$/month", source="a test", doc="its budget")

    def budget(self, situation: Situation) -> float:
        """The same every month."""
        return self.spent

    def deal(self, situation: Situation) -> Deal:
        """None."""
        return Deal(0.0, 1)


class Other(Frugal):
    """The same settings in another class."""


def market_of(
    family: str = "routine", months: int = 18, events: dict[str, Any] | None = None
) -> Config:
    """Two rivals without contracts, and a subject with every means that a strategy can use."""
    rival = {"cash": 3000, "capability": 0.3, "safety": 0.5}
    subject = rival | {"strategy": family, "parent_flow": 20, "leverage": 1}
    return load(
        {
            "schema_version": 1,
            "months": months,
            "seed": 3,
            "supply": "endogenous",
            "providers": {NAME: subject, "First": rival, "Second": rival | {"open_weights": True}},
            "suppliers": {"Cloud": {"capacity_share": 1.0}},
            "events": events
            or {"tight": {"month": 8, "supply_shock": {"factor": 0.3, "months": 24}}},
        },
        SMALL,
    )


def after(config: Config, strategies: dict[str, Strategy] | None = None) -> Market:
    """The market at its end."""
    market = Market(config, strategies=strategies)
    while market.running:
        market.step()
    return market


@pytest.fixture(scope="module")
def markets() -> dict[str, Market]:
    """The same provider in the same market, by each strategy."""
    return {family: after(market_of(family)) for family in STRATEGIES}


def same(one: Market, other: Market) -> bool:
    """Whether two histories are one, byte for byte."""
    return all(
        one.records.parquet(name) == other.records.parquet(name) for name in one.records.tables
    )


# --- What a strategy does to a history -----------------------------------------------------------


def test_every_two_strategies_make_other_histories(markets: dict[str, Market]) -> None:
    ends = {
        family: np.concatenate(
            [labs.brand[:, 0], labs.parts[:, 0], labs.focus[:, 0], labs.past_revenue[:, 0],
             [labs.cash[0], labs.capability[0], labs.safety[0], labs.markup[0]]]
        ).tobytes()
        for family, labs in ((family, market.labs) for family, market in markets.items())
    }  # fmt: skip
    assert len(set(ends.values())) == len(ends)


def test_the_same_strategy_makes_the_same_history(markets: dict[str, Market]) -> None:
    assert same(after(market_of("routine")), markets["routine"])
    assert not same(markets["safety_first"], markets["routine"])


def test_histories_differ_in_the_direction_of_the_strategy(markets: dict[str, Market]) -> None:
    labs = {family: market.labs for family, market in markets.items()}
    routine, first = labs["routine"], labs["capital_driven_platform"]
    terms = {
        family: {
            int(last - start)
            for provider, _, _, start, last, *_ in market.compute.contracts
            if provider == 0
        }
        for family, market in markets.items()
    }
    assert terms["capital_driven_platform"] == {60} and terms["routine"] == {48}
    assert terms["endogenous_ecosystem"] == terms["open_weights"] == set()
    assert first.brand[ENTERPRISE, 0] > first.brand[CONSUMER, 0]
    assert routine.brand[ENTERPRISE, 0] == routine.brand[CONSUMER, 0]
    platform = labs["platform_integration"]
    assert platform.brand[CONSUMER, 0] > routine.brand[CONSUMER, 0]
    assert platform.brand[ENTERPRISE, 0] < routine.brand[ENTERPRISE, 0]
    used = platform.tokens[:, 0] / platform.tokens[:, 0].sum()
    assert np.dot(platform.focus[:, 0] - 1 / 3, used - 1 / 3) > 0.0
    assert routine.focus[:, 0] == pytest.approx(1 / 3)
    assert labs["safety_first"].safety[0] > routine.safety[0]
    assert labs["efficiency_first"].efficiency[0] > routine.efficiency[0]
    assert labs["efficiency_first"].markup[0] <= 1.0
    assert labs["endogenous_ecosystem"].cash[0] > routine.cash[0]  # it does not spend its cash
    opened = markets["open_weights"].bills.revenue[:, 0]
    assert opened[:CONSUMER].sum() == 0.0 and opened[CONSUMER] > 0.0
    assert markets["routine"].bills.revenue[:CONSUMER, 0].sum() > 0.0


# --- A strategy object from Python ---------------------------------------------------------------


def test_an_object_is_used_and_the_config_stays_what_it_was() -> None:
    config = market_of(months=6)
    before = config.model_dump(), hash(config)
    market = after(config, {NAME: Frugal()})
    assert (config.model_dump(), hash(config)) == before
    assert market.config.providers[NAME].strategy.family == "routine"
    assert market.labs.budget[0] == 0.5 and market.labs.budget[1] > 1.0
    assert same(after(config), after(config, {}))
    records = run(config, strategies={NAME: Frugal()})
    assert records.parquet("providers") == market.records.parquet("providers")
    assert records.parquet("providers") != run(config).parquet("providers")


@pytest.mark.parametrize("family", STRATEGIES)
def test_an_object_decides_as_the_config_that_names_it(family: str) -> None:
    handed = after(market_of(months=8), {NAME: STRATEGIES[family]()})
    named = after(market_of(family, months=8))
    assert (handed.labs.spending == named.labs.spending).all()
    assert (handed.labs.brand == named.labs.brand).all()
    assert (handed.labs.cash == named.labs.cash).all()


def test_an_object_stays_when_events_change_the_config() -> None:
    events = {
        "money": {"month": 3, "set": {f"providers.{NAME}.parent_flow": 500}},
        "path": {"month": 4, "set": {f"providers.{NAME}.strategy": "efficiency_first"}},
    }
    config = market_of(months=8, events=events)
    market = after(config, {NAME: Frugal()})
    assert market.config.providers[NAME].parent_flow == 500
    assert market.config.providers[NAME].strategy.family == "efficiency_first"
    assert market.labs.budget[0] == 0.5
    assert market.labs.support[0] > 100.0  # the situation is that of the config as it stands


@pytest.mark.parametrize(
    ("strategies", "kind", "words"),
    [
        ({"Nobody": Frugal()}, ValueError, r"no provider 'Nobody' \(there are Subject, First, Sec"),
        ({NAME: object()}, TypeError, "for Subject, is no object of a subclass"),
        ({NAME: Frugal}, TypeError, "for Subject, is no object of a subclass"),
        ({NAME: "safety_first"}, TypeError, "'safety_first', for Subject, is no object"),
    ],
)
def test_what_cannot_decide_is_refused_at_once(
    strategies: Any, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        Market(market_of(), strategies=strategies)
    with pytest.raises(kind, match=words):
        run(market_of(), strategies=strategies)


def test_recorded_supply_has_nobody_who_decides() -> None:
    config = load(ROOT / "configs" / "recorded.yaml", SMALL)
    with pytest.raises(ValueError, match="supply of this config is not endogenous"):
        Market(config, strategies={"OpenAI": Frugal()})
    assert Market(config, strategies={}).month == 0


# --- Nonsense stops the run ----------------------------------------------------------------------


class Nonsense(Strategy):
    """The routine until a month in which one decision is replaced."""

    name: str = ""
    place: int = 0

    def budget(self, situation: Situation) -> float:
        """Nonsense, if it is its turn."""
        bad = (math.nan, -1.0, math.inf)[self.place]
        return bad if self.due("budget", situation) else super().budget(situation)

    def allocation(self, situation: Situation) -> Spending:
        """Nonsense, if it is its turn."""
        bad = Spending(0.5, 0.5, 0.5, 0.5)
        return bad if self.due("allocation", situation) else super().allocation(situation)

    def focus(self, situation: Situation) -> Parts:
        """Nonsense, if it is its turn."""
        return (2.0, -1.0, 0.0) if self.due("focus", situation) else super().focus(situation)

    def markup(self, situation: Situation) -> float:
        """Nonsense, if it is its turn."""
        return 1 / 0 if self.due("markup", situation) else super().markup(situation)

    def deal(self, situation: Situation) -> Deal:
        """Nonsense, if it is its turn."""
        return Deal(-3.0, 12) if self.due("deal", situation) else super().deal(situation)

    def due(self, name: str, situation: Situation) -> bool:
        """Whether this decision goes wrong, from month 2 on."""
        return self.name == name and situation.month >= 2


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        ("budget", 0, r"returned nan; .*a finite number"),
        ("budget", 1, r"returned -1\.0; .*0 or more"),
        ("budget", 2, r"returned inf; .*a finite number"),
        ("allocation", 0, r"returned Spending\(scale=0\.5.*sum to 1"),
        ("focus", 0, r"returned \(2\.0, -1\.0, 0\.0\); .*three parts"),
        ("markup", 0, r"ZeroDivisionError: .*division by zero"),
        ("deal", 0, r"returned Deal\(capacity=-3\.0, months=12\)"),
    ],
)
def test_nonsense_names_provider_month_decision_and_value(
    name: str, place: int, words: str
) -> None:
    where = rf"month {6 if name == 'deal' else 2}: Subject: Nonsense\.{name} {words}"
    if name == "markup":
        where = rf"month 2: Subject: Nonsense\.markup .*{words}"
    market = Market(market_of(), strategies={NAME: Nonsense(name=name, place=place)})
    with pytest.raises(StrategyError, match=where) as caught:
        while market.running:
            market.step()
    assert (caught.value.__cause__ is not None) == (name == "markup")
    assert market.month == (6 if name == "deal" else 2)


def test_the_same_class_without_its_turn_is_the_routine() -> None:
    plain, quiet = after(market_of(months=4)), after(market_of(months=4), {NAME: Nonsense()})
    assert (plain.labs.spending == quiet.labs.spending).all()


# --- Saved states --------------------------------------------------------------------------------


def stopped(strategies: dict[str, Strategy]) -> tuple[Config, bytes]:
    """A market that was saved after three months."""
    config = market_of(months=6)
    market = Market(config, strategies=strategies)
    for _ in range(3):
        market.step()
    return config, save(market, "run")


def test_a_saved_run_goes_on_with_the_same_strategies() -> None:
    config, state = stopped({NAME: Frugal(spent=2.0)})
    market = restore(state, config, "run", strategies={NAME: Frugal(spent=2.0)})
    while market.running:
        market.step()
    assert market.labs.budget[0] == 2.0
    assert same(market, after(config, {NAME: Frugal(spent=2.0)}))


@pytest.mark.parametrize(
    "strategies",
    [
        None, {NAME: Frugal()}, {NAME: Other(spent=2.0)}, {"First": Frugal(spent=2.0)},
        {NAME: Frugal(spent=2.0), "First": Frugal(spent=2.0)},
    ],
)  # fmt: skip
def test_a_saved_run_does_not_go_on_with_others(strategies: dict[str, Strategy] | None) -> None:
    config, state = stopped({NAME: Frugal(spent=2.0)})
    with pytest.raises(
        CheckpointError, match=r"saved with other strategies for .*; give `restore`"
    ):
        restore(state, config, "run", strategies=strategies)


def test_a_run_without_strategies_of_its_own_takes_none_later() -> None:
    config, state = stopped({})
    assert restore(state, config, "run").month == 3
    with pytest.raises(CheckpointError, match="saved with other strategies for Subject"):
        restore(state, config, "run", strategies={NAME: Frugal()})
