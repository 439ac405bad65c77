"""Row 7: the run directory vanishes, becomes read-only or is replaced while the run goes on.

Root may write to a read-only folder, so the refusal itself is planted where the system would do it.
"""

import errno
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from small_runs import command, finished, outputs, prepare

from experiments.progress import Progress

ROW = 7
REDUCED, FULL = 9, 60  # a fault in a month of a run
RUN = ("run", "small.yaml", "--no-figures", "--quiet", "--out", "out")
MONTHS = 5


def renamed(out: Path) -> None:
    """Somebody moves the folder away."""
    out.rename(out.with_name("moved"))


def removed(out: Path) -> None:
    """Somebody removes it."""
    shutil.rmtree(out)


def replaced(out: Path) -> None:
    """Somebody puts a file in its place."""
    shutil.rmtree(out)
    out.write_text("mine")


FAULTS: tuple[Callable[[Path], None], ...] = (renamed, removed, replaced)


def run(seed: int, count: int) -> list[str]:
    """Bring about `count` faults, each in a month by chance; return what went wrong."""
    chance, problems = random.Random(seed), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        code, said = command(folder, (*RUN[:-1], "whole"))
        if code != 0:
            return [f"no fault at all: exit {code}, {said}"]
        wanted = outputs(folder / "whole")
        for case in range(count):
            fault, month = FAULTS[case % len(FAULTS)], chance.randrange(1, MONTHS + 1)
            place = f"{fault.__name__} in month {month}"
            problems += [f"{place}: {text}" for text in lost(folder, fault, month, wanted)]
        problems += [f"refused: {text}" for text in refused(folder, wanted)]
    return problems


def lost(
    folder: Path, fault: Callable[[Path], None], month: int, wanted: dict[str, bytes]
) -> Iterator[str]:
    """What is wrong with a run whose folder is lost in `month`, and with the next one."""
    advance = Progress.advance

    def advance_and_lose(progress: Progress, *rest: Any) -> None:
        advance(progress, *rest)
        if progress.done == month:
            fault(folder / "out")

    with mock.patch.object(Progress, "advance", advance_and_lose):
        code, said = command(folder, RUN)
    yield from complaints(code, said)
    if (folder / "out").is_file():
        if (folder / "out").read_text() != "mine":
            yield "a stranger's file was changed"
        (folder / "out").unlink()
    shutil.rmtree(folder / "moved", ignore_errors=True)
    code, said = command(folder, RUN)
    if code != 0 or outputs(folder / "out") != wanted:
        yield f"afterwards exit {code}, {said!r}, or other bytes"
    shutil.rmtree(folder / "out")


def complaints(code: int, said: str) -> Iterator[str]:
    """Whether a run that could not write said so in one line and ended with 4."""
    if code != 4 or said.count("\n") != 1 or "out" not in said or "Traceback" in said:
        yield f"exit {code}, {said!r}"


def refused(folder: Path, wanted: dict[str, bytes]) -> Iterator[str]:
    """The same where the system refuses to write a new file into the folder."""
    opened = Path.open
    for number in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ESTALE):

        def refuse(path: Path, mode: str = "r", *, reason: int = number, **named: Any) -> Any:
            if "w" in mode and path.suffix == ".partial":
                raise OSError(reason, os.strerror(reason), str(path))
            return opened(path, mode, **named)

        with mock.patch.object(Path, "open", refuse):
            code, said = command(folder, RUN)
        yield from complaints(code, said)
        if finished(folder / "out"):
            yield "the run calls itself finished"
    code, said = command(folder, RUN)
    if code != 0 or outputs(folder / "out") != wanted:
        yield f"afterwards exit {code}, {said!r}, or other bytes"
