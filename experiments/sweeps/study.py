"""A study: a sweep file with what was run of it, from Python and from the command line alike."""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.run import RUNS, hash_of
from experiments.sweeps import reading
from experiments.sweeps.directory import (
    FORMAT,
    MODEL,
    SWEEP,
    SweepDirectory,
    claim,
    is_sweep,
    read,
    refuse_other,
)
from experiments.sweeps.ledger import FORMAT_VERSION
from experiments.sweeps.running import Counts
from experiments.sweeps.study_files import files_of, frame_of, hashes_of
from experiments.whole_files import StoreError, sha256_of

if TYPE_CHECKING:
    import numpy as np
    import pandas
    import pyarrow
    from numpy.typing import NDArray

    from experiments.discovery.cart import Tree
    from experiments.discovery.prim import Discovery
    from experiments.sensitivity.effects import Effects, Shares
    from experiments.sweeps.sweep import SweepFile


SWEEP_FILE = "sweep.yaml"


def load_sweep(source: str | Path) -> "Study":
    """Open a sweep file, or the directory of a sweep that was begun.

    Raises
    ------
    ConfigError
        With every problem of the sweep file, each with file, line and cure.
    StoreError
        The directory is none of a sweep, or its sweep file was changed.
    """
    from experiments.sweeps.sweep_file import load_sweep_file

    path = Path(source)
    if not path.is_dir():
        return Study(load_sweep_file(path), source=path)
    if not is_sweep(path):
        raise StoreError(f"{path}: is not a sweep directory; name one, or a sweep file")
    file = path / SWEEP_FILE
    for name, known in (read(path) or {}).get("sha256", {SWEEP_FILE: None}).items():
        there = (path / name).is_file()
        if not there or (known is not None and sha256_of(path / name) != known):
            told = "damaged" if there else "missing"
            raise StoreError(f"{path / name}: is {told}; run the sweep file again with --out")
    return Study(load_sweep_file(file), path, file)


