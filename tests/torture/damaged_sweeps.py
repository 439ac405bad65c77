"""Row 8: bytes of a sweep directory are flipped, cut, zeroed, lost or added.

What is read is what was written, or refused; the sweep goes on, runs what was lost again, keeps
the rest, and ends with the same bytes.
"""

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import harness
from checkpoint import damaged
from hit_sweeps import copied, scratch

from experiments.cli import UsageError
from experiments.sweeps import reading
from experiments.sweeps.ledger import LEDGER, Ledger, packed
from experiments.whole_files import StoreError

ROW = 8
REDUCED, FULL = 40, 4_000  # damaged files, of four kinds in turn
KINDS = ("ledger", "log", "shard", "manifest")
RUNS = 130
HALF = 117  # runs after which a sweep was killed, with its log not yet copied to the ledger
LEAST = {"shard": 100, "manifest": 0}  # most runs that a damaged file may cost
TOLERATED = (StoreError, UsageError)


def run(seed: int, count: int) -> list[str]:
    """Damage `count` files; return what went wrong."""
    synthetic()
    luck, problems = random.Random(seed), []
    with scratch() as folder:
        wanted = templates(folder)
        for case in range(count):
            kind = KINDS[case % len(KINDS)]
            template = folder / ("half" if kind == "log" else "whole")
            out = copied(template, folder / "out")
            file = file_of(out, kind, luck)
            content = file.read_bytes()
            file.write_bytes(damaged(content, luck))
            found = [*read_wrongly(out, folder / "whole"), *went_on_wrongly(out, kind, wanted)]
            problems += [f"case {case}, {file.relative_to(out)}: {text}" for text in found]
    return problems


def synthetic() -> None:
    """Let the sweeps of the other tests be imported."""
    path = str(harness.ROOT / "tests" / "sweeps")
    if path not in sys.path:
        sys.path.insert(0, path)


def templates(folder: Path) -> dict[str, bytes]:
    """Make a finished sweep and one that was killed; bytes of the shards of the finished one."""
    from small_sweep import KEPT, contents, jobs, run
    from synthetic_runs import work

    from experiments.sweeps.directory import MODEL, SWEEP, claim
    from experiments.sweeps.keeping import Store

    run(folder / "whole", jobs(RUNS, {7: "raise"}))
    with claim(folder / "begun") as directory:
        directory.record(**{SWEEP: KEPT.sweep, MODEL: KEPT.model_version})
        with Store(directory, KEPT) as store:
            for job in jobs(HALF, {}):
                if job.number != 7:
                    store.commit([(job, work(1.0, job))])
            copied(folder / "begun", folder / "half")  # as it lies when the process is killed
    return contents(folder / "whole")


def file_of(out: Path, kind: str, luck: random.Random) -> Path:
    """The file to damage."""
    shards = sorted(out.glob("shards/*.parquet"))
    return {
        "ledger": out / LEDGER,
        "log": out / f"{LEDGER}-wal",
        "shard": luck.choice(shards) if shards else out / LEDGER,
        "manifest": out / "manifest.json",
    }[kind]


def read_wrongly(out: Path, whole: Path) -> Iterator[str]:
    """What is read from a damaged sweep, and is not refused, though it was never written."""
    known = {row[0]: row[1:9] for row in rows(whole)}
    there = attempted(lambda: rows(out))
    if isinstance(there, str):
        yield f"reading rows: {there}"
    elif there is not None:
        false = [row[0] for row in there if row[1:9] != known.get(row[0])]
        if false:
            yield f"runs {false[:5]} were read with other values"
    table = attempted(lambda: reading.table(out, "market"))
    if isinstance(table, str):
        yield f"reading a table: {table}"
    elif table is not None:
        numbers = set(table.column("run").to_pylist())
        true = reading.table(whole, "market")
        if not table.equals(reading.only(true, numbers), check_metadata=True):
            yield "a table was read with other values"


def rows(path: Path) -> list[tuple[Any, ...]]:
    """Committed runs."""
    with Ledger(path) as ledger:
        return [packed(found) for found in ledger.runs()]


def attempted(read: Callable[[], Any]) -> Any:
    """What is read; None if it is refused, and a text if something else goes wrong."""
    try:
        return read()
    except (*TOLERATED, KeyError):
        return None
    except Exception as failure:  # noqa: BLE001  # that is what is looked for
        return f"{type(failure).__name__}: {failure}"


def went_on_wrongly(out: Path, kind: str, wanted: dict[str, bytes]) -> Iterator[str]:
    """What is wrong with a sweep that goes on from a damaged directory."""
    import small_sweep
    import synthetic_runs

    again: list[int] = []
    before = synthetic_runs.work

    def counted(shared: Any, job: Any) -> Any:
        again.append(job.number)
        return before(shared, job)

    try:
        with mock.patch.object(synthetic_runs, "work", counted):
            counts = small_sweep.run(out, small_sweep.jobs(RUNS, {7: "raise"}))
    except TOLERATED as refusal:
        if "\n" in str(refusal) or str(out) not in str(refusal):
            yield f"refused in other than one clear line: {refusal}"
        return
    except Exception as failure:  # noqa: BLE001  # that is what is looked for
        yield f"going on: {type(failure).__name__}: {failure}"
        return
    if counts[:3] != (RUNS - 1, 1, 0):
        yield f"ended with {counts}"
    if small_sweep.contents(out) != wanted:
        yield "ended with other bytes"
    if len(again) > LEAST.get(kind, RUNS):
        yield f"{len(again)} runs were run again"
