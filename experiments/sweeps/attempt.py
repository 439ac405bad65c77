"""One run, whatever it does: a result, or a failure with its reason in words.

What a run may not do is end or spoil the work of others.  Its time and its memory have limits; in a
worker a watchdog ends the process of a run that cannot be stopped otherwise.
"""

import contextlib
import functools
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from experiments.sweeps.job import FAILED, Job, Result

CHECKOUT = Path(__file__).resolve().parents[2]
LONGEST_REASON = 400
AGAIN = 1.0  # seconds between two rings of the alarm
MEGABYTE = 10**6
SLACK = 256 * MEGABYTE  # the watchdog is to notice a slow leak before the system refuses memory


class Limits(NamedTuple):
    """What one run may use; None is without limit.

    seconds : of wall time
    memory : megabytes, above what the process had before the run; a worker has what runs before
        freed, up to `freed_memory.MOST_KEPT`, which the run may use beside
    """

    seconds: float | None = None
    memory: float | None = None


class Setting(NamedTuple):
    """What all runs of a sweep have in common; it travels to each worker once.

    work : `work(shared, job)` runs one job; a function that workers can import
    shared : what it needs beside the job
    prepare : `prepare(shared)` is called once in each process, before its first run and without
        limits: kernels that have to be compiled first are not that run's time
    identity : `identity(shared, job)` names a run that left no result to name it
    """

    work: Callable[[Any, Job], Result]
    shared: Any
    limits: Limits = Limits()
    prepare: Callable[[Any], None] | None = None
    identity: Callable[[Any, Job], str] | None = None


class TimeLimitError(BaseException):
    """A run is over its limit; no handler of the model may catch it."""


def prepared(setting: Setting) -> None:
    """Do what is done once before the first run; if it fails, the runs will say why."""
    if setting.prepare is not None:
        with contextlib.suppress(Exception):
            setting.prepare(setting.shared)


def attempt(setting: Setting, job: Job) -> Result:
    """Run a job; whatever it raises is the reason of a failed result."""
    began = time.perf_counter()
    try:
        with limited_memory(setting.limits.memory):
            return setting.work(setting.shared, job)
    except TimeLimitError:
        reason = over_time(setting.limits)
    except (Exception, SystemExit) as failure:  # noqa: BLE001  # a run may raise anything
        reason = reason_of(failure, setting.limits)
    return failed(setting, job, reason, time.perf_counter() - began)


def failed(setting: Setting, job: Job, reason: str, seconds: float = 0.0) -> Result:
    """The result of a run that failed; its identity is empty where no config can be made of it."""
    words, identity = " ".join(reason.split()), ""
    if setting.identity is not None:
        with contextlib.suppress(Exception):
            identity = setting.identity(setting.shared, job)
    return Result(job.number, identity, FAILED, {}, {}, seconds, words[:LONGEST_REASON])


def reason_of(failure: BaseException, limits: Limits) -> str:
    """What a run raised, in words, and where."""
    told = f"{type(failure).__name__}: {failure}".rstrip(": ")
    told = "; ".join([told, *getattr(failure, "__notes__", [])])
    if isinstance(failure, MemoryError):
        return f"{over_memory(limits)} ({told})"
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(CHECKOUT)]
    frame = next(reversed(ours or list(frames)), None)
    if frame is None:
        return told
    file = Path(frame.filename)
    name = file.relative_to(CHECKOUT).as_posix() if ours else file.name
    return f"{told[: LONGEST_REASON - 100]} (in {frame.name}, {name}:{frame.lineno})"


def over_time(limits: Limits) -> str:
    """Why a run was ended that took too long."""
    return f"over its limit of {limits.seconds:g} s"


def over_memory(limits: Limits) -> str:
    """Why a run was ended that took too much memory."""
    if limits.memory is None:
        return "out of memory"
    return f"out of memory: over its limit of {limits.memory:g} MB"


@contextlib.contextmanager
def limited_memory(megabytes: float | None) -> Iterator[None]:
    """Let the system refuse memory to this process beyond the limit, where it can (Linux)."""
    if megabytes is None or not sys.platform.startswith("linux"):
        yield
        return
    soft, hard = limit_at_first()
    wanted = memory_of_process()[1] + int(megabytes * MEGABYTE) + SLACK
    known = [limit for limit in (wanted, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(known), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@functools.cache
def limit_at_first() -> tuple[int, int]:
    """Limit that this process had before any run; an alarm may ring while it is being restored."""
    return resource.getrlimit(resource.RLIMIT_DATA)


def memory_of_process() -> tuple[int, int]:
    """Bytes of memory in use by this process, and bytes of its data segments; 0 where unknown."""
    try:
        pages = Path("/proc/self/statm").read_bytes().split()
    except OSError:
        return 0, 0
    size = resource.getpagesize()
    return int(pages[1]) * size, int(pages[5]) * size


def attempt_here(setting: Setting, job: Job) -> Result:
    """Run a job in this process, with an alarm for its time.

    The alarm comes between two lines of Python: compiled code that does not return is not stopped
    by it.  It rings again every second, as Python drops what is raised within a destructor.  In
    another thread than the main one there is no such limit.
    """
    seconds, over = setting.limits.seconds, False
    if seconds is None or threading.current_thread() is not threading.main_thread():
        return attempt(setting, job)

    def ring(_: int, __: FrameType | None) -> None:
        if not over:
            raise TimeLimitError

    former = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        return attempt(setting, job)
    except TimeLimitError:  # it rang while the run was over, or being ended
        over = True
        return failed(setting, job, over_time(setting.limits), seconds)
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
