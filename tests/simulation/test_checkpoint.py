"""A market that is stopped and goes on ends in the same bytes, and no damaged state is taken."""

import json
import os
import pickle
import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mesa.agent import AgentSet

from agents.parameters import Parameters
from simulation import checkpoint, state
from simulation.checkpoint import CheckpointError, OtherVersion, read, restore, save
from simulation.config import Config, load
from simulation.market import Market
from simulation.packing import Packer, packed
from simulation.state import REBUILT, StateError, attributes, class_name

sys.path.insert(0, str(Path(__file__).parents[1] / "torture"))
from checkpoint import (  # type: ignore[attr-defined]
    config_of,
    differing_months,
    states_of,
    stopped_everywhere,
    tables,
    unnoticed,
    values,
)

SEED = 20
NAMES = ("recorded", "blocks", "frozen", "offers", "deciding")


@pytest.fixture(scope="module")
def config() -> Config:
    """A market in which everything is at work, for a bit more than a year."""
    return config_of("recorded", "months=14")


@pytest.fixture(scope="module")
def states(config: Config) -> list[bytes]:
    """Its state before the first month and after each."""
    return states_of(config)


def straight(config: Config, months: int | None = None) -> Market:
    """A market after some months, or at its end, that nobody stopped."""
    market = Market(config)
    while market.running and market.month != months:
        market.step()
    return market


# --- Stop and go on ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_run_stopped_after_every_month_ends_in_the_same_bytes(name: str) -> None:
    config = config_of(name, *(() if name == "deciding" else ("months=14",)))
    whole = straight(config)
    assert differing_months(config, states_of(config)) == []
    assert tables(stopped_everywhere(config)) == tables(whole)
    assert len(whole.recorder.all_tenders) > 10


def test_other_luck_would_be_noticed(config: Config) -> None:
    other = config_of("recorded", "months=14", "seed=8")
    assert tables(straight(other)) != tables(straight(config))
    assert values(save(straight(other, 3), "run")) != values(save(straight(config, 3), "run"))


def test_threads_do_not_matter(config: Config, states: list[bytes]) -> None:
    market = restore(states[6], config, "run", threads=3)
    assert market.threads == 3
    while market.running:
        market.step()
    assert values(save(market, "run")) == values(states[-1])


def test_a_market_without_records_goes_on(config: Config) -> None:
    market, whole = Market(config, observe=False), straight(config)
    for _ in range(5):
        market.step()
    market = restore(save(market, "run"), config, "run", observe=False)
    while market.running:
        market.step()
    assert (market.developers.crowd.choice == whole.developers.crowd.choice).all()
    assert (market.enterprises.price == whole.enterprises.price)[market.enterprises.ends > 0].all()


def test_columns_are_one_with_what_the_kernels_write(config: Config, states: list[bytes]) -> None:
    market = restore(states[3], config, "run")
    assert market.developers.columns["provider"] is market.developers.crowd.choice
    assert market.enterprises.columns["ends"] is market.enterprises.ends
    before = market.developers.get("provider")
    market.step()
    assert (market.developers.get("provider") != before).any()


def test_events_of_the_past_are_in_force(config: Config, states: list[bytes]) -> None:
    prices = [
        restore(states[month], config, "run").config.developers.price_weight
        for month in (5, 6, 11, 12)
    ]
    assert prices == [config.developers.price_weight, 1.5, 1.5, 0.5]


def test_a_finished_market_stays_finished(config: Config, states: list[bytes]) -> None:
    market = restore(states[-1], config, "run")
    assert not market.running
    with pytest.raises(RuntimeError, match="over after its 14 months"):
        market.step()


# --- Nothing is left out -------------------------------------------------------------------------


def objects_of(market: Market) -> list[Any]:
    """Every object that is saved by its attributes."""
    packer = Packer()
    packer.pack(market, "market")
    return list(packer.met.values())


def test_every_object_of_the_market_is_met(config: Config) -> None:
    market = Market(config)
    met = {type(value).__name__ for value in objects_of(market)}
    assert met >= {"Market", "Offers", "Developers", "Consumers", "Enterprises", "Recorder"}
    assert met >= {"Provider", "DataCollector"}
    found = objects_of(market)
    for value in vars(market).values():
        if state.is_ours(value) and not isinstance(value, AgentSet | Parameters):
            assert any(value is one for one in found)


def test_an_attribute_that_is_neither_saved_nor_named_is_an_error(config: Config) -> None:
    """Whatever object it is put on: data is saved, and anything else is refused with its place."""
    for place, original in enumerate(objects_of(Market(config))):
        market = Market(config)
        value = objects_of(market)[place]
        assert type(value) is type(original)
        value.added = np.arange(3)
        again = restore(save(market, "run"), config, "run")
        assert (objects_of(again)[place].added == [0, 1, 2]).all()
        value.added = {1, 2}
        with pytest.raises(StateError, match=r"\.added: a set cannot be saved"):
            save(market, "run")


