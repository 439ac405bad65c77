"""How far a sweep is, on stderr: done, failed, running, left, speed, time left and disk left."""

import contextlib
import shutil
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from experiments.progress import SECONDS_BETWEEN_LINES, duration, is_terminal
from experiments.streams import tell

REMEMBERED = 60.0  # seconds over which the speed is measured
GIGABYTE = 1e9


class Live:
    """One line that is kept up to date on a terminal, and a plain line now and then elsewhere.

    Parameters
    ----------
    name : of the sweep
    folder : the sweep directory
    quiet : whether to print nothing
    """

    def __init__(self, name: str, folder: Path, quiet: bool = False) -> None:
        self.name, self.folder, self.quiet = name, folder, quiet
        self.stream: TextIO = sys.stderr
        self.clock: Callable[[], float] = time.monotonic
        self.done = self.failed = self.running = self.total = self.new = 0
        self.complete = True
        self.past: deque[tuple[float, int]] = deque()
        self.last = 0.0
        self.status: Any = None

    def __enter__(self) -> "Live":
        """Start the clock, and the line where there is a terminal."""
        self.began = self.last = self.clock()
        self.past.append((self.began, 0))
        if not self.quiet and is_terminal(self.stream):
            from rich.console import Console

            self.status = Console(file=self.stream).status(f"{self.name}: starting workers")
            with contextlib.suppress(OSError):
                self.status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line away, and leave one that says what was done."""
        if self.status is not None:
            with contextlib.suppress(OSError):
                self.status.stop()
        if failure is None and self.new:
            self.say(f"{self.new} runs in {duration(self.clock() - self.began)}")

    def show(self, done: int, failed: int, running: int, total: int, new: int) -> None:
        """Take the counts; show them if it is time to.

        new : runs that ended since the sweep was started this time
        """
        self.done, self.failed, self.running, self.total, self.new = (
            done,
            failed,
            running,
            total,
            new,
        )
        now = self.clock()
        if self.past[-1][1] != new:
            if not self.past[0][1]:  # what it took to start is not speed
                self.past.clear()
            self.past.append((now, new))
        while len(self.past) > 2 and now - self.past[0][0] > REMEMBERED:
            self.past.popleft()
        if self.status is not None:
            with contextlib.suppress(OSError):
                self.status.update(self.line())
        elif now - self.last >= SECONDS_BETWEEN_LINES:
            self.last = now
            self.say(self.line())

    @property
    def left(self) -> int:
        """How many runs are not done, as far as they are known."""
        return self.total - self.done - self.failed

    @property
    def speed(self) -> float:
        """Runs a second lately, since the first that ended; 0 where that is not known yet."""
        seconds = self.clock() - self.past[0][0]
        return (self.new - self.past[0][1]) / seconds if seconds > 0 else 0.0

    def line(self) -> str:
        """Everything that is shown."""
        parts = [f"{self.done:,} done"]
        parts += [f"{self.failed:,} failed"] if self.failed else []
        parts.append(f"{self.running:,} running")
        parts.append(f"{self.left:,}{'' if self.complete else ' or more'} left")
        if not self.new:
            parts.append("workers are starting (the first time, the model is compiled: a minute)")
        elif self.speed:
            parts.append(f"{self.speed:.1f} runs/s")
            least = "" if self.complete else "at least "
            parts.append(f"{least}{duration(self.left / self.speed)} to go")
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(self.folder).free
            parts.append(f"{free / GIGABYTE:.1f} GB of disk free")
        return ", ".join(parts)

    def say(self, text: str) -> None:
        """Print a plain line."""
        if not self.quiet:
            tell(f"{self.name}: {text}", self.stream)
