"""Row 12: shipped sweep files, damaged in bytes and in words: read, or refused with their place."""

import random
import shutil
from pathlib import Path

from forked import CHECKING, Commands
from hit_sweeps import scratch
from malformed_configs import CONFIGS, LEAST_PLACED, PLACED, judged, problems_of
from mutations import BYTES, WORDS, mutated

ROW = 12
REDUCED, FULL = 150, 10_000
IMPORTS = (*CHECKING, "experiments.check_sweeps", "experiments.sweeps.trial")


def run(seed: int, count: int, plant: str = "") -> list[str]:
    """Check `count` damaged sweep files, each in a copy of the folder of configs."""
    with scratch() as name, Commands(IMPORTS, plant=plant) as check:
        folder = Path(shutil.copytree(CONFIGS, name / "configs")).parent
        problems, unplaced, refused = [], [], 0
        for case in range(count):
            chance = random.Random(f"{seed} {case}")
            path = chance.choice(sorted(folder.glob("configs/sweeps/*.yaml")))
            raw = mutated(chance, path.read_bytes(), chance.choice((BYTES, WORDS)))
            ended = judged(check, folder, path, raw)
            said = f"case {case} ({path.name}): "
            problems += [said + problem for problem in problems_of(ended)]
            refused += ended.code == 2
            if ended.code == 2 and not PLACED.match(ended.err):
                unplaced.append(said + ended.err.partition("\n")[0])
        if len(unplaced) > (1 - LEAST_PLACED) * refused:
            problems += [f"{len(unplaced)} of {refused} refusals name no place", *unplaced]
        if refused < count / 4:
            problems.append(f"only {refused} of {count} were refused: too little was damaged")
        return problems
