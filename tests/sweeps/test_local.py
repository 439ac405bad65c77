"""Workers of this machine: there are as many as were asked for, whatever ends them."""

import os
import signal
import time

from experiments.sweeps import local

LONG = 60.0  # seconds, after which a test has failed


def test_worker_that_dies_while_it_starts_is_replaced() -> None:
    """Dask takes a death in this state for a start that failed, and leaves it at that."""
    from distributed import Status

    with local.connected(1) as client:
        (nanny,) = client.cluster.workers.values()
        first = nanny.pid
        nanny.status = Status.starting
        os.kill(first, signal.SIGKILL)
        end = time.monotonic() + LONG
        while first in pids(client) or not pids(client):
            assert time.monotonic() < end
            time.sleep(0.1)
        assert client.submit(sum, [1, 2]).result(LONG) == 3


def pids(client) -> list[int]:
    return [nanny.pid for nanny in client.cluster.workers.values() if nanny.is_alive()]
