"""Row 1: a sweep is killed with `kill -9` again and again, at any instant, and goes on each time.

Some kills come after a time by chance, some at a write by chance, which may be half done.
"""

import random
import shutil
from pathlib import Path

from faulty_sweeps import COMPILER, Hit, sweeps
from hit_sweeps import committed, outputs, prepare, scratch, words, wrong

ROW = 1
REDUCED, FULL = 8, 200  # kills
POINTS, SEEDS = 100, 5
CALLS = 60  # that change a file, for each run
MODES = ("after", "kill", "tear") if COMPILER else ("after",)
EACH_WITH_WORKERS = 20  # kills, of which one is of a sweep with worker processes


def run(seed: int, count: int) -> list[str]:
    """Kill a sweep `count` times; where it is finished before, another one begins."""
    luck = random.Random(seed)
    with scratch() as folder:
        points = min(POINTS, 3 * count)
        runs = prepare(folder, points, SEEDS)
        whole = sweeps()(folder, *words("whole"))
        if whole.code != 0:
            return [f"undisturbed: {whole}"]
        problems, hits, tries, wanted = [], 0, 0, outputs(folder / "whole")
        while hits < count and tries < 3 * count:
            tries += 1
            workers = 2 if hits % EACH_WITH_WORKERS == EACH_WITH_WORKERS - 1 else 0
            found, killed = hit_once(folder, luck, runs * CALLS / count, workers)
            problems += [f"try {tries}: {problem}" for problem in found]
            hits += killed
            if not killed and len(committed(folder / "out")) == runs:
                problems += wrong(folder / "out", runs, wanted)
                shutil.rmtree(folder / "out")
        ended = sweeps()(folder, *words())
        if ended.code != 0:
            problems.append(f"in the end: {ended}")
        problems += wrong(folder / "out", runs, wanted)
        return problems + ([f"only {hits} of {count} kills"] if hits < 0.8 * count else [])


def hit_once(
    folder: Path, luck: random.Random, calls: float, workers: int
) -> tuple[list[str], bool]:
    """What a kill lost, and whether there was one."""
    before = set(committed(folder / "out"))
    mode = "after" if workers else luck.choice(MODES)
    hit = Hit(mode, luck.randint(1, max(1, round(calls))))
    if mode == "after":
        hit = Hit(after=luck.uniform(0.0, 12.0 if workers else 0.8))
    ended = sweeps()(folder, *words(workers=workers), hit=hit)
    problems = []
    if ended.code not in (0, -9) or ended.err.strip():
        problems.append(f"{hit}: {ended}")
    lost = before - set(committed(folder / "out"))
    if lost:
        problems.append(f"{hit}: {len(lost)} committed runs were lost")
    return problems, ended.code == -9
