"""The state of a market as a tree of plain values and a list of arrays, and back into a market.

Every attribute of the market, and of every object that it is made of, is state, unless REBUILT
names it: a new column is saved without a word, and what cannot be saved is an error at once.
A value stands in the tree as itself or as [kind, ...]:

    array, number     where its array stands        list, tuple, map, named   its parts
    object, agents    its attributes, its members   same                      an object met before
    settings          a hash of its values          random, generator         its inner state

Arrays that are one in the market, as `crowd.choice` and the column `provider`, are one again.
"""

import hashlib
import json
import random
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from agents.parameters import Parameters
from simulation.config import Config
from simulation.config_text import plain

# What a market built anew from the same config has already; it never changes during a run.
REBUILT: dict[str, tuple[str, ...]] = {
    "simulation.market:Market": ("threads", "supply", "starts", "graphs", "staff")
}
OURS = ("agents", "simulation")
PLAIN = (bool, int, float, str)
NUMBERS = "biufcSU"  # kinds of arrays that hold numbers or text, and no Python objects
MISSING: Any = object()


class StateError(Exception):
    """A value cannot be saved, or what was saved does not fit the market; says where."""


def packed(market: mesa.Model) -> tuple[Any, list[NDArray[Any]]]:
    """Tree and arrays of a market between two months; the arrays are its own, not copies.

    Raises
    ------
    StateError
        An attribute is neither data nor an object of the model, nor named in REBUILT.
    """
    packer = Packer()
    return packer.pack(market, "market"), packer.arrays


def fill(market: mesa.Model, tree: Any, arrays: list[NDArray[Any]]) -> None:
    """Bring a market that was built from the same config into the state of a tree.

    Raises
    ------
    StateError
        The tree is not that of such a market.
    """
    unpacker = Unpacker(arrays)
    try:
        unpacker.value(tree, market, "market")
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise StateError(f"does not fit the market: {type(error).__name__}: {error}") from None


# --- What belongs to the state -------------------------------------------------------------------


def attributes(value: Any) -> dict[str, Any]:
    """Attributes of an object that are state, in the order in which they were first set.

    Of what Mesa keeps for itself that is counters, flags, random states and agents.
    """
    rebuilt = REBUILT.get(class_name(type(value)), ())
    found = (names for kind, names in names_of_mesa() if isinstance(value, kind))
    of_mesa = next(found, frozenset())
    return {
        name: held
        for name, held in vars(value).items()
        if name not in rebuilt and (name not in of_mesa or is_data(held))
    }


@lru_cache(maxsize=1)
def names_of_mesa() -> tuple[tuple[type, frozenset[str]], ...]:
    """Attributes that each class of Mesa's sets on its objects."""
    model = mesa.Model(rng=0)
    return (
        (mesa.Model, frozenset(vars(model))),
        (mesa.Agent, frozenset(vars(mesa.Agent(model)))),
        (mesa.DataCollector, frozenset(vars(mesa.DataCollector())) - {"model_vars"}),
    )


def is_data(value: Any) -> bool:
    """Whether something that Mesa keeps for itself changes as a run goes on."""
    return isinstance(value, (*PLAIN, random.Random, np.random.Generator, AgentSet))


def class_name(kind: type) -> str:
    """Module and name of a class."""
    return f"{kind.__module__}:{kind.__qualname__}"


def named_class(name: str) -> Any:
    """The NamedTuple of a name, if the model has loaded it; nothing is imported for a file."""
    module, _, word = name.partition(":")
    found: Any = getattr(sys.modules.get(module), word, None)
    ours = module.partition(".")[0] in OURS and isinstance(found, type)
    if not (ours and issubclass(found, tuple) and hasattr(found, "_fields")):
        raise StateError(f"{name} is no NamedTuple of the model")
    return found


def is_ours(value: Any) -> bool:
    """Whether an object of the model or of Mesa's can be saved by its attributes."""
    packages = {base.__module__.partition(".")[0] for base in type(value).__mro__}
    return hasattr(value, "__dict__") and not packages.isdisjoint((*OURS, "mesa"))


