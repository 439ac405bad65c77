"""Kinds of events by name: every file of `simulation/events` holds one, named as the file is."""

import pkgutil
from importlib import import_module

from simulation import events
from simulation.event import Action


def found() -> dict[str, type[Action]]:
    """Kinds of events in the order of their names.

    Raises
    ------
    TypeError
        A file does not hold exactly one kind.
    """
    kinds = {}
    for entry in pkgutil.iter_modules(events.__path__):
        module = import_module(f"{events.__name__}.{entry.name}")
        own = [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Action)
            and value.__module__ == module.__name__
        ]
        if len(own) != 1:
            raise TypeError(
                f"simulation/events/{entry.name}.py must hold one kind of event; it holds "
                f"{len(own)}"
            )
        kinds[entry.name] = own[0]
    return kinds


KINDS = found()
