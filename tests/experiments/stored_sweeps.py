"""Sweep directories as `shareshift sweep` leaves them, of made-up runs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow
from synthetic_sweeps import MONTHS, Synthetic

from experiments.sweeps.job import DONE, FAILED, Job, Result
from experiments.sweeps.keeping import Kept, Store
from experiments.sweeps.study import Study


def store(folder: Path, text: str, order: Sequence[int] | None = None, lost: int = 0) -> Study:
    """Commit runs of a sweep to `folder`/sweep.

    order : numbers of the runs to commit, in this order; all if None
    lost : how many of the first runs have failed
    """
    made = Synthetic(folder / "source", text)
    study = Study(made.sweep, folder / "sweep", made.path / "made.yaml")
    jobs = study.sweep.jobs()
    vectors = {name: bool(study.sweep.labels(name)) for name in study.sweep.outcomes}
    kept = Kept(study.hash, study.model_version, tuple(study.sweep.keep), vectors)
    with study.claim(("sweep", "made.yaml")) as directory, Store(directory, kept) as kept_in:
        for number in range(len(jobs)) if order is None else order:
            job = jobs[number]
            kept_in.commit([(job, result(made, job, job.number < lost))])
    return study


def result(made: Synthetic, job: Job, lost: bool) -> Result:
    """What came of a job; seconds are never the same twice."""
    seconds = float(np.random.default_rng().random())
    identity = f"{job.number:064d}"
    if lost:
        return Result(job.number, identity, FAILED, {}, {}, seconds, "took over 60 s")
    place = (job.point, job.seed, job.network)
    outcomes = {}
    for name in made.sweep.outcomes:
        value = made.measure(name)[place]
        outcomes[name] = tuple(value.tolist()) if np.ndim(value) else float(value)
    tables = {"market": market(float(made.hhi[place]))} if "market" in made.sweep.keep else {}
    return Result(job.number, identity, DONE, outcomes, tables, seconds)


def market(hhi: float) -> bytes:
    """A market table that goes from .3 to an HHI."""
    path = np.linspace(0.3, hhi, MONTHS)
    regime = np.where(path > 0.5, "monopoly", "oligopoly")
    table = pyarrow.table(
        {
            "month": np.arange(MONTHS),
            "date": [f"{2023 + m // 12}-{m % 12 + 1:02d}" for m in range(MONTHS)],
            "regime": regime,
            "hhi_revenue": path,
            "top_two": 0.5 + 0.5 * path,
            "openness": 1 - path,
            "open_token_share": np.full(MONTHS, 0.1),
            "unread": np.full(MONTHS, 1.0),
        }
    )
    stream = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue().to_pybytes()
