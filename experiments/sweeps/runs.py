"""Runs of a sweep: the config and identity of a job, and what is measured of its records."""

from collections.abc import Mapping
from typing import Any

from experiments.sweeps.base import identities, seeded, varied
from experiments.sweeps.job import Job, Outcome
from experiments.sweeps.jobs import Jobs
from experiments.sweeps.outcomes import MONTHLY, Columns, measured
from experiments.sweeps.sweep import SweepFile
from simulation.config import Config


def config_of(sweep: SweepFile, job: Job) -> Config:
    """Resolved config of a job.

    Raises
    ------
    ConfigError
    """
    changes = dict(job.changes)
    seed, network = changes.pop("seed"), changes.pop("networks.seed", None)
    return seeded(varied(sweep.base, changes), seed, network)


class Identities:
    """Identities of jobs: those that `shareshift run` would give their configs.

    The config of a point is made once for all jobs of it that follow one another; `of` takes many
    jobs in that order.
    """

    def __init__(self, sweep: SweepFile) -> None:
        """Read the model version, which is a part of them."""
        from agents.compiled import model_version

        self.sweep, self.version = sweep, model_version()
        self.last: tuple[int, Any] = (-1, None)

    def __call__(self, job: Job) -> str:
        """Identity of one job."""
        from experiments.run import hash_of

        changes = dict(job.changes)
        seed, network = changes.pop("seed"), changes.pop("networks.seed", None)
        if self.last[0] != job.point:
            self.last = (job.point, identities(varied(self.sweep.base, changes)))
        return hash_of(self.last[1](seed, network), str(seed), self.version)

    def of(self, jobs: Jobs) -> list[str]:
        """Identities of many jobs, in their order."""
        found = [""] * len(jobs)
        for number in sorted(range(len(jobs)), key=lambda place: int(jobs.point[place])):
            found[number] = self(jobs[number])
        return found


def identity_of(sweep: SweepFile, job: Job) -> str:
    """Identity of one job; use `Identities` for many."""
    return Identities(sweep)(job)


def tables_needed(sweep: SweepFile) -> set[str]:
    """Tables of the records without which outcomes and `keep` cannot be."""
    return {MONTHLY, *sweep.keep, *(outcome.table for outcome in sweep.outcomes.values())}


def outcomes_of(sweep: SweepFile, tables: Mapping[str, Columns]) -> dict[str, Outcome]:
    """Outcomes of a run by name.

    tables : columns by name, by table, as `simulation.records.Records.tables` has them; at least
        those of `tables_needed`.
    """
    return {name: measured(outcome, tables) for name, outcome in sweep.outcomes.items()}
