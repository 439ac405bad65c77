"""What of a market is its state between two months.

Every attribute of the market, and of every object that it is made of, unless REBUILT names it: a
new column is saved without a word, and what cannot be saved is an error at once.
`simulation.packing` makes a tree of it, and `simulation.unpacking` brings a market into it.
"""

import hashlib
import json
import random
import sys
from functools import lru_cache
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from agents.parameters import Parameters
from simulation.config import Config
from simulation.config_text import plain

# What a market built anew from the same config has already; it never changes during a run.
REBUILT: dict[str, tuple[str, ...]] = {
    "simulation.market:Market": (
        "threads",
        "supply",
        "starts",
        "graphs",
        "staff",
        "own_strategies",
        "_roster",
    )
}
OURS = ("agents", "simulation")
PLAIN = (bool, int, float, str)


class StateError(Exception):
    """A value cannot be saved, or what was saved does not fit the market; says where."""


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
    """Hash of the class and the values of settings; of a config without events and places of files.

    Events are applied anew, and the files are part of the identity of a run.
    """
    values = plain(settings)
    if isinstance(settings, Config):
        values = settings.with_inputs(dict.fromkeys(settings.inputs(), ""))
        del values["events"]
    text = json.dumps([class_name(type(settings)), values])
    return hashlib.sha256(text.encode()).hexdigest()
