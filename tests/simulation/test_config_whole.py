"""A config as a whole: events, notes, origins, memory, damage and the schema."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import config_checks
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

RECORDED = CHECKOUT / "configs" / "recorded.yaml"
OFFERS = {"A": {}, "B": {"price": 5}}
SMALL: dict[str, Any] = {"supply": {"offers": OFFERS}}
HEAD = "schema_version: 1\nsupply: {offers: {A: {}, B: {}}}\n"  # the third line is the test's own

Write = Callable[..., Path]
Messages = Callable[..., list[str]]


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
def test_an_event_is_refused(messages: Messages, setting: dict[str, Any], message: str) -> None:
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


def test_a_market_larger_than_the_machine_is_refused(
    messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        found = [config.identity()]
    except ConfigError as refused:
        found = refused.messages
    assert found
    assert all(message.isprintable() for message in found)


def test_thousands_of_unknown_keys_are_counted(write: Write) -> None:
    text = HEAD + "".join(f"k{n}: 1\n" for n in range(5_000))
    with pytest.raises(ConfigError) as caught:
        load(write(text))
    assert str(caught.value).endswith("... and 4980 more")


def test_reading_a_config_imports_no_engine() -> None:
    code = (
        "import sys; from simulation.config import load, schema; "
        f"load({str(RECORDED)!r}); schema(); "
        "print([name for name in ('mesa', 'numba', 'matplotlib', 'pandas', 'scipy', 'networkx', "
        "'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=CHECKOUT, check=False
    )
    assert done.stdout.strip() == b"[]", done.stderr.decode()


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
