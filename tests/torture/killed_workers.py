"""Row 2: random workers of sweeps are killed with `kill -9`; no run is lost, none is there twice.

A run that ends its worker each time has failed after three deaths, and the others finish.
"""

import contextlib
import os
import random
import shutil
import signal
import time
from pathlib import Path

from hit_sweeps import committed, outputs, prepare, scratch, words, wrong
from small_runs import command
from sweep_processes import LONG, happens, orphans, started, workers_of

ROW = 2
REDUCED, FULL = 2, 100  # kills
POINTS, SEEDS = 100, 5
FEWEST, RUNS = 0.2, 300  # seconds between kills; runs of a synthetic sweep
EACH_KILL = 20  # runs


def run(seed: int, count: int) -> list[str]:
    """Kill `count` workers of real sweeps; of synthetic ones where it is only a few."""
    luck = random.Random(seed)
    with scratch() as folder:
        return poisoned(folder) + (market if count > 10 else synthetic)(folder, luck, count)


def market(folder: Path, luck: random.Random, count: int) -> list[str]:
    """Sweeps of a market through the command, as many as the kills need."""
    runs, kills, problems = prepare(folder, POINTS, SEEDS), 0, []
    code, said = command(folder, words("whole"))
    if code:
        return [f"undisturbed: exit {code}, {said}"]
    while kills < count and not problems:
        shutil.rmtree(folder / "out", ignore_errors=True)
        process = started(folder, f"workers-{kills}", *words(workers=2))
        hits = killed(process, f"workers-{kills}", folder / "out", luck, count - kills)
        out, err = process.communicate(timeout=LONG)
        problems += orphans(f"workers-{kills}", 10.0)
        kills += hits
        if process.returncode:
            problems.append(f"exit {process.returncode}: {out} {err}")
        problems += wrong(folder / "out", runs, outputs(folder / "whole"))
        problems += [] if hits else ["no worker was found to kill"]
    return problems


def synthetic(folder: Path, luck: random.Random, count: int) -> list[str]:
    """A sweep without a market, which begins and runs sooner."""
    process = started(folder, "workers", folder / "out", RUNS, 2, "--seconds", 0.01, synthetic=True)
    hits = killed(process, "workers", folder / "out", luck, count)
    out, err = process.communicate(timeout=LONG)
    found = orphans("workers", 10.0)
    if process.returncode or out.split()[:3] != [str(RUNS), "0", "0"]:
        found.append(f"exit {process.returncode}: {out} {err}")
    if committed(folder / "out") != list(range(RUNS)):
        found.append("runs were lost")
    return found + ([f"only {hits} of {count} kills"] if hits < count else [])


def killed(process: object, mark: str, out: Path, luck: random.Random, count: int) -> int:
    """Kill workers at instants by chance until the sweep is over; how many were killed."""
    hits, poll = 0, process.poll  # type: ignore[attr-defined]
    happens(lambda: bool(committed(out)) or poll() is not None)
    while hits < count and poll() is None:
        time.sleep(luck.uniform(FEWEST, 1.2))
        workers = workers_of(mark)
        if workers and poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(luck.choice(sorted(workers)), signal.SIGKILL)
                hits += 1
    return hits


def poisoned(folder: Path) -> list[str]:
    """Two runs that end their workers, among forty."""
    place = folder / "poisoned"
    process = started(folder, "poison", place, 40, 2, "3:die", "29:die", synthetic=True)
    out, err = process.communicate(timeout=LONG)
    shutil.rmtree(place)
    if process.returncode == 3 and out.split()[:3] == ["38", "2", "0"]:
        return orphans("poison", 10.0)
    return [f"poison: exit {process.returncode}: {out} {err}"]
