"""Row 9: a sweep of very many runs, committed through the real store and read, stays small.

The runs are synthetic; ledger, shards and the readers of a study are the real ones.
"""

import os
import subprocess
import sys
from pathlib import Path

import harness
from hit_sweeps import scratch

ROW = 9
REDUCED, FULL = 2_000, 100_000  # runs
MOST = 400_000_000  # bytes
BATCH = 50  # runs


def run(seed: int, count: int) -> list[str]:
    """Commit `count` runs and read them, in a process of its own."""
    paths = os.pathsep.join(map(str, (harness.ROOT, harness.ROOT / "tests" / "sweeps")))
    with scratch() as folder:
        ended = subprocess.run(
            [sys.executable, __file__, str(folder), str(count)],
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
    if ended.returncode:
        return [ended.stderr[-500:]]
    before, after, rows = map(int, ended.stdout.split())
    harness.say(f"{count} runs: {before / 1e6:.0f} MB when committed, {after / 1e6:.0f} when read")
    found = [] if rows == count else [f"{rows} of {count} runs were read"]
    return found + ([f"{after / 1e6:.0f} MB"] if after > MOST else [])


def main(folder: Path, count: int) -> tuple[int, int, int]:
    """Bytes at the peak after committing and after reading, and rows that were read."""
    from small_sweep import KEPT
    from synthetic_runs import work

    from experiments.sweeps import reading
    from experiments.sweeps.directory import claim
    from experiments.sweeps.job import Job
    from experiments.sweeps.keeping import Store

    with claim(folder / "out") as directory, Store(directory, KEPT) as store:
        for first in range(0, count, BATCH):
            jobs = [Job(n, n // 4, n % 4, 0, {}) for n in range(first, min(first + BATCH, count))]
            store.commit([(job, work(1.0, job)) for job in jobs])
        store.finish()
    committed = peak()
    frame = reading.frame(Swept(count), folder / "out")  # type: ignore[arg-type]
    values = reading.values(Swept(count), frame, "x")  # type: ignore[arg-type]
    assert values.size >= count
    return committed, peak(), len(frame)


class Swept:
    """As much of a sweep as its readers ask for: points of three factors."""

    seeds, networks = 4, None
    outcomes = ("x", "pair", "nothing")

    def __init__(self, count: int) -> None:
        from types import SimpleNamespace as Named

        names = ("a", "b", "c")
        self.factors = [Named(name=name) for name in names]
        self.all = [Named(values=dict.fromkeys(names, 0.5)) for _ in range(count // 4 + 1)]

    def points(self) -> list[object]:
        """All points."""
        return self.all

    def labels(self, name: str) -> tuple[str, ...]:
        """Labels of a vector."""
        return ("one", "two") if name == "pair" else ()


def peak() -> int:
    """Bytes of memory of this process at its peak.

    `getrusage` would tell the peak of the process that started this one, if that was higher.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    harness.say(" ".join(map(str, main(Path(sys.argv[1]), int(sys.argv[2])))))
