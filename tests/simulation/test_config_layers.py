"""Layers of a config: precedence, extends, merging, removal and `--set`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.parameters import FrozenMap
from simulation import config_layers
from simulation.config import Config, load, with_changes
from simulation.config_sections import Ring
from simulation.config_supply import Supply

OFFERS = {"A": {}, "B": {"price": 5}}
SMALL: dict[str, Any] = {"supply": {"offers": OFFERS}}
HEAD = "schema_version: 1\nsupply: {offers: {A: {}, B: {}}}\n"  # the third line is the test's own

Write = Callable[..., Path]
Messages = Callable[..., list[str]]
ValueAt = Callable[[Config, str], Any]


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


def test_a_null_under_an_unknown_key_is_no_way_to_hide_a_slip(
    messages: Messages, write: Write
) -> None:
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
        ({"exp": "[b.yaml]"}, "extends: ['b.yaml'] is not the path of a file"),
        ({"exp": "''"}, "is not the path of a file"),
        ({"exp": "."}, "extends: .: is a folder, a pipe or"),
    ],
)  # fmt: skip
def test_extends_is_refused(
    messages: Messages, write: Write, files: dict[str, str], message: str
) -> None:
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


def test_eight_files_may_extend_one_another_and_nine_may_not(
    messages: Messages, write: Write
) -> None:
    assert load(chain(write, 8)).months == 36
    assert "more than 8 files extend one another" in messages(chain(write, 9))[0]


def test_a_link_that_leads_outside_is_refused(
    messages: Messages, write: Write, tmp_path_factory: Any
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "base.yaml"
    outside.write_text(HEAD)
    Path("base.yaml").symlink_to(outside)
    top = write(f"schema_version: 1\nextends: base.yaml\n{HEAD[18:]}")
    (found,) = messages(top)
    assert "extends: base.yaml: outside the checkout and the current folder" in found


def test_a_circle_of_links_is_refused(messages: Messages, write: Write) -> None:
    Path("a.yaml").symlink_to("b.yaml")
    Path("b.yaml").symlink_to("a.yaml")
    assert messages(write(f"schema_version: 1\nextends: a.yaml\n{HEAD[18:]}"))
    assert messages("a.yaml")


def test_a_run_directory_anywhere_may_name_its_own_inputs(
    messages: Messages, write: Write, tmp_path: Path
) -> None:
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


def test_a_link_in_place_of_a_runs_inputs_leads_nowhere(
    messages: Messages, write: Write, tmp_path: Path
) -> None:
    write("month\n", "secret/s.csv")
    text = "schema_version: 1\nsupply: {recorded: inputs/s.csv}\n"
    config = write(text, "run/config.yaml").resolve()
    (tmp_path / "run" / "inputs").symlink_to(tmp_path / "secret")
    (tmp_path / "elsewhere").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "elsewhere")
        assert "inputs/s.csv: outside the checkout" in messages(config)[0]


def test_the_containment_rule_is_what_refuses(
    messages: Messages, write: Write, monkeypatch: Any
) -> None:
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
def test_a_set_lays_one_value_over_the_config(
    value_at: ValueAt, text: str, path: str, value: Any
) -> None:
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
def test_a_set_is_refused(messages: Messages, text: str, message: str) -> None:
    found = messages(SMALL, "months=36", text)
    assert message in found[0]


DECIDING: dict[str, Any] = {
    "supply": "endogenous",
    "providers": {"A": {"strategy": "safety_first"}, "B": {}},
    "suppliers": {"C": {"capacity_share": 1}},
}


def family_of(config: Config, name: str) -> str:
    return config.providers[name].strategy.family


def test_a_word_stands_for_the_section_of_its_family() -> None:
    config = load({**DECIDING, "networks": {"consumers": "none"}})
    assert config.supply.endogenous
    assert family_of(config, "A") == "safety_first"
    assert family_of(config, "B") == "routine"
    assert config.networks.consumers.family == "none"
    assert config == load(
        {
            **DECIDING,
            "supply": {"endogenous": True},
            "providers": {"A": {"strategy": {"family": "safety_first"}}, "B": {}},
            "networks": {"consumers": {"family": "none"}},
        }
    )


def test_a_word_is_taken_by_sets_and_changes() -> None:
    sets = ["providers.A.strategy=open_weights", "networks.developers=ring"]
    config = load(DECIDING, sets)
    assert family_of(config, "A") == "open_weights"
    assert config.networks.developers == Ring()
    assert family_of(with_changes(config, {"providers.B.strategy": "routine"}), "B") == "routine"


def test_a_word_is_laid_over_what_another_file_says(write: Write) -> None:
    write(
        "schema_version: 1\nsupply: {offers: {A: {}}, exclude: [Z]}\n"
        "suppliers: {C: {capacity_share: 1}}\n"
        "providers:\n"
        "  A: {strategy: {family: safety_first, lead: .15}}\n"
        "  B: {strategy: {family: safety_first, lead: .15}}\n",
        "base.yaml",
    )
    config = load(
        write(
            "schema_version: 1\nextends: base.yaml\nsupply: endogenous\n"
            "providers: {A: {strategy: routine}, B: {strategy: safety_first}}\n"
        )
    )
    assert config.supply == Supply(endogenous=True)  # nothing else of the section is left
    assert family_of(config, "A") == "routine"
    assert config.providers["B"].strategy.lead == 0.15  # the family that it was
    back = load("exp.yaml", ["supply.endogenous=null", "supply.offers.A={}"])
    assert list(back.supply.offers) == ["A"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("providers.A.strategy=safty_first",
         "providers.A.strategy.family: 'safty_first' is not one of"),
        ("providers.A.strategy=safty_first", "(did you mean 'safety_first'?)"),
        ("providers.D.strategy={lead: .1}", "providers.D.strategy: `family` is missing; name one"),
        ("networks.developers=rign", "networks.developers.family: 'rign' is not one of none,"),
        ("supply=endogenos", "supply: text 'endogenos' stands where a map of settings is wanted "
         "(did you mean 'endogenous'?)"),
        ("supply=x", "supply: text 'x' stands where a map of settings is wanted, or endogenous"),
        ("compute=rent", "compute: text 'rent' stands where a map of settings is wanted"),
        ("providers=A", "providers: text 'A' stands where a map"),
    ],
)  # fmt: skip
def test_a_word_is_refused(messages: Messages, text: str, message: str) -> None:
    (found,) = messages(DECIDING, text)
    assert message in found
