"""The rows of a study: one for each run of each cell, made once and kept in a CSV file.

A study is a list of cells, each a config with changes, and what is measured of a run.  Rows are
appended as runs end, so that a study that was stopped goes on; `run`, a hash of the config, its
seed and the model version, tells which rows still hold.  Rows that do not are made anew.
"""

import argparse
import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.processes import in_processes
from experiments.progress import Progress
from experiments.whole_files import sha256_of, write_whole

if TYPE_CHECKING:
    from simulation.config import Config

CHECKOUT = Path(__file__).resolve().parents[2]
CONFIGS = CHECKOUT / "configs"
RECORDED = CONFIGS / "recorded.yaml"
BASELINE = CONFIGS / "baseline.yaml"
FOLDER = CHECKOUT / "docs" / "studies"
DIGITS = 6  # of a number that is not whole
KEY = "run"

Row = dict[str, str]
Found = Mapping[str, float]  # what is measured of one run, by column


class Cell(NamedTuple):
    """A config with changes by dotted path, and the columns that tell it from the other cells."""

    labels: Mapping[str, Any]
    config: Path
    changes: Mapping[str, Any]


class Study(NamedTuple):
    """Cells, the seeds of each (from the config's own on), and what is measured of a run.

    sources : files that decide what is measured, beside the model and the configs
    """

    name: str
    cells: Sequence[Cell]
    seeds: int
    measure: Callable[["Config"], Found]
    sources: Sequence[Path]

    @property
    def path(self) -> Path:
        """Where its rows are kept."""
        return FOLDER / f"{self.name}.csv"


class Job(NamedTuple):
    """One run of `config` with another seed; `labels` are the first columns of its row."""

    labels: Row
    config: "Config"
    seed: int
    measure: Callable[["Config"], Found]


def jobs_of(study: Study) -> dict[str, Job]:
    """Every run of a study by its key, in the order of the cells and seeds."""
    from agents.compiled import model_version
    from experiments.run import hash_of
    from simulation.config import load, with_changes

    sources = [sha256_of(path) for path in study.sources]
    jobs = {}
    for cell in study.cells:
        config = with_changes(load(cell.config), cell.changes)
        told = {name: str(label) for name, label in cell.labels.items()}
        for seed in range(config.seed, config.seed + study.seeds):
            parts = (model_version(), config.identity(), *sources, *told.values(), str(seed))
            key = hash_of(*parts)[:12]
            jobs[key] = Job({**told, "seed": str(seed), KEY: key}, config, seed, study.measure)
    return jobs


def fill(study: Study, path: Path, workers: int = 1, quiet: bool = False) -> list[Row]:
    """Run what the file lacks, in `workers` processes (1: in this one), and return every row."""
    jobs = jobs_of(study)
    rows = {row[KEY]: row for row in read(path) if row[KEY] in jobs}
    missing = [job for key, job in jobs.items() if key not in rows]
    write_whole(path, text_of(list(rows.values())).encode())
    with Progress(study.name, len(missing), "runs", quiet) as progress:
        for row in measured(missing, workers):
            new = text_of([row]).splitlines(keepends=True)
            with path.open("a", encoding="utf-8", newline="") as file:
                file.writelines(new if not rows else new[1:])
            rows[row[KEY]] = row
            progress.advance(1)
    ordered = [rows[key] for key in jobs]
    write_whole(path, text_of(ordered).encode())
    return ordered


def measured(jobs: Sequence[Job], workers: int) -> Iterator[Row]:
    """Rows of the jobs as they come."""
    if workers == 1 or len(jobs) < 2:
        yield from map(row_of, jobs)
        return
    yield from in_processes(row_of, jobs, workers)


def row_of(job: Job) -> Row:
    """Run a job and put what it gave into words."""
    from simulation.config import with_changes

    try:
        found = job.measure(with_changes(job.config, {"seed": job.seed}))
    except Exception as failure:
        told = ", ".join(f"{name} {label}" for name, label in job.labels.items() if name != KEY)
        failure.add_note(f"in the run of {told}")
        raise
    return {**job.labels, **{name: worded(value) for name, value in found.items()}}


def worded(value: float) -> str:
    """A number as the file has it: empty where there is none."""
    if isinstance(value, int):
        return str(value)
    return "" if math.isnan(value) else f"{value:.{DIGITS}g}"


def text_of(rows: Sequence[Row]) -> str:
    """CSV with a line of titles; nothing without rows."""
    text = StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def read(path: Path) -> list[Row]:
    """Whole rows of a file; none where there is no file.  A row that was cut off is left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    return list(csv.DictReader(whole))


def command(study: Study, tables: Callable[[Sequence[Row]], Mapping[str, str]]) -> None:
    """`python -m experiments.studies.NAME`: run what is missing and print the tables."""
    parser = argparse.ArgumentParser(f"python -m experiments.studies.{study.name}")
    parser.add_argument("--workers", type=int, default=1, help="processes (default: 1)")
    rows = fill(study, study.path, max(1, parser.parse_args().workers))
    print(*tables(rows).values(), sep="\n\n")
