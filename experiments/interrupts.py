"""Ctrl-C and SIGTERM: note the first one and stop at the next safe point; the second one kills."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

CAUGHT = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Exception):
    """The user or the system asked to stop; `number` is the signal's."""

    def __init__(self, number: int, state: str = "") -> None:
        name = "interrupted" if number == signal.SIGINT else "ended by SIGTERM"
        super().__init__(f"{name} {state}".strip())
        self.number = number

    @property
    def exit_code(self) -> int:
        """130 for Ctrl-C, 143 for SIGTERM, as a shell would report them."""
        return 128 + self.number


class Stop:
    """Within `with Stop() as stop`, a signal waits until `stop.check()` is called."""

    def __init__(self) -> None:
        self.number = 0
        self.former: dict[int, Any] = {}

    def __enter__(self) -> "Stop":
        """Take over the signals, where Python lets us (its main thread)."""
        if threading.current_thread() is threading.main_thread():
            self.former = {number: signal.signal(number, self.note) for number in CAUGHT}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number, handler in self.former.items():
            signal.signal(number, handler)

    def note(self, number: int, _: FrameType | None) -> None:
        """Remember the first signal, and let a second one end the process at once."""
        self.number = number
        for other in CAUGHT:
            signal.signal(other, signal.SIG_DFL)

    def check(self) -> None:
        """Stop here if a signal came.

        Raises
        ------
        Interrupted
        """
        if self.number:
            raise Interrupted(self.number)
