"""Strategies by name: every file of `agents/strategies` holds one, whose family is its name."""

import pkgutil
from functools import reduce
from importlib import import_module
from operator import or_
from typing import Annotated, Any

from pydantic import Field

from agents import strategies
from agents.strategy import Strategy


def found() -> dict[str, type[Strategy]]:
    """Strategy classes by family, in the order of their names.

    Raises
    ------
    TypeError
        A file does not hold exactly one strategy, or its family is not the name of the file.
    """
    classes = {}
    for entry in pkgutil.iter_modules(strategies.__path__):
        module = import_module(f"{strategies.__name__}.{entry.name}")
        own = [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Strategy)
            and value.__module__ == module.__name__
        ]
        families = [kind.model_fields["family"].default for kind in own]
        if families != [entry.name]:
            raise TypeError(
                f"agents/strategies/{entry.name}.py must hold one strategy of the family "
                f"{entry.name!r}; found {families}"
            )
        classes[entry.name] = own[0]
    return classes


STRATEGIES = found()
StrategySettings: Any = Annotated[reduce(or_, STRATEGIES.values()), Field(discriminator="family")]
