"""Events in a config: their form, what is refused before the run, and what is noted."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from simulation.config import Config, load, notes
from simulation.config_change import changed
from simulation.config_events import SET
from simulation.event_catalogue import KINDS

DECIDING: dict[str, Any] = {
    "supply": "endogenous",
    "providers": {"A": {}, "B": {"entry": 3}},
    "suppliers": {"C": {"capacity_share": 1}},
}
OFFERS: dict[str, Any] = {"supply": {"offers": {"A": {}}}}
# One of each kind, in full.
EVERY: dict[str, dict[str, Any]] = {
    "capital_shock": {"shift": -0.5, "months": 24},
    "demand_shock": {"segment": "coding", "factor": 2.0, "months": 3},
    "efficiency_shock": {"provider": "A", "gain": 0.15, "public": 0.5},
    "export_control": {"region": "CN", "cap": 0.05, "surcharge": 0.3},
    "incident": {"provider": "A"},
    "antitrust": {"probability": 1},
    "ipo_window": {"open": False},
    "mega_round": {"provider": "A", "amount": 100.0, "investor": "Fund"},
    "open_release": {"gain": 0.3},
    "price_war": {"provider": "A", "factor": 0.5, "months": 12},
    "safety_rule": {"minimum": 0.35},
    "supply_shock": {"factor": 0.5, "months": 6},
}
ON_RECORDS = {"demand_shock", "safety_rule"}
Messages = Callable[..., list[str]]


def with_event(source: dict[str, Any], **what: Any) -> dict[str, Any]:
    return {**source, "events": {"e": {"month": 4, **what}}}


def test_every_kind_of_event_is_tried_here() -> None:
    assert set(EVERY) == set(KINDS)


@pytest.mark.parametrize("kind", EVERY)
def test_an_event_is_read_and_written_back(kind: str) -> None:
    config = load(with_event(DECIDING, **{kind: EVERY[kind]}))
    event = config.events["e"]
    assert event.kind == kind
    assert {name: getattr(event.action, name) for name in EVERY[kind]} == EVERY[kind]
    text = config.dump()
    assert "set: null" not in text  # what it does not do is not said
    assert text.count(f"{kind}:\n") == 1
    assert load(yaml.safe_load(text)) == config


@pytest.mark.parametrize("kind", EVERY)
def test_an_event_of_deciders_is_refused_on_a_record(messages: Messages, kind: str) -> None:
    source = with_event(OFFERS, **{kind: EVERY[kind]})
    if kind in ON_RECORDS:
        assert load(source).events["e"].kind == kind
    else:
        (found,) = messages(source)
        assert found == (
            f"config: events.e.{kind}: needs providers that decide; use `supply: endogenous`, or "
            "remove the event"
        )


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({}, "events.e: nothing happens; give one of set, antitrust,"),
        ({"set": {}}, "events.e.set: nothing stands here; add an entry"),
        ({"set": {"choice.product_step": 1}, "incident": {"provider": "A"}},
         "events.e.incident: `set` and `incident` in one event; make an event of each"),
        ({"incident": {"provider": "A"}, "open_release": {"gain": 1}},
         "events.e.open_release: `incident` and `open_release` in one event"),
        ({"tariff": {}}, "events.e.tariff: unknown key; possible here: month, set, antitrust"),
        ({"price_ware": {}}, "events.e.price_ware: unknown key (did you mean 'price_war'?)"),
        ({"incident": {"provider": "Z"}}, "incident.provider: Z is not among the providers"),
        ({"incident": {}}, "events.e.incident.provider: missing; add whose incident it is"),
        ({"incident": "A"}, "events.e.incident: text 'A' stands where a map of settings"),
        ({"open_release": {"gain": -1}}, "open_release.gain: -1 OOM is outside [0, 20]"),
        ({"open_release": {"da": 1}}, "(da is the symbol of 'gain'; write that)"),
        ({"supply_shock": {"factor": 1, "months": 0}}, "months: 0 month is outside [1, 600]"),
        ({"supply_shock": {"factor": -1, "months": 1}}, "factor: -1 is outside [0, 1000]"),
        ({"price_war": {"provider": "A", "factor": 0, "months": 1}}, "0 is outside [0.001, 1000]"),
        ({"demand_shock": {"segment": "code", "factor": 1, "months": 1}},
         "'code' is not one of coding, enterprise, consumer"),
        ({"safety_rule": {"minimum": 2}}, "safety_rule.minimum: 2 0-1 is outside [0, 1]"),
        ({"export_control": {"region": "China", "cap": 1}}, "write a country code of two capital"),
        ({"mega_round": {"provider": "A", "amount": float("nan")}}, "nan"),
    ],
)  # fmt: skip
def test_an_event_is_refused(messages: Messages, what: dict[str, Any], message: str) -> None:
    assert message in "\n".join(messages(with_event(DECIDING, **what)))


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"providers.Z.raises": True}, "providers.Z.raises", "Z is not among the providers"),
        ({"providers.A.cash": 3}, "providers.A.cash", "is read once, when the market is built"),
        ({"providers.A.focus": {}}, "providers.A.focus", "names a whole section; name one of"),
        ({"providers.A.strategy": "rutine"}, "providers.A.strategy", "(did you mean 'routine'?)"),
        ({"providers.A.strategy.reach": 2}, "providers.A.strategy.reach", "unknown key"),
        ({"providers.A.allocation.scale": 0.5}, "providers.A.allocation.scale", "sum to 0.95"),
        ({"planning.markup_floor": 9}, "planning.markup_floor", "9 is above markup_limit, 3"),
        ({"providers.A.exclusive_until": 9}, "providers.A.exclusive_until", "no home cloud"),
        ({"compute.chip_maker": "X"}, "compute.chip_maker", "is read once"),
        ({"suppliers.C.capacity_share": 1}, "suppliers.C.capacity_share", "can change only choice"),
        ({"finance.rounds": "x.csv"}, "finance.rounds", "is read once"),
        ({"choice.product_step": 1, "research.spillover": 2}, "research.spillover", "is outside"),
    ],
)
def test_a_setting_is_refused(
    messages: Messages, changes: dict[str, Any], path: str, message: str
) -> None:
    (found,) = messages(with_event(DECIDING, set=changes))
    assert found.startswith(f"config: events.e.set.{path}: ")
    assert message in found


def after(config: Config) -> Config:
    return changed(config, config.events["e"].changes)


def test_settings_of_one_event_are_taken_together() -> None:
    parts = {"providers.A.allocation.scale": 0.5, "providers.A.allocation.sales": 0.25}
    allocation = after(load(with_event(DECIDING, set=parts))).providers["A"].allocation
    assert (allocation.scale, allocation.sales) == (0.5, 0.25)


def test_an_event_may_change_a_strategy() -> None:
    config = load(with_event(DECIDING, set={"providers.A.strategy": "efficiency_first"}))
    assert after(config).providers["A"].strategy.family == "efficiency_first"


def test_events_are_tried_in_the_order_of_their_months(messages: Messages) -> None:
    first = {"month": 2, "set": {"planning.markup_limit": 9}}
    second = {"month": 4, "set": {"planning.markup_floor": 5}}
    assert load({**DECIDING, "events": {"b": second, "a": first}}).events
    (found,) = messages({**DECIDING, "events": {"a": {**first, "month": 5}, "b": second}})
    assert "events.b.set.planning.markup_floor: 5 is above markup_limit, 3" in found


def test_a_config_that_is_wrong_itself_is_not_blamed_on_its_events(messages: Messages) -> None:
    source = with_event(DECIDING, set={"choice.product_step": 0.1})
    (found,) = messages({**source, "planning": {"markup_floor": 9}})
    assert found.startswith("config: planning.markup_floor: ")


@pytest.mark.parametrize("kind", ["safety_rule", "export_control"])
def test_a_rule_sets_parameters(kind: str) -> None:
    config = after(load(with_event(DECIDING, **{kind: EVERY[kind]})))
    compute = config.compute
    if kind == "safety_rule":
        assert config.enterprises.safety_minimum == 0.35
    else:
        rule = (compute.export_region, compute.export_cap, compute.export_surcharge)
        assert rule == ("CN", 0.05, 0.3)


def test_events_that_do_nothing_are_noted() -> None:
    events = {
        "early": {"month": 2, "incident": {"provider": "B"}},
        "late": {"month": 36, "incident": {"provider": "A"}},
        "wild": {"month": 3, "supply_shock": {"factor": 9, "months": 2}},
        "fine": {"month": 3, "efficiency_shock": {"provider": "all", "gain": 0.1}},
    }
    assert notes(load({**DECIDING, "events": events})) == [
        "events.wild.supply_shock.factor = 9 is outside the plausible range [0.25, 4]",
        "events.early: B enters in month 3, after month 2: nothing happens",
        "events.late.month = 36 is after the last month, 35: it never fires",
    ]


def test_a_file_that_extends_may_change_an_event(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    text = "schema_version: 1\nsupply: {offers: {A: {}}}\n"
    (tmp_path / "base.yaml").write_text(
        text + "events: {e: {month: 4, safety_rule: {minimum: .2}}}\n"
    )
    config = load("base.yaml", ["events.e.safety_rule.minimum=.4", "events.e.month=5"])
    assert config.events["e"].changes == {"enterprises.safety_minimum": 0.4}
    other = load("base.yaml", ["events.e={safety_rule: null, set: {choice.product_step: 1}}"])
    assert other.events["e"].kind == SET
