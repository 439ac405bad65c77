"""One run of a sweep: what is asked for, and what came of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Outcome = float | tuple[float, ...]  # one number of a run, or one number for each of several things

DONE, FAILED = "done", "failed"


class Job(NamedTuple):
    """One run that a sweep asks for.

    number : 0.. in the order of the sweep, which nothing that happens changes
    point : row of the design
    seed, network : indices of the replicate of luck and of the network realisation, each 0..
    changes : what differs from the base config, by dotted key, seeds included
    """

    number: int
    point: int
    seed: int
    network: int
    changes: Mapping[str, Any]


class Result(NamedTuple):
    """What came of one job.

    identity : sha256 of the resolved config, its seed and the model version
    status : DONE or FAILED, with the reason in words
    outcomes : by name; nan where the run has no such number
    tables : bytes of an Arrow IPC stream, by the table's name
    seconds : wall time of the run; never part of what is compared
    """

    number: int
    identity: str
    status: str
    outcomes: Mapping[str, Outcome]
    tables: Mapping[str, bytes]
    seconds: float
    reason: str = ""
