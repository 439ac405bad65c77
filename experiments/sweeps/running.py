"""Runs what a sweep lacks, round by round, and commits each run as it ends."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from experiments.interrupts import Interrupted, Stop
from experiments.store import FINISHED
from experiments.sweeps import disk
from experiments.sweeps.attempt import Setting
from experiments.sweeps.engine import Dispatcher, Here, Pairs
from experiments.sweeps.job import Job
from experiments.sweeps.keeping import Store
from experiments.sweeps.live import Live
from experiments.whole_files import StoreError

if TYPE_CHECKING:
    from experiments.sweeps.jobs import Jobs

MEASURED = 3  # runs after which the disk that a run takes is known


class Counts(NamedTuple):
    """How far a sweep is.

    done, failed : runs.  left : runs that are known and have not ended.
    complete : whether there can be no further runs.
    """

    done: int
    failed: int
    left: int
    complete: bool


class Planned(Protocol):
    """What is run: jobs by number, of which more may follow when those before have ended."""

    def __call__(self, values: Mapping[int, float], /) -> "Jobs":
        """Jobs that are known when these outcomes are; nan of runs that failed."""


class Engine(Protocol):
    """Whoever runs jobs."""

    draining: bool

    @property
    def running(self) -> int:
        """How many runs were handed out and are not back."""

    def results(self, jobs: Iterable[Job], total: int) -> Iterator[Pairs]:
        """Runs as they end."""

    def drain(self) -> None:
        """Begin nothing more."""


@contextlib.contextmanager
def engine(
    setting: Setting, workers: int, cluster: str | None = None
) -> Iterator[Dispatcher | Here]:
    """Whoever runs the jobs: this process, workers of this machine, or those of a scheduler."""
    if workers == 0 and cluster is None:
        yield Here(setting)
        return
    from experiments.sweeps.local import connected

    with connected(workers, cluster) as client:
        try:
            dispatcher = Dispatcher(client, setting)
        except OSError as failure:  # a time limit of Dask is one too
            raise StoreError(f"the workers do not answer: {failure}; run again") from failure
        try:
            yield dispatcher
        finally:
            dispatcher.leave()


class Runner:
    """Runs a sweep on an engine into a store.

    rule : name of the outcome that decides about further seeds; None where none does
    again : the command that goes on with this sweep
    """

    def __init__(
        self,
        planned: Planned,
        store: Store,
        stop: Stop,
        live: Live,
        rule: str | None = None,
        again: str = "the same command",
    ) -> None:
        self.planned, self.store, self.stop, self.live = planned, store, stop, live
        self.rule, self.again = rule, again
        self.new = 0
        self.bytes = 0.0
        self.values: dict[int, float] = {}
        if rule is not None:
            self.values = {run.number: value_of(run, rule) for run in store.ledger.runs()}

    def go(self, engine: Engine) -> Counts:
        """Run what is missing, to the end.

        Raises
        ------
        Interrupted
            A signal came; what ran has ended and is committed.
        StoreError
        """
        jobs = self.planned(self.values)
        while True:
            self.round(engine, jobs)
            if jobs.complete:
                break
            jobs = self.planned(self.values)
        return self.closed(jobs)

    def round(self, engine: Engine, jobs: "Jobs") -> None:
        """Run the jobs that are known and not done."""
        known = self.store.status
        missing = len(jobs) - sum(number < len(jobs) for number in known)
        waiting = (jobs[number] for number in range(len(jobs)) if number not in known)
        self.live.complete = jobs.complete
        if self.stop.number:
            engine.drain()
        for pairs in engine.results(waiting, missing):
            self.keep(pairs, len(jobs))
            self.live.show(*self.tally(), engine.running, len(jobs), self.new)
            if self.stop.number and not engine.draining:
                self.live.say("what is running is finished first; once more stops at once")
                engine.drain()
        if self.stop.number:
            counts = self.counts(jobs)
            raise Interrupted(
                self.stop.number,
                f"with {counts.done + counts.failed} of {len(jobs)} runs done; "
                f"`{self.again}` goes on",
            )

    def keep(self, pairs: Pairs, total: int) -> None:
        """Commit runs, and see that the disk will hold the rest."""
        if not pairs:
            return
        self.store.commit(pairs)
        before, self.new = self.new, self.new + len(pairs)
        for job, result in pairs:
            self.bytes += sum(map(len, result.tables.values()))
            if self.rule is not None:
                self.values[job.number] = value_of(result, self.rule)
        if before < MEASURED <= self.new:
            left = total - len(self.store.status)
            disk.refuse_if_short(self.store.path, left, self.bytes / self.new)

    def closed(self, jobs: "Jobs") -> Counts:
        """Nothing is missing: what is not in a shard yet is put into one."""
        self.store.finish()
        self.store.directory.record(status=FINISHED)
        return self.counts(jobs)

    def tally(self) -> tuple[int, int]:
        """How many runs are done, and how many have failed."""
        return self.store.done, self.store.failed

    def counts(self, jobs: "Jobs") -> Counts:
        """How far the sweep is."""
        done, failed = self.tally()
        return Counts(done, failed, len(jobs) - done - failed, jobs.complete)


def value_of(run: object, outcome: str) -> float:
    """Outcome of a run or result; nan where it failed."""
    value = getattr(run, "outcomes", {}).get(outcome, float("nan"))
    return float(value)
