"""A sweep of baseline.yaml with two workers, each run of 120 months stored.

Times are of the clock, with the workers and the parent on the same cores: they are those of a quiet
machine with two only.
"""

import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from measuring import BEST_OF, ROOT, Figure, figure
from workloads import BASELINE

POINTS, SEEDS = 25, 40
RUNS = POINTS * SEEDS
EARLY = RUNS // 4  # runs after which memory should not grow
BETWEEN_LOOKS = 0.1  # seconds
MEGABYTE = 1e6
SWEEP = """
schema_version: 1
name: bench
description: Peers against switching costs on the baseline.
base: {base}
factors:
  developers.peer_weight: {{range: [0, 4]}}
  developers.switching_cost_base: {{range: [0, 2]}}
design: {{kind: grid, levels: {{developers.peer_weight: 5, developers.switching_cost_base: 5}}}}
replicates: {seeds}
outcomes: {{hhi_revenue: {{}}, hhi_coding: {{}}, monopoly: {{column: regime, is: monopoly}}}}
"""


class Seen(NamedTuple):
    """What was seen at one time: seconds since the start, runs done, MB of parent and workers."""

    at: float
    done: int
    memory: float


def sweep_figures() -> Iterator[Figure]:
    """Sweeps of baseline.yaml with two workers, times of the clock."""
    with swept(SEEDS, 2) as looks:
        seen = list(looks)
    first = next(look.at for look in seen if look.done)
    last = seen[-1]
    yield Figure(
        f"runs a second, {RUNS:,} runs with start and end",
        f"{RUNS / last.at:.1f}",
        target="12 or more",
        note="two workers, tables on disk",
    )
    running = [look for look in seen if 0 < look.done < RUNS]
    middle = (running[-1].done - running[0].done) / (running[-1].at - running[0].at)
    yield Figure("runs a second, from the first to the last", f"{middle:.1f}")
    early = next(look.memory for look in seen if look.done >= EARLY)
    late = max(look.memory for look in running)
    label = f"growth of parent and workers after {EARLY} runs"
    yield Figure(label, f"{late - early:.0f} MB", target="40 MB", note=f"{early:.0f} MB then")
    yield figure("from the start to the first result, two workers", [first], "s", "10 s", "once")
    alone = []
    for _ in range(BEST_OF - 2):
        with swept(1, 0) as looks:
            alone.append(next(look.at for look in looks if look.done))
    yield figure("from the start to the first result, --workers 0", alone, "s", "7 s")


@contextmanager
def swept(seeds: int, workers: int) -> Iterator[Iterator[Seen]]:
    """A sweep of a number of seeds, and looks at it while it runs; it ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "bench.yaml", Path(folder) / "out"
        file.write_text(SWEEP.format(base=BASELINE, seeds=seeds), encoding="utf-8")
        command = [Path(sys.executable).with_name("shareshift"), "sweep", file, "--out", out]
        words = [*command, "--workers", str(workers), "--quiet"]
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            yield looks_at(process, out)
        finally:
            process.kill()
            process.wait()


def looks_at(process: "subprocess.Popen[bytes]", out: Path) -> Iterator[Seen]:
    """Look until the process has ended, and once more."""
    began = time.perf_counter()
    while True:
        ended = process.poll() is not None
        memory = sum(map(resident, family(process.pid))) / MEGABYTE
        yield Seen(time.perf_counter() - began, runs_done(out / "runs.sqlite"), memory)
        if ended:
            return
        time.sleep(BETWEEN_LOOKS)


def runs_done(ledger: Path) -> int:
    """How many runs the ledger has; 0 before it has any."""
    if not ledger.exists():
        return 0
    try:
        with closing(sqlite3.connect(ledger, timeout=30)) as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM runs").fetchone()
    except sqlite3.OperationalError:  # it is being made
        return 0
    return int(count)


def family(number: int) -> list[int]:
    """A process and all that descend from it."""
    children = Path(f"/proc/{number}/task/{number}/children")
    try:
        own = [int(child) for child in children.read_text(encoding="ascii").split()]
    except OSError:
        return [number]
    return [number, *(other for child in own for other in family(child))]


def resident(number: int) -> int:
    """Bytes of memory of a process; 0 where it has gone."""
    try:
        text = Path(f"/proc/{number}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", text)
    return int(found.group(1)) * 1024 if found else 0
