"""Hands out runs to Dask workers in batches, and finds out which run ends its worker.

A worker that dies takes a batch with it.  The runs of that batch are tried again one by one, so
that the one that ends its worker is known; when it has done so three times it has failed.
"""

import contextlib
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.sweeps.attempt import Setting, attempt_here, failed, prepared
from experiments.sweeps.job import Job, Result
from experiments.whole_files import StoreError

if TYPE_CHECKING:
    from distributed import Client

Pairs = list[tuple[Job, Result]]

BATCH = 1.5  # seconds
LARGEST_BATCH = 200  # runs
LARGEST_BYTES = 2**25
IN_FLIGHT = 2  # batches for each worker
BETWEEN_LOOKS = 0.2  # seconds
BETWEEN_COUNTS = 2.0  # seconds after which workers are counted again
FOR_A_RESULT = 5.0  # seconds
DEATHS = 3
WEIGHT = 0.2  # of a new batch in the mean time of a run


class Flight(NamedTuple):
    """A batch that was handed out."""

    future: Any
    jobs: tuple[Job, ...]


class Dispatcher:
    """Runs jobs on the workers of a client.

    deaths : how many workers each run has ended, by number
    """

    def __init__(self, client: "Client", setting: Setting) -> None:
        from experiments.sweeps.in_worker import TOPIC, Prepared

        self.client, self.setting = client, setting
        self.token = uuid.uuid4().hex
        self.news: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.flying: dict[str, Flight] = {}
        self.suspects: deque[Job] = deque()
        self.deaths: dict[int, int] = {}
        self.began: set[int] = set()
        self.draining = False
        self.count = 0
        self.seconds = self.bytes = 0.0
        self.workers, self.counted = 0, 0.0
        client.subscribe_topic(TOPIC, self.hear)
        client.register_plugin(Prepared(self.token, setting))

    @property
    def running(self) -> int:
        """How many runs are under way, as each worker has one at a time."""
        return min(len(self.flying), self.workers)

    def results(self, jobs: Iterable[Job], total: int) -> Iterator[Pairs]:
        """Runs as they end, several at a time; an empty list several times a second meanwhile.

        Parameters
        ----------
        total : how many jobs there are

        Raises
        ------
        StoreError
            The scheduler has gone.
        """
        waiting, self.left = iter(jobs), total
        while True:
            self.hand_out(waiting)
            if not self.flying and (self.draining or not self.suspects):
                return
            yield self.hear_back()

    def hand_out(self, waiting: Iterator[Job]) -> None:
        """Give every worker enough to do."""
        while not self.draining and len(self.flying) < IN_FLIGHT * self.count_workers():
            if self.suspects:
                self.submit((self.suspects.popleft(),), alone=True)
                continue
            batch = tuple(islice(waiting, self.size()))
            if not batch:
                return
            self.left -= len(batch)
            self.submit(batch)

    def count_workers(self) -> int:
        """How many workers there are, asked now and then; at least one is hoped for."""
        if time.monotonic() - self.counted > BETWEEN_COUNTS:
            with contextlib.suppress(OSError, TimeoutError):
                self.workers = sum(self.client.nthreads().values())
            self.counted = time.monotonic()
        return max(1, self.workers)

    def size(self) -> int:
        """How many runs make a batch: some seconds of work, less when the end is near."""
        if not self.seconds:
            return 1
        fits = min(BATCH / self.seconds, LARGEST_BYTES / max(1.0, self.bytes))
        share = self.left / (IN_FLIGHT * self.count_workers())
        return max(1, min(LARGEST_BATCH, round(fits), round(share)))

    def submit(self, jobs: tuple[Job, ...], alone: bool = False) -> None:
        """Hand out a batch under a name of its own."""
        from experiments.sweeps.in_worker import do_batch

        self.count += 1
        key = f"{self.token}-{self.count}"
        sent = [job._replace(changes=dict(job.changes)) for job in jobs]
        future = self.client.submit(do_batch, self.token, sent, alone, key=key, pure=False)
        self.flying[key] = Flight(future, jobs)
        future.add_done_callback(lambda done: self.news.put(("done", done.key)))

    def hear(self, event: tuple[Any, Any]) -> None:
        """Take the news of a worker, in the thread that Dask calls it from."""
        message = event[1]
        if isinstance(message, dict) and message.get("token") == self.token:
            self.news.put(("told", message))

    def hear_back(self) -> Pairs:
        """Wait a moment for something to happen; runs that have ended."""
        pairs: Pairs = []
        try:
            kind, news = self.news.get(timeout=BETWEEN_LOOKS)
            while True:
                pairs += self.take(news) if kind == "done" else self.told(news)
                kind, news = self.news.get_nowait()
        except queue.Empty:
            self.refuse_if_lost()
            return pairs

    def refuse_if_lost(self) -> None:
        """Stop where the scheduler has gone: nothing would ever come back."""
        if self.client.status != "running":
            raise StoreError("the Dask scheduler has gone; start it and run again")

    def take(self, key: str) -> Pairs:
        """What came of a batch."""
        flight = self.flying.get(key)
        if flight is None:
            return []
        status = flight.future.status
        if status == "finished":
            return self.landed(key, flight)
        if status == "error":
            del self.flying[key]
            return self.crashed(flight, flight.future.exception(timeout=FOR_A_RESULT))
        if status != "pending":
            del self.flying[key]
            self.refuse_if_lost()
            self.suspects.extend(flight.jobs)
        return []

    def landed(self, key: str, flight: Flight) -> Pairs:
        """Results of a batch; a batch that was cut short by draining has fewer."""
        try:
            results: list[Result] = flight.future.result(timeout=FOR_A_RESULT)
        except TimeoutError:  # its worker died with the result, and it is done again
            flight.future.add_done_callback(lambda done: self.news.put(("done", done.key)))
            return []
        except Exception as failure:  # noqa: BLE001  # anything that a worker may send
            del self.flying[key]
            return self.crashed(flight, failure)
        del self.flying[key]
        by_number = {job.number: job for job in flight.jobs}
        for result in results:
            self.learn(result, len(results))
        return [(by_number[result.number], result) for result in results]

    def learn(self, result: Result, of: int) -> None:
        """Remember how long a run takes and how much it sends."""
        weight = WEIGHT / of if self.seconds else 1.0
        size = sum(map(len, result.tables.values()))
        self.seconds += weight * (max(result.seconds, 1e-4) - self.seconds)
        self.bytes += weight * (size - self.bytes)

    def told(self, news: dict[str, Any]) -> Pairs:
        """A worker says that a run begins, or why it is about to end itself."""
        number = news["number"]
        if "began" in news:
            self.began.add(number)
            return []
        for key, flight in self.flying.items():
            guilty = [job for job in flight.jobs if job.number == number]
            if guilty:
                del self.flying[key]
                flight.future.cancel(force=True)
                self.suspects.extend(job for job in flight.jobs if job.number != number)
                return [(guilty[0], self.failed(guilty[0], news["reason"], news["seconds"]))]
        return []

    def crashed(self, flight: Flight, failure: BaseException) -> Pairs:
        """Find out about a batch that did not come back."""
        from distributed.scheduler import KilledWorker

        killed = isinstance(failure, KilledWorker)
        if len(flight.jobs) > 1:
            self.suspects.extend(flight.jobs)
            return []
        job = flight.jobs[0]
        if not killed:
            return [(job, self.failed(job, f"{type(failure).__name__}: {failure}"))]
        if job.number in self.began:  # else another run ended the worker that it waited on
            self.began.discard(job.number)
            self.deaths[job.number] = self.deaths.get(job.number, 0) + 1
        if self.deaths.get(job.number, 0) < DEATHS:
            self.suspects.append(job)
            return []
        reason = f"ended its worker {DEATHS} times (a crash, or killed for its memory)"
        return [(job, self.failed(job, reason))]

    def failed(self, job: Job, reason: str, seconds: float = 0.0) -> Result:
        """The result of a run of which no worker can tell any more."""
        return failed(self.setting, job, reason, seconds)

    def drain(self) -> None:
        """Begin nothing more; what runs comes back."""
        from experiments.sweeps.in_worker import drain

        self.draining = True
        threading.Thread(target=self.on_workers, args=(drain,), daemon=True).start()

    def on_workers(self, function: Any) -> None:
        """Call a function on every worker that answers."""
        with contextlib.suppress(Exception):
            self.client.run(function, self.token, on_error="ignore")

    def leave(self) -> None:
        """Take the setting from the workers."""
        with contextlib.suppress(Exception):
            self.client.unsubscribe_topic("shareshift")
            self.client.unregister_worker_plugin(f"shareshift-{self.token}")


class Here:
    """Runs jobs in this process, one after another.

    A run that ends the process ends the sweep, which then goes on when it is called again.
    """

    workers = 1

    def __init__(self, setting: Setting) -> None:
        self.setting, self.draining, self.running = setting, False, 0

    def results(self, jobs: Iterable[Job], total: int) -> Iterator[Pairs]:  # noqa: ARG002
        """Runs as they end."""
        if self.setting.prepare is not None:
            prepared(self.setting)
            self.setting = self.setting._replace(prepare=None)
        for job in jobs:
            if self.draining:
                return
            self.running = 1
            result = attempt_here(self.setting, job)
            self.running = 0
            yield [(job, result)]

    def drain(self) -> None:
        """Begin nothing more."""
        self.draining = True

    def leave(self) -> None:
        """Nobody has to be told."""
