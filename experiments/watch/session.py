"""One market for one page: a thread that steps it, commands in, the latest frame out.

The thread runs free.  It moves the month that is shown, at the speed asked for, and steps the
market where that month has not been seen yet; whoever sends frames takes the latest one when the
page is ready for it, so that a slow page skips months and never lags behind.
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from experiments.watch import flows, protocol, story
from experiments.watch.controls import Controls
from experiments.watch.drawn import Drawn, drawn_of
from experiments.watch.frames import Film
from experiments.watch.introduction import introduction, places_of
from experiments.watch.layout import positions
from experiments.watch.replay import refuse_other_past
from experiments.watch.scene import Scene, other
from experiments.watch.witness import Witness
from simulation.market import Market

MOST_WAITING = 256  # commands
IDLE = 0.5  # seconds after which the thread looks whether it is still wanted
BEHIND = 0.25  # seconds that a slow market is forgiven
DEFAULT_SPEED = 8.0
OVERTAKES = frozenset({"seek", "pause", "play", "reset", "scenario"})
CODED = frozenset({"code", "from", "to", "provider", "by_provider"})
MEASURED = 0.5  # seconds over which months a second are measured


class Session:
    """A market, its film, and where the page stands in it."""

    market: Market
    film: Film
    drawn: Drawn
    witness: Witness

    def __init__(self, scene: Scene, notify: Callable[[], None]) -> None:
        """Build nothing yet; `notify` is called from the thread when there is something to send."""
        self.scene, self.notify = scene, notify
        self.controls = Controls(scene.config)
        self.commands: queue.Queue[protocol.Command] = queue.Queue(MOST_WAITING)
        self.messages: queue.Queue[str | bytes] = queue.Queue()
        self.lock = threading.Lock()
        self.shown, self.epoch, self.version = 0, -1, 0
        self.playing, self.speed, self.pace = False, DEFAULT_SPEED, 0.0
        self.closed, self.failed = threading.Event(), False
        self.due, self._paced = 0.0, (0.0, 0)
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
        """Build the market and tell the page all that it will need of it."""
        market = Market(self.controls.begin_anew())
        drawn = drawn_of(market)
        points = positions(drawn, market.config.seed)
        with self.lock:
            self.drawn, self.place = drawn, places_of(market)
            self.begin(market)
            self.put(introduction(self))
            self.put(protocol.graph(points, drawn.edges))
        if not self.scene.live:
            self.rehearse()
        self.changed()

    def begin(self, market: Market) -> None:
        """Watch a market from its first month on; what was seen of another one is forgotten."""
        self.market, self.witness = market, Witness(market, self.drawn)
        self.film = Film(market, self.drawn)
        self.playing, self.shown, self.pace = False, 0, 0.0
        self.epoch += 1

    def rehearse(self) -> None:
        """Step a stored run to its end, and check that it is the one on the disk."""
        while self.market.running and not self.closed.is_set():
            self.step_market()
        if self.scene.origin is not None and not self.closed.is_set():
            refuse_other_past(self.scene.origin, self.market)

    def step_market(self) -> None:
        """One month of the market, and of the film."""
        self.witness.look()
        self.market.step()
        with self.lock:
            self.film.expose()

    def go_on(self) -> None:
        """Show the next month; at the end of the run, stop."""
        if self.shown == self.film.seen and not self.market.running:
            self.playing = False
            self.changed()
            return
        if self.shown == self.film.seen:
            self.step_market()
        self.shown += 1
        now = time.monotonic()
        gap = 1.0 / self.speed if self.speed else 0.0
        self.due = max(self.due + gap, now - BEHIND)
        since, month = self._paced
        if now - since >= MEASURED:
            self.pace, self._paced = (self.shown - month) / (now - since), (now, self.shown)
        if self.shown == self.film.seen and not self.market.running:
            self.playing = False
        self.changed()

    # --- Commands --------------------------------------------------------------------------------

    def obey(self, command: protocol.Command) -> None:
        """Do what a command says; what cannot be done is told to the page."""
        from simulation.config import ConfigError

        try:
            getattr(self, f"do_{command.type}")(command)
        except (ConfigError, KeyError, ValueError) as failure:
            words = str(failure.args[0] if isinstance(failure, KeyError) else failure)
            self.say("notice", level="error", text=words)

    def do_play(self, _: Any) -> None:
        """Go on from the month that is shown; from the end, begin at the start."""
        if self.shown == self.film.seen and not self.market.running:
            self.shown = 0
        self.playing, self.due = True, time.monotonic()
        self._paced = (self.due, self.shown)
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
        last = min(command.month, self.market.origin.months)
        while self.film.seen < last and not self.overtaken():
            self.step_market()
        self.shown = min(last, self.film.seen)
        self._paced = (time.monotonic(), self.shown)
        self.changed()

    def overtaken(self) -> bool:
        """Whether what is being run to is no longer wanted; a change waits until it is reached."""
        waiting = list(self.commands.queue)[:1]
        return self.closed.is_set() or any(command.type in OVERTAKES for command in waiting)

    def do_reset(self, _: Any) -> None:
        """Begin anew with the sliders where they are; a stored run only goes to its start."""
        self.playing, self.shown, self.pace = False, 0, 0.0
        if self.scene.live:
            market = Market(self.controls.begin_anew())
            with self.lock:
                self.begin(market)
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
        self.refuse_if_stored()
        self.controls.set(self.market, values)
        self.to_the_edge()

    def do_event(self, command: protocol.Drop) -> None:
        """Let something happen next month."""
        self.refuse_if_stored()
        if not self.market.running:
            raise ValueError("the run is over: nothing can happen after its last month")
        self.controls.drop(self.market, command.kind, command.settings)
        self.to_the_edge()

    def to_the_edge(self) -> None:
        """A change holds from the month that comes next, which is what is shown from now on."""
        self.shown = self.film.seen
        self.tell_values()
        self.changed()

    def do_scenario(self, command: protocol.Scenario) -> None:
        """Begin anew with another config."""
        self.refuse_if_stored()
        self.scene = other(self.scene, command.name)
        self.controls = Controls(self.scene.config)
        self.playing = False
        self.open()

    def do_save(self, _: Any) -> None:
        """Hand out the changes as a config."""
        self.refuse_if_stored()
        name = f"{self.scene.name}-watched.yaml"
        self.say("saved", name=name, text=self.controls.yaml(self.scene.extends))

    def do_inspect(self, command: protocol.Inspect) -> None:
        """Tell the story of an agent or of a provider."""
        if command.provider is not None:
            told = story.of_provider(self.film, command.provider, self.shown)
        else:
            told = story.of_node(self.film, self.witness, command.node or 0, self.shown)
        self.say("story", **self.placed(told))

    def do_flows(self, command: protocol.Window) -> None:
        """Tell who moved from whom to whom."""
        last = min(command.last, self.film.seen)
        found = self.placed(flows.between(self.market, command.first, last))
        self.say("flows", first=command.first, last=last, flows=found)

    def placed(self, told: Any) -> Any:
        """What is told, with codes of the market as places among the providers."""
        if isinstance(told, dict):
            return {
                key: self.placed_code(value) if key in CODED else self.placed(value)
                for key, value in told.items()
            }
        return [self.placed(entry) for entry in told] if isinstance(told, list) else told

    def placed_code(self, value: Any) -> Any:
        """A code, or pairs that begin with one, as places."""
        if isinstance(value, list):
            return [[self.placed_code(code), count] for code, count in value]
        return None if value is None else int(self.place[value])

    def refuse_if_stored(self) -> None:
        """Refuse to change what has happened."""
        if not self.scene.live:
            raise ValueError("a stored run cannot be changed; watch its config to try things")

    # --- What goes out ---------------------------------------------------------------------------

    def tell_values(self) -> None:
        """Tell the page what is changed."""
        self.say("values", values=self.controls.values, dropped=self.controls.dropped())

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

    def frame(self, epoch: int, first: int) -> tuple[bytes, int, int] | None:
        """The latest frame for a page that has the rows before `first` of `epoch`.

        Returns the message, the epoch and the number of rows that the page has after it; None
        while messages wait, for a frame of another market must come after its introduction.
        """
        with self.lock:
            if not self.messages.empty():
                return None
            film, shown = self.film, min(self.shown, self.film.seen)
            first = first if epoch == self.epoch else 0
            epoch, found = self.epoch, film.frame(shown, first)
        pace = self.pace if self.playing else 0.0
        told = {
            "epoch": epoch,
            "playing": self.playing,
            "speed": self.speed,
            "pace": round(pace, 1),
        }
        found = found._replace(happened=self.placed(found.happened))
        return protocol.frame(found, self.place, told), epoch, found.seen

    def close(self) -> None:
        """Let the thread end after the month that it is in."""
        self.closed.set()
        self.playing = False
