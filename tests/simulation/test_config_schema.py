"""The schema by which editors complete and check: it takes what `load` takes, and finds slips.

`faults` is a small validator of the part of JSON Schema that the schema uses; a keyword that it
does not know fails, so that none is there for decoration.
"""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulation.config import ConfigError, load, schema
from simulation.config_text import plain
from simulation.yaml_text import parse

CHECKOUT = Path(__file__).resolve().parents[2]
SCHEMA = schema()
SWEEPS = CHECKOUT / "configs" / "sweeps"
SHIPPED = sorted(p for p in (CHECKOUT / "configs").rglob("*.yaml") if p.parent != SWEEPS)
# What explains a value and does not judge it; the last row is ours, for readers and programs.
WORDS = {
    *("title", "description", "default", "format", "$schema", "$defs"),
    *("unit", "bounds", "range", "source", "symbol", "seen_to", "at_start", "whole"),
}
KINDS: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def is_kind(value: Any, kind: str) -> bool:
    """Whether a value is of a JSON type."""
    if kind in KINDS:
        return isinstance(value, KINDS[kind])
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and (kind == "number" or float(value).is_integer())


def breaks_type(value: Any, rule: Any) -> bool:
    """Whether a value is of none of the types of a rule."""
    return not any(is_kind(value, kind) for kind in ([rule] if isinstance(rule, str) else rule))


BREAKS: dict[str, Callable[[Any, Any], bool]] = {
    "anyOf": lambda value, rule: all(any(faults(value, form)) for form in rule),
    "type": breaks_type,
    "const": lambda value, rule: value != rule,
    "enum": lambda value, rule: value not in rule,
    "minimum": lambda value, rule: is_kind(value, "number") and value < rule,
    "maximum": lambda value, rule: is_kind(value, "number") and value > rule,
    "pattern": lambda value, rule: isinstance(value, str) and not re.search(rule, value),
    "minProperties": lambda value, rule: isinstance(value, dict) and len(value) < rule,
    "required": lambda value, rule: isinstance(value, dict) and not set(rule) <= set(value),
    "items": lambda value, rule: (
        isinstance(value, list) and any(any(faults(v, rule)) for v in value)
    ),
}
OF_ENTRIES = ("properties", "patternProperties", "additionalProperties")


def faults(value: Any, form: dict[str, Any], path: str = "") -> Iterator[str]:
    """Paths at which a value breaks a schema, with the keyword that it breaks."""
    if "$ref" in form:
        yield from faults(value, SCHEMA["$defs"][form["$ref"].removeprefix("#/$defs/")], path)
    for key, rule in form.items():
        known = key in BREAKS or key in WORDS or key in OF_ENTRIES or key == "$ref"
        assert known, f"{path}: {key} is no keyword that editors know"
        if key in BREAKS and BREAKS[key](value, rule):
            yield f"{path}: {key}"
    if isinstance(value, dict):
        yield from faults_of_entries(value, form, path)


def faults_of_entries(value: dict[str, Any], form: dict[str, Any], path: str) -> Iterator[str]:
    """Faults of the entries of a map."""
    for key, entry in value.items():
        rules = [form["properties"][key]] if key in form.get("properties", {}) else []
        patterns = form.get("patternProperties", {}).items()
        rules += [rule for pattern, rule in patterns if re.search(pattern, key)]
        other = form.get("additionalProperties", True)
        if not rules and other is False:
            yield f"{path}.{key}: unknown"
        for rule in rules or ([other] if isinstance(other, dict) else []):
            yield from faults(entry, rule, f"{path}.{key}")


def told(text: str) -> list[str]:
    """Faults of a config, as an editor finds them."""
    return list(faults(parse(text, "exp.yaml").plain, SCHEMA))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_config_names_the_schema_and_obeys_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert found
    assert (path.parent / found.group(1)).resolve() == CHECKOUT / "configs" / "schema.json"
    assert told(text) == []
    assert list(faults(plain(load(path)), SCHEMA)) == []  # with every default said


