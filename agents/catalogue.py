"""Classes that a folder holds, one in each file: to add one is to add a file."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import TypeVar

Kind = TypeVar("Kind")


def classes_of(package: ModuleType, base: type[Kind]) -> Iterator[tuple[str, list[type[Kind]]]]:
    """Name of each file of a package, in order, and the subclasses of `base` made in it."""
    for entry in pkgutil.iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{entry.name}")
        yield (
            entry.name,
            [
                value
                for value in vars(module).values()
                if isinstance(value, type)
                and issubclass(value, base)
                and value.__module__ == module.__name__
            ],
        )
