"""Row 6: the disk is full from the n-th write of a sweep on, for every n, SQLite's included.

Three kinds: calls that fail from the n-th on, a largest size of files, and, for root, a small disk.
"""

import contextlib
import errno
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from faulty_sweeps import Ended, Hit, sweeps
from hit_sweeps import finished, outputs, prepare, scratch, words, wrong

ROW = 6
REDUCED, FULL = 12, 2_000  # full disks; FULL is all of them
RUNS = (4, 2)
LARGEST = 500_000  # bytes of the largest file of such a sweep
DISK = 24_000_000  # bytes; a sweep asks for 10 MB before it begins
REASONS = ("no space left", "file too large", "disk is full", "disk i/o error", "are free")


def run(seed: int, count: int) -> list[str]:
    """Fill the disk `count` times; return what went wrong."""
    luck = random.Random(seed)
    with scratch() as folder:
        runs = prepare(folder, *RUNS)
        whole = sweeps()(folder, *words("whole"))
        counted = sweeps()(folder, *words())
        if whole.code or counted.code:
            return [f"an empty disk: {whole} {counted}"]
        wanted = outputs(folder / "whole")
        writes = list(range(1, counted.calls + 1))
        chosen = sorted(luck.sample(writes, min(len(writes), count // 2)))
        hits = [Hit("fail", write, luck.choice((errno.ENOSPC, errno.EDQUOT))) for write in chosen]
        hits += [Hit(largest=luck.randrange(1, LARGEST)) for _ in range(min(200, count // 3))]
        problems = [p for hit in hits for p in filled(folder, hit, runs, wanted)]
        few = luck.sample(writes, min(100, count // 6))
        stops = [Hit("stop", write, act="fill") for write in few]
        return [*problems, *small_disks(folder, stops, runs, wanted)]


def filled(folder: Path, hit: Hit, runs: int, wanted: dict[str, bytes]) -> list[str]:
    """What is wrong with a sweep on a full disk, and with the next one."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    ended = sweeps()(folder, *words(), hit=hit)
    found = [*spoilt(folder / "out", wanted)]
    # No file was as large, or SQLite only had its log to tidy up.
    harmless = ended.code == 0 and not wrong(folder / "out", runs, wanted)
    found += [] if harmless else complaints(ended, folder)
    ended = sweeps()(folder, *words())
    if ended.code != 0:
        found.append(f"with room again {ended}")
    return [f"{hit}: {text}" for text in found + wrong(folder / "out", runs, wanted)]


def complaints(ended: Ended, folder: Path) -> Iterator[str]:
    """Whether a sweep without room said so in one line, with the path, and ended with 4."""
    told = ended.err.lower()
    named = "out" in ended.err
    if ended.code != 4 or told.count("\n") != 1 or not named or "traceback" in told:
        yield f"{ended}"
    elif not any(reason in told for reason in REASONS) or "room" not in told:
        yield f"gives no reason or cure: {ended.err!r}"
    if list(folder.glob("shareshift-*-traceback.txt")):
        yield "a traceback"


def spoilt(out: Path, wanted: dict[str, bytes]) -> Iterator[str]:
    """Half files that were left."""
    for name, content in outputs(out).items():
        if name.startswith("shards") and content != wanted.get(name):
            yield f"{name} is not whole"
    if finished(out) and outputs(out) != wanted:
        yield "the sweep calls itself finished"


def small_disks(
    folder: Path, hits: list[Hit], runs: int, wanted: dict[str, bytes]
) -> Iterator[str]:
    """The same on a real file system, which somebody else fills at the n-th call."""
    for hit in hits:
        with small_disk(folder) as disk:
            if disk is None:
                return
            (disk / "out").mkdir()
            (folder / "out").symlink_to(disk / "out")
            ended = sweeps()(folder, *words(), hit=hit)
            found = [*spoilt(folder / "out", wanted)]
            harmless = ended.code == 0 and not wrong(folder / "out", runs, wanted)
            found += [] if harmless else complaints(ended, folder)
            (disk / "filler").unlink(missing_ok=True)
            ended = sweeps()(folder, *words())
            found += [] if ended.code == 0 else [f"with room again {ended}"]
            found += wrong(folder / "out", runs, wanted)
        yield from (f"a small disk, {hit}: {problem}" for problem in found)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A file system in memory, if we may make one."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    size = f"size={DISK}"
    mount = ["mount", "-t", "tmpfs", "-o", size, "none", str(disk)]
    made = os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode
    if made is not False and made == 0:
        try:
            yield disk
        finally:
            (folder / "out").unlink(missing_ok=True)
            subprocess.run(["umount", str(disk)], check=True)
    else:
        yield None
