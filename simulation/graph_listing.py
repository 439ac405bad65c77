"""What the file of a graph says, before it is a graph: pairs of rows, and what is wrong in it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.config_errors import ConfigError
from simulation.yaml_text import MOST_FINDINGS


class Listing(NamedTuple):
    """Pairs of rows as the file gives them, repeats and loops included.

    src, dst : whole numbers, shape (pairs,).
    industry : label of each node, in the order of rows; None where the file has none.
    """

    src: NDArray[np.integer[Any]]
    dst: NDArray[np.integer[Any]]
    industry: list[str] | None = None


class Source(NamedTuple):
    """A file to be read, and the population whose network it is."""

    content: bytes
    label: str  # its path in messages
    size: int  # agents of the population
    population: str

    @property
    def setting(self) -> str:
        """The setting that says how many agents there are."""
        return f"{self.population}.count"


class Faults:
    """Everything that is wrong with a file, by line; the first ones are kept, the rest counted."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.messages: list[str] = []
        self.more = 0

    def add(self, line: int, text: str) -> None:
        """Note what is wrong in a line."""
        if len(self.messages) < MOST_FINDINGS - 1:
            self.messages.append(f"{self.label}:{line}: {text}")
        else:
            self.more += 1

    def settle(self) -> None:
        """Raise `ConfigError` if anything is wrong."""
        rest = [f"{self.label}: ... and {self.more} more"] if self.more else []
        if self.messages:
            raise ConfigError([*self.messages, *rest])


def check_count(nodes: int, source: Source, otherwise: str) -> None:
    """Refuse a graph whose nodes are not as many as the agents."""
    if nodes != source.size:
        raise ConfigError(
            [
                f"{source.label}: has {nodes:,} nodes, but {source.setting} is {source.size:,}; "
                f"set {source.setting} to {nodes}{otherwise}"
            ]
        )
