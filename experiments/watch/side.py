"""One market of a session: what can be changed in it, what was seen of it, and who remembers."""

import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.watch import protocol
from experiments.watch.controls import Controls
from experiments.watch.drawn import Drawn
from experiments.watch.frames import Film
from experiments.watch.introduction import places_of
from experiments.watch.replay import refuse_other_past
from experiments.watch.scene import Scene
from experiments.watch.witness import Witness
from simulation.market import Market, let_go

if TYPE_CHECKING:
    from collections.abc import Mapping

    Lock = AbstractContextManager[bool]

CODED = frozenset({"code", "from", "to", "provider", "by_provider"})


class Side:
    """A market that is watched, alone or beside another one.

    number : its place among the sides.  epoch : tells its films apart; a new one begins anew.
    fork : month in which it was forked from the other side; None if it was not.  asked : how the
    page asked for it, which its address holds.
    """

    market: Market
    film: Film
    drawn: Drawn
    witness: Witness
    place: NDArray[np.uint8]

    def __init__(
        self, scene: Scene, lock: "Lock", number: int = 0, controls: Controls | None = None
    ) -> None:
        """Build nothing yet; `lock` is held wherever what is sent changes."""
        self.scene, self.lock, self.number = scene, lock, number
        self.controls = controls or Controls(scene.config)
        self.epoch = -1
        self.fork: int | None = None
        self.asked = ""

    def begin(self, market: Market, drawn: Drawn, epoch: int) -> None:
        """Watch a market from its first month on; what was seen of another one is forgotten."""
        witness, film = Witness(market, drawn), Film(market, drawn)
        with self.lock:
            self.let_go()
            self.market, self.witness, self.film, self.epoch = market, witness, film, epoch
            self.drawn, self.place = drawn, places_of(market)

    def let_go(self) -> None:
        """Free the market, if there is one; each reset would leave one in memory for a while."""
        if hasattr(self, "market"):
            let_go(self.market)

    def step(self) -> None:
        """One month of the market, and of the film."""
        self.witness.look()
        self.market.step()
        with self.lock:
            self.film.expose()

    def rehearse(self, closed: threading.Event) -> None:
        """Step a stored run to its end, and check that it is the one on the disk."""
        while self.market.running and not closed.is_set():
            self.step()
        if self.scene.origin is not None and not closed.is_set():
            refuse_other_past(self.scene.origin, self.market)

    @property
    def is_over(self) -> bool:
        """Whether no month will be added to what was seen."""
        return not self.market.running

    def lacks(self, month: int) -> bool:
        """Whether it has to be stepped before that month can be shown."""
        return self.film.seen < month and not self.is_over

    def refuse_if_stored(self) -> None:
        """Refuse to change what has happened."""
        if not self.scene.live:
            raise ValueError("a stored run cannot be changed; watch its config to try things")

    def frame(
        self, shown: int, known: tuple[int, int], told: "Mapping[str, Any]"
    ) -> tuple[bytes, tuple[int, int]]:
        """The message of a month for a page that knows rows of an epoch, and what it knows then.

        The lock is held by whoever asks.
        """
        first = known[1] if known[0] == self.epoch else 0
        found = self.film.frame(min(shown, self.film.seen), first)
        found = found._replace(happened=self.placed(found.happened))
        head = {**told, "epoch": self.epoch, "side": self.number}
        return protocol.frame(found, self.place, head), (self.epoch, found.seen)

    # --- Codes of the market as places among the providers ---------------------------------------

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