@pytest.mark.parametrize("what", [object(), {1: 2}, np.array([None]), lambda: None, iter(())])
def test_what_is_no_data_is_refused(config: Config, what: Any) -> None:
    market = Market(config)
    market.offers.walk = what
    with pytest.raises(StateError, match=r"market\.offers\.walk: "):
        save(market, "run")


def moved_by_a_run(config: Config, name: str) -> bool:
    """Whether an attribute of the market is not what a market built anew has."""
    one, other = Market(config), straight(config)
    trees = []
    for market in (one, other):
        packer = Packer()
        tree = packer.pack(getattr(market, name), name)
        data = [(array.dtype.str, array.shape, array.tobytes()) for array in packer.arrays]
        trees.append((tree, data))
    return trees[0] != trees[1]


def test_what_is_named_as_rebuilt_does_not_change_in_a_run(config: Config) -> None:
    (names,) = REBUILT.values()
    assert set(names) <= set(vars(Market(config)))
    assert [name for name in names if moved_by_a_run(config, name)] == []
    assert moved_by_a_run(config, "was_live") and moved_by_a_run(config, "totals")


def changed_attributes(config: Config) -> list[tuple[str, str]]:
    """Class and name of each attribute that a run changes, but for objects."""
    found = {}
    fresh, after = (objects_of(market) for market in (Market(config), straight(config, 8)))
    for one, other in zip(fresh, after, strict=True):
        for name, held in attributes(other).items():
            was = Packer(), Packer()
            if state.is_ours(held):
                continue
            trees = was[0].pack(attributes(one).get(name), ""), was[1].pack(held, "")
            data = [[array.tobytes() for array in packer.arrays] for packer in was]
            if trees[0] != trees[1] or data[0] != data[1]:
                found[class_name(type(other)), name] = True
    return list(found)


# Attributes that the next month writes before it reads them, and a flag of Mesa's.
REWRITTEN = {
    "Market.bills", "Market.industry_choices", "Offers.live", "Offers.released", "Offers.nested",
    "Offers.in_use", "Offers.reliability", "Offers.runway", "Offers.product", "Offers.safety",
    "Offers.brand", "Offers.release_rate", "Enterprises.deploying", "Recorder._switched",
    "DataCollector._validated", "Market.adopted", "Apps.turnover", "Offers.open_weights",
    "Offers.origin", "Offers.bundled", "Offers.release_count", "Labs.efforts",
    "Market.sellers",  # the agents of `providers`
}  # fmt: skip


def is_noticed(kind: str, name: str, config: Config, states: list[bytes]) -> bool:
    """Whether a state without this attribute goes on otherwise, or not at all.

    Seen in a fork: kernels trust the states of a market, and may write anywhere in what is none.
    """
    child = os.fork()
    if child:
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert ended in (0, 1) or ended < 0  # a signal is a notice too
        return ended != 0
    code = 2
    try:
        code = int(goes_on_otherwise(kind, name, config, states))
    finally:
        os._exit(code)


def goes_on_otherwise(kind: str, name: str, config: Config, states: list[bytes]) -> bool:
    """The same, in this process."""
    for month in (8, 10, 2, 5, 11, 12):
        with pytest.MonkeyPatch.context() as patch:
            market = restore(states[month], config, "run")
            patch.setitem(state.REBUILT, kind, (*REBUILT.get(kind, ()), name))
            content = save(market, "run")
            try:
                market = restore(content, config, "run")
                market.step()
            except Exception:  # noqa: BLE001  # any crash is a notice
                return True
        if values(save(market, "run")) != values(states[month + 1]):
            return True
    return False


def test_a_state_array_that_is_left_out_is_noticed(config: Config, states: list[bytes]) -> None:
    """Each attribute that a run changes is dropped in turn: the months that follow differ."""
    dropped = {
        f"{kind.partition(':')[2]}.{name}": (kind, name)
        for kind, name in changed_attributes(config)
    }
    assert dropped.keys() >= {"Developers.crowd", "Enterprises.ends", "Enterprises.price"}
    assert dropped.keys() >= {"Market.totals", "Market.was_live", "Market.month", "Market.steps"}
    assert dropped.keys() >= {"Offers.walk", "Offers._past", "Recorder.flows", "Provider.status"}
    unnoticed_ones = {
        where for where, drop in dropped.items() if not is_noticed(*drop, config, states)
    }
    # A provider that is on the market is found so again in the next month; one that left is not.
    assert unnoticed_ones - {"Provider.status"} <= REWRITTEN


