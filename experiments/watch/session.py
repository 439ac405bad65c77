"""One market, or two side by side, for one page: commands in, the latest frame out.

The thread runs free.  It moves the month that is shown, at the speed asked for, and steps the
market where that month has not been seen yet; whoever sends frames takes the latest one when the
page is ready for it, so that a slow page skips months and never lags behind.
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from experiments.cli import UsageError
from experiments.watch import flows, pair, protocol, story
from experiments.watch.clock import Clock
from experiments.watch.controls import Controls
from experiments.watch.drawn import drawn_of
from experiments.watch.introduction import introduction
from experiments.watch.layout import positions
from experiments.watch.scene import Scene, other
from experiments.watch.side import Side
from experiments.whole_files import StoreError
from simulation.config import ConfigError
from simulation.csv_table import TableError
from simulation.market import Market

MOST_WAITING = 256  # commands
IDLE = 0.5  # seconds after which the thread looks whether it is still wanted
OVERTAKES = frozenset({"seek", "pause", "play", "reset", "scenario"})
REFUSED = (ConfigError, TableError, StoreError, UsageError, KeyError, ValueError)
Known = dict[int, tuple[int, int]]  # epoch and rows that a page has, by side


class Session(Clock):
    """The markets of one page, and what goes to and fro between them."""

    def __init__(self, scene: Scene, notify: Callable[[], None]) -> None:
        """Build nothing yet; `notify` is called from the thread when there is something to send."""
        super().__init__(scene)
        self.notify, self.version = notify, 0
        self.commands: queue.Queue[protocol.Command] = queue.Queue(MOST_WAITING)
        self.messages: queue.Queue[str | bytes] = queue.Queue()
        self.closed, self.failed = threading.Event(), False
        self.thread = threading.Thread(target=self.run, name="watched market", daemon=True)

    # --- The thread ------------------------------------------------------------------------------

    def run(self) -> None:
        """Build the market, then do what is asked for until the page is gone."""
        try:
            self.open()
            while not self.closed.is_set():
                self.turn()
        except Exception as failure:  # noqa: BLE001  # the page is told, and the server lives on
            from experiments.failures import explain

            self.failed = True
            self.say("notice", level="error", text=explain(failure)[0])
        finally:
            with self.lock:
                for side in self.sides:
                    side.let_go()

    def turn(self) -> None:
        """Wait for a command or for the next month, and do it."""
        wait = max(self.due - time.monotonic(), 0.0) if self.playing else IDLE
        try:
            command = self.commands.get(timeout=wait) if wait > 0 else self.commands.get_nowait()
        except queue.Empty:
            if self.playing:
                self.go_on()
            return
        self.obey(command)

    def open(self) -> None:
        """Build the market, and the one to compare it with if the command named one."""
        against = self.scene.against
        self.raise_side(self.side)
        self.changed()
        if against is not None:
            pair.refuse_other_clock(self.scene.config, against.config)
            self.compare_with(Side(against, self.lock, 1))

    def raise_side(self, side: Side, begin_anew: bool = True) -> None:
        """Build the market of a side and tell the page all that it will need of it."""
        config = side.controls.begin_anew() if begin_anew else side.controls.config
        with self.lock:
            self.stand_still()
        market = Market(config)
        drawn = drawn_of(market)
        points = positions(drawn, market.config.seed)
        with self.lock:  # no frame of it may go out before its introduction
            side.begin(market, drawn, self.next_epoch())
            self.put(introduction(self, side))
            self.put(protocol.graph(points, side.drawn.edges, side.number))
        if not side.scene.live:
            side.rehearse(self.closed)

    # --- Commands --------------------------------------------------------------------------------

    def obey(self, command: protocol.Command) -> None:
        """Do what a command says; what cannot be done is told to the page."""
        try:
            getattr(self, f"do_{command.type}")(command)
        except REFUSED as failure:
            words = str(failure.args[0] if isinstance(failure, KeyError) else failure)
            self.say("notice", level="error", text=words)

    def do_play(self, _: Any) -> None:
        """Go on from the month that is shown; from the end, begin at the start."""
        if self.has_ended():
            self.shown = 0
        self.playing, self.due = True, time.monotonic()
        self.measure_from_here()
        self.changed()

    def do_pause(self, _: Any) -> None:
        """Stay at the month that is shown."""
        self.playing = False
        self.changed()

    def do_step(self, _: Any) -> None:
        """Show one more month, and stay there."""
        self.playing = True
        self.go_on()
        self.do_pause(None)

    def do_speed(self, command: protocol.Speed) -> None:
        """Change the speed from now on."""
        self.speed, self.due = command.value, time.monotonic()
        self.changed()

    def do_seek(self, command: protocol.Seek) -> None:
        """Show a month; one that has not been seen yet is reached by running there."""
        self.run_to(command.month)

    def overtaken(self) -> bool:
        """Whether what is being run to is no longer wanted; a change waits until it is reached."""
        waiting = list(self.commands.queue)[:1]
        return self.closed.is_set() or any(command.type in OVERTAKES for command in waiting)

    def do_reset(self, _: Any) -> None:
        """Begin anew with the sliders where they are; a stored run only goes to its start."""
        with self.lock:
            self.stand_still()
        for side in self.sides:
            if side.scene.live:
                side.begin(Market(side.controls.begin_anew()), side.drawn, self.next_epoch())
                side.fork = None
        self.tell_values()
        self.changed()

    def do_set(self, command: protocol.Set) -> None:
        """Set a slider from the next month on."""
        self.change({command.key: command.value})

    def do_restore(self, command: protocol.Restore) -> None:
        """Give one slider, or all, the value of the base."""
        from simulation.config import value_at

        keys = [command.key] if command.key else list(self.controls.values)
        if keys:
            self.change({key: value_at(self.controls.base, key) for key in keys})

    def change(self, values: dict[str, float]) -> None:
        """Set parameters of a live run."""
        self.side.refuse_if_stored()
        self.controls.set(self.market, values)
        self.to_the_edge()

    def do_event(self, command: protocol.Drop) -> None:
        """Let something happen next month."""
        self.side.refuse_if_stored()
        if not self.market.running:
            raise ValueError("the run is over: nothing can happen after its last month")
        self.controls.drop(self.market, command.kind, command.settings)
        self.to_the_edge()

    def to_the_edge(self) -> None:
        """A change holds from the month that comes next, which is what is shown from now on."""
        self.tell_values()
        self.run_to(self.film.seen)

    def do_scenario(self, command: protocol.Scenario) -> None:
        """Begin anew with another config."""
        self.side.refuse_if_stored()
        scene = other(self.scene, command.name)
        if len(self.sides) > 1:
            pair.refuse_other_clock(self.sides[1 - self.focus].scene.config, scene.config)
        side = self.side
        side.scene, side.controls, side.fork = scene, Controls(scene.config), None
        self.raise_side(side)
        self.tell_comparison()
        self.changed()

    def do_compare(self, command: protocol.Compare) -> None:
        """Put another market beside this one, or take it away."""
        shown = self.shown
        if command.against == "nothing":
            self.part()
            self.tell_comparison()
            self.tell_values()
        else:
            self.compare_with(pair.side_against(self.sides[0], command, shown))
        self.run_to(shown)

    def part(self) -> None:
        """Be alone with the first market."""
        with self.lock:
            for side in self.sides[1:]:
                side.let_go()
            del self.sides[1:]
            self.focus = 0

    def compare_with(self, side: Side) -> None:
        """Build the second market and put it beside the first one."""
        from experiments.failures import explain

        self.part()
        try:
            self.raise_side(side, begin_anew=side.fork is None)
        except Exception as failure:  # noqa: BLE001  # the first market lives on
            self.say("notice", level="error", text=explain(failure)[0])
            self.tell_comparison()
            return
        with self.lock:
            self.sides.append(side)
            self.focus = int(side.fork is not None)  # a fork is made to be changed
        self.tell_comparison()
        self.tell_values()
        self.changed()

    def do_focus(self, command: protocol.Focus) -> None:
        """Look at the other side."""
        if command.side >= len(self.sides):
            raise ValueError("there is nothing to compare with: choose it first")
        with self.lock:
            self.focus = command.side
        self.tell_values()
        self.changed()

    def do_save(self, _: Any) -> None:
        """Hand out the changes as a config."""
        self.side.refuse_if_stored()
        name = f"{self.scene.name}-watched.yaml"
        self.say("saved", name=name, text=self.controls.yaml(self.scene.extends))

    def do_inspect(self, command: protocol.Inspect) -> None:
        """Tell the story of an agent or of a provider."""
        if command.provider is not None:
            told = story.of_provider(self.film, command.provider, self.shown)
        else:
            node = self.side.drawn.node_of(command.node, command.developer, command.enterprise)
            told = story.of_node(self.film, self.witness, node, self.shown)
        self.say("story", side=self.focus, **self.side.placed(told))

    def do_flows(self, command: protocol.Window) -> None:
        """Tell who moved from whom to whom."""
        last = min(command.last, self.film.seen)
        found = self.side.placed(flows.between(self.market, command.first, last))
        self.say("flows", side=self.focus, first=command.first, last=last, flows=found)

    # --- What goes out ---------------------------------------------------------------------------

    def tell_values(self) -> None:
        """Tell the page what is changed."""
        told = {"values": self.controls.values, "dropped": self.controls.dropped()}
        self.say("values", side=self.focus, **told)
        if len(self.sides) > 1:
            self.tell_comparison()

    def tell_comparison(self) -> None:
        """Tell the page what stands beside what, or that nothing does."""
        told = pair.told_of(*self.sides) if len(self.sides) > 1 else None
        self.say("comparison", focus=self.focus, told=told)

    def say(self, kind: str, **entries: Any) -> None:
        """Send a text message."""
        self.put(protocol.text(kind, **entries))

    def put(self, message: str | bytes) -> None:
        """Send a message as soon as the page takes it."""
        self.messages.put(message)
        self.notify()

    def changed(self) -> None:
        """There is another frame to show."""
        self.version += 1
        self.notify()

    def frames(self, known: Known) -> tuple[list[bytes], Known] | None:
        """The latest frame of each side for a page that has rows of theirs.

        None while messages wait, for a frame of another market must come after its introduction.
        """
        told = {
            "playing": self.playing,
            "speed": self.speed,
            "pace": round(self.pace if self.playing else 0.0, 1),
            "focus": self.focus,
        }
        with self.lock:
            if not self.messages.empty():
                return None
            told["sides"] = len(self.sides)
            nothing = (-1, 0)
            found = [
                side.frame(self.shown, known.get(side.number, nothing), told) for side in self.sides
            ]
        return [content for content, _ in found], {at: had for at, (_, had) in enumerate(found)}

    def close(self) -> None:
        """Let the thread end after the month that it is in."""
        self.closed.set()
        self.playing = False
