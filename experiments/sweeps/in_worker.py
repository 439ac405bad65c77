"""What happens inside a worker process of Dask: batches of runs, under a watchdog."""

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin

from experiments.sweeps.attempt import (
    MEGABYTE,
    Limits,
    Setting,
    attempt,
    memory_of_process,
    over_memory,
    over_time,
    prepared,
)
from experiments.sweeps.freed_memory import keep_freed
from experiments.sweeps.job import Job, Result

TOPIC = "shareshift"
BETWEEN_LOOKS = 0.05  # seconds
FOR_THE_NEWS = 0.5  # seconds in which the reason reaches the scheduler before the process ends
GRACE = 5.0  # seconds after which a process ends whose watchdog does not get a turn
ENDED_BY_WATCHDOG = 3

STATES: dict[str, "State"] = {}


class State:
    """What a worker knows of one sweep."""

    def __init__(self, setting: Setting, report: Callable[[dict[str, Any]], None]) -> None:
        self.setting, self.report = setting, report
        self.draining = self.ready = False
        self.watchdog = Watchdog(setting.limits, report)


class Prepared(WorkerPlugin):
    """Brings the setting of a sweep to every worker, once, also to those that come later."""

    idempotent = True

    def __init__(self, token: str, setting: Setting) -> None:
        self.name = f"{TOPIC}-{token}"
        self.token, self.setting = token, setting

    def setup(self, worker: Any) -> None:
        """Make the worker ready for the runs of this sweep."""
        if threading.current_thread() is threading.main_thread():
            # Ctrl-C and SIGTERM go to all processes of a terminal; the parent decides what they do.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

        def report(news: dict[str, Any]) -> None:
            worker.log_event(TOPIC, {"token": self.token, **news})

        STATES[self.token] = State(self.setting, report)

    def teardown(self, worker: Any) -> None:  # noqa: ARG002  # the name of Dask's argument
        """Forget the sweep."""
        state = STATES.pop(self.token, None)
        if state is not None:
            state.watchdog.leave()


class Watchdog:
    """Ends this process when a run is over its limit, after saying so."""

    def __init__(self, limits: Limits, report: Callable[[dict[str, Any]], None]) -> None:
        self.limits, self.report = limits, report
        self.number: int | None = None
        self.began = 0.0
        self.memory = 0
        self.leaving = threading.Event()
        # A process that holds the interpreter's lock can still be ended by a timer written in C.
        self.nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        threading.Thread(target=self.watch, daemon=True, name="watchdog").start()

    def begin(self, job: Job) -> None:
        """Note the start of a run."""
        self.memory = memory_of_process()[0]
        self.began = time.monotonic()
        self.number = job.number
        if self.limits.seconds is not None:
            later = self.limits.seconds + GRACE
            faulthandler.dump_traceback_later(later, exit=True, file=self.nowhere)

    def end(self) -> None:
        """Note that it is over."""
        self.number = None
        faulthandler.cancel_dump_traceback_later()

    def watch(self) -> None:
        """Look at the run several times a second."""
        while not self.leaving.wait(BETWEEN_LOOKS):
            number, reason = self.number, self.wrong()
            if number is not None and reason and number == self.number:
                seconds = time.monotonic() - self.began
                self.report({"number": number, "reason": reason, "seconds": seconds})
                time.sleep(FOR_THE_NEWS)
                os._exit(ENDED_BY_WATCHDOG)

    def wrong(self) -> str:
        """Which limit the run is over; empty if none."""
        if self.limits.seconds is not None and time.monotonic() - self.began > self.limits.seconds:
            return over_time(self.limits)
        if self.limits.memory is not None:
            used = memory_of_process()[0] - self.memory
            if used > self.limits.memory * MEGABYTE:
                return over_memory(self.limits)
        return ""

    def leave(self) -> None:
        """Watch no more."""
        self.leaving.set()


def do_batch(token: str, jobs: Sequence[Job], alone: bool) -> list[Result]:
    """Run jobs one after another; those that have not begun when the sweep drains are left out.

    Parameters
    ----------
    alone : whether to say when a run begins, since it may be one that ends its worker
    """
    state = STATES[token]
    if not state.ready:
        state.ready = True
        keep_freed()
        prepared(state.setting)
    results = []
    for job in jobs:
        if state.draining:
            break
        if alone:
            state.report({"number": job.number, "began": True})
        state.watchdog.begin(job)
        try:
            results.append(attempt(state.setting, job))
        finally:
            state.watchdog.end()
    return results


def drain(token: str) -> None:
    """Let this worker begin no further run of a sweep."""
    if token in STATES:
        STATES[token].draining = True
