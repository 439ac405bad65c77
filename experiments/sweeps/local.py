"""Workers for a sweep: processes of this machine, or those of a scheduler that the user runs."""

import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from experiments.whole_files import StoreError

if TYPE_CHECKING:
    from distributed import Client

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
PRELOAD = ["experiments.sweeps.preload"]
FORKED = "forkserver"
# When we are killed, it cleans up behind us, and need not tell.
QUIET_TRACKER = "ignore:resource_tracker:UserWarning"
SECONDS_TO_CONNECT = 10.0
BETWEEN_LOOKS = 2.0  # seconds
DEAD_LOOKS = 4  # at a worker that does not live, after which it is replaced
SETTINGS = {
    # A batch that ended its worker comes back at once: who is to blame is found out here.
    "distributed.scheduler.allowed-failures": 0,
    # One batch on each worker, the rest with the scheduler: only what ran can be to blame.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
    "distributed.comm.timeouts.connect": f"{SECONDS_TO_CONNECT}s",
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


def warm_up(preload: tuple[str, ...] = ()) -> None:
    """Begin to import in the process that workers will be forked from, while we do other things."""
    if not can_fork():
        return
    from multiprocessing import forkserver, resource_tracker

    multiprocessing.get_context(FORKED).set_forkserver_preload([*PRELOAD, *preload])
    with blocked(signal.SIGINT, signal.SIGTERM), environment({"PYTHONWARNINGS": QUIET_TRACKER}):
        resource_tracker.ensure_running()  # lets the signals through again when it has started
    with blocked(signal.SIGINT, signal.SIGTERM), environment(ONE_THREAD):
        forkserver.ensure_running()


@contextlib.contextmanager
def blocked(*signals: int) -> Iterator[None]:
    """Hold signals back; a process that is started meanwhile holds them back until it is ready."""
    former = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def can_fork() -> bool:
    """Whether workers can be forked from one process that has imported everything."""
    return sys.platform.startswith("linux") and (FORKED in multiprocessing.get_all_start_methods())


@contextlib.contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while."""
    former = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def connected(workers: int, cluster: str | None = None) -> Iterator["Client"]:
    """A client of `workers` processes of this machine, or of the scheduler at an address.

    Raises
    ------
    StoreError
        Nobody answers there, or no process could be started.
    """
    import dask
    from distributed import Client

    with contextlib.ExitStack() as stack:
        stack.enter_context(silent())
        method = FORKED if can_fork() else "spawn"
        stack.enter_context(
            dask.config.set({**SETTINGS, "distributed.worker.multiprocessing-method": method})
        )
        try:
            where: Any = cluster or stack.enter_context(on_this_machine(workers))
            client = Client(where, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, TimeoutError, ValueError, RuntimeError) as failure:
            what = f"no Dask scheduler answers at {cluster}" if cluster else "no worker starts"
            raise StoreError(f"{what}: {failure}") from failure
        stack.callback(close, client)
        yield client


def close(client: "Client") -> None:
    """Let the scheduler go; that it has gone first is no reason to stop."""
    with contextlib.suppress(Exception):
        client.close(timeout=2)


@contextlib.contextmanager
def on_this_machine(workers: int) -> Iterator[Any]:
    """A scheduler and its worker processes, on loopback only and without a dashboard.

    Dask hands out code, and asks nobody who connects for a password: another user of this machine
    who finds the port could run code as whoever started the sweep.  Its TLS needs certificates,
    which Python cannot make without another library.  Where users do not trust each other, no
    port at all is opened by `--workers 0`.
    """
    from distributed import LocalCluster

    with environment(ONE_THREAD):
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            memory_limit=0,
            # Any free port, and nothing to be seen there.
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            silence_logs=logging.CRITICAL,
        )
    over = threading.Event()
    keeper = threading.Thread(target=keep_whole, args=(cluster, workers, over), daemon=True)
    keeper.start()
    try:
        yield cluster
    finally:
        over.set()
        keeper.join(SECONDS_TO_CONNECT)
        with contextlib.suppress(Exception):
            cluster.close(timeout=5)


def keep_whole(cluster: Any, workers: int, over: threading.Event) -> None:
    """Replace workers that nobody starts again, until it is over.

    Dask starts a worker again that dies, but not one that dies while it starts, or that takes up a
    run which ends it before its start is known: without workers a sweep would wait forever.
    """
    looks: dict[Any, int] = {}
    while not over.wait(BETWEEN_LOOKS):
        with contextlib.suppress(Exception):
            cluster.sync(replace_dead, cluster, workers, looks)


async def replace_dead(cluster: Any, workers: int, looks: dict[Any, int]) -> None:
    """Give up workers that were found dead several times on end, and start as many as there were.

    looks : how often on end each was found dead, by name
    """
    for name, nanny in list(cluster.workers.items()):
        looks[name] = 0 if nanny.is_alive() else looks.get(name, 0) + 1
        if looks[name] >= DEAD_LOOKS:
            del looks[name], cluster.workers[name]
            with contextlib.suppress(Exception):
                await nanny.close(timeout=1)
    if len(cluster.workers) < workers:
        cluster.scale(workers)


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Say nothing of what Dask finds: what matters of it is said in our words."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    former = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, former, strict=True):
            logger.setLevel(level)