class Study:
    """A sweep and its results, which may be unfinished.

    sweep : the checked sweep file
    path : the sweep directory; where nothing was run yet, the one that `run` will make
    """

    def __init__(
        self, sweep: "SweepFile", path: Path | None = None, source: Path | None = None
    ) -> None:
        self.sweep, self.source = sweep, source
        self.path = path or RUNS / f"{sweep.name}-{hash_of(self.hash, self.model_version)[:8]}"

    @cached_property
    def hash(self) -> str:
        """sha256 of all that decides what is run and measured."""
        from experiments.sweeps.stored import sweep_hash

        return sweep_hash(self.sweep)

    @property
    def model_version(self) -> str:
        """Of the model as it is here; runs of another version are not mixed with its runs."""
        from agents.version import model_version

        return model_version()

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of what varies, in the order of the file."""
        return tuple(factor.name for factor in self.sweep.factors)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of what is measured of each run."""
        return tuple(self.sweep.outcomes)

    @property
    def points(self) -> "pandas.DataFrame":
        """One row for each point of the design: values, and coordinates as `unit.NAME`."""
        return frame_of(self.sweep)

    # --- Running ---------------------------------------------------------------------------------

    def run(  # noqa: PLR0913
        self,
        workers: int | None = None,
        out: str | Path | None = None,
        cluster: str | None = None,
        *,
        retry_failed: bool = False,
        quiet: bool = False,
        argv: tuple[str, ...] = (),
        again: str = "the same command",
    ) -> Counts:
        """Run what is missing; what was done before is kept.

        Parameters
        ----------
        workers : processes; one for each processor if None, 0 to run in this process
        out : sweep directory; `path` if None
        cluster : address of a Dask scheduler, such as tcp://10.0.0.1:8786, in place of workers
        retry_failed : whether to try again what has failed
        quiet : whether to show no progress
        argv, again : command line for the manifest, and how to go on after an interruption

        Returns
        -------
        Counts of all runs of the sweep: done, failed, left, and whether more may follow.

        Raises
        ------
        UsageError
            Another sweep, or another version of the model, began in this directory.
        StoreError
            The environment: disk, permissions, a directory in use, a scheduler that is not there.
        Interrupted
            Ctrl-C or SIGTERM came; what was running has been finished and committed.
        """
        from experiments.sweeps.session import run_session

        self.path = Path(out) if out is not None else self.path
        return run_session(self, workers, cluster, retry_failed, quiet, argv, again)

    def claim(self, argv: tuple[str, ...]) -> SweepDirectory:
        """Take the directory, and put the files in place that say what the sweep is.

        Raises
        ------
        UsageError, StoreError
        """
        from experiments.provenance import provenance

        directory = claim(self.path)
        try:
            asked = self.refuse_other(directory.manifest)
            files = files_of(self.sweep)
            began = directory.manifest.get("began") or provenance(argv)
            directory.record(
                format=FORMAT,
                format_version=FORMAT_VERSION,
                name=self.sweep.name,
                status="running",
                **asked,
                sha256=hashes_of(files),
                began=began,
            )
            for name, content in files.items():
                if not (self.path / name).is_file() or (self.path / name).read_bytes() != content:
                    directory.write(name, content)
        except BaseException as failure:
            directory.__exit__(type(failure), failure, None)
            raise
        return directory

    def refuse_other(self, manifest: Mapping[str, Any]) -> dict[str, str]:
        """Hashes of this sweep and model, which have to be those that began in the directory.

        Raises
        ------
        UsageError
        """
        from experiments.sweeps.difference import what_changed

        asked = {SWEEP: self.hash, MODEL: self.model_version}
        change = partial(what_changed, self.path, self.sweep)
        refuse_other(self.known(manifest), asked, self.path, change)
        return asked

    def known(self, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
        """Which sweep and model began in the directory, by its manifest or else its ledger."""
        from experiments.sweeps.ledger import LEDGER, Ledger

        if manifest or not (self.path / LEDGER).is_file():
            return manifest
        try:
            with Ledger(self.path) as ledger:
                return ledger.notes()
        except StoreError:
            return {}

    def status(self) -> Counts:
        """How far the sweep is; `left` is of the jobs that are known."""
        done, failed = reading.tally(self.path)
        jobs = self.sweep.jobs(self.rule_values())
        return Counts(done, failed, max(0, len(jobs) - done - failed), jobs.complete)

    def rule_values(self) -> dict[int, float]:
        """By number, the outcome that decides about further seeds; empty where none does."""
        from experiments.sweeps.ledger import LEDGER, Ledger
        from experiments.sweeps.running import value_of

        if self.sweep.rule is None or not (self.path / LEDGER).exists():
            return {}
        with Ledger(self.path) as ledger:
            return {run.number: value_of(run, self.sweep.rule.outcome) for run in ledger.runs()}

    # --- Results ---------------------------------------------------------------------------------

    def frame(self) -> "pandas.DataFrame":
        """One row for each committed run: run, point, seed, network, status, factors, outcomes.

        Then `seconds`, `reason` of a failed run and `identity`.  A vector outcome has a column
        NAME.LABEL for each of its labels.
        """
        return reading.frame(self.sweep, self.path)

    def table(self, name: str, columns: Sequence[str] | None = None) -> "pyarrow.Table":
        """A kept table of all runs; column `run` tells them apart.

        columns : those to read beside it; all if None
        """
        return reading.table(self.path, name, columns)

    def values(self, outcome: str) -> "NDArray[np.float64]":
        """An outcome, shape (points, seeds, networks[, labels]); nan of what is not there."""
        return reading.values(self.sweep, self.frame(), outcome)

    # --- What it says ----------------------------------------------------------------------------

    def sobol(self, outcome: str, **options: Any) -> "Effects":
        """First-order and total indices of a `sobol` design."""
        from experiments.sensitivity.sobol import sobol

        return sobol(self.values(outcome), self.factors, self.size("sobol"), **options)

    def morris(self, outcome: str, **options: Any) -> "Effects":
        """Elementary effects of a `morris` design."""
        from experiments.sensitivity.morris import morris

        self.size("morris")
        return morris(self.values(outcome), self.factors, self.sweep.matrix(), **options)

    def fast(self, outcome: str, **options: Any) -> "Effects":
        """First-order and total indices of a `fast` design."""
        from experiments.sensitivity.fast import fast

        self.size("fast")
        return fast(self.values(outcome), self.factors, **options)

    def pawn(self, outcome: str, **options: Any) -> "Effects":
        """Distances between distributions, of any design that samples all factors."""
        from experiments.sensitivity.pawn import pawn

        return pawn(self.values(outcome), self.factors, self.sweep.matrix(), **options)

    def delta(self, outcome: str, **options: Any) -> "Effects":
        """Moment-independent indices, of any design that samples all factors."""
        from experiments.sensitivity.delta import delta

        return delta(self.values(outcome), self.factors, self.sweep.matrix(), **options)

    def shares(self, outcome: str, **options: Any) -> "Shares":
        """Shares of the variance that are parameters, seed, network, and these together."""
        from experiments.sensitivity.shares import shares

        return shares(self.values(outcome), block=self.sweep.block, **options)

    def structure(self, outcome: str, **options: Any) -> "Effects":
        """Shares of choices, and of their pairs, in the variance over a full grid of them."""
        from experiments.sensitivity.structure import structure

        return structure(self.values(outcome), self.factors, self.levels(), **options)

    def prim(self, region: str, **options: Any) -> "Discovery":
        """Boxes of factors that hold many runs of a region of the sweep file, and few others."""
        from experiments.discovery.prim import prim

        return prim(self.places(), self.inside(region), name=region, **options)

    def cart(self, region: str, **options: Any) -> "Tree":
        """A tree whose leaves tell the runs of a region from the others."""
        from experiments.discovery.cart import cart

        return cart(self.places(), self.inside(region), name=region, **options)

    def levels(self) -> "NDArray[np.int64]":
        """Number of the label of each factor at each point, shape (points, factors).

        Raises
        ------
        ValueError
            A factor is a number, or the design is no grid.
        """
        import numpy as np

        chosen = all(factor.kind == "choice" for factor in self.sweep.factors)
        if not chosen or self.sweep.design.kind != "grid":
            raise ValueError(f"the design of {self.sweep.name} is no grid of choices alone")
        units = zip(self.sweep.factors, self.sweep.matrix().T, strict=True)
        return np.array([[one.slice_of(float(unit)) for unit in row] for one, row in units]).T

    def places(self) -> "pandas.DataFrame":
        """Value of each factor at each point, shape (points, factors)."""
        return self.points[list(self.factors)]

    def inside(self, region: str) -> "NDArray[np.float64]":
        """Whether runs lie in a region: 1, 0 or nan, shape (points, seeds, networks).

        Raises
        ------
        KeyError
            The sweep file has no such region.
        """
        if region not in self.sweep.regions:
            known = ", ".join(self.sweep.regions) or "none"
            raise KeyError(f"no region {region!r} (regions: {known})")
        asked = self.sweep.regions[region]
        return asked.holds(self.values(asked.outcome))

    def size(self, kind: str) -> int:
        """Size of the design, which has to be of this kind."""
        design = self.sweep.design
        if design.kind != kind:
            raise ValueError(f"the design of {self.sweep.name} is {design.kind}, not {kind}")
        return int(design.base_points or design.trajectories or design.samples or 0)
