"""A market between two months as bytes, and back: to stop a run and go on, to the same bytes.

The form: a head of magic, format version, length and SHA-256 of all the rest, head included; then
the length of an index, the index in JSON, and the arrays end to end.  Nothing in it is code, and
nothing of it is read before its hash has been found right.  What a config gives (graphs, supply,
settings) is not in it: the market is built anew and brought into the state that was saved.
"""

import hashlib
import json
import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import NONE
from agents.compiled import model_version
from agents.enterprises import NEVER
from agents.strategy import Strategy
from simulation.config import Config
from simulation.config_change import changed
from simulation.market import Market
from simulation.packing import packed
from simulation.state import StateError, hash_of_settings
from simulation.unpacking import fill

MAGIC = b"SHARESHIFT STATE"
FORMAT_VERSION = 1
HEAD = struct.Struct("<16sIQ")
DIGEST_BYTES = hashlib.sha256().digest_size
COUNT = struct.Struct("<Q")
DTYPE = re.compile(r"[<|][biufcSU][0-9]+")


class CheckpointError(Exception):
    """The bytes are no whole checkpoint of this run."""


class OtherVersion(CheckpointError):
    """The checkpoint was made by another version of the model, `version`."""

    def __init__(self, version: str) -> None:
        """Name both versions."""
        self.version = version
        super().__init__(
            f"was saved by model version {version}, and this is {model_version()}; only the "
            "version that saved a state can go on with it"
        )


class Checkpoint(NamedTuple):
    """What a whole checkpoint holds.

    version : of the model that saved it.  identity : of the run.  month : months done.
    strategies : hash of each strategy that a user handed over, by provider.
    tree, arrays : as `simulation.packing` makes them.
    """

    version: str
    identity: str
    month: int
    strategies: dict[str, str]
    tree: Any
    arrays: list[NDArray[Any]]


def save(market: Market, identity: str) -> bytes:
    """Bytes of a market between two months, or of one that broke within its month.

    Parameters
    ----------
    market : Market
    identity : str
        Whatever names the run; `restore` asks for the same.

    Raises
    ------
    StateError
        The market holds something that cannot be saved.
    """
    tree, arrays = packed(market)
    index = {
        "version": model_version(),
        "identity": identity,
        "month": market.month,
        "strategies": hashes_of(market),
        "tree": tree,
        "arrays": [(array.dtype.str, array.shape, order_of(array)) for array in arrays],
    }
    text = json.dumps(index, separators=(",", ":")).encode()
    body = [COUNT.pack(len(text)), text, *map(bytes_of, arrays)]
    length = HEAD.size + DIGEST_BYTES + sum(map(len, body))
    head = HEAD.pack(MAGIC, FORMAT_VERSION, length)
    return b"".join([head, digest_of([head, *body]), *body])


def bytes_of(array: NDArray[Any]) -> bytes | memoryview:
    """Bytes of an array in its own order, without a copy where they lie end to end."""
    if array.flags.c_contiguous:
        return array.reshape(-1).view(np.uint8).data
    return array.tobytes("A")


def order_of(array: NDArray[Any]) -> str:
    """Order of an array's bytes: sums of numbers depend on it in the last digit."""
    flags = array.flags
    return "F" if flags.f_contiguous and not flags.c_contiguous else "C"


def digest_of(parts: Sequence[bytes | memoryview]) -> bytes:
    """SHA-256 of parts in order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def read(content: bytes) -> Checkpoint:
    """What the bytes hold, after they have been found whole.

    Raises
    ------
    CheckpointError
        Anything is damaged.
    """
    start = HEAD.size + DIGEST_BYTES
    if len(content) < start + COUNT.size or not content.startswith(MAGIC):
        raise CheckpointError("is not a checkpoint")
    memory = memoryview(content)
    head = memory[: HEAD.size]
    _, form, length = HEAD.unpack(head)
    if length != len(content):
        raise CheckpointError(f"is damaged: it has {len(content)} bytes and should have {length}")
    if digest_of([head, memory[start:]]) != content[HEAD.size : start]:
        raise CheckpointError("is damaged: its SHA-256 is not that of its bytes")
    if form != FORMAT_VERSION:
        raise CheckpointError(f"has format {form}, and this version reads {FORMAT_VERSION}")
    try:
        return parsed(memory[start:])
    except (LookupError, TypeError, ValueError, RecursionError, struct.error) as error:
        raise CheckpointError(f"cannot be read: {type(error).__name__}: {error}") from None


def parsed(body: memoryview) -> Checkpoint:
    """Index and arrays of a body that is whole."""
    (length,) = COUNT.unpack_from(body)
    place = COUNT.size + length
    index = json.loads(bytes(body[COUNT.size : place]))
    arrays = []
    for dtype, shape, order in index["arrays"]:
        if not DTYPE.fullmatch(dtype):
            raise ValueError(f"arrays of {dtype!r} are not read")
        view: NDArray[Any] = np.ndarray(tuple(shape), dtype, body, place, order=order)
        arrays.append(view.copy("K"))
        place += view.nbytes
    if place != len(body):
        raise ValueError("bytes are left over")
    return Checkpoint(
        str(index["version"]),
        str(index["identity"]),
        int(index["month"]),
        dict(index["strategies"]),
        index["tree"],
        arrays,
    )


def hashes_of(market: Market) -> dict[str, str]:
    """Hash of the class and settings of each strategy that the user handed over, by provider."""
    own = market.own_strategies
    return {name: hash_of_settings(own[name]) for name in sorted(own)}


def restore(
    content: bytes,
    config: Config,
    identity: str,
    threads: int = 1,
    observe: bool = True,
    strategies: Mapping[str, Strategy] | None = None,
) -> Market:
    """Build the market of a config and bring it into the state that was saved.

    Parameters
    ----------
    content : bytes
        Of `save`.
    config : Config
        The config that the market was made from; events of months to come may differ.
    identity : str
        As given to `save`.
    threads, observe :
        As for `Market`; `observe` as it was.
    strategies : {provider: strategy}, optional
        Those that the market was made with: code is not saved.

    Raises
    ------
    CheckpointError
        The bytes are damaged, or of another run, model version or strategy.
    """
    found = read(content)
    if found.version != model_version():
        raise OtherVersion(found.version)
    if found.identity != identity:
        raise CheckpointError("is of another run")
    market = Market(config, threads, observe, strategies)
    given = hashes_of(market)
    if found.strategies != given:
        names = sorted(
            name
            for name in {*found.strategies, *given}
            if found.strategies.get(name) != given.get(name)
        )
        raise CheckpointError(
            f"was saved with other strategies for {', '.join(names)}; give `restore` those that "
            "the market was made with"
        )
    try:
        market.config = config_after(config, int(dict(found.tree[2])["steps"]))
        fill(market, found.tree, found.arrays)
    except (StateError, LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"cannot be used: {error}") from None
    firms = market.enterprises
    # Kernels count months from it without looking, and would write where nothing is theirs.
    if ((firms.provider != NONE) & (firms.since == NEVER)).any():
        raise CheckpointError("cannot be used: a contract has no month in which it was signed")
    return market


def config_after(config: Config, months: int) -> Config:
    """The config after the events of the first `months` months."""
    events = [event for event in config.events.values() if event.month < months]
    for event in sorted(events, key=lambda event: event.month):
        config = changed(config, event.changes)
    return config
