"""Runs sweeps in forks of a process that has imported everything, and hits them on the way.

A fork costs milliseconds where a start costs seconds.  Calls that change files go through
`faulty_calls.c` where there is a C compiler: they can fail, or end or stop the process, at the
n-th.  `Sweeps` is the side of the rows; run as a script, this file is the process that forks.
"""

import atexit
import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODES = {"count": 0, "fail": 1, "kill": 2, "tear": 3, "stop": 4}
HANG = 120  # seconds until a sweep is killed
COMPILER = shutil.which("cc") or shutil.which("gcc")


def all_that_is_free(folder: Path) -> bytes:
    """As many bytes as the disk has room for."""
    return bytes(shutil.disk_usage(folder).free)


ACTS = {  # what happens to the folder of a sweep that stands still
    "rename": lambda folder: folder.rename(folder.with_name("moved")),
    "remove": shutil.rmtree,
    "fill": lambda folder: (folder.parent / "filler").write_bytes(all_that_is_free(folder)),
    "replace": lambda folder: (shutil.rmtree(folder), folder.write_text("mine")),
}


class Hit(NamedTuple):
    """What is done to a sweep.

    mode : of the n-th call that changes a file: count, fail (from there on), kill, tear (half of it
        is written, then killed) or stop, after which `act` is done to the folder
    number : errno of calls that fail
    after : seconds after which it gets `signal`; 0 is never
    again : seconds after which it gets it once more; 0 is never
    largest : bytes that a file may have; 0 is without limit
    """

    mode: str = "count"
    n: int = 0
    number: int = 28
    act: str = ""
    after: float = 0.0
    signal: int = 9
    again: float = 0.0
    largest: int = 0


class Ended(NamedTuple):
    """How a sweep ended: exit code, or less than 0 the signal; its streams, and calls counted."""

    code: int
    out: str
    err: str
    calls: int


NOTHING = Hit()


class Sweeps:
    """A process that runs sweeps in forks of itself; `with` ends it.

    `program` is "command" for the real one and "synthetic" for `tests/sweeps/small_sweep.py`.
    """

    def __init__(self, program: str = "command") -> None:
        words = [sys.executable, str(Path(__file__).resolve()), program]
        self.process = subprocess.Popen(
            words, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "Sweeps":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """End the process."""
        self.process.communicate()

    def __call__(self, folder: Path, *words: object, hit: Hit = NOTHING) -> Ended:
        """Run one sweep with these words in a folder; `hit` counts calls below its `out`."""
        return self.crowd(folder, words, hit=hit)[0]

    def crowd(
        self, folder: Path, words: Sequence[object], count: int = 1, hit: Hit = NOTHING
    ) -> list[Ended]:
        """Run several at once."""
        told = {"folder": str(folder), "words": [*map(str, words)], "count": count, "hit": hit}
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that forks has died")
        return [Ended(*one) for one in json.loads(answer)]


@cache
def sweeps(program: str = "command") -> Sweeps:
    """One such process, for all rows that are done in this one, with which it ends."""
    found = Sweeps(program)
    atexit.register(found.process.communicate)
    return found


def environment() -> dict[str, str]:
    """Of a process that can import the synthetic sweeps, with faulty calls where there are any."""
    paths = f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'sweeps'}"
    shim = {"LD_PRELOAD": str(built())} if COMPILER else {}
    return {**os.environ, "PYTHONPATH": paths, **shim}


@cache
def built() -> Path:
    """The library of faulty calls."""
    assert COMPILER is not None
    source = HERE / "faulty_calls.c"
    library = Path(tempfile.mkdtemp(prefix="shareshift-calls-")) / "faulty_calls.so"
    words = [COMPILER, "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(words, check=True)
    return library


def serve(program: str) -> None:
    """Do one order a line until there are no more."""
    prepare(program)
    with tempfile.TemporaryDirectory(prefix="shareshift-forks-") as scratch:
        for line in sys.stdin:
            order = json.loads(line)
            hit, folder = Hit(*order["hit"]), Path(order["folder"])
            places = [Path(scratch) / str(place) for place in range(order["count"])]
            children = [fork(program, order["words"], folder, hit, place) for place in places]
            ends = [waited(child, folder, hit) for child in children]
            answers = [answer(code, place) for code, place in zip(ends, places, strict=True)]
            sys.stdout.write(json.dumps(answers) + "\n")
            sys.stdout.flush()


def prepare(program: str) -> None:
    """Import what a sweep needs, and have its kernels ready."""
    os.environ.pop("LD_PRELOAD", None)
    if program == "synthetic":
        import small_sweep
        import synthetic_runs

        assert small_sweep and synthetic_runs
        return
    from experiments.sweeps.worker import tables_of
    from simulation.config import load, with_changes

    base = load(ROOT / "configs" / "baseline.yaml")
    few = dict.fromkeys(("developers.count", "consumers.count", "enterprises.count"), 100)
    tables_of(with_changes(base, {"months": 6, **few}), ("market", "providers"))


def fork(program: str, words: Sequence[str], folder: Path, hit: Hit, place: Path) -> int:
    """Start a sweep in a fork; its process id."""
    child = os.fork()
    if child:
        return child
    code = 99
    try:  # twice: the second signal may come while the first is dealt with
        try:
            code = sweep(program, words, folder, hit, place)
        except BaseException:  # noqa: BLE001  # a fork never goes back to what it was forked from
            traceback.print_exc()
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        if COMPILER:
            place.with_suffix(".calls").write_text(str(ctypes.CDLL(None).faults_calls()))
    finally:
        os._exit(code)


def sweep(program: str, words: Sequence[str], folder: Path, hit: Hit, place: Path) -> int:
    """Run a sweep in this process, which is a fork with nothing else to do."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    place.with_suffix(".calls").write_text("0")
    for number, ending in ((1, ".out"), (2, ".err")):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(place.with_suffix(ending), flags), number)
    os.chdir(folder)
    tempfile.tempdir = str(folder)
    if hit.largest:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hit.largest, hit.largest))
    if COMPILER:
        below = os.fsencode((folder / "out").resolve())
        ctypes.CDLL(None).faults_arm(below, MODES[hit.mode], ctypes.c_long(hit.n), hit.number)
    if program == "synthetic":
        from small_sweep import main
    else:
        from experiments.cli import main
    code = main(list(words))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what comes now, the sweep does not see
    sys.stdout.flush()
    return code


def waited(child: int, folder: Path, hit: Hit) -> int:
    """Exit code of a sweep, or less than 0 the signal; what has to be done to it is done."""
    began = time.monotonic()
    times = [hit.after, hit.after + hit.again] if hit.again else [hit.after] * bool(hit.after)
    while True:
        found, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
        if found and os.WIFSTOPPED(status):
            ACTS[hit.act]((folder / "out").resolve())
            os.kill(child, signal.SIGCONT)
        elif found:
            return os.waitstatus_to_exitcode(status)
        passed = time.monotonic() - began
        while times and passed > times[0]:
            times.pop(0)
            os.kill(child, hit.signal)
        if passed > HANG:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)


def answer(code: int, place: Path) -> Ended:
    """How a sweep ended."""
    texts = [place.with_suffix(ending).read_text(errors="replace") for ending in (".out", ".err")]
    return Ended(code, *texts, int(place.with_suffix(".calls").read_text() or 0))


if __name__ == "__main__":
    serve(sys.argv[1])
