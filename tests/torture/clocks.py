"""Row 10: the clock jumps by a day, runs backwards, changes zone: no byte of a result changes.

Every clock of Python is replaced at once, so a clock that is read anywhere is one that jumps.
"""

import datetime as calendar
import random
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

from small_runs import command, outputs, prepare

ROW = 10
REDUCED, FULL = 4, 100  # runs under a clock of their own
RUN = ("run", "small.yaml", "--no-figures", "--out", "out", "--force")
DAY = 86_400.0
JUMPS = (-DAY, -3_600.0, 0.0, 0.0, 0.0, 0.001, 3_600.0, DAY)
ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "no/where")
BAD_SPAN = re.compile(r"-\d+(\.\d+)?\s*(s|min|h)\b|nan|inf\b|[1-9]\d{4,} (h|min|months/s)")


class Clock:
    """Time that jumps by chance each time that it is read; a monotonic one only forwards."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.wall, self.steady, self.reads = chance, 1.7e9, 1e5, 0

    def time(self) -> float:
        """Seconds of a wall clock."""
        self.reads += 1
        self.wall += self.chance.choice(JUMPS)
        return self.wall

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back, but may sleep for a day."""
        self.reads += 1
        self.steady += max(self.chance.choice(JUMPS), 0.0)
        return self.steady


def run(seed: int, count: int) -> list[str]:
    """Run a market under `count` clocks; return what differs from a run under a sound one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        command(folder, RUN)
        wanted = outputs(folder / "out")
        found = []
        for case in range(count):
            chance = random.Random(f"{seed} {case}")
            found += [f"clock {case}: {text}" for text in mistimed(folder, chance, wanted)]
        return found


def mistimed(folder: Path, chance: random.Random, wanted: dict[str, bytes]) -> Iterator[str]:
    """What is wrong with a run under a jumping clock, in a zone by chance."""
    clock = Clock(chance)
    with jumping(clock), mock.patch.dict("os.environ", TZ=chance.choice(ZONES)):
        time.tzset()
        code, said = command(folder, RUN)
    time.tzset()
    if code != 0:
        yield f"exit {code}, {said!r}"
    if outputs(folder / "out") != wanted:
        yield "other bytes"
    if BAD_SPAN.search(said):
        yield f"no sane time: {said!r}"
    if not clock.reads:
        yield "no clock was read: the test does not reach them"


def jumping(clock: Clock) -> ExitStack:
    """Replace the clocks of the modules `time` and `datetime`."""

    class Jumping(calendar.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> calendar.datetime:
            """The wall clock's time."""
            return calendar.datetime.fromtimestamp(clock.time(), tz)

    patches = ExitStack()
    for name, read in (("time", clock.time), ("monotonic", clock.monotonic)):
        patches.enter_context(mock.patch.object(time, name, read))
    patches.enter_context(mock.patch.object(time, "perf_counter", clock.monotonic))
    patches.enter_context(mock.patch("experiments.provenance.datetime", Jumping))
    return patches
