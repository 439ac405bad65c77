"""Configs: values in and out, precedence, messages with line and column, and every refusal."""

import copy
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.parameters import FrozenMap, declarations
from simulation import config_checks, config_layers, config_text
from simulation.config import (
    Config,
    ConfigError,
    load,
    memory_needed,
    notes,
    origins,
    schema,
    with_changes,
)
from simulation.config_layers import CHECKOUT
from simulation.config_sections import PowerLawCluster, Ring

RECORDED = CHECKOUT / "configs" / "recorded.yaml"
OFFERS = {"A": {}, "B": {"price": 5}}
SMALL: dict[str, Any] = {"supply": {"offers": OFFERS}}
HEAD = "schema_version: 1\nsupply: {offers: {A: {}, B: {}}}\n"  # the third line is the test's own

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write files into an empty current folder."""
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "exp.yaml") -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def messages(source: Any, *sets: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(source, sets)
    return caught.value.messages


def value_at(config: Config, path: str) -> Any:
    value: Any = config
    for step in path.split("."):
        value = value[step] if isinstance(value, FrozenMap) else getattr(value, step)
    return value


# What a config says


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

    config = load({**SMALL, "seed": np.int64(7), "choice": {"upgrade_rate": np.float64(0.5)}})
    assert (config.seed, config.choice.upgrade_rate) == (7, 0.5)


# Messages


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
        ("developers: {imitation: [1]}", "3:25: developers.imitation: a list stands where a number"),
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
    write: Write, line: str, message: str
) -> None:
    (found,) = messages(write(HEAD + line + "\n"))
    assert found.startswith("exp.yaml:3:") or found.startswith("exp.yaml:4:")
    assert message in found


@pytest.mark.parametrize(
    ("supply", "message"),
    [
        ("", "exp.yaml:1:1: supply: missing; add {recorded: FILE.csv} or {offers: {NAME: {...}}}"),
        ("supply: {}", "exp.yaml:2:9: supply: nobody supplies; give `recorded: FILE.csv`"),
        ("supply: {recorded: s.csv, offers: {A: {}}}",
         "exp.yaml:2:35: supply.offers: both `recorded` and `offers` are given; keep one"),
        ("supply: {recorded: t.csv}", "exp.yaml:2:20: supply.recorded: t.csv: no such file"),
        ("supply: {recorded: 5}", "exp.yaml:2:20: supply.recorded: 5 stands where the path of a"),
        ("supply: {recorded: .}", "exp.yaml:2:20: supply.recorded: .: no such file"),
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
        ("supply: {offers: {A: {safety: {coding: 1}}}}",
         "exp.yaml:2:31: supply.offers.A.safety: no entry for enterprise, which the provider serves"),
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
def test_a_supply_is_refused(write: Write, supply: str, message: str) -> None:
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
def test_the_parts_must_fit_together(rest: dict[str, Any], message: str) -> None:
    (found,) = messages({**SMALL, **rest})
    assert message in found


def test_all_messages_come_at_once_in_the_order_of_the_text(write: Write) -> None:
    text = HEAD + (
        "developers: {count: 4, pier_weight: 1}\n"  # an unknown key, and links that do not fit
        "consumers: {count: 8}\n"
        "events: {e: {month: 1, set: {seed: 4}}}\n"
    )
    found = messages(write(text))
    assert [line.split(": ")[0] for line in found] == ["exp.yaml:3:24"]
    found = messages(write(text.replace(", pier_weight: 1", "") + "choice: {product_step: 11}\n"))
    assert [line.split(": ")[1] for line in found] == [
        "networks.developers.links",
        "networks.consumers.degree",
        "choice.product_step",
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


def test_a_message_is_one_printable_line(write: Write) -> None:
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
def test_the_form_of_a_file_is_checked(write: Write, text: str, message: str) -> None:
    (found,) = messages(write(text))
    assert message in found


@pytest.mark.parametrize("source", ["none.yaml", ".", "a\0b", "x" * 5000, "a: 1\nb: 2"])
def test_what_is_no_file_is_refused(write: Write, source: str) -> None:
    (found,) = messages(source)
    assert found.isprintable()
    assert len(found) < 700


@pytest.mark.parametrize(
    "source", [{"supply": object()}, {"supply": b"x"}, {"x": 1j}, {"seed": {1, 2}}]
)
def test_what_no_file_could_say_is_refused(source: dict[str, Any]) -> None:
    assert any("cannot stand in a config" in found for found in messages(source))


def test_a_map_that_holds_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["developers"] = loop
    assert messages(loop) == ["config: nested deeper than 32 levels"]


# Layers


def test_defaults_give_way_to_extends_to_the_file_to_sets(write: Write) -> None:
    write(HEAD + "months: 10\nseed: 10\nchoice: {product_step: .1, upgrade_rate: 1}", "base.yaml")
    top = write("schema_version: 1\nextends: base.yaml\nseed: 20\nchoice: {upgrade_rate: 2}\n")
    config = load(top, ["choice.upgrade_share=.3"])
    assert config.choice.nest_dissimilarity == 0.6
    assert config.months == 10
    assert config.seed == 20
    assert config.choice.product_step == 0.1
    assert config.choice.upgrade_rate == 2.0
    assert config.choice.upgrade_share == 0.3
    assert load(top, ["seed=30", "seed=40"]).seed == 40


def test_extends_is_relative_to_the_file_that_says_it(write: Write) -> None:
    write("month\n", "a/data/s.csv")
    write("schema_version: 1\nsupply: {recorded: data/s.csv}\n", "a/base.yaml")
    write("schema_version: 1\nextends: ../a/base.yaml\n", "b/mid.yaml")
    config = load(write("schema_version: 1\nextends: b/mid.yaml\n"))
    assert config.supply.recorded == Path("a/data/s.csv").resolve()


def test_maps_merge_lists_replace_and_null_removes(write: Write) -> None:
    write(
        "schema_version: 1\n"
        "supply: {offers: {A: {price: 3, safety: .4}, B: {}, C: {}}}\n"
        "consumers: {bundled: [A, B]}\n"
        "developers: {peer_weight: 3}\n",
        "base.yaml",
    )
    config = load(
        write(
            "schema_version: 1\nextends: base.yaml\n"
            "supply: {offers: {A: {price: 4}, B: null, D: {}}}\n"
            "consumers: {bundled: [C]}\n"
            "developers: {peer_weight: null}\n"
        )
    )
    assert list(config.supply.offers) == ["A", "C", "D"]
    assert config.supply.offers["A"].price["coding"] == 4.0
    assert config.supply.offers["A"].safety["coding"] == 0.4
    assert config.consumers.bundled == ("C",)
    assert config.developers.peer_weight == 1.5


def test_a_removed_entry_can_come_back(write: Write) -> None:
    config = load(write(HEAD), ["supply.offers.B=null", "supply.offers.B.price=7"])
    assert config.supply.offers["B"].price["coding"] == 7.0


def test_the_other_supply_replaces_once_the_first_is_null(write: Write) -> None:
    write("month\n", "s.csv")
    write("schema_version: 1\nsupply: {recorded: s.csv}\n", "base.yaml")
    text = "schema_version: 1\nextends: base.yaml\nsupply: {offers: {A: {}}, recorded: null}\n"
    assert list(load(write(text)).supply.offers) == ["A"]


def test_a_distribution_is_one_value(write: Write) -> None:
    write(HEAD + "enterprises: {terms: {6: .5, 12: .5}}\n", "base.yaml")
    top = write("schema_version: 1\nextends: base.yaml\nenterprises: {terms: {24: 1}}\n")
    assert load(top).enterprises.terms == {24: 1.0}
    assert load(top, ["enterprises.terms={3: .5, 9: .5}"]).enterprises.terms == {3: 0.5, 9: 0.5}
    assert load({**SMALL, "enterprises": {"terms": {12: 1, 36: None}}}).enterprises.terms == {12: 1}


def test_another_family_of_network_drops_the_settings_of_the_first(write: Write) -> None:
    write(HEAD + "networks: {developers: {links: 6}, consumers: {degree: 4}}\n", "base.yaml")
    top = write(
        "schema_version: 1\nextends: base.yaml\n"
        "networks: {developers: {family: ring}, consumers: {rewiring: .5}}\n"
    )
    assert load(top).networks.developers == Ring()
    assert load(top).networks.consumers == Ring(degree=4, rewiring=0.5)
    sets = ["networks.consumers.family=ring", "networks.developers.degree=2"]
    assert load(top, sets).networks.consumers.degree == 4  # the family is the one it had
    assert load(top, sets).networks.developers == Ring(degree=2)


def test_a_null_under_an_unknown_key_is_no_way_to_hide_a_slip(write: Write) -> None:
    (found,) = messages(write(HEAD + "developers: {pier_weight: null}\n"))
    assert "unknown key (did you mean 'peer_weight'?)" in found


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"exp": "exp.yaml"}, "exp.yaml:2:10: extends: the files extend each other in a circle: "
                              "exp.yaml -> exp.yaml"),
        ({"exp": "b.yaml", "b": "exp.yaml"}, "b.yaml:2:10: extends: the files extend each other"),
        ({"exp": "none.yaml"}, "exp.yaml:2:10: extends: none.yaml: no such file"),
        ({"exp": "../x.yaml"}, "exp.yaml:2:10: extends: ../x.yaml: outside the checkout"),
        ({"exp": "/etc/hostname"}, "exp.yaml:2:10: extends: /etc/hostname: outside the checkout"),
        ({"exp": "5"}, "exp.yaml:2:10: extends: 5 is not the path of a file"),
        ({"exp": "[b.yaml]"}, "is not the path of a file"),
        ({"exp": "''"}, "is not the path of a file"),
        ({"exp": "."}, "extends: .: no such file"),
    ],
)  # fmt: skip
def test_extends_is_refused(write: Write, files: dict[str, str], message: str) -> None:
    rest = "supply: {offers: {A: {}}}\n"
    for name, extends in files.items():
        write(f"schema_version: 1\nextends: {extends}\n{rest}", f"{name}.yaml")
    (found,) = messages("exp.yaml")
    assert message in found


def chain(write: Write, length: int) -> Path:
    write(HEAD, "f0.yaml")
    for number in range(1, length + 1):
        write(f"schema_version: 1\nextends: f{number - 1}.yaml\n{HEAD[18:]}", f"f{number}.yaml")
    return Path(f"f{length}.yaml")


def test_eight_files_may_extend_one_another_and_nine_may_not(write: Write) -> None:
    assert load(chain(write, 8)).months == 36
    assert "more than 8 files extend one another" in messages(chain(write, 9))[0]


def test_a_link_that_leads_outside_is_refused(write: Write, tmp_path_factory: Any) -> None:
    outside = tmp_path_factory.mktemp("outside") / "base.yaml"
    outside.write_text(HEAD)
    Path("base.yaml").symlink_to(outside)
    top = write(f"schema_version: 1\nextends: base.yaml\n{HEAD[18:]}")
    (found,) = messages(top)
    assert "extends: base.yaml: outside the checkout and the current folder" in found


def test_a_circle_of_links_is_refused(write: Write) -> None:
    Path("a.yaml").symlink_to("b.yaml")
    Path("b.yaml").symlink_to("a.yaml")
    assert messages(write(f"schema_version: 1\nextends: a.yaml\n{HEAD[18:]}"))
    assert messages("a.yaml")


def test_a_run_directory_anywhere_may_name_its_own_inputs(write: Write, tmp_path: Path) -> None:
    write("month\n", "run/inputs/s.csv")
    write("month\n", "run/s.csv")
    text = "schema_version: 1\nsupply: {recorded: %s}\n"
    inside = write(text % "inputs/s.csv", "run/config.yaml").resolve()
    beside = write(text % "s.csv", "run/beside.yaml").resolve()
    (tmp_path / "elsewhere").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "elsewhere")
        assert load(inside).supply.recorded == tmp_path.resolve() / "run" / "inputs" / "s.csv"
        assert "outside the checkout" in messages(beside)[0]


def test_the_containment_rule_is_what_refuses(write: Write, monkeypatch: Any) -> None:
    write(HEAD, "base.yaml")
    Path("deep").mkdir()
    write(f"schema_version: 1\nextends: ../base.yaml\n{HEAD[18:]}", "deep/exp.yaml")
    monkeypatch.chdir("deep")
    assert "outside the checkout" in messages("exp.yaml")[0]
    monkeypatch.setattr(config_layers, "CHECKOUT", Path("/"))
    assert load("exp.yaml").months == 36


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("seed=7", "seed", 7),
        ("months = 1e1", "months", 10),
        ("description=no", "description", "no"),
        ("consumers.bundled=[A, B]", "consumers.bundled", ("A", "B")),
        ("consumers.bundled=[]", "consumers.bundled", ()),
        ("enterprises.criteria.cost=0", "enterprises.criteria.cost", 0.0),
        ("freeze.supply.price=3", "freeze", {"supply.price": 3.0}),
        ("events.e={month: 3, set: {choice.product_step: 1}}", "events.e.month", 3),
        ("developers={count: 50}", "developers.count", 50),
        ("description='a=b'", "description", "a=b"),
    ],
)
def test_a_set_lays_one_value_over_the_config(text: str, path: str, value: Any) -> None:
    got = value_at(load(SMALL, [text]), path)
    assert got == value
    assert type(got) is type(value) or isinstance(got, FrozenMap)


def test_a_set_reaches_names_that_hold_dots() -> None:
    source = {
        "supply": {"offers": {"GPT-4.5": {}, "GPT-4": {}}},
        "events": {"e": {"month": 1, "set": {"choice.product_step": 1}}},
    }
    sets = ["supply.offers.GPT-4.5.price=3", "events.e.set.developers.peer_weight=2"]
    config = load(source, sets)
    assert config.supply.offers["GPT-4.5"].price["coding"] == 3.0
    assert config.events["e"].set == {"choice.product_step": 1, "developers.peer_weight": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("developers.pier_weight=3",
         "--set #2: developers.pier_weight: unknown key (did you mean 'peer_weight'?)"),
        ("developers.peer_weight=999", "--set #2: developers.peer_weight: 999 util is outside"),
        ("developers.peer_weight.x=1", "--set #2: developers.peer_weight: a map stands where"),
        ("seed", "--set #2: 'seed' is not an assignment; write path=value"),
        ("seed=", "--set #2: 'seed=' is not an assignment; write path=value"),
        ("=3", "--set #2: '=3' is not an assignment"),
        ("a..b=3", "--set #2: 'a..b=3' is not an assignment"),
        ("", "--set #2: '' is not an assignment"),
        ("seed=.nan", "--set #2: seed: .nan is not a finite number"),
        ("seed=[", "--set #2: seed: not valid YAML"),
        ("seed=&a 1", "--set #2: seed: anchor &a is not allowed"),
        ("seed=\udc80", "--set #2: seed: character U+DC80 is not allowed"),
        ("extends=other.yaml", "--set #2: extends: unknown key"),
        ("schema_version=2", "--set #2: schema_version: "),
        ("supply.recorded=none.csv", "--set #2: supply.recorded: none.csv: no such file"),
    ],
)  # fmt: skip
def test_a_set_is_refused(text: str, message: str) -> None:
    found = messages(SMALL, "months=36", text)
    assert message in found[0]


# Events, notes, origins, memory


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"developers.peer_weight": 100}, "developers.peer_weight: 100 util is outside [-50, 50]"),
        ({"developers.pier_weight": 1}, "unknown key (did you mean 'peer_weight'?)"),
        ({"developers.count": 5}, "is read once, when the market is built; no event can change it"),
        ({"enterprises.criteria.cost": 1}, "is read once, when the market is built"),
        ({"enterprises.scales": {"cost": 1}}, "names a whole section; name one of capability"),
        ({"developers": {}}, "names a whole section"),
        ({"seed": 4}, "an event can change only choice, developers, consumers, enterprises"),
        ({"networks.consumers.degree": 4}, "an event can change only choice"),
        ({"enterprises.terms": {12: 0.5}}, "the entries sum to 0.5, not 1"),
        ({"developers.peer_form": "lin"}, "'lin' is not one of linear, log"),
        ({"consumers.bundled": "Google"}, "text 'Google' stands where a list"),
        ({"choice.product_step": float("nan")}, "nan"),
    ],
)
def test_an_event_is_refused(setting: dict[str, Any], message: str) -> None:
    event = {"month": 3, "set": setting}
    (found,) = messages({**SMALL, "events": {"shock": event}})
    assert found.startswith(f"config: events.shock.set.{next(iter(setting))}: ")
    assert message in found


def test_an_event_sets_what_a_file_could_say() -> None:
    setting = {"enterprises.scales.cost": 2, "enterprises.terms": {12: 1}, "consumers.bundled": []}
    config = load({**SMALL, "events": {"e": {"month": 3, "set": setting}}})
    after = with_changes(config, config.events["e"].set)
    assert after.enterprises.scales.cost == 2.0
    assert after.enterprises.terms == {12: 1.0}
    assert after.consumers.bundled == ()


def test_values_outside_the_plausible_range_are_noted() -> None:
    rest = {
        "months": 12,
        "developers": {"taste_spread": 2},
        "networks": {"consumers": {"degree": 2}},
        "events": {
            "late": {"month": 12, "set": {"choice.product_step": 0.1}},
            "wild": {"month": 11, "set": {"enterprises.discount": 0.9}},
        },
    }
    assert notes(load({**SMALL, **rest})) == [
        "developers.taste_spread = 2 is outside the plausible range [0, 0.8]",
        "networks.consumers.degree = 2 neighbours is outside the plausible range [4, 16]",
        "events.late.month = 12 is after the last month, 11: it never fires",
        "events.wild.set: enterprises.discount = 0.9 share is outside the plausible range [0, 0.3]",
    ]


def test_each_value_knows_where_it_was_said(write: Write) -> None:
    write(HEAD + "months: 10\nseed: 10\n", "base.yaml")
    text = "schema_version: 1\nextends: base.yaml\nseed: 20\nconsumers:\n  bundled: [A]\n"
    config = load(write(text), ["months=5", "choice.upgrade_rate=2"])
    config = with_changes(config, {"choice.product_step": 0.2})
    found = origins(config)
    assert found["seed"] == "exp.yaml:3"
    assert found["consumers.bundled"] == "exp.yaml:5"
    assert found["months"] == "--set #1"
    assert found["choice.upgrade_rate"] == "--set #2"
    assert found["choice.product_step"] == "change"
    assert found["supply.offers.A.price"] == "default"
    assert found["name"] == "file name"
    assert found["enterprises.terms.12"] == "default"


def test_a_market_larger_than_the_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    large = {**SMALL, "developers": {"count": 20_000_000}}
    needed = memory_needed(Config.model_validate(large))
    assert 1.0e9 < needed < 2.5e9
    monkeypatch.setattr(config_checks, "memory_here", lambda: 1_000_000_000)
    (found,) = messages(large)
    assert found == (
        f"config: developers.count: the market needs about {needed / 1e9:.1f} GB of memory and "
        "this machine has 1.0 GB; use fewer agents or months, or a lower degree"
    )
    monkeypatch.setattr(config_checks, "memory_here", lambda: needed)
    assert load(large).developers.count == 20_000_000
    monkeypatch.setattr(config_checks, "memory_here", lambda: None)
    assert load(large).developers.count == 20_000_000


def test_memory_grows_with_what_is_asked_for() -> None:
    base = memory_needed(load(SMALL))
    for more in (
        {"developers": {"count": 20_000}},
        {"networks": {"developers": {"links": 8}}},
        {"enterprises": {"count": 2000}},
        {"months": 72},
    ):
        assert memory_needed(load({**SMALL, **more})) > base


def test_the_memory_of_this_machine_is_known() -> None:
    here = config_checks.memory_here()
    assert here is None or here > 100_000_000


# Identity, equality, writing


def every_number() -> list[tuple[str, Any]]:
    """Each numeric parameter of a default config, and another legal value of it."""
    found = []
    for row in declarations(Config):
        is_number = isinstance(row.default, int | float) and not isinstance(row.default, bool)
        if is_number and row.about.bounds and "networks" not in row.path and "NAME" not in row.path:
            low, high = row.about.range or row.about.bounds
            near = [value for value in (low, high, row.default + 1) if value != row.default]
            found.append((row.path, near[0]))
    return [(path, value) for path, value in found if not path.endswith("adopted")]


@pytest.mark.parametrize(("path", "value"), every_number())
def test_the_identity_changes_with_every_number(path: str, value: Any) -> None:
    before = load(SMALL)
    after = with_changes(before, {path: value})
    assert value_at(after, path) == value
    assert after.identity() != before.identity()
    assert after != before
    back = with_changes(after, {path: value_at(before, path)})
    assert back.identity() == before.identity()
    assert back == before
    assert hash(back) == hash(before)


@pytest.mark.parametrize(
    "change",
    [
        {"developers.peer_form": "log"},
        {"consumers.bundled": []},
        {"enterprises.terms": {6: 1}},
        {"networks.developers": {"family": "none"}},
        {"initial.developers": {"adopted": 0.5, "shares": {"A": 1}}},
        {"freeze.supply.price": 3},
        {"events.e": {"month": 1, "set": {"choice.product_step": 1}}},
        {"supply.offers.A.segments": ["coding"]},
        {"supply.offers": {"B": {"price": 5}, "A": {}}},
        {"start": "2024-01"},
    ],
)
def test_the_identity_changes_with_every_choice(change: dict[str, Any]) -> None:
    before = load(SMALL)
    if change == {"supply.offers": {"B": {"price": 5}, "A": {}}}:
        after = load({"supply": {"offers": change["supply.offers"]}})  # the order of providers
    else:
        after = with_changes(before, change)
    assert after.identity() != before.identity()


def test_the_identity_is_of_values_and_not_of_how_they_were_said(write: Write) -> None:
    plain = load(SMALL, ["name=exp"])
    spelt = load(
        write(
            "# comment\nschema_version: 1\ndevelopers: {peer_weight: 15e-1, count: 1e4}\n"
            "supply: {offers: {A: {price: {coding: 10, enterprise: 1e1, consumer: 10}}, B: "
            "{price: 5.0}}}\n"
        )
    )
    assert spelt.identity() == plain.identity()
    assert spelt == plain


def test_the_identity_holds_the_bytes_of_the_input_and_not_its_path(write: Write) -> None:
    text = "schema_version: 1\nname: x\nsupply: {recorded: %s}\n"
    write("month\n", "a.csv")
    write("month\n", "b.csv")
    first, second = load(write(text % "a.csv")), load(write(text % "b.csv"))
    assert first.identity() == second.identity()
    write("other\n", "b.csv")
    assert first.identity() != second.identity()
    Path("b.csv").unlink()
    with pytest.raises(ConfigError, match=r"b\.csv: cannot be read"):
        second.identity()


def test_a_planted_blind_spot_in_the_identity_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load(SMALL)
    after = with_changes(before, {"seed": 2})
    monkeypatch.setattr("simulation.config.canonical", lambda values: {**values, "seed": 0})
    assert after.identity() == before.identity()  # what the tests above would catch


def test_a_config_is_frozen_and_survives_copies_and_pickle() -> None:
    config = load(SMALL, ["developers.peer_weight=3"])
    with pytest.raises(Exception, match="frozen"):
        config.seed = 5  # type: ignore[misc]
    for twin in (copy.deepcopy(config), pickle.loads(pickle.dumps(config))):  # noqa: S301
        assert twin == config
        assert hash(twin) == hash(config)
        assert origins(twin) == origins(config)
        assert with_changes(twin, {"seed": 2}).developers.peer_weight == 3.0
    assert config != SMALL


def test_a_change_of_nothing_is_the_same_config() -> None:
    config = load(SMALL)
    assert with_changes(config, {}) == config
    assert with_changes(config, {"developers.peer_weight": 1.5}) == config
    assert with_changes(config, {"developers.peer_weight": None}) == config


def test_a_wrong_change_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"change: developers\.pier_weight: unknown key"):
        with_changes(load(SMALL), {"developers.pier_weight": 3})
    with pytest.raises(ConfigError, match=r"change: a complex cannot stand in a config"):
        with_changes(load(SMALL), {"seed": 1j})


def test_a_dump_names_the_copy_of_an_input(write: Write) -> None:
    write("month\n", "s.csv")
    config = load(write("schema_version: 1\nsupply: {recorded: s.csv}\n"))
    assert load(write(config.dump(), "dumped.yaml")) == config
    write("month\n", "run/inputs/s.csv")
    text = config.dump({"supply.recorded": "inputs/s.csv"})
    again = load(write(text, "run/config.yaml"))
    assert again.supply.recorded == Path("run/inputs/s.csv").resolve()
    assert again.identity() == config.identity()
    assert str(Path.cwd()) not in text
    with pytest.raises(KeyError, match="is not an input file"):
        config.dump({"supply.offered": "x"})


def test_a_dump_says_every_value() -> None:
    text = load(SMALL).dump()
    keys = {line.split(":")[0].strip() for line in text.splitlines()}
    for row in declarations(Config):
        if "networks" not in row.path:
            assert row.path.split(".")[-1] in keys or row.path.startswith("events.NAME"), row.path


NUMBERS = [
    row
    for row in declarations(Config)
    if row.about.bounds
    and isinstance(row.default, int | float)
    and "NAME" not in row.path
    and not row.path.startswith(("networks.", "initial.", "developers.count", "consumers.count"))
]


def values_of(row: Any) -> st.SearchStrategy[Any]:
    low, high = row.about.range or row.about.bounds
    kind = type(row.default)
    if kind is int and row.about.unit in ("agents", "month", "developers", ""):
        return st.integers(int(low), int(high))
    return st.floats(low, high, allow_nan=False)


names = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_. -]{0,38}[A-Za-z0-9_.-])?", fullmatch=True).filter(
    lambda name: name.lower() != "none"
)
per_segment = st.one_of(
    st.floats(0.01, 1),
    st.fixed_dictionaries(
        {segment: st.floats(0.01, 1) for segment in ("coding", "enterprise", "consumer")}
    ),
)
offers = st.dictionaries(
    names,
    st.fixed_dictionaries(
        {}, optional={"price": per_segment, "safety": per_segment, "open_weights": st.booleans()}
    ),
    min_size=1,
    max_size=4,
)
sources = st.builds(
    lambda numbers, given, text, bundled: (
        {"supply": {"offers": given}, "description": text, "consumers.bundled": bundled},
        numbers,
    ),
    st.dictionaries(st.sampled_from([row.path for row in NUMBERS]), st.none(), max_size=8).flatmap(
        lambda chosen: st.fixed_dictionaries(
            {row.path: values_of(row) for row in NUMBERS if row.path in chosen}
        )
    ),
    offers,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.lists(names, unique=True, max_size=3),
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sources)
def test_what_is_dumped_loads_as_the_same_config(tmp_path: Path, source: Any) -> None:
    (base, numbers) = source
    bundled = base.pop("consumers.bundled")
    config = with_changes(load(base), {**numbers, "consumers.bundled": bundled})
    path = tmp_path / "dumped.yaml"
    path.write_text(config.dump(), encoding="utf-8")
    again = load(path)
    assert again == config
    assert again.identity() == config.identity()
    assert again.dump() == config.dump()


def test_a_planted_fault_in_the_writer_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load({**SMALL, "description": "1e5"})
    path = tmp_path / "dumped.yaml"
    path.write_text(config.dump())
    assert load(path) == config
    monkeypatch.setattr(config_text, "looks_like_a_value", lambda text: False)
    path.write_text(config.dump())
    assert messages(path)


# Robustness


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.integers(0, 4),
            st.one_of(
                st.binary(max_size=3),
                st.sampled_from(
                    [b"{", b"[", b": ", b"\n- ", b"&a ", b"*a", b"!!x ", b".nan", b"1e999", b"null",
                     b"---\n", b"%TAG ! x\n", b"\t", b'"\\0"', b"extends: /etc/passwd\n", b"? ",
                     b"developers: {count: 1e30}\n", b"recorded: [", b"\xff", b"\x00"]
                ),
            ),
        ),
        min_size=1,
        max_size=6,
    )
)  # fmt: skip
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    tmp_path: Path, damage: list[tuple[float, int, bytes]]
) -> None:
    raw = RECORDED.read_bytes().replace(b"data/", bytes(RECORDED.parent / "data") + b"/")
    for where, length, new in damage:
        start = int(where * len(raw))
        raw = raw[:start] + new + raw[start + length :]
    path = tmp_path / "exp.yaml"
    path.write_bytes(raw)
    try:
        config = load(path)
    except ConfigError as refused:
        assert refused.messages
        assert all(found.isprintable() for found in refused.messages)
    else:
        assert load(path).identity() == config.identity()


def test_many_unknown_keys_are_refused_without_delay(write: Write) -> None:
    text = HEAD + "".join(f"k{n}: 1\n" for n in range(60_000))
    with pytest.raises(ConfigError) as caught:
        load(write(text))
    assert str(caught.value).endswith("... and 59980 more")


def test_reading_a_config_imports_no_engine() -> None:
    code = (
        "import sys; from simulation.config import load, schema; "
        f"load({str(RECORDED)!r}); schema(); "
        "print([name for name in ('mesa', 'numba', 'matplotlib', 'pandas', 'scipy', 'networkx', "
        "'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=CHECKOUT)
    assert done.stdout.strip() == b"[]", done.stderr.decode()


# Schema


def test_the_schema_file_is_that_of_the_code() -> None:
    text = (CHECKOUT / "configs" / "schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == json.loads(json.dumps(schema()))
    first = RECORDED.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=schema.json"


def test_the_schema_says_unit_bounds_range_and_source() -> None:
    entry = schema()["$defs"]["DeveloperParameters"]["properties"]["peer_weight"]
    assert entry["minimum"] == -50
    assert entry["maximum"] == 50
    assert entry["default"] == 1.5
    assert entry["description"] == (
        "weight of the share of neighbours on a provider; unit: util; bounds: -50 to 50; "
        "plausible: 0 to 6; source: assumed; 2 is critical for two equal options (V5)"
    )


def test_the_schema_knows_every_key() -> None:
    found = schema()
    assert set(found["properties"]) == {*Config.model_fields, "extends"}
    assert found["additionalProperties"] is False
    for name, section in found["$defs"].items():
        assert section["additionalProperties"] is False, name
        for key, entry in section["properties"].items():
            assert "description" in entry or "$ref" in entry or "anyOf" in entry, (name, key)
