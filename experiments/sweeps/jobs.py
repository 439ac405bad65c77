"""Jobs of a sweep in their order, which only the sweep file and finished runs decide.

Seeds are outermost, then networks, then points: an unfinished sweep has the whole design for its
first seeds, of which every estimator makes something, and not a part of the design with all of
them.  Where an outcome decides how many seeds a point gets, the jobs come in rounds; a round is
known when all jobs before it have ended.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.job import Job
from experiments.sweeps.points import Points
from experiments.sweeps.replicates import Rule, seeds_wanted

Places = NDArray[np.int32]


class Jobs(Sequence[Job]):
    """Jobs by number, each made when it is asked for.

    first : seed of the first replicate.  network : seed of the first network; None where each
    replicate has its own.  point, seed, network_index : place of each job, shape (jobs,).
    complete : whether no further round can follow.
    """

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        points: Points,
        first: int,
        network: int | None,
        point: Places,
        seed: Places,
        network_index: Places,
        complete: bool = True,
    ) -> None:
        """Hold the places of the jobs."""
        self.points, self.first, self.network = points, first, network
        self.point, self.seed, self.network_index = point, seed, network_index
        self.complete = complete

    def __len__(self) -> int:
        """Return how many jobs are known."""
        return len(self.point)

    @overload
    def __getitem__(self, index: int) -> Job: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Job]: ...

    def __getitem__(self, index: int | slice) -> Job | Sequence[Job]:
        """One job, or several."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self.made(index % len(self))

    def __iter__(self) -> Iterator[Job]:
        """Every job in order."""
        return map(self.made, range(len(self)))

    def made(self, number: int) -> Job:
        """Make the job of a number."""
        point, seed = int(self.point[number]), int(self.seed[number])
        network = int(self.network_index[number])
        own: dict[str, Any] = {"seed": self.first + seed}
        if self.network is not None:
            own["networks.seed"] = self.network + network
        changes = ChainMap(own, self.points[point].changes)
        return Job(number, point, seed, network, changes)


def crossed(points: int, seeds: int, networks: int) -> tuple[Places, Places, Places]:
    """Point, seed and network of all combinations, points fastest and seeds slowest."""
    shape = (seeds, networks, points)
    seed, network, point = (axis.ravel().astype(np.int32) for axis in np.indices(shape, np.int32))
    return point, seed, network


def in_rounds(
    points: int, rule: Rule, values: Mapping[int, float]
) -> tuple[Places, Places, Places, bool]:
    """Point, seed and network of all jobs that are known so far, and whether these are all.

    values : the outcome by number of job, nan of a run that failed; of jobs that have ended.
    """
    rounds = [crossed(points, rule.least, 1)[:2]]
    tried = np.full(points, rule.least)
    found: list[list[float]] = [[] for _ in range(points)]
    number = 0
    while True:
        for point in rounds[-1][0].tolist():
            if number not in values:
                return (*joined(rounds), False)
            found[point].append(values[number])
            number += 1
        added = next_round(found, tried, rule)
        if not len(added[0]):
            return (*joined(rounds), True)
        rounds.append(added)


def next_round(
    found: Sequence[Sequence[float]], tried: NDArray[np.int64], rule: Rule
) -> tuple[Places, Places]:
    """Points and seeds of the round that follows; `tried` is raised by its seeds."""
    before = tried.copy()
    for point, seen in enumerate(found):
        values = np.array(seen)
        tried[point] = seeds_wanted(values[np.isfinite(values)], int(before[point]), rule)
    pairs = [
        (seed, point)
        for point in np.flatnonzero(tried > before).tolist()
        for seed in range(before[point], tried[point])
    ]
    order = np.array(sorted(pairs), np.int32).reshape(-1, 2)
    return order[:, 1], order[:, 0]


def joined(rounds: Sequence[tuple[Places, Places]]) -> tuple[Places, Places, Places]:
    """Rounds end to end, on one network for each seed."""
    point, seed = (np.concatenate(part) for part in zip(*rounds, strict=True))
    return point, seed, np.zeros(len(point), np.int32)
