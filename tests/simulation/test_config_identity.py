"""A config as a value: identity, equality, copies, changes, and writing it out."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.parameters import declarations
from agents.strategy_catalogue import STRATEGIES
from simulation import config_text
from simulation.config import Config, ConfigError, load, origins, with_changes

OFFERS = {"A": {}, "B": {"price": 5}}
SMALL: dict[str, Any] = {"supply": {"offers": OFFERS}}

Write = Callable[..., Path]
Messages = Callable[..., list[str]]
ValueAt = Callable[[Config, str], Any]


PARTS = ("entry.focus.", "entry.allocation.")  # of a whole: one alone cannot change


def every_number() -> list[tuple[str, Any]]:
    """Each numeric parameter of a default config, and another legal value of it."""
    found = []
    for row in declarations(Config):
        is_number = isinstance(row.default, int | float) and not isinstance(row.default, bool)
        if is_number and row.about.bounds and "networks" not in row.path and "NAME" not in row.path:
            low, high = row.about.bounds
            others = row.about.range or (row.default + 1, low)
            near = [value for value in others if value != row.default and low <= value <= high]
            found.append((row.path, near[0]))
    return [pair for pair in found if not pair[0].endswith("adopted") | pair[0].startswith(PARTS)]


@pytest.mark.parametrize(("path", "value"), every_number())
def test_the_identity_changes_with_every_number(value_at: ValueAt, path: str, value: Any) -> None:
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
    assert first.identity() == second.identity()  # its bytes were read before
    assert first.identity() != load("exp.yaml").identity()
    third = load("exp.yaml")
    Path("b.csv").unlink()
    with pytest.raises(ConfigError, match=r"b\.csv: cannot be read"):
        third.identity()


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
    paths = {family: {"strategy": {"family": family}} for family in STRATEGIES}
    text = load(
        {
            **SMALL,
            "providers": paths,
            "suppliers": {"C": {"capacity_share": 1}},
            "investors": {"F": {}},
        }
    ).dump()
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
    and not row.path.startswith(("networks.", "initial.", *PARTS))
    and not row.path.endswith(".count")
]


def values_of(row: Any) -> st.SearchStrategy[Any]:
    low, high = row.about.range or row.about.bounds
    kind = type(row.default)
    if kind is int and row.about.unit in ("agents", "month", "developers", "providers", ""):
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
    messages: Messages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load({**SMALL, "description": "1e5"})
    path = tmp_path / "dumped.yaml"
    path.write_text(config.dump())
    assert load(path) == config
    monkeypatch.setattr(config_text, "looks_like_a_value", lambda text: False)
    path.write_text(config.dump())
    assert messages(path)
