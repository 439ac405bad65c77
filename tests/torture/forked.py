"""Runs the command many times over, each time in a fork of a process that has imported it already.

A fork costs milliseconds where a start costs half a second, and what it eats, opens or hangs on is
its own.  `Commands` is the side of the tests; run as a script, this file is the process that forks.
"""

import contextlib
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
# Seconds until a command is killed; the first run after a change compiles for a minute.
HANG = int(os.environ.get("TORTURE_HANG", "120"))
RAW_TRACEBACK = 99  # exit code that no command has
CHECKING = ("experiments.check", "experiments.failures", "simulation.config", "simulation.supply")
RUNNING = (*CHECKING, "experiments.run", "experiments.store", "simulation.market")
# Events of Python that touch the disk, and the position of the paths among their arguments.
TOUCHING = {
    "open": (0,),
    "os.chmod": (0,),
    "os.link": (0, 1),
    "os.listdir": (0,),
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.scandir": (0,),
    "os.symlink": (0, 1),
    "os.truncate": (0,),
    "os.utime": (0,),
    "shutil.rmtree": (0,),
}


class Ended(NamedTuple):
    """How a command ended: exit code, or less than 0 the signal; its streams; what it took.

    `seconds` are of the processor; `peak` is bytes at the peak; `touched` are the paths that it
    opened, listed, made, moved or removed, resolved, if that was asked for.
    """

    code: int
    out: str
    err: str
    seconds: float
    peak: int
    touched: list[str]


class Commands:
    """A process that runs the command in forks of itself; `with` ends it.

    `plant` names a function of `plants.py` that spoils the program, to prove that it is noticed.
    """

    def __init__(self, imports: Sequence[str] = CHECKING, plant: str = "") -> None:
        words = [sys.executable, str(HERE / "forked.py"), plant, *imports]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "Commands":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """End the process."""
        self.process.communicate()

    def __call__(
        self, *words: str, folder: Path, watch: bool = False, stdin: Path | None = None
    ) -> Ended:
        """Run the command with these words in a folder, and say how it ended.

        watch : whether to note what it touches.  stdin : file to read from, else nothing.
        """
        order = {"words": words, "folder": str(folder), "watch": watch, "stdin": str(stdin or "")}
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that forks has died")
        return Ended(**json.loads(answer))


def serve() -> None:
    """Do one order a line until there are no more."""
    with tempfile.TemporaryDirectory(prefix="shareshift-forks-") as folder:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(do(json.loads(line), Path(folder))) + "\n")
            sys.stdout.flush()


def do(order: dict[str, Any], scratch: Path) -> dict[str, Any]:
    """Run one command in a fork."""
    names = {name: scratch / name for name in ("out", "err", "touched")}
    for path in names.values():
        path.write_bytes(b"")
    child = os.fork()
    if not child:
        code = RAW_TRACEBACK
        try:
            code = command(order, names)
        except BaseException:  # noqa: BLE001  # a fork never goes back to what it was forked from
            traceback.print_exc()
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.flush()
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    texts = {name: path.read_bytes().decode(errors="replace") for name, path in names.items()}
    return {
        "code": os.waitstatus_to_exitcode(status),
        "out": texts["out"],
        "err": texts["err"],
        "seconds": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss * 1024,
        "touched": sorted({json.loads(line) for line in texts["touched"].splitlines()}),
    }


def command(order: dict[str, Any], names: dict[str, Path]) -> int:
    """Run the command in this process, which is a fork with nothing else to do."""
    from experiments.cli import main

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(HANG)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(names[name], os.O_WRONLY), number)
    os.dup2(os.open(order["stdin"] or os.devnull, os.O_RDONLY | os.O_NONBLOCK), 0)
    os.chdir(order["folder"])
    tempfile.tempdir = order["folder"]  # where tracebacks of bugs go
    if order["watch"]:
        watch(os.open(names["touched"], os.O_WRONLY | os.O_APPEND))
    code = main(order["words"])
    sys.stdout.flush()
    return code


def watch(notes: int) -> None:
    """Write each path that Python touches from now on to an open file, one a line."""

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        for place in TOUCHING.get(event, ()):
            path = arguments[place]
            if isinstance(path, str | bytes | os.PathLike):
                text = reached(os.fsdecode(path), follows(event, arguments))
                os.write(notes, json.dumps(text).encode() + b"\n")

    sys.addaudithook(note)


def follows(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether an event reaches through a link, and does not move or remove the link itself."""
    if event == "open":
        return not arguments[2] & os.O_NOFOLLOW
    return event not in ("os.link", "os.remove", "os.rename", "os.rmdir", "os.symlink")


def reached(path: str, through: bool) -> str:
    """Path with its links resolved, that of its last part only if it is reached through."""
    if through:
        return os.path.realpath(path)
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


if __name__ == "__main__":
    plant, *imports = sys.argv[1:]
    for imported in imports:
        importlib.import_module(imported)
    if plant:
        getattr(importlib.import_module("plants"), plant)()
    serve()
