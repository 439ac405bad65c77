"""Shipped configs, damaged in bytes and in words: they are read, or refused with their place."""

import random
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import harness
from forked import Commands, Ended
from mutations import BYTES, WORDS, mutated

ROW = 12
REDUCED, FULL = 1_000, 10_000
MOST_BYTES = 300_000_000
MOST_SECONDS = 2  # of the processor, judged in `make torture` only
LEAST_PLACED = 0.99  # share of the refused that must say line and column
PLACED = re.compile(r"[^\n]*?\.yaml:[0-9]+:[0-9]+: ")
CONFIGS = harness.ROOT / "configs"


def run(seed: int, count: int, plant: str = "") -> list[str]:
    """Check `count` damaged configs, each in a copy of the folder of configs."""
    with tempfile.TemporaryDirectory() as name, Commands(plant=plant) as check:
        folder = Path(shutil.copytree(CONFIGS, Path(name) / "configs")).parent
        problems, unplaced, refused = [], [], 0
        for case in range(count):
            path, raw = damaged(seed, case, folder)
            ended = judged(check, folder, path, raw)
            said = f"case {case} ({path.relative_to(folder)}): "
            problems += [said + problem for problem in problems_of(ended)]
            refused += ended.code == 2
            if ended.code == 2 and not PLACED.match(ended.err):
                unplaced.append(said + ended.err.partition("\n")[0])
        if len(unplaced) > (1 - LEAST_PLACED) * refused:
            problems += [f"{len(unplaced)} of {refused} refusals name no place", *unplaced]
        if refused < count / 4:
            problems.append(f"only {refused} of {count} were refused: too little was damaged")
        return problems


def damaged(seed: int, case: int, folder: Path) -> tuple[Path, bytes]:
    """Path and damaged bytes of a case; the same for the same seed."""
    chance = random.Random(f"{seed} {case}")
    path = chance.choice(sorted(folder.glob("configs/**/*.yaml")))
    return path, mutated(chance, path.read_bytes(), chance.choice((BYTES, WORDS)))


def judged(check: Commands, folder: Path, path: Path, raw: bytes) -> Ended:
    """How `check` ends on damaged bytes in place of a file, which is mended afterwards."""
    whole = path.read_bytes()
    path.write_bytes(raw)
    try:
        return check("check", str(path.relative_to(folder)), folder=folder)
    finally:
        path.write_bytes(whole)


def problems_of(ended: Ended, codes: Sequence[int] = (0, 2)) -> list[str]:
    """What is wrong with the way in which a command ended."""
    found = []
    if ended.code not in codes or "Traceback" in ended.err:
        found.append(f"exit {ended.code}: {ended.err[-500:]!r}")
    if ended.code == 2 and (not ended.err.strip() or ended.out):
        found.append(f"refused, but said {ended.out[-200:]!r} and {ended.err[-200:]!r}")
    if not all(line.isprintable() for line in ended.err.splitlines()):
        found.append(f"says what no terminal should show: {ended.err[-500:]!r}")
    if ended.peak > MOST_BYTES:
        found.append(f"{ended.peak / 1e6:.0f} MB at the peak")
    if harness.TIMED and ended.seconds > MOST_SECONDS:
        found.append(f"{ended.seconds:.1f} s of the processor")
    return found
