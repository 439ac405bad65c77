"""What is made ready while the browser starts: the market of the first page, and the kernels.

Without it the first page waits for imports and for the market to be built, and its first month for
the kernels to be read from the disk.
"""

import threading
import time

from experiments.watch.drawn import MOST
from experiments.watch.scene import Scene
from experiments.watch.session import Session
from simulation.config import Config
from simulation.market import Market

LOOK = 0.02  # seconds
PAGE = 1.5  # seconds in which a page that is waited for comes; it is not disturbed


class Ready(threading.Thread):
    """A thread that opens a session for the first page, then runs a month that nobody sees."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(name="ready", daemon=True)
        self.session = Session(scene, lambda: None)
        self.taken = False

    def run(self) -> None:
        """Open the session; when the page is there, have every kernel read or compiled."""
        self.session.thread.start()
        while self.session.thread.is_alive() and not self.session.version:
            time.sleep(LOOK)
        session, config = self.session, self.session.scene.config
        if (
            session.closed.wait(PAGE)
            or session.playing
            or not (session.scene.live and quick(config))
        ):
            return
        Market(config).step()

    def take(self) -> Session | None:
        """Hand the session out, once; None where it could not be built: the next one says why."""
        if self.taken or self.session.failed:
            return None
        self.taken = True
        return self.session

    def end(self) -> None:
        """Wait for the threads, which a signal's clock ends if they take too long."""
        self.session.close()
        self.join()


def quick(config: Config) -> bool:
    """Whether a month more costs little: a large market would keep the page waiting for it."""
    return config.developers.count + config.consumers.count <= 2 * MOST
