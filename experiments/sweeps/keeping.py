"""The store of a sweep: what is done is kept, and a hundred runs become a shard.

The order of writing is what makes it safe.  A run is committed to the ledger with the bytes of its
tables.  A full shard is announced in the ledger, written whole, and then settled: its hash is noted
and the bytes leave the ledger, in one transaction.  A process that dies between any two of these
leaves either the bytes in the ledger or the shard that holds them.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from experiments.streams import tell
from experiments.sweeps import repair
from experiments.sweeps.databases import DamagedError
from experiments.sweeps.directory import MODEL, SWEEP, SweepDirectory
from experiments.sweeps.job import FAILED, Job, Result
from experiments.sweeps.ledger import Ledger, Run
from experiments.sweeps.shards import (
    RUN,
    RUNS,
    decoded,
    file_of,
    numbers_of,
    shard_of,
    table_of_runs,
    written,
)
from experiments.whole_files import sha256_of

if TYPE_CHECKING:
    import pyarrow


class Kept(NamedTuple):
    """What a sweep keeps.

    sweep : hash of everything that decides its runs
    model_version : of the model that they are runs of
    tables : names of the tables kept of each run
    outcomes : whether each is a vector, by name
    """

    sweep: str
    model_version: str
    tables: tuple[str, ...]
    outcomes: Mapping[str, bool]

    @property
    def origin(self) -> dict[str, str]:
        """What a shard says of where it comes from."""
        return {SWEEP: self.sweep, MODEL: self.model_version}


class Store:
    """Ledger and shards of a claimed directory; use it as a context manager.

    Opening it finds what was damaged and forgets those runs, so that they are run again.

    Raises
    ------
    StoreError
    """

    def __init__(
        self, directory: SweepDirectory, kept: Kept, say: Callable[[str], None] = tell
    ) -> None:
        self.directory, self.kept = directory, kept
        self.path: Path = directory.path
        self.ledger = repair.opened(self.path, kept, say)
        self.status = self.ledger.statuses()
        self.failed = sum(status == FAILED for status in self.status.values())
        self.loose = repair.loose(self.ledger)

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ledger.close()

    @property
    def done(self) -> int:
        """How many runs are done and have not failed."""
        return len(self.status) - self.failed

    def commit(self, done: Iterable[tuple[Job, Result]]) -> None:
        """Write runs, and the shards that they fill; a run that was written already stays.

        Raises
        ------
        StoreError
            Nothing of these runs was written.
        """
        new = [pair for pair in done if pair[0].number not in self.status]
        self.directory.refuse_if_lost()
        self.ledger.commit(new)
        for job, result in new:
            self.status[job.number] = result.status
            self.failed += result.status == FAILED
        self.compact({shard_of(job.number) for job, _ in new}, only_full=True)

    def compact(self, shards: Iterable[int], only_full: bool = False) -> None:
        """Put the runs of these shards into their files."""
        for shard in sorted(shards):
            self.loose.add(shard)
            if not only_full or all(number in self.status for number in numbers_of(shard)):
                self.put_together(shard)
                self.loose.discard(shard)

    def finish(self) -> None:
        """Put everything that is not in a shard yet into one."""
        self.compact(list(self.loose))

    def forget_failed(self) -> int:
        """Take the failed runs out, so that they are run again; how many there were."""
        failed = [number for number, status in self.status.items() if status == FAILED]
        self.ledger.forget(failed)
        for number in failed:
            del self.status[number]
            self.loose.add(shard_of(number))
        self.failed = 0
        return len(failed)

    def put_together(self, shard: int) -> None:
        """Write the files of one shard, from the ledger and from what an earlier file has."""
        numbers = numbers_of(shard)
        runs = list(self.ledger.runs(numbers[0], numbers[-1]))
        hashes = {}
        for table in (*self.kept.tables, RUNS):
            content = self.content(table, runs, shard)
            name = file_of(table, shard)
            if content is not None:
                hashes[name] = self.put(name, content)
        self.ledger.settle(hashes, numbers[0], numbers[-1])

    def put(self, name: str, content: bytes) -> str:
        """Announce a file, put it in place whole, and return its sha256."""
        import hashlib

        sha256 = hashlib.sha256(content).hexdigest()
        if self.ledger.shards().get(name, ("", ""))[0] != sha256:
            self.ledger.announce({name: sha256})
            self.directory.write(name, content)
        return sha256

    def content(self, table: str, runs: list[Run], shard: int) -> bytes | None:
        """Bytes of a shard of a table; None if no run has it."""
        import pyarrow

        if table == RUNS:
            whole = table_of_runs(runs, self.kept.outcomes)
            return written([whole], whole.schema.with_metadata(self.kept.origin)) if runs else None
        parts = Parts(self.ledger, self.path / file_of(table, shard), table)
        having = [run for run in runs if table in run.tables]
        if not having:
            return None
        schema = pyarrow.unify_schemas([parts.schema(run) for run in having])
        return written(map(parts.of, having), schema.with_metadata(self.kept.origin))


class Parts:
    """A table of single runs, from the ledger or from the shard that has held it."""

    def __init__(self, ledger: Ledger, file: Path, table: str) -> None:
        self.ledger, self.file, self.table = ledger, file, table
        self.old: pyarrow.Table | None = None

    def of(self, run: Run) -> "pyarrow.Table":
        """Rows of one run.

        Raises
        ------
        DamagedError
            Neither has them.
        """
        import pyarrow.compute

        content = self.ledger.content(run.number, self.table)
        if content is not None:
            return plain(decoded(content, run.number))
        if self.old is None:
            self.old = self.trusted()
        return self.old.filter(pyarrow.compute.equal(self.old.column(RUN), run.number))

    def schema(self, run: Run) -> "pyarrow.Schema":
        """Columns of the table of a run."""
        return self.of(run).schema.remove_metadata()

    def trusted(self) -> "pyarrow.Table":
        """What the shard held, if it is what the ledger knows."""
        import pyarrow.parquet

        name = f"{self.file.parent.name}/{self.file.name}"
        if not self.file.exists() or sha256_of(self.file) not in self.ledger.shards().get(name, ()):
            raise DamagedError(f"{self.file}: is missing or damaged; run the sweep again")
        return pyarrow.parquet.read_table(self.file, use_threads=False)


def plain(table: "pyarrow.Table") -> "pyarrow.Table":
    """A table whose texts are texts, not codes of a list that differs from run to run."""
    import pyarrow

    def kind(field: "pyarrow.Field") -> "pyarrow.Field":
        coded = pyarrow.types.is_dictionary(field.type)
        return field.with_type(field.type.value_type) if coded else field

    if not any(pyarrow.types.is_dictionary(field.type) for field in table.schema):
        return table
    return table.cast(pyarrow.schema([kind(field) for field in table.schema]))