def hash_of_settings(settings: Parameters) -> str:
    """Hash of the values of settings; of a config without its events and where its files lie.

    Events are applied anew, and the files are part of the identity of a run.
    """
    values = plain(settings)
    if isinstance(settings, Config):
        values = settings.with_inputs(dict.fromkeys(settings.inputs(), ""))
        del values["events"]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


# --- To a tree -----------------------------------------------------------------------------------


class Packer:
    """Collects arrays while it makes the tree."""

    def __init__(self) -> None:
        """Start with nothing met."""
        self.arrays: list[NDArray[Any]] = []
        self.places: dict[tuple[Any, ...], int] = {}
        self.met: dict[int, Any] = {}

    def pack(self, value: Any, path: str) -> Any:
        """Tree of any value; `path` says where it stands, for messages."""
        if value is None or type(value) in PLAIN:
            return value
        for belongs, way in WAYS:
            if belongs(value):
                return way(self, value, path)
        raise StateError(
            f"{path}: a {type(value).__name__} cannot be saved; make it data, or name it in "
            "simulation.state.REBUILT if a market built anew has it"
        )

    def array(self, value: Any, path: str) -> Any:
        """Place of an array; two that are the same memory share one."""
        array = np.asarray(value)
        if array.dtype.kind not in NUMBERS:
            raise StateError(f"{path}: an array of {array.dtype} cannot be saved")
        key: tuple[Any, ...] = (id(array),)  # an empty array shares its memory with any other
        if array.size:
            memory = array.__array_interface__["data"][0]
            key = (memory, array.dtype.str, array.shape, array.strides)
        if key not in self.places:
            self.places[key] = len(self.arrays)
            self.arrays.append(array)
        return ["array" if isinstance(value, np.ndarray) else "number", self.places[key]]

    def parts(self, value: Any, path: str) -> Any:
        """Tree of a list or tuple."""
        found = [self.pack(part, f"{path}[{place}]") for place, part in enumerate(value)]
        return [type(value).__name__, found]

    def named(self, value: Any, path: str) -> Any:
        """Tree of a NamedTuple."""
        name = class_name(type(value))
        if named_class(name) is not type(value):
            raise StateError(f"{path}: {name} is not the class of this name")
        fields = zip(type(value)._fields, value, strict=True)
        return ["named", name, [self.pack(part, f"{path}.{field}") for field, part in fields]]

    def map(self, value: Any, path: str) -> Any:
        """Tree of a dict whose keys are text."""
        if not all(type(key) is str for key in value):
            raise StateError(f"{path}: a dict can be saved only if its keys are text")
        return ["map", {key: self.pack(part, f"{path}[{key!r}]") for key, part in value.items()}]

    def object(self, value: Any, path: str) -> Any:
        """Tree of an object by its attributes."""
        if id(value) in self.met:
            return ["same"]
        self.met[id(value)] = value
        found = {
            name: self.pack(held, f"{path}.{name}") for name, held in attributes(value).items()
        }
        return ["object", class_name(type(value)), found]

    def agents(self, value: Any, path: str) -> Any:
        """Tree of the agents of an AgentSet."""
        return [
            "agents",
            [self.pack(agent, f"{path}[{place}]") for place, agent in enumerate(value)],
        ]

    def settings(self, value: Any, _: str) -> Any:
        """Hash of settings, which come from the config."""
        return ["settings", hash_of_settings(value)]

    def random(self, value: Any, path: str) -> Any:
        """State of Python's random numbers."""
        return ["random", self.pack(value.getstate(), path)]

    def generator(self, value: Any, path: str) -> Any:
        """State of NumPy's random numbers."""
        return ["generator", self.pack(value.bit_generator.state, path)]


def of(*kinds: type) -> Callable[[Any], bool]:
    """Make the question whether a value is one of these types."""
    return lambda value: isinstance(value, kinds)


WAYS: tuple[tuple[Callable[[Any], bool], Callable[[Packer, Any, str], Any]], ...] = (
    (of(np.ndarray, np.generic), Packer.array),
    (lambda value: isinstance(value, tuple) and hasattr(value, "_fields"), Packer.named),
    (lambda value: type(value) in (list, tuple), Packer.parts),
    (lambda value: type(value) is dict, Packer.map),
    (of(Parameters), Packer.settings),
    (of(random.Random), Packer.random),
    (of(np.random.Generator), Packer.generator),
    (of(AgentSet), Packer.agents),
    (is_ours, Packer.object),
)


