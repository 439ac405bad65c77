"""The clock of one or two markets: the month that is shown, and how the markets are taken there."""

import threading
import time

from experiments.watch.controls import Controls
from experiments.watch.frames import Film
from experiments.watch.scene import Scene
from experiments.watch.side import Side
from experiments.watch.witness import Witness
from simulation.market import Market

BEHIND = 0.25  # seconds that a slow market is forgiven
DEFAULT_SPEED = 8.0
MEASURED = 0.5  # seconds over which months a second are measured


class Clock:
    """Markets on one clock.

    sides : the market, and beside it the one that it is compared with.  focus : the one that the
    drawers, the network and the changes are about.  shown : months done of what is shown.
    """

    def __init__(self, scene: Scene) -> None:
        """Stand before the first month."""
        self.lock = threading.RLock()
        self.sides, self.focus = [Side(scene, self.lock)], 0
        self.shown, self.epochs = 0, 0
        self.playing, self.speed, self.pace = False, DEFAULT_SPEED, 0.0
        self.due, self._paced = 0.0, (0.0, 0)

    def changed(self) -> None:
        """There is another frame to show."""

    def overtaken(self) -> bool:
        """Whether what is being run to is no longer wanted."""
        return False

    @property
    def side(self) -> Side:
        """The side that the page looks at."""
        return self.sides[self.focus]

    @property
    def scene(self) -> Scene:
        """What it shows."""
        return self.side.scene

    @property
    def controls(self) -> Controls:
        """What can be changed in it."""
        return self.side.controls

    @property
    def market(self) -> Market:
        """Its market."""
        return self.side.market

    @property
    def film(self) -> Film:
        """What was seen of it."""
        return self.side.film

    @property
    def witness(self) -> Witness:
        """Who remembers it."""
        return self.side.witness

    def next_epoch(self) -> int:
        """A number that no film has had."""
        self.epochs += 1
        return self.epochs - 1

    def stand_still(self) -> None:
        """Stop at the start."""
        self.playing, self.shown, self.pace = False, 0, 0.0

    def measure_from_here(self) -> None:
        """Measure months a second from this moment on."""
        self._paced = (time.monotonic(), self.shown)

    def run_to(self, month: int) -> None:
        """Step all sides to a month, unless something else is wanted; `shown` is where they are."""
        last = min(month, max(side.market.origin.months for side in self.sides))
        while not self.overtaken():
            late = [side for side in self.sides if side.lacks(last)]
            if not late:
                break
            min(late, key=lambda side: side.film.seen).step()
        self.shown = min(last, self.reach())
        self.measure_from_here()
        self.changed()

    def reach(self) -> int:
        """The last month that all sides can show; a run that is over stays at its last one."""
        running = [side.film.seen for side in self.sides if not side.is_over]
        return min(running) if running else max(side.film.seen for side in self.sides)

    def has_ended(self) -> bool:
        """Whether the month that is shown is the last one."""
        return all(side.is_over and side.film.seen <= self.shown for side in self.sides)

    def go_on(self) -> None:
        """Show the next month; at the end of the run, stop."""
        if self.has_ended():
            self.playing = False
            self.changed()
            return
        for side in self.sides:
            if side.lacks(self.shown + 1):
                side.step()
        self.shown += 1
        now = time.monotonic()
        gap = 1.0 / self.speed if self.speed else 0.0
        self.due = max(self.due + gap, now - BEHIND)
        since, month = self._paced
        if now - since >= MEASURED:
            self.pace, self._paced = (self.shown - month) / (now - since), (now, self.shown)
        if self.has_ended():
            self.playing = False
        self.changed()
