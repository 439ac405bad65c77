"""How much disk a sweep needs, and whether there is as much."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.whole_files import StoreError, environment

if TYPE_CHECKING:
    from experiments.sweeps.sweep import SweepFile

ROW = 1200  # bytes of a run in the ledger and in the shard of runs
NUMBER = 8  # bytes
PACKED = 0.8  # of the bytes of a table, after compression
WAITING = 200  # runs that stand in the ledger with all their bytes
ROOM = 10**7  # bytes for the files that say what the sweep is


def guessed(sweep: "SweepFile") -> float:
    """Bytes of the table `market` of a run before any has ended; other tables are not guessed."""
    from simulation.columns import TABLES

    rows = sweep.base.months if "market" in sweep.keep else 0
    return float(rows * len(TABLES["market"]) * NUMBER)


def needed(runs: int, each: float) -> int:
    """Bytes that more runs need, of which each has `each` bytes of tables."""
    return ROOM + int(runs * (ROW + PACKED * each) + min(runs, WAITING) * each)


def refuse_if_short(path: Path, runs: int, each: float) -> None:
    """Stop where the disk will not hold what is left to do.

    Raises
    ------
    StoreError
    """
    need = needed(runs, each)
    folder = path if path.exists() else path.absolute().parent
    while not folder.exists():
        folder = folder.parent
    with environment(path):
        free = shutil.disk_usage(folder).free
    if need > free:
        raise StoreError(
            f"{path}: {runs:,} runs need about {in_words(need)}, {in_words(free)} are free; "
            "make room and run again, or keep fewer tables"
        )


def in_words(size: float) -> str:
    """A number of bytes as people say it."""
    units: Sequence[tuple[float, str]] = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
    for unit, name in units:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size:.0f} bytes"
