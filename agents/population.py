"""Many agents of one kind as columns of arrays, with the face of a Mesa AgentSet.

Row i is agent i.  `population[i]` is a view of one row, `get` reads a column, `select` narrows to
the agents of a mask, `agg` and `groupby` work on columns, so that code written for a Mesa AgentSet
of a few agents reads the same for millions, without an object for each.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Row:
    """View of one agent: attributes are its columns, as Python values."""

    __slots__ = ("_columns", "index")

    def __init__(self, columns: dict[str, NDArray[Any]], index: int) -> None:
        """Point at row `index` of `columns`."""
        self._columns = columns
        self.index = index

    def __getattr__(self, name: str) -> Any:
        """Value of column `name` for this agent."""
        try:
            return self._columns[name][self.index].tolist()
        except KeyError:
            raise AttributeError(
                f"no column {name!r} (columns: {', '.join(self._columns)})"
            ) from None

    def __repr__(self) -> str:
        """All columns of the agent on one line."""
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._columns)
        return f"Row({self.index}: {values})"


class Population:
    """Columns of equal length; `rows` maps this population's agents to rows of the columns."""

    def __init__(
        self, columns: dict[str, NDArray[Any]], rows: NDArray[np.int64] | None = None
    ) -> None:
        """Hold `columns`; all rows, or those listed in `rows`."""
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"columns differ in length: {lengths}")
        self.columns = columns
        self.rows = rows

    def __len__(self) -> int:
        """Return the number of agents."""
        if self.rows is not None:
            return len(self.rows)
        return len(next(iter(self.columns.values())))

    def __getitem__(self, index: int) -> Row:
        """View of agent `index`, counted from the end if negative."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"agent {index} is outside a population of {len(self)}")
        index %= len(self)
        return Row(self.columns, int(self.rows[index]) if self.rows is not None else index)

    def __iter__(self) -> Iterator[Row]:
        """Views of the agents, in order."""
        return (self[index] for index in range(len(self)))

    def get(self, name: str) -> NDArray[Any]:
        """Copy of column `name`, shape (agents,)."""
        if name not in self.columns:
            raise KeyError(f"no column {name!r} (columns: {', '.join(self.columns)})")
        column = self.columns[name]
        return column.copy() if self.rows is None else column[self.rows]

    def select(self, mask: ArrayLike) -> "Population":
        """Return the agents for which `mask`, shape (agents,), is true; shares the columns."""
        chosen = np.flatnonzero(np.asarray(mask, np.bool_))
        return Population(self.columns, chosen if self.rows is None else self.rows[chosen])

    def agg(self, name: str, function: Callable[[NDArray[Any]], Any]) -> Any:
        """`function` of column `name`, as in `population.agg("seats", numpy.sum)`."""
        return function(self.get(name))

    def groupby(self, name: str) -> dict[Any, "Population"]:
        """Agents by their value of column `name`, in ascending order of the values."""
        values = self.get(name)
        return {value.tolist(): self.select(values == value) for value in np.unique(values)}
