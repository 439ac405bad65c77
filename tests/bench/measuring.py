"""How things are measured: CPU time of one thread, the best of some runs, and how far they vary.

CPU time does not see others who use the machine, but their use of caches and memory it does: hence
the best of several runs, and beside it median and spread.
"""

import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from agents.kept import KEPT

ROOT = Path(__file__).resolve().parents[2]
BEST_OF = 5


class Figure(NamedTuple):
    """One line of the table.

    value : of the best run.  middle : median of the runs.  spread : worst over best, less 1.
    Both are empty where there was one run.  target : what it should be.
    """

    what: str
    value: str
    middle: str = ""
    spread: str = ""
    target: str = ""
    note: str = ""


def figure(what: str, runs: Sequence[float], unit: str, target: str = "", note: str = "") -> Figure:
    """A line from the runs of one thing, in `unit`; the least is the best."""
    least = min(runs)
    if len(runs) == 1:
        return Figure(what, shown(least, unit), target=target, note=note)
    spread = f"{max(runs) / least - 1:.0%}"
    return Figure(what, shown(least, unit), shown(median(runs), unit), spread, target, note)


def ratio(what: str, slow: Sequence[float], fast: Sequence[float], note: str = "") -> Figure:
    """How many times as long one thing takes as another; runs were taken in turn.

    The best is that of the best runs, the median and the spread are those of the turns.
    """
    turns = [one / other for one, other in zip(slow, fast, strict=True)]
    times = min(slow) / min(fast)
    spread = f"{max(turns) / min(turns) - 1:.0%}"
    return Figure(what, shown(times, "x"), shown(median(turns), "x"), spread, note=note)


def shown(value: float, unit: str) -> str:
    """A number with three digits, and its unit."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def cpu_time(action: Callable[[], object]) -> float:
    """Seconds of this thread's CPU time; nothing is kept from runs before."""
    KEPT.clear()
    start = time.thread_time()
    action()
    return time.thread_time() - start


def in_turn(actions: Sequence[Callable[[], float]], turns: int = BEST_OF) -> list[list[float]]:
    """What each action returns, called one after the other in every turn: one list for each."""
    taken = []
    for _ in range(turns):
        gc.collect()  # or a collection falls into one run and not into another
        taken.append([action() for action in actions])
    return [list(column) for column in zip(*taken, strict=True)]


def timed(action: Callable[[], object], turns: int = BEST_OF) -> list[float]:
    """CPU time of some runs, s."""
    return in_turn([partial(cpu_time, action)], turns)[0]


def process_time(command: Sequence[str | Path], **settings: str) -> float:
    """CPU time of a process and of its children, s; `settings` are added to its environment."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, env={**os.environ, **settings}
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def python(code: str) -> str:
    """What `code` prints in a fresh interpreter."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
