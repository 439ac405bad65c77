"""How far a run is: a bar with speed and time left on a terminal, plain lines elsewhere."""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TextIO

from experiments.streams import tell

SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Counts steps on stderr; use it as a context manager and call `advance` after each step.

    Parameters
    ----------
    label : what is counted for, such as the name of the config
    total : number of steps
    unit : what a step is, in the plural
    quiet : whether to print nothing at all
    """

    def __init__(self, label: str, total: int, unit: str = "months", quiet: bool = False) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done = self.skipped = 0
        self.stream: TextIO = sys.stderr
        self.clock: Callable[[], float] = time.monotonic
        self.quiet = quiet
        self.bar: Any = None
        self.started = self.last_line = 0.0

    def __enter__(self) -> "Progress":
        """Start the clock, and the bar where there is a terminal."""
        self.started = self.last_line = self.clock()
        if not self.quiet and is_terminal(self.stream):
            self.bar = bar_on(self.stream, self.unit)
            self.task = self.bar.add_task(self.label, total=self.total)
            with contextlib.suppress(OSError):  # the terminal has gone already
                self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away and leave one plain line that says how long it took."""
        if self.bar is not None:
            with contextlib.suppress(OSError):  # the terminal has gone
                self.bar.stop()
        if failure is None and not self.quiet:
            steps = self.done - self.skipped
            self.say(f"{steps} {self.unit} in {duration(self.clock() - self.started)}")

    def advance(self, steps: int = 1) -> None:
        """Count steps, and show it if it is time to."""
        self.done += steps
        if self.bar is not None:
            with contextlib.suppress(OSError):
                self.bar.update(self.task, completed=self.done)
        elif not self.quiet and self.clock() - self.last_line >= SECONDS_BETWEEN_LINES:
            self.last_line = self.clock()
            self.say(self.line())

    def skip(self, steps: int) -> None:
        """Count steps that were done before; they say nothing about the speed of this run."""
        self.skipped += steps
        self.advance(steps)

    def line(self) -> str:
        """The state in words."""
        elapsed = max(self.clock() - self.started, 1e-9)
        steps = self.done - self.skipped
        left = elapsed / max(steps, 1) * (self.total - self.done)
        pace = f"{steps / elapsed:.1f} {self.unit}/s"
        return f"{self.done} of {self.total} {self.unit}, {pace}, {duration(left)} left"

    def say(self, text: str) -> None:
        """Print one plain line about this run."""
        tell(f"{self.label}: {text}", self.stream)


def is_terminal(stream: TextIO) -> bool:
    """Whether a bar can be drawn on it."""
    return stream.isatty() and os.environ.get("TERM") not in (None, "", "dumb")


def bar_on(stream: TextIO, unit: str) -> Any:
    """Make a bar with the steps done, the speed and the time left; NO_COLOR is honoured by rich."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Pace(ProgressColumn):
        """Steps a second, over the last steps."""

        def render(self, task: Task) -> Text:
            """Write the speed, or nothing before it is known."""
            return Text(f"{task.speed:.1f} {unit}/s" if task.speed else "")

    return Bar(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        Pace(),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=Console(file=stream),
        transient=True,
        expand=True,
    )


def duration(seconds: float) -> str:
    """Write a time as people say it: 4.2 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 59.95:  # what would be written as 60.0 s is a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
