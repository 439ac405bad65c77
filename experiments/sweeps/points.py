"""Points of a sweep: rows of its design, as values and as changes of the config."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from experiments.sweeps.designs import Matrix
from experiments.sweeps.factors import Factor, Value


@dataclass(frozen=True, slots=True)
class Point:
    """One row of the design.

    index : 0..
    unit : coordinates in [0, 1], one for each factor
    values : number or label by factor
    changes : what differs from the base config, by dotted path
    """

    index: int
    unit: tuple[float, ...]
    values: Mapping[str, Value]
    changes: dict[str, Any]


class Points(Sequence[Point]):
    """All points, each made when it is asked for: a large design stays a matrix."""

    def __init__(self, factors: tuple[Factor, ...], matrix: Matrix) -> None:
        """Hold the coordinates, shape (points, factors)."""
        self.factors, self.matrix = factors, matrix
        self.last: Point | None = None

    def __len__(self) -> int:
        """Return how many points there are."""
        return len(self.matrix)

    @overload
    def __getitem__(self, index: int) -> Point: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Point]: ...

    def __getitem__(self, index: int | slice) -> Point | Sequence[Point]:
        """One point, or several."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        if self.last is None or self.last.index != index:  # jobs of one point ask again and again
            self.last = self.made(index)
        return self.last

    def __iter__(self) -> Iterator[Point]:
        """Every point in order."""
        return map(self.made, range(len(self)))

    def made(self, index: int) -> Point:
        """The point of a row; where two factors change one path, the later one stands."""
        unit = tuple(self.matrix[index].tolist())
        values: dict[str, Value] = {}
        changes: dict[str, Any] = {}
        for factor, place in zip(self.factors, unit, strict=True):
            values[factor.name] = factor.value(place)
            changes.update(factor.changes(place))
        return Point(index, unit, values, changes)
