"""Small sweeps to be hit, and what is promised of what they leave."""

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import harness

SWEEP = """\
schema_version: 1
name: hit
base: {base}
set: {{months: {months}, developers.count: 100, consumers.count: 100, enterprises.count: 100}}
factors:
  developers.peer_weight: {{range: [0, 4]}}
  developers.switching_cost_base: {{range: [0, 2]}}
design: {{kind: lhs, points: {points}, seed: {seed}}}
replicates: {seeds}
outcomes:
  hhi_revenue: {{}}
  shares: {{table: providers, column: revenue_share, vector: provider}}
keep: [market]
limits: {{seconds: 60, memory: 2000}}
"""
QUIET = ("--quiet",)
# Where a folder in memory may be; what was written there outlives a kill as well.
MEMORY = Path("/dev/shm")  # noqa: S108
LEDGER = "runs.sqlite"
LASTING = ("sweep.yaml", "base.yaml", "design.parquet")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for a while, in memory where there is such a place, as syncing takes long."""
    where = MEMORY if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="shareshift-", dir=where) as name:
        yield Path(name)


def prepare(folder: Path, points: int, seeds: int, months: int = 1, seed: int = 1) -> int:
    """Put sweep.yaml of so many points and seeds into a folder; how many runs it has."""
    base = os.path.relpath(harness.ROOT / "configs" / "baseline.yaml", folder)
    text = SWEEP.format(base=base, points=points, seeds=seeds, months=months, seed=seed)
    (folder / "hit.yaml").write_text(text)
    return points * seeds


def words(out: str = "out", workers: int = 0, *more: str) -> tuple[str, ...]:
    """The command that runs it."""
    return ("sweep", "hit.yaml", "--out", out, "--workers", str(workers), *QUIET, *more)


def outputs(out: Path) -> dict[str, bytes]:
    """What is promised byte for byte: what the sweep is, its design and its shards."""
    paths = [out / name for name in LASTING]
    paths += sorted((out / "shards").glob("*.parquet")) + sorted((out / "inputs").glob("*"))
    return {str(path.relative_to(out)): path.read_bytes() for path in paths if path.is_file()}


def committed(out: Path) -> list[int]:
    """Numbers of the runs that stand in the ledger; -1 alone where it cannot be read."""
    if not (out / LEDGER).exists():
        return []
    try:
        with closing(sqlite3.connect(out / LEDGER, timeout=30)) as connection:
            rows = connection.execute("SELECT number FROM runs ORDER BY number").fetchall()
    except sqlite3.OperationalError:  # it is being made
        return []
    except sqlite3.DatabaseError:
        return [-1]
    return [number for (number,) in rows]


def wrong(out: Path, count: int, wanted: dict[str, bytes]) -> list[str]:
    """What is wrong with a sweep that is over: lost runs, runs twice, other bytes."""
    found = []
    if committed(out) != list(range(count)):
        found.append(f"{len(committed(out))} of {count} runs in the ledger")
    there = outputs(out)
    found += [f"{name} differs" for name in sorted(wanted) if there.get(name) != wanted[name]]
    found += [f"{name} is too much" for name in sorted(set(there) - set(wanted))]
    found += [f"{path.name} was left" for path in out.rglob(".*.partial")]
    if not finished(out):
        found.append("it does not say that it has finished")
    return found


def finished(out: Path) -> bool:
    """Whether a sweep directory says that its sweep has finished."""
    try:
        return bool(json.loads((out / "manifest.json").read_bytes())["status"] == "finished")
    except (OSError, ValueError):
        return False


def copied(out: Path, to: Path) -> Path:
    """A copy of a sweep directory, as it lies there."""
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(out, to))
