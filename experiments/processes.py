"""Work in several processes that end with us: none is left behind, whatever ends this one."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

from experiments.whole_files import StoreError

Job = TypeVar("Job")
Result = TypeVar("Result")

BETWEEN_CHECKS = 0.2  # seconds


class WorkError(Exception):
    """Work in another process failed: what it raised, in words that can travel."""


def in_processes(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int,
    check: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """Results of the jobs as they come; `check` is called several times a second and may raise.

    Raises
    ------
    StoreError
        A process was killed.
    WorkError
        `work` raised something; what `check` raises is raised as it is.
    """
    # Mesa sets how the whole process starts others; a context of our own does not depend on it.
    context, before = get_context("spawn"), set(active_children())
    count = max(1, min(workers, len(jobs)))
    with ProcessPoolExecutor(count, context, initializer=leave_with_parent) as pool:
        try:
            waiting: set[Future[Result]] = {pool.submit(worked, work, job) for job in jobs}
            while waiting:
                done, waiting = wait(waiting, BETWEEN_CHECKS, FIRST_COMPLETED)
                check()
                for future in done:
                    yield future.result()
        except BaseException as failure:
            pool.shutdown(wait=False, cancel_futures=True)
            started = set(active_children()) - before
            for process in started:
                process.terminate()
            for process in started:
                process.join()
            if isinstance(failure, BrokenProcessPool):
                raise StoreError(
                    "a process was killed, perhaps for its memory; try with fewer --workers"
                ) from failure
            raise


def worked(work: Callable[[Job], Result], job: Job) -> Result:
    """Do one job.

    Some exceptions cannot be built again from what is sent of them, which would look as if the
    process had died.
    """
    try:
        return work(job)
    except Exception as failure:
        notes = getattr(failure, "__notes__", [])
        raise WorkError("; ".join([f"{type(failure).__name__}: {failure}", *notes])) from failure


def leave_with_parent() -> None:
    """Leave Ctrl-C to the process that hands out the work, and end as soon as that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_after_parent, daemon=True).start()


def end_after_parent() -> None:
    """Wait for the end of the process that started this one; then end at once."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
