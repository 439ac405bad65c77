"""Row 22: very many short runs with two workers: none fails, nothing grows, nothing slows down."""

import re
import time
from pathlib import Path

import harness
from hit_sweeps import committed, scratch
from sweep_processes import LONG, orphans, started, workers_of

ROW = 22
REDUCED, FULL = 400, 20_000  # runs
MOST_GROWN = 30_000_000  # bytes from a quarter of the way on; the parent knows each run's status
MOST_DRIFT = 0.05  # of the throughput, judged in `make torture` only
BETWEEN = 0.5  # seconds
PARTS = 4


def run(seed: int, count: int) -> list[str]:
    """Watch a sweep of `count` runs."""
    with scratch() as folder:
        process = started(folder, "soak", "out", count, 2, "--seconds", 0.005, synthetic=True)
        seen: list[tuple[float, int, int, int]] = []
        while process.poll() is None:
            done = len(committed(folder / "out"))
            numbers = [process.pid, *workers_of("soak")]
            if done and len(numbers) == 3:
                memory = sum(resident(number) for number in numbers)
                seen.append((time.monotonic(), done, memory, sum(map(files, numbers))))
            time.sleep(BETWEEN)
        out, err = process.communicate(timeout=LONG)
        found = [] if process.returncode == 0 else [f"exit {process.returncode}: {out} {err}"]
        found += orphans("soak", 10.0)
        if committed(folder / "out") != list(range(count)):
            found.append("runs are missing")
        return found + flat([entry for entry in seen if entry[1] < count], count)


def flat(seen: list[tuple[float, int, int, int]], count: int) -> list[str]:
    """What grew, or became slower, from the first quarter of the runs to the last."""
    early = [entry for entry in seen if count / PARTS <= entry[1] < 2 * count / PARTS]
    late = [entry for entry in seen if entry[1] >= (PARTS - 1) * count / PARTS]
    if len(early) < 2 or len(late) < 2:
        return []  # too short to see anything
    grown, more = late[-1][2] - early[0][2], late[-1][3] - early[0][3]
    drift = 1.0 - speed(late) / speed(early)
    harness.say(f"{grown / 1e6:.1f} MB, {more} files more, throughput {-drift:+.1%}")
    found = [f"{grown / 1e6:.0f} MB more"] if grown > MOST_GROWN else []
    found += [f"{more} more open files"] if more > 2 else []
    slower = harness.TIMED and drift > MOST_DRIFT
    return found + ([f"{drift:.1%} fewer runs a second"] if slower else [])


def speed(seen: list[tuple[float, int, int, int]]) -> float:
    """Runs a second."""
    return (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0])


def resident(number: int) -> int:
    """Bytes of memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+)", text(f"/proc/{number}/status"))
    return int(found.group(1)) * 1024 if found else 0


def text(path: str) -> str:
    """A file of the system; empty where the process has gone."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def files(number: int) -> int:
    """Open files of a process."""
    try:
        return len(list(Path(f"/proc/{number}/fd").iterdir()))
    except OSError:
        return 0