BASE = "schema_version: 1\nsupply: {offers: {A: {}, B: {price: {coding: 3, enterprise: 4}}}}\n"
LEGAL = [
    "networks: {developers: {family: none}, consumers: {family: complete, blocks: 3}}",
    "networks: {developers: {links: 3}, consumers: {degree: 4}, enterprises: {degree: 3}}",
    "networks: {developers: {family: ring_hubs, degree: 8, rewiring: 0, hub_links: 1}}",
    "networks: {enterprises: {family: file, path: g.csv, industries: 3}}",
    "networks: {enterprises: {family: file, path: g.csv, industries: null}}",
    "networks: {employment: {employed_share: 1}}",
    "networks: {developers: ring, consumers: none}\nproviders: {P: {strategy: routine}}",
    "providers: {P: {strategy: {family: open_weights, openness_gain: 2}, focus: null}, Q: null}",
    "developers: {peer_weight: null, count: 1e3, peer_form: null}\nconsumers:\n",
    "enterprises: {terms: {6: 1}, shortlist: all, excluded_origins: [CN, RU]}",
    "initial: {developers: {adopted: 0.5, shares: {A: 0.5, B: 0.5}, tenure: 3}, consumers: null}",
    "freeze: {supply.price: 3, supply.brand.A: 1, developers.tenure: 0, supply.safety: null}",
    "events: {cut: {month: 3, set: {developers.peer_weight: 3}}, other: null}",
    "choice: {nest_dissimilarity: 1}\nmonths: 3\nseed: 5\nstart: 2024-01\nname: a_b",
]
SLIPS = [
    ("developer: {}", ".developer: unknown"),
    ("developers: {peer_wait: 3}", ".developers: anyOf"),
    ("developers: {peer_weight: 51}", ".developers: anyOf"),
    ("developers: {peer_form: square}", ".developers: anyOf"),
    ("networks: {developers: {family: file, path: 5}}", ".networks: anyOf"),
    ("networks: {developers: {family: rign}}", ".networks: anyOf"),
    ("networks: {enterprises: {family: file, path: g.csv, industries: 0}}", ".networks: anyOf"),
    ("networks: {enterprises: {family: file, path: g.csv, industries: 65536}}", ".networks: anyOf"),
    ("networks: {developers: rign}", ".networks: anyOf"),
    ("providers: {P: {strategy: routin}}", ".providers.P: anyOf"),
    ("freeze: {supply.prize: 3}", ".freeze.supply.prize: unknown"),
    ("freeze: {supply.price: -1}", ".freeze.supply.price: minimum"),
    ("freeze: {developers.tenure: 1201}", ".freeze.developers.tenure: maximum"),
    ("months: 0", ".months: minimum"),
    ("start: 2023", ".start: type"),
    ("start: 2023-13", ".start: pattern"),
    ("events: {Cut: {month: 3, set: {a.b: 1}}}", ".events.Cut: unknown"),
    ("events: {cut: {month: -1, set: {a.b: 1}}}", ".events.cut: anyOf"),
]


@pytest.mark.parametrize("text", LEGAL)
def test_what_load_takes_the_schema_takes(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("g.csv").write_text("0,1\n")
    Path("exp.yaml").write_text(BASE + text)
    load("exp.yaml")
    assert told(BASE + text) == []


@pytest.mark.parametrize(("text", "fault"), SLIPS)
def test_what_load_refuses_the_schema_refuses_at_its_place(
    text: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("g.csv").write_text("0,1\n")
    Path("exp.yaml").write_text(BASE + text)
    with pytest.raises(ConfigError):
        load("exp.yaml")
    assert told(BASE + text) == [fault]


def test_a_word_for_a_section_is_known_to_the_schema() -> None:
    text = "schema_version: 1\nsupply: {}\n"
    assert told(text.format("endogenous")) == []
    assert told(text.format("endogenos")) == [".supply: anyOf"]


@pytest.mark.parametrize("price", ["-1", "{coding: 0}"])
def test_offers_are_held_to_their_bounds(price: str) -> None:
    text = f"schema_version: 1\nsupply: {{offers: {{A: {{price: {price}}}}}}}\n"
    assert told(text) == [".supply: anyOf"]
    assert told(text.replace(price, "1")) == []


def test_a_file_that_extends_may_say_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(BASE + LEGAL[-2])
    text = "schema_version: 1\nextends: base.yaml\nevents: {cut: {month: 4}}\n"
    Path("exp.yaml").write_text(text)
    assert load("exp.yaml").events["cut"].month == 4
    assert told(text) == []


def test_a_planted_keyword_that_no_editor_knows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = copy.deepcopy(SCHEMA)
    planted["properties"]["months"]["ge"] = 1
    with pytest.raises(AssertionError, match="ge is no keyword"):
        list(faults(yaml.safe_load(BASE + "months: 3"), planted))
