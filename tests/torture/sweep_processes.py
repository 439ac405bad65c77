"""Real sweeps with worker processes, started as a user does, and who of them is still there."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from faulty_sweeps import ROOT

LONG = 300.0  # seconds after which something that should happen will not
MARK = "SHARESHIFT_TORTURE"
SYNTHETIC = str(ROOT / "tests" / "sweeps" / "small_sweep.py")


def started(
    folder: Path, mark: str, *words: object, synthetic: bool = False
) -> "subprocess.Popen[str]":
    """A sweep in a session of its own, whose processes carry a mark."""
    program = [SYNTHETIC] if synthetic else ["-m", "experiments.cli"]
    return subprocess.Popen(
        [sys.executable, *program, *map(str, words)],
        env=environment(mark),
        cwd=folder,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def environment(mark: str) -> dict[str, str]:
    """Environment of a command that can import the synthetic sweeps and carries a mark."""
    paths = f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'sweeps'}"
    return {**os.environ, "PYTHONPATH": paths, MARK: mark}


def alive(mark: str) -> list[int]:
    """Processes that carry a mark and live."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                marked = f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0")
                dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            except OSError:
                continue
            if marked and not dead:
                found.append(int(folder.name))
    return found


def workers_of(mark: str) -> list[int]:
    """Processes that were forked from the one that has imported everything."""
    found = []
    for number in alive(mark):
        try:
            parent = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1]
            if b"forkserver" in Path(f"/proc/{parent}/cmdline").read_bytes():
                found.append(number)
        except OSError:
            continue
    return found


def happens(what: Callable[[], bool], seconds: float = LONG) -> bool:
    """Wait for something; whether it came in time."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def orphans(mark: str, seconds: float) -> list[str]:
    """A complaint if processes of a sweep that is over are there after so many seconds."""
    if happens(lambda: not alive(mark), seconds):
        return []
    return [f"processes {alive(mark)} were left after {seconds:g} s"]
