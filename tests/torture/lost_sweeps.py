"""Row 7: the directory of a sweep vanishes, moves, is replaced or refuses while runs go on."""

import errno
import random
import shutil
from pathlib import Path

from faulty_sweeps import COMPILER, Ended, Hit, sweeps
from hit_sweeps import outputs, prepare, scratch, words, wrong

ROW = 7
REDUCED, FULL = 10, 120  # faults, each at a write by chance
RUNS = (4, 2)
LOSSES = ("rename", "remove", "replace")
REFUSALS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ESTALE)


def run(seed: int, count: int) -> list[str]:
    """Bring about `count` faults; return what went wrong.  They need a C compiler."""
    luck, problems = random.Random(seed), []
    if not COMPILER:
        return []
    with scratch() as folder:
        runs = prepare(folder, *RUNS)
        whole, counted = sweeps()(folder, *words("whole")), sweeps()(folder, *words())
        if whole.code or counted.code:
            return [f"no fault at all: {whole} {counted}"]
        wanted = outputs(folder / "whole")
        for case in range(count):
            n = luck.randint(1, counted.calls)
            act = LOSSES[case // 2 % len(LOSSES)]
            number = luck.choice(REFUSALS)
            hit = Hit("stop", n, act=act) if case % 2 else Hit("fail", n, number)
            problems += [f"{hit}: {text}" for text in lost(folder, hit, runs, wanted)]
    return problems


def lost(folder: Path, hit: Hit, runs: int, wanted: dict[str, bytes]) -> list[str]:
    """What is wrong with a sweep whose directory is lost, and with the next one."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    ended = sweeps()(folder, *words(), hit=hit)
    harmless = hit.mode == "fail" and ended.code == 0 and not wrong(out, runs, wanted)
    found = [] if harmless else complaints(ended)
    if list(folder.glob("shareshift-*-traceback.txt")):
        found.append("a traceback")
    if out.is_file():
        if out.read_text() != "mine":
            found.append("a stranger's file was changed")
        out.unlink()
    if (folder / "moved").exists():
        shutil.rmtree(out, ignore_errors=True)
        (folder / "moved").rename(out)
    ended = sweeps()(folder, *words())
    if ended.code != 0:
        found.append(f"afterwards {ended}")
    return found + wrong(out, runs, wanted)


def complaints(ended: Ended) -> list[str]:
    """Whether a sweep that could not write said so in one line and ended with 4."""
    told = ended.err
    if ended.code == 4 and told.count("\n") == 1 and "out" in told and "Traceback" not in told:
        return []
    return [f"{ended}"]
