"""The state of a market as a tree of plain values and a list of arrays.

A value stands in the tree as itself or as [kind, ...]:

    array, number     where its array stands        list, tuple, named        its parts
    map, frozen_map   its entries
    object, agents    its attributes, its members   same                      an object met before
    settings          a hash of its values          random, generator         its inner state

Arrays that are one in the market, as `crowd.choice` and the column `provider`, are one array.
"""

import random
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from agents.parameters import FrozenMap, Parameters
from simulation.state import (
    PLAIN,
    StateError,
    attributes,
    class_name,
    hash_of_settings,
    is_ours,
    named_class,
)

NUMBERS = "biufcSU"  # kinds of arrays that hold numbers or text, and no Python objects


def packed(market: mesa.Model) -> tuple[Any, list[NDArray[Any]]]:
    """Tree and arrays of a market between two months; the arrays are its own, not copies.

    Raises
    ------
    StateError
        An attribute is neither data nor an object of the model, nor named in REBUILT.
    """
    packer = Packer()
    return packer.pack(market, "market"), packer.arrays


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
        found = {key: self.pack(part, f"{path}[{key!r}]") for key, part in value.items()}
        return ["frozen_map" if isinstance(value, FrozenMap) else "map", found]

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
    (lambda value: type(value) in (dict, FrozenMap), Packer.map),
    (of(Parameters), Packer.settings),
    (of(random.Random), Packer.random),
    (of(np.random.Generator), Packer.generator),
    (of(AgentSet), Packer.agents),
    (is_ours, Packer.object),
)
