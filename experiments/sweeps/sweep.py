"""A sweep, checked and resolved: its points and jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.design_form import DesignForm
from experiments.sweeps.designs import Matrix, matrix_of, problem_of, size_of
from experiments.sweeps.factors import Factor
from experiments.sweeps.form import SweepForm
from experiments.sweeps.jobs import Jobs, crossed, in_rounds
from experiments.sweeps.outcomes import Measured
from experiments.sweeps.points import Points
from experiments.sweeps.replicates import Rule
from simulation.config import Config
from simulation.yaml_text import Node


class Region(NamedTuple):
    """A region of an outcome: above a number, below one, or both; None where it is open."""

    name: str
    outcome: str
    above: float | None
    below: float | None

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Whether outcomes lie in it: 1 or 0, nan where one is no number; the same shape."""
        low = -np.inf if self.above is None else self.above
        high = np.inf if self.below is None else self.below
        return np.where(np.isnan(values), np.nan, (values > low) & (values < high))


@dataclass(frozen=True)
class SweepFile:
    """A sweep, checked and resolved.

    name, description : as in the file.  base : config with the changes of `set`.
    factors : in the order of the file.  design : its kind and size.
    seeds, networks : replicates of each point; networks is None where each seed has its own.
    rule : when a point has seeds enough; None where their number is fixed.
    outcomes, regions : by name.  keep : tables stored of each run.
    seconds, memory : limits of one run, in s and MB.
    form, tree : the file as it was said, and with its places.  label : its name in messages.
    """

    name: str
    description: str
    base: Config
    factors: tuple[Factor, ...]
    design: DesignForm
    seeds: int
    networks: int | None
    rule: Rule | None
    outcomes: Mapping[str, Measured]
    regions: Mapping[str, Region]
    keep: tuple[str, ...]
    seconds: float
    memory: float
    form: SweepForm
    tree: Node
    label: str

    @cached_property
    def _matrix(self) -> Matrix:
        """Coordinates of all points, made once."""
        matrix = matrix_of(self.design, self.factors)
        matrix.setflags(write=False)
        return matrix

    def matrix(self) -> Matrix:
        """Coordinates of the points in [0, 1], shape (points, factors); not to be written to."""
        return self._matrix

    @property
    def problem(self) -> dict[str, Any]:
        """SALib's description of the factors: names, and bounds [0, 1]."""
        return problem_of(self.factors)

    @property
    def block(self) -> int:
        """Points in a row that were drawn together: a base point of Sobol, a Morris trajectory."""
        count = len(self.factors)
        return {"morris": count + 1, "sobol": count + 2}.get(self.design.kind, 1)

    def points(self) -> Points:
        """Return the points of the design, each made when it is asked for."""
        return Points(self.factors, self.matrix())

    @property
    def most_runs(self) -> int:
        """Runs of the whole sweep; where seeds are added as needed, the most there can be."""
        seeds = self.rule.most if self.rule else self.seeds
        return size_of(self.design, self.factors) * seeds * (self.networks or 1)

    def jobs(self, values: Mapping[int, float] | None = None) -> Jobs:
        """Return all jobs that are known, by number; those that have ended are among them.

        Where the number of seeds is fixed these are all jobs.  Where an outcome decides it, the
        jobs of the next round are known as soon as all those before have ended: ask again then,
        until `Jobs.complete`.

        Parameters
        ----------
        values : {number: outcome}, optional
            `rule.outcome` of the jobs that have ended, nan of those that failed; a number that is
            not there has not ended.

        """
        points = self.points()
        first, own = self.base.seed, self.base.networks.seed
        if self.rule is None:
            networks = self.networks or 1
            start = None if self.networks is None else first if own is None else own
            return Jobs(points, first, start, *crossed(len(points), self.seeds, networks))
        return Jobs(points, first, None, *in_rounds(len(points), self.rule, values or {}))

    def labels(self, outcome: str) -> tuple[str, ...]:
        """Labels of the entries of a vector outcome; empty for one number."""
        return self.outcomes[outcome].entries

    @cached_property
    def hash(self) -> str:
        """sha256 of all that decides what is run and measured: two equal ones are one sweep."""
        from experiments.sweeps.stored import sweep_hash

        return sweep_hash(self)
