"""What a sweep has so far, read while it may go on: rows of runs, tables, arrays of an outcome."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.sweeps.job import FAILED
from experiments.sweeps.ledger import Ledger, Run
from experiments.sweeps.shards import RUN, RUNS, decoded, shard_of
from experiments.whole_files import StoreError

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from experiments.sweeps.sweep import SweepFile


def frame(sweep: "SweepFile", path: Path) -> "pandas.DataFrame":
    """One row for each committed run; a vector outcome has a column for each label."""
    import pandas

    with Ledger(path) as ledger:
        runs = list(ledger.runs())
    columns: dict[str, Any] = {
        RUN: [run.number for run in runs],
        "point": [run.point for run in runs],
        "seed": [run.seed for run in runs],
        "network": [run.network for run in runs],
        "status": [run.status for run in runs],
    }
    columns |= factors(sweep, runs)
    for name in sweep.outcomes:
        labels = sweep.labels(name)
        for place, label in enumerate(labels):
            values = [run.outcomes[name][place] if name in run.outcomes else np.nan for run in runs]  # type: ignore[index]
            columns[f"{name}.{label}"] = np.array(values, np.float64)
        if not labels:
            columns[name] = np.array([run.outcomes.get(name, np.nan) for run in runs], np.float64)
    columns["seconds"] = [run.seconds for run in runs]
    columns["reason"] = [run.reason for run in runs]
    columns["identity"] = [run.identity for run in runs]
    return pandas.DataFrame(columns)


def factors(sweep: "SweepFile", runs: list[Run]) -> dict[str, list[Any]]:
    """Value of each factor in each run, by name."""
    points = sweep.points()
    known = {point: points[point].values for point in {run.point for run in runs}}
    return {
        factor.name: [known[run.point][factor.name] for run in runs] for factor in sweep.factors
    }


def values(sweep: "SweepFile", rows: "pandas.DataFrame", outcome: str) -> NDArray[np.float64]:
    """An outcome by point, seed and network; nan where a run has failed or is not done.

    rows : of `frame`

    Returns
    -------
    array of shape (points, seeds, networks), with one more axis for the labels of a vector

    Raises
    ------
    KeyError
        There is no such outcome.
    """
    if outcome not in sweep.outcomes:
        raise KeyError(f"no outcome {outcome!r} (outcomes: {', '.join(sweep.outcomes)})")
    labels = sweep.labels(outcome)
    names = [f"{outcome}.{label}" for label in labels] or [outcome]
    seeds = max(sweep.seeds, int(rows.seed.max()) + 1 if len(rows) else 0)
    found = np.full((len(sweep.points()), seeds, sweep.networks or 1, len(names)), np.nan)
    place = tuple(rows[name].to_numpy(np.int64) for name in ("point", "seed", "network"))
    found[place] = rows[names].to_numpy(np.float64)
    return found if labels else found[..., 0]


def table(path: Path, name: str, columns: Sequence[str] | None = None) -> "pyarrow.Table":
    """A table of all runs that have it, with the number of the run in the column `run`.

    Raises
    ------
    StoreError
        A shard cannot be read.
    KeyError
        No run has such a table.
    """
    import pyarrow

    with Ledger(path) as ledger:
        ledger.database.execute("BEGIN")  # all that follows is of one moment
        runs = [run for run in ledger.runs() if name in run.tables]
        held = {number for number, table in ledger.held() if table == name}
        loose = {number: ledger.content(number, name) or b"" for number in sorted(held)}
    if not runs:
        raise KeyError(f"no run has a table {name!r}: the sweep file says which are kept")
    wanted = {run.number for run in runs} - set(loose)
    kept = None if columns is None else [RUN, *columns]
    shards = sorted({shard_of(number) for number in wanted})
    parts = [read_shard(path, name, shard, kept) for shard in shards]
    parts = [only(part, wanted) for part in parts]
    rest = [decoded(content, number) for number, content in loose.items()]
    parts += rest if kept is None else [part.select(kept) for part in rest]
    whole = pyarrow.concat_tables(parts, promote_options="permissive")
    return whole.sort_by(RUN) if loose and wanted else whole


def read_shard(
    path: Path, name: str, shard: int, columns: list[str] | None = None
) -> "pyarrow.Table":
    """Rows of a shard, with all columns or some."""
    import pyarrow.parquet

    from experiments.sweeps.shards import file_of

    file = path / file_of(name, shard)
    try:
        return pyarrow.parquet.read_table(file, columns=columns, page_checksum_verification=True)
    except (OSError, pyarrow.ArrowException) as failure:
        raise StoreError(
            f"{file}: missing or damaged; the sweep runs it again when it goes on"
        ) from failure


def only(part: "pyarrow.Table", numbers: set[int]) -> "pyarrow.Table":
    """Rows of these runs."""
    import pyarrow
    import pyarrow.compute

    wanted = pyarrow.array(sorted(numbers), pyarrow.int64())
    return part.filter(pyarrow.compute.is_in(part.column(RUN), value_set=wanted))


def tally(path: Path) -> tuple[int, int]:
    """How many runs are done, and how many failed; none where nothing was run."""
    if not (path / "runs.sqlite").exists():
        return 0, 0
    with Ledger(path) as ledger:
        statuses = ledger.statuses().values()
    failed = sum(status == FAILED for status in statuses)
    return len(statuses) - failed, failed


__all__ = ["RUNS", "factors", "frame", "table", "tally", "values"]
