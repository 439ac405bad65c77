"""Row 6: the disk is full from the n-th write on, for every n; then there is room again.

The disk is a stand-in: from the n-th call on, whatever would take space fails as a full disk does.
"""

import contextlib
import errno
import io
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from small_runs import command, finished, outputs, prepare

ROW = 6
REDUCED, FULL = 12, 1_000  # writes of a run that fail; there are fewer, and FULL is all of them
PLAIN = ("--no-figures", "--quiet")
RUN = ("run", "small.yaml", *PLAIN, "--checkpoint-every", "2", "--out", "out")
GO_ON = ("run", "--resume", "out", *PLAIN)


class Disk:
    """Counts what takes space below a folder, and from call `last` on has none left."""

    def __init__(self, last: float = float("inf")) -> None:
        self.calls, self.last = 0, last

    def take(self, path: object) -> None:
        """One more piece of space."""
        self.calls += 1
        if self.calls >= self.last:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


class Full(io.FileIO):
    """A file on such a disk: half of what is written arrives before the space ends."""

    disk: Disk

    def write(self, content: Any) -> int:
        """Write, if there is room."""
        try:
            self.disk.take(self.name)
        except OSError:
            super().write(bytes(content)[: len(content) // 2])
            raise
        return super().write(content)


@contextlib.contextmanager
def on(disk: Disk) -> Iterator[None]:
    """Put every file that Python writes on `disk`."""
    opened, synced, renamed = Path.open, os.fsync, Path.replace

    def open_there(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if "w" not in mode:
            return opened(path, mode, *rest, **named)
        disk.take(path)
        file = Full(path, "wb")
        file.disk = disk
        return io.BufferedWriter(file, buffer_size=4096)

    def sync_there(number: int) -> None:
        disk.take(number)
        synced(number)

    def rename_there(path: Path, target: Any) -> Path:
        disk.take(target)
        return renamed(path, target)

    with (
        mock.patch.object(Path, "open", open_there),
        mock.patch.object(os, "fsync", sync_there),
        mock.patch.object(Path, "replace", rename_there),
    ):
        yield


def run(seed: int, count: int) -> list[str]:
    """Fill the disk at `count` of the writes of a run; return what went wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        whole = Disk()
        with on(whole):
            code, said = command(folder, RUN)
        if code != 0:
            return [f"an empty disk: exit {code}, {said}"]
        wanted = outputs(folder / "out")
        writes = range(1, whole.calls + 1)
        chosen = sorted(random.Random(seed).sample(writes, min(count, len(writes))))
        return [problem for write in chosen for problem in filled(folder, write, wanted)]


def filled(folder: Path, write: int, wanted: dict[str, bytes]) -> Iterator[str]:
    """What is wrong after a run whose disk was full from `write` on, and after the next one."""
    place = f"full from write {write} on"
    shutil.rmtree(folder / "out", ignore_errors=True)
    with on(Disk(write)):
        code, said = command(folder, RUN)
    if code != 4 or said.count("\n") != 1 or "no space left on device" not in said:
        yield f"{place}: exit {code}, {said!r}"
    # The last write of all makes the name of a whole manifest survive a power cut.
    done = finished(folder / "out")
    if done and outputs(folder / "out") != wanted:
        yield f"{place}: the run calls itself finished"
    for path, content in outputs(folder / "out").items():
        if content != wanted.get(path):
            yield f"{place}: {path} is not whole"
    if list((folder / "out").rglob(".*.partial")):
        yield f"{place}: half a file was left behind"
    saved = list((folder / "out").glob("checkpoints/*.state"))
    words = (*RUN, "--force") if done else GO_ON if saved else RUN
    code, said = command(folder, words)
    if code != 0 or outputs(folder / "out") != wanted:
        yield f"{place}: with room again exit {code}, {said!r}, or other bytes"
