"""Configs: what they say, and messages with line and column for all that is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulation.config import ConfigError, load, notes
from simulation.config_layers import CHECKOUT
from simulation.config_sections import PowerLawCluster

RECORDED = CHECKOUT / "configs" / "recorded.yaml"
OFFERS = {"A": {}, "B": {"price": 5}}
SMALL: dict[str, Any] = {"supply": {"offers": OFFERS}}
HEAD = "schema_version: 1\nsupply: {offers: {A: {}, B: {}}}\n"  # the third line is the test's own

Write = Callable[..., Path]
Messages = Callable[..., list[str]]


def test_the_recorded_market_is_found_and_is_the_default_market() -> None:
    config = load(RECORDED)
    assert config.name == "recorded"
    assert (config.start, config.months, config.seed) == ("2023-01", 36, 1)
    assert config.supply.recorded == CHECKOUT / "configs" / "data" / "supply_recorded.csv"
    assert config.networks.developers == PowerLawCluster()
    assert notes(config) == []


def test_the_name_comes_from_the_file(write: Write) -> None:
    assert load(write(HEAD, "My Exp 2.yaml")).name == "my_exp_2"
    assert load(write(HEAD + "name: other\n")).name == "other"


def test_one_number_or_one_for_each_segment() -> None:
    offers = {"A": {"price": 3, "capability": {"coding": 1, "enterprise": 2, "consumer": 0}}}
    offer = load({"supply": {"offers": offers}}).supply.offers["A"]
    assert offer.price == {"coding": 3.0, "enterprise": 3.0, "consumer": 3.0}
    assert offer.capability["enterprise"] == 2.0


def test_a_price_to_consumers_is_not_needed() -> None:
    price = {"coding": 3, "enterprise": 3}
    assert load({"supply": {"offers": {"A": {"price": price}}}}).supply.offers["A"].price == price


def test_python_values_are_taken() -> None:
    import numpy as np

    event = {"month": np.int64(3), "set": {"choice.product_step": np.float64(0.5)}}
    choice = {"upgrade_rate": np.float32(0.5)}
    names = np.array(["A", "B"])
    rest = {"seed": np.int64(7), "choice": choice, "consumers": {"bundled": names}}
    config = load({**SMALL, **rest, "events": {"e": event}})
    assert (config.seed, config.choice.upgrade_rate) == (7, 0.5)
    assert config.consumers.bundled == ("A", "B")
    assert "np." not in config.dump()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("developers:\n    pier_weight: 3",
         "4:5: developers.pier_weight: unknown key (did you mean 'peer_weight'?)"),
        ("developers: {J: 3}",
         "3:14: developers.J: unknown key (J is the symbol of 'peer_weight'; write that)"),
        ("peer_form: log", "3:1: peer_form: unknown key (did you mean 'developers.peer_form'?)"),
        ("xyzzy: 1", "3:1: xyzzy: unknown key; possible here: schema_version, name"),
        ("developers: {taste_spread: 7}",
         "3:28: developers.taste_spread: 7 is outside [0, 3]; choose a value inside "
         "(plausible: 0 to 0.8)"),
        ("consumers: {subscription_price: -1}",
         "3:33: consumers.subscription_price: -1 $/month is outside [0, 10000]"),
        ("developers: {count: 1_000}",
         "3:21: developers.count: text '1_000' stands where a whole number from 1 to 50000000 "
         "agents is wanted; write 1000 without quotes or underscores"),
        ("developers: {count: 2.5}", "3:21: developers.count: 2.5 stands where a whole number"),
        ("developers: {count: true}", "3:21: developers.count: True stands where a whole number"),
        ("developers: {imitation: [1]}", "3:25: developers.imitation: a list stands where a n"),
        ("developers: {imitation: {a: 1}}",
         "3:25: developers.imitation: a map stands where a number"),
        ("developers: {peer_form: lin}",
         "3:25: developers.peer_form: 'lin' is not one of linear, log (did you mean 'linear'?)"),
        ("developers: 5", "3:13: developers: 5 stands where a map of settings is wanted"),
        ("consumers: {bundled: Google}",
         "3:22: consumers.bundled: text 'Google' stands where a list, as [A, B] is wanted"),
        ("consumers: {bundled: [Google, Google]}", "'Google' stands twice in the list; keep one"),
        ("consumers: {bundled: [a/b]}", "3:23: consumers.bundled.0: 'a/b' is not possible; use 1"),
        ("enterprises: {excluded_origins: [China]}", "write a country code of two capital letters"),
        ("enterprises: {terms: {12: .5, 24: .4}}",
         "3:22: enterprises.terms: the entries sum to 0.9, not 1"),
        ("enterprises: {terms: {12: .5, 24: -.4}}", "3:35: enterprises.terms.24: -0.4"),
        ("enterprises: {terms: {a year: 1}}", "3:31: enterprises.terms.a year: a contract term is"),
        ("enterprises: {terms: {}}", "3:22: enterprises.terms: nothing stands here; add an entry"),
        ("enterprises: {criteria: {capability: 0, safety: 0, cost: 0, stability: 0, "
         "integration: 0}}", "3:25: enterprises.criteria: all five weights are 0"),
        ("networks: {developers: {family: rng}}",
         "3:33: networks.developers.family: 'rng' is not one of none, complete, ring,"),
        ("networks: {consumers: {degree: 7}}", "3:32: networks.consumers.degree: 7 is odd"),
        ("networks: {consumers: {links: 7}}", "3:24: networks.consumers.links: unknown key"),
        ("networks: {developers: {family: ring_hubs, degree: 4, hub_links: 3}}",
         "3:66: networks.developers.hub_links: 3 hub links alone make a mean degree of 6"),
        ("initial: {developers: {adopted: .5}}",
         "3:33: initial.developers.adopted: adopters need a provider"),
        ("initial: {developers: {adopted: .5, shares: {A: .5}}}",
         "3:45: initial.developers.shares: the entries sum to 0.5, not 1"),
        ("start: 2023-1", "3:8: start: '2023-1' is not possible; write a year and a month"),
        ("start: 2023-13", "3:8: start: '2023-13' is not possible"),
        ("name: My exp", "3:7: name: 'My exp' is not possible; use 1 to 64 small letters"),
        ("months: 601", "3:9: months: 601 month is outside [1, 600]"),
        ("seed: 9223372036854775808", "3:7: seed: "),
        ("seed: 1.5", "3:7: seed: 1.5 stands where a whole number from 0 to 9.22337203685e+18 is"),
        ("freeze: {supply.prise: 3}", "3:24: freeze.supply.prise: no such state; use supply.cap"),
        ("freeze: {supply.price.A: 0}", "3:26: freeze.supply.price.A: 0 $/Mtok is outside [1e-06"),
        ("freeze: {developers.tenure: -1}", "3:29: freeze.developers.tenure: -1 month is outside"),
        ("freeze: {choice.tenure: 1}", "freeze.choice.tenure: no such state"),
        ("events: {Rule: {month: 1, set: {developers.peer_weight: 3}}}",
         "3:10: events.Rule: 'Rule' is not possible; use 1 to 64 small letters"),
        ("events: {rule: {set: {developers.peer_weight: 3}}}",
         "events.rule.month: missing; add month in which it fires"),
        ("events: {rule: {month: 1, set: {}}}", "events.rule.set: nothing stands here"),
    ],
)  # fmt: skip
def test_a_message_says_where_what_and_how_to_mend_it(
    messages: Messages, write: Write, line: str, message: str
) -> None:
    (found,) = messages(write(HEAD + line + "\n"))
    assert found.startswith(("exp.yaml:3:", "exp.yaml:4:"))
    assert message in found


@pytest.mark.parametrize(
    ("supply", "message"),
    [
        ("", "exp.yaml:1:1: supply: missing; add endogenous, {recorded: FILE.csv} or "
         "{offers: {NAME: {...}}}"),
        ("supply: {}", "exp.yaml:2:9: supply: nobody supplies; give `endogenous: "
         "true`, `recorded: FILE.csv` or `offers:`"),
        ("supply: {recorded: s.csv, offers: {A: {}}}",
         "exp.yaml:2:35: supply.offers: both `recorded` and `offers` are given; keep one"),
        ("supply: {recorded: t.csv}", "exp.yaml:2:20: supply.recorded: t.csv: no such file"),
        ("supply: {recorded: 5}", "exp.yaml:2:20: supply.recorded: 5 stands where the path of a"),
        ("supply: {recorded: .}", "exp.yaml:2:20: supply.recorded: .: is a folder, a pipe or"),
        ('supply: {recorded: "a\\0b"}', "exp.yaml:2:20: supply.recorded: a\\x00b: no such file"),
        ("supply: {recorded: ../s.csv}",
         "exp.yaml:2:20: supply.recorded: ../s.csv: outside the checkout and the current folder"),
        ("supply: {recorded: /etc/passwd}", "supply.recorded: /etc/passwd: outside the checkout"),
        ("supply: {offers: {none: {}}}", "exp.yaml:2:19: supply.offers.none: 'none' stands for no"),
        ("supply: {offers: {a/b: {}}}", "exp.yaml:2:19: supply.offers.a/b: 'a/b' is not possible"),
        ("supply: {offers: {A: {price: 0}}}",
         "exp.yaml:2:30: supply.offers.A.price: 0 $/Mtok is outside [1e-06, 1000000]"),
        ("supply: {offers: {A: {price: {coding: 0, enterprise: 1}}}}",
         "exp.yaml:2:39: supply.offers.A.price.coding: 0 $/Mtok is outside"),
        ("supply: {offers: {A: {safety: high}}}", "exp.yaml:2:31: supply.offers.A.safety: text "
         "'high' stands where a number, or a map as {coding: value}, from 0 to 1 is wanted"),
        ("supply: {offers: {A: {safety: {coding: 1}}}}",
         "exp.yaml:2:31: supply.offers.A.safety: no entry for enterprise, which the provider"),
        ("supply: {offers: {A: {segments: [code]}}}", "'code' is not one of coding, enterprise"),
        ("supply: {offers: {A: {segments: []}}}", "nothing stands here; add an entry"),
        ("supply: {offers: {A: {origin: usa}}}", "write a country code of two capital letters"),
        ("supply: {offers: {A: {open_weights: no}}}",
         "text 'no' stands where true or false is wanted; YAML 1.2 knows only true and false"),
        ("supply: {offers: {A: {}}, exclude: [A]}", "every offer is excluded"),
        ("supply: {offers: {A: {}}, exclude: [B]}", "supply.exclude: B is not among the offers"),
        ("supply: {offers: {" + ", ".join(f"P{n}: {{}}" for n in range(15)) + "}}",
         "exp.yaml:2:18: supply.offers: 15 named providers; at most 14 and OPEN are possible"),
    ],
)  # fmt: skip
def test_a_supply_is_refused(messages: Messages, write: Write, supply: str, message: str) -> None:
    write("month,provider\n", "s.csv")
    found = messages(write(f"schema_version: 1\n{supply}\n"))
    assert len(found) == 1
    assert message in found[0]


def test_fourteen_named_providers_and_open_are_possible() -> None:
    offers: dict[str, Any] = {f"P{n}": {} for n in range(14)}
    assert len(load({"supply": {"offers": {**offers, "OPEN": {}}}}).supply.offers) == 15


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ({"initial": {"developers": {"adopted": 1, "shares": {"C": 1}}}},
         "initial.developers.shares.C: C is not among the offers; there are A, B"),
        ({"initial": {"consumers": {"adopted": 1, "shares": {"B": 1}}},
          "supply": {"offers": {"A": {}, "B": {"segments": ["coding"]}}}},
         "initial.consumers.shares.B: B does not serve the consumer segment"),
        ({"freeze": {"supply.price.C": 3}}, "freeze.supply.price.C: C is not among the offers"),
        ({"developers": {"count": 4}},
         "networks.developers.links: 4 links need more than 4 developers; there are 4"),
        ({"consumers": {"count": 8}},
         "networks.consumers.degree: 8 is not below 8, the number of consumers"),
        ({"networks": {"consumers": {"family": "complete", "blocks": 10_001}}},
         "networks.consumers.blocks: more than the 10000 consumers; use fewer"),
        ({"networks": {"enterprises": {"industries": 1001}}},
         "networks.enterprises.industries: more than the 1000 enterprises"),
        ({"networks": {"enterprises": {"industries": 500}}},
         "networks.enterprises.degree: 2400 edges inside industries, where there are 500 pairs"),
        ({"networks": {"enterprises": {"industries": 1, "within": 0.5}}},
         "networks.enterprises.degree: 1500 edges across industries, where there are 0 pairs"),
    ],
)  # fmt: skip
def test_the_parts_must_fit_together(
    messages: Messages, rest: dict[str, Any], message: str
) -> None:
    (found,) = messages({**SMALL, **rest})
    assert message in found


def test_all_messages_come_at_once_in_the_order_of_the_text(
    messages: Messages, write: Write
) -> None:
    text = HEAD + (
        "networks: {consumers: {degree: 20_000}}\n"  # a number that is none
        "freeze: {supply.price.C: 3}\n"  # nobody offers C: found only when all else is known
        "choice: {product_step: 11, upgrade_shore: 1}\n"
        "consumers: {bundled: [A, A]}\n"
    )
    assert [line.split(": ")[:2] for line in messages(write(text))] == [
        ["exp.yaml:3:32", "networks.consumers.degree"],
        ["exp.yaml:4:26", "freeze.supply.price.C"],
        ["exp.yaml:5:24", "choice.product_step"],
        ["exp.yaml:5:28", "choice.upgrade_shore"],
        ["exp.yaml:6:22", "consumers.bundled"],
    ]


def test_twenty_messages_are_printed_and_the_rest_counted(write: Write) -> None:
    text = HEAD + "".join(f"x{n}: 1\n" for n in range(25))
    with pytest.raises(ConfigError) as caught:
        load(write(text))
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert lines[0].startswith("exp.yaml:3:1: x0: unknown key")
    assert lines[-1] == "... and 5 more"
    assert len(caught.value.messages) == 25


def test_a_message_is_one_printable_line(messages: Messages, write: Write) -> None:
    (found,) = messages(write(HEAD + '"a\\e[31m\\nb": 1\n'))
    assert found.isprintable()
    assert "a\\x1b[31m\\nb: unknown key" in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "exp.yaml:1:1: a config is a map"),
        ("supply: {offers: {A: {}}}",
         "exp.yaml:1:1: schema_version: missing; begin the file with `schema_version: 1`"),
        ("schema_version: 2\nsupply: {offers: {A: {}}}",
         "exp.yaml:1:17: schema_version: 2 is not known; this program reads 1"),
        ("schema_version: '1'\nsupply: {offers: {A: {}}}", "schema_version: 1 is not known"),
        ("schema_version: true\nsupply: {offers: {A: {}}}", "schema_version: True is not known"),
    ],
)  # fmt: skip
def test_the_form_of_a_file_is_checked(
    messages: Messages, write: Write, text: str, message: str
) -> None:
    (found,) = messages(write(text))
    assert message in found


@pytest.mark.parametrize("source", ["none.yaml", ".", "a\0b", "x" * 5000, "a: 1\nb: 2"])
def test_what_is_no_file_is_refused(messages: Messages, write: Write, source: str) -> None:
    (found,) = messages(source)
    assert found.isprintable()
    assert len(found) < 700


@pytest.mark.parametrize(
    "source", [{"supply": object()}, {"supply": b"x"}, {"x": 1j}, {"seed": {1, 2}}]
)
def test_what_no_file_could_say_is_refused(messages: Messages, source: dict[str, Any]) -> None:
    assert any("cannot stand in a config" in found for found in messages(source))


def test_a_map_that_holds_itself_is_refused(messages: Messages) -> None:
    loop: dict[str, Any] = {}
    loop["developers"] = loop
    assert messages(loop) == ["config: nested deeper than 32 levels"]