def test_a_provider_that_has_left_stays_so(config: Config) -> None:
    market = straight(config, 3)
    provider = next(iter(market.providers))
    provider.status = "exited"
    again = restore(save(market, "run"), config, "run")
    assert [one.status for one in again.providers] == [one.status for one in market.providers]
    assert next(iter(again.agents)).status == "exited"


def test_nothing_draws_from_the_generators_of_mesa_and_they_are_saved(config: Config) -> None:
    market, other = straight(config, 6), Market(config)
    for one, two in ((market.random.getstate(), other.random.getstate()),):
        assert one == two
    assert market.rng.bit_generator.state == other.rng.bit_generator.state
    market.random.random()
    market.rng.random()
    again = restore(save(market, "run"), config, "run")
    assert again.random.random() == market.random.random() != other.random.random()
    assert again.rng.random() == market.rng.random() != other.rng.random()
    assert again.providers.random is again.random


# --- Whose state it is ---------------------------------------------------------------------------


def test_another_version_of_the_model_is_refused_and_both_are_named(
    config: Config, states: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = checkpoint.model_version()
    monkeypatch.setattr(checkpoint, "model_version", lambda: "0123456789abcdef")
    with pytest.raises(OtherVersion, match=f"version {own}, and this is 0123456789abcdef"):
        restore(states[3], config, "run")


def test_the_state_of_another_run_is_refused(config: Config, states: list[bytes]) -> None:
    with pytest.raises(CheckpointError, match="is of another run"):
        restore(states[3], config, "another")
    for sets in ("developers.count=301", "months=15", "developers.peer_weight=2"):
        with pytest.raises(CheckpointError, match=r"cannot be used: .*other settings"):
            restore(states[3], config_of("recorded", "months=14", sets), "run")


def test_events_to_come_may_differ_and_those_of_the_past_may_not(
    config: Config, states: list[bytes]
) -> None:
    event = "events.late={month: 9, set: {developers.peer_weight: 0}}"
    other = config_of("recorded", "months=14", event)
    market = restore(states[9], other, "run")
    while market.running:
        market.step()
    assert tables(market) == tables(straight(other)) != tables(straight(config))
    with pytest.raises(CheckpointError, match="other settings"):
        restore(states[10], other, "run")


# --- Damage --------------------------------------------------------------------------------------


def test_no_damage_goes_unnoticed(states: list[bytes]) -> None:
    assert unnoticed(states[2], 150, random.Random(SEED)) == 0, f"seed {SEED}"


def test_every_byte_of_the_head_counts(states: list[bytes]) -> None:
    content = states[1]
    for place in range(80):
        changed = bytearray(content)
        changed[place] ^= 0x80
        with pytest.raises(CheckpointError):
            read(bytes(changed))
    for length in (0, 1, 15, 16, 27, 28, 59, 60, 67, 68, len(content) - 1):
        with pytest.raises(CheckpointError):
            read(content[:length])
    with pytest.raises(CheckpointError, match="and should have"):
        read(content + b"\0")


def test_a_hash_that_is_not_looked_at_would_be_noticed(
    states: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: whatever the bytes are, their hash is found right."""
    own = states[2][checkpoint.HEAD.size : checkpoint.HEAD.size + checkpoint.DIGEST_BYTES]
    monkeypatch.setattr(checkpoint, "digest_of", lambda _: own)
    assert unnoticed(states[2], 150, random.Random(SEED)) > 0


def sealed(index: Any, arrays: bytes = b"", form: int = checkpoint.FORMAT_VERSION) -> bytes:
    """A checkpoint with a right hash and any content."""
    text = index if isinstance(index, bytes) else json.dumps(index).encode()
    body = struct.pack("<Q", len(text)) + text + arrays
    length = checkpoint.HEAD.size + checkpoint.DIGEST_BYTES + len(body)
    head = checkpoint.HEAD.pack(checkpoint.MAGIC, form, length)
    return head + checkpoint.digest_of([head, body]) + body


def forged(tree: Any, config: Config, arrays: Any = (), data: bytes = b"") -> Market:
    """Restore a forged checkpoint in which an attribute of the market is `tree`."""
    original = read(save(Market(config), "run"))
    made = original.tree if tree is None else [*original.tree[:2], original.tree[2] | tree]
    index = {
        "version": checkpoint.model_version(),
        "identity": "run",
        "month": 0,
        "strategies": {},
        "tree": made,
        "arrays": arrays,
    }
    return restore(sealed(index, data), config, "run")


class Payload:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.path,)


def test_a_pickle_is_never_opened(tmp_path: Path, config: Config) -> None:
    trap = tmp_path / "opened"
    payload = pickle.dumps(Payload(trap))
    for content in (payload, sealed(payload), sealed({"tree": ["number", 0]}, payload)):
        with pytest.raises(CheckpointError):
            restore(content, config, "run")
    for spec in (["|O", [1], "C"], ["O8", [1], "C"], ["|V8", [1], "C"]):
        with pytest.raises(CheckpointError, match="are not read"):
            forged({}, config, [spec], payload)
    assert not trap.exists()
    pickle.loads(payload)  # noqa: S301  # the trap works
    assert trap.exists()


@pytest.mark.parametrize(
    "tree",
    [
        ["named", "os:system", [["list", ["true"]]]],
        ["named", "builtins:eval", ["1"]],
        ["named", "simulation.market:run", ["1"]],
        ["named", "simulation.market:Market", ["1"]],
        ["named", "simulation.recorder:Event.__init__", []],
        ["named", "simulation.nowhere:Event", []],
        ["named", "simulation.recorder:Event", []],
        ["object", "simulation.offers:Offers", {}],
        ["object", "simulation.recorder:Recorder", {}],
        ["settings", "0"],
        ["agents", []],
        ["array", 10**9],
        ["array", "x"],
        ["number"],
        ["eval", "1"],
        ["same"],
        [],
    ],
)
def test_a_forged_tree_is_refused(config: Config, tree: Any) -> None:
    name = "offers" if tree and tree[0] == "object" else "something_new"
    with pytest.raises(CheckpointError):
        forged({name: tree}, config)


@pytest.mark.parametrize(
    "spec",
    [
        ["<f8", [10**12], "C"],
        ["<f8", [2**62, 2**62], "C"],
        ["<f8", [-1], "C"],
        ["<f8", [1.5], "C"],
        ["<f8", [], "X"],
        ["<U999999999999", [1], "C"],
        ["<f8", "x", "C"],
        ["<f8"],
        None,
    ],
)
def test_a_forged_array_is_refused(config: Config, spec: Any) -> None:
    with pytest.raises(CheckpointError):
        forged({}, config, [spec], bytes(8))


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000, b'{"tree": ' * 50_000, b"nan", b"3"],
)
def test_a_forged_index_is_refused(text: bytes) -> None:
    with pytest.raises(CheckpointError):
        read(sealed(text))


def test_a_forgery_is_refused_for_what_is_forged(config: Config) -> None:
    """The same seal around what was saved is taken, up to its arrays."""
    original = read(save(Market(config), "run"))
    specs = [[array.dtype.str, array.shape, "C"] for array in original.arrays]
    data = b"".join(array.tobytes() for array in original.arrays)
    assert forged(None, config, specs, data).month == 0


def test_another_format_is_refused() -> None:
    with pytest.raises(CheckpointError, match="has format 2, and this version reads 1"):
        read(sealed({}, form=2))


# --- Arrays --------------------------------------------------------------------------------------


def test_arrays_keep_type_shape_order_and_bytes(config: Config) -> None:
    market = Market(config)
    kept = {
        "flags": np.array([True, False]),
        "text": np.array(["US", ""], "<U2"),
        "empty": np.zeros((0, 3)),
        "scalar": np.array(3.5),
        "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "strided": np.arange(10)[::3],
        "spread": np.broadcast_to(np.arange(2), (3, 2)),
        "odd": np.array([np.nan, -0.0, np.inf, 5e-324]),
        "large": np.array([2**64 - 1], np.uint64),
    }
    number = np.float32(0.1)
    market.kept, market.number = kept, number
    again = restore(save(market, "run"), config, "run")
    for name, array in kept.items():
        found = again.kept[name]
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        assert found.tobytes() == array.tobytes() and found.flags.writeable
    assert again.kept["columns"].flags.f_contiguous and not again.kept["columns"].flags.c_contiguous
    assert again.number == number and type(again.number) is np.float32


def test_arrays_that_are_one_are_saved_once(config: Config) -> None:
    market = Market(config)
    crowd = market.developers.crowd
    _, arrays = packed(market)
    assert sum(array is crowd.choice for array in arrays) == 1
    market.view = crowd.choice[:]
    assert len(packed(market)[1]) == len(arrays)
    again = restore(save(market, "run"), config, "run")
    assert again.view is again.developers.crowd.choice


def test_python_numbers_and_texts_come_back_as_they_are() -> None:
    config = load({"schema_version": 1, "months": 2, "supply": {"offers": {"A": {}}}})
    market = Market(config)
    market.odd = [0.1, float("inf"), 10**30, True, None, "\u00e9\n", (1, [2.0]), {"a": ()}]
    again = restore(save(market, "run"), config, "run")
    assert again.odd == market.odd and [type(v) for v in again.odd] == [type(v) for v in market.odd]