# --- From a tree ---------------------------------------------------------------------------------


class Unpacker:
    """Makes values of a tree; `there` is what a market built anew holds in the same place."""

    def __init__(self, arrays: list[NDArray[Any]]) -> None:
        """Take arrays as they are: the market may change them."""
        self.arrays = arrays

    def value(self, tree: Any, there: Any, path: str) -> Any:
        """Value of a tree, or what is there after it was brought into the state."""
        if not isinstance(tree, list):
            return tree
        kind, *rest = tree
        if kind not in BACK:
            raise StateError(f"{path}: {kind!r} is no kind of value")
        return BACK[kind](self, rest, there, path)

    def array(self, rest: Any, _: Any, __: str) -> Any:
        """An array."""
        return self.arrays[rest[0]]

    def number(self, rest: Any, _: Any, __: str) -> Any:
        """One number of NumPy's."""
        return self.arrays[rest[0]][()]

    def list(self, rest: Any, there: Any, path: str) -> Any:
        """A list, whose objects are those of the list that is there."""
        known = there if isinstance(there, list | tuple) else ()
        return [
            self.value(part, known[place] if place < len(known) else MISSING, f"{path}[{place}]")
            for place, part in enumerate(rest[0])
        ]

    def tuple(self, rest: Any, there: Any, path: str) -> Any:
        """A tuple."""
        return tuple(self.list(rest, there, path))

    def named(self, rest: Any, there: Any, path: str) -> Any:
        """A NamedTuple of the model."""
        return named_class(rest[0])(*self.list(rest[1:], there, path))

    def map(self, rest: Any, there: Any, path: str) -> Any:
        """A dict."""
        known = there if isinstance(there, Mapping) else {}
        return {
            key: self.value(part, known.get(key, MISSING), f"{path}[{key!r}]")
            for key, part in rest[0].items()
        }

    def object(self, rest: Any, there: Any, path: str) -> Any:
        """The object that is there, with the attributes that were saved."""
        name, saved = rest
        if there is MISSING or class_name(type(there)) != name:
            raise StateError(f"{path}: is no {name} in a market built anew")
        held, rebuilt = attributes(there), REBUILT.get(name, ())
        lacking = [*(held.keys() - saved.keys()), *(saved.keys() & set(rebuilt))]
        if lacking:
            raise StateError(f"{path}.{min(lacking)}: is not what is saved of a {name}")
        for attribute, part in saved.items():
            value = self.value(part, held.get(attribute, MISSING), f"{path}.{attribute}")
            if value is not held.get(attribute, MISSING):
                setattr(there, attribute, value)
        return there

    def agents(self, rest: Any, there: Any, path: str) -> Any:
        """The agents that are there."""
        for part, agent in zip(rest[0], list(there), strict=True):
            self.value(part, agent, path)
        return there

    def same(self, _: Any, there: Any, path: str) -> Any:
        """An object that stands in another place too, where its attributes are."""
        if there is MISSING:
            raise StateError(f"{path}: is missing in a market built anew")
        return there

    def settings(self, rest: Any, there: Any, path: str) -> Any:
        """Settings that must be those of the config."""
        if not isinstance(there, Parameters) or hash_of_settings(there) != rest[0]:
            raise StateError(f"{path}: other settings than those of the config")
        return there

    def random(self, rest: Any, there: Any, path: str) -> Any:
        """Python's random numbers."""
        there.setstate(self.value(rest[0], MISSING, path))
        return there

    def generator(self, rest: Any, there: Any, path: str) -> Any:
        """NumPy's random numbers."""
        there.bit_generator.state = self.value(rest[0], MISSING, path)
        return there


BACK: dict[str, Callable[[Unpacker, Any, Any, str], Any]] = {
    "array": Unpacker.array,
    "number": Unpacker.number,
    "list": Unpacker.list,
    "tuple": Unpacker.tuple,
    "named": Unpacker.named,
    "map": Unpacker.map,
    "object": Unpacker.object,
    "agents": Unpacker.agents,
    "same": Unpacker.same,
    "settings": Unpacker.settings,
    "random": Unpacker.random,
    "generator": Unpacker.generator,
}
