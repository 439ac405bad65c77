"""Runs that take no market: what they do stands in the changes of their job."""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow

from experiments.sweeps.job import DONE, Job, Result

MONTHS = 12


def work(shared: Any, job: Job) -> Result:
    """Do what the job says, and give numbers that follow from its number alone."""
    began = time.perf_counter()
    act = job.changes.get("act")
    if act is not None:
        ACTS[act](job)
    time.sleep(job.changes.get("seconds", 0.0))
    x = float(np.sin(job.number * shared))
    outcomes = {"x": x, "pair": (x, 2 * x), "nothing": float("nan")}
    tables = {"market": table(x)}
    seconds = time.perf_counter() - began
    return Result(job.number, identity(shared, job), DONE, outcomes, tables, seconds)


def prepare(_: Any) -> None:
    """Make the first table, which takes much longer than those that follow."""
    table(0.0)


def identity(_: Any, job: Job) -> str:
    """Name a run by its number."""
    return f"id-{job.number}"


def table(x: float) -> bytes:
    """A table of a year as the bytes of an Arrow stream."""
    months = pyarrow.array(np.arange(1, MONTHS + 1))
    unit = pyarrow.field("share", pyarrow.float64(), metadata={"unit": "1"})
    schema = pyarrow.schema([pyarrow.field("month", pyarrow.int64()), unit])
    whole = pyarrow.table([months, pyarrow.array(np.arange(MONTHS) * x)], schema=schema)
    stream = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(stream, schema) as writer:
        writer.write_table(whole)
    return stream.getvalue().to_pybytes()


def raise_(job: Job) -> None:
    raise ValueError(f"no market at number {job.number}")


def hang(_: Job) -> None:
    while True:
        time.sleep(0.01)


def lose_an_alarm(_: Job) -> None:
    """Go on after the first alarm, as Python does after one in a destructor."""
    with contextlib.suppress(BaseException):
        time.sleep(20.0)
    time.sleep(20.0)


def hold_the_lock(_: Job) -> None:
    """Sleep without giving the interpreter's lock to anyone: only C code can end this."""
    ctypes.PyDLL(None).sleep(3600)


def eat(_: Job) -> None:
    """Ask for more memory at once than there may be."""
    np.ones(10**9)


def leak(_: Job) -> None:
    """Take memory in small steps."""
    taken = []
    while True:
        taken.append(bytearray(10**6))
        time.sleep(0.0005)


def die(_: Job) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave(_: Job) -> None:
    raise SystemExit(0)


ACTS: dict[str, Callable[[Job], None]] = {
    "raise": raise_,
    "hang": hang,
    "deaf": lose_an_alarm,
    "lock": hold_the_lock,
    "eat": eat,
    "leak": leak,
    "die": die,
    "leave": leave,
}
