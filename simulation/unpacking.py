"""A market that was built anew is brought into the state of a tree of `simulation.packing`."""

from collections.abc import Callable, Mapping
from typing import Any

import mesa
from numpy.typing import NDArray

from agents.parameters import FrozenMap, Parameters
from simulation.state import (
    REBUILT,
    StateError,
    attributes,
    class_name,
    hash_of_settings,
    named_class,
)

MISSING: Any = object()


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

    def frozen_map(self, rest: Any, there: Any, path: str) -> Any:
        """A map that cannot be changed."""
        return FrozenMap(self.map(rest, there, path))

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
    "frozen_map": Unpacker.frozen_map,
    "object": Unpacker.object,
    "agents": Unpacker.agents,
    "same": Unpacker.same,
    "settings": Unpacker.settings,
    "random": Unpacker.random,
    "generator": Unpacker.generator,
}
