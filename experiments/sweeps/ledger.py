"""The ledger of a sweep: what was done, committed run by run, each with a checksum.

A run is done when its row stands here, and not before.  Row, outcomes and bytes of the tables are
one transaction; the bytes leave when the shard that holds them is on the disk.  One process writes;
any number may read at the same time.
"""

import hashlib
import json
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from experiments.sweeps.databases import DamagedError, database, on_network
from experiments.sweeps.job import Job, Outcome, Result
from experiments.whole_files import StoreError

LEDGER = "runs.sqlite"
FORMAT_VERSION = 1
SECONDS_FOR_OTHERS = 10.0
TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, point INTEGER, seed INTEGER, network INTEGER, identity TEXT,
    status TEXT, reason TEXT, outcomes TEXT, tables TEXT, seconds REAL, checksum TEXT);
CREATE TABLE IF NOT EXISTS tables (
    number INTEGER, name TEXT, content BLOB, PRIMARY KEY (number, name));
CREATE TABLE IF NOT EXISTS shards (name TEXT PRIMARY KEY, sha256 TEXT, next TEXT);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT);
"""
COLUMNS = "number, point, seed, network, identity, status, reason, outcomes, tables, seconds"


class Run(NamedTuple):
    """A committed run.

    outcomes : by name; {} of a failed run
    tables : sha256 of the bytes of each table, by name
    seconds : wall time
    """

    number: int
    point: int
    seed: int
    network: int
    identity: str
    status: str
    reason: str
    outcomes: Mapping[str, Outcome]
    tables: Mapping[str, str]
    seconds: float


class Ledger:
    """The database of a sweep directory; use it as a context manager.

    Parameters
    ----------
    folder : the sweep directory
    writing : whether this process holds the directory; there is one such process

    Raises
    ------
    DamagedError
        The file is not a sound database, or a row is not what was written.
    StoreError
        The system refuses; there is no ledger to read, or a later version wrote it.
    """

    def __init__(self, folder: Path, writing: bool = False) -> None:
        self.path = folder / LEDGER
        with database(self.path):
            self.database = opened(self.path) if writing else opened_to_read(self.path)
        try:
            refuse_format(self.path, self.notes().get("format_version", str(FORMAT_VERSION)))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        with database(self.path):
            self.database.close()

    def check(self) -> None:
        """Look through the pages of the file.

        Raises
        ------
        DamagedError
        """
        with database(self.path):
            found = self.database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise DamagedError(f"{self.path}: damaged ({found})")

    def commit(self, done: Iterable[tuple[Job, Result]]) -> int:
        """Write runs in one transaction; those that stand here already stay.  How many were new.

        Raises
        ------
        StoreError
            Nothing of it was written.
        """
        done = list(done)
        need = sum(len(content) for _, result in done for content in result.tables.values())
        with database(self.path, need), self.database:
            return sum(self.insert(row_of(job, result), result.tables) for job, result in done)

    def insert(self, run: Run, contents: Mapping[str, bytes]) -> int:
        """Write one run, within a transaction; 0 where it stands here already."""
        row = packed(run)
        marks = ", ".join("?" * (len(row) + 1))
        cursor = self.database.execute(
            f"INSERT OR IGNORE INTO runs ({COLUMNS}, checksum) VALUES ({marks})",  # noqa: S608
            (*row, checksum(row)),
        )
        if cursor.rowcount == 1:
            self.database.executemany(
                "INSERT OR REPLACE INTO tables VALUES (?, ?, ?)",
                [(run.number, name, content) for name, content in contents.items()],
            )
        return cursor.rowcount

    def statuses(self) -> dict[int, str]:
        """Status of every committed run, by number, in order."""
        with database(self.path):
            return dict(self.database.execute("SELECT number, status FROM runs ORDER BY number"))

    def runs(self, first: int = 0, last: int = 2**62) -> Iterator[Run]:
        """Committed runs with numbers first..last, in order.

        Raises
        ------
        DamagedError
            A row is not what was written.
        """
        for row in self.rows(first, last):
            if checksum(row[:-1]) != row[-1]:
                raise DamagedError(
                    f"{self.path}: run {row[0]} is damaged; the sweep runs it again when it goes on"
                )
            yield unpacked(row[:-1])

    def runs_but(self, damaged: Container[int]) -> Iterator[Run]:
        """Committed runs other than those that are known to be damaged."""
        for row in self.rows():
            if row[0] not in damaged:
                yield unpacked(row[:-1])

    def rows(self, first: int = 0, last: int = 2**62) -> Iterator[tuple[Any, ...]]:
        """Rows as they stand, checksums included."""
        query = (
            f"SELECT {COLUMNS}, checksum FROM runs "  # noqa: S608
            "WHERE number BETWEEN ? AND ? ORDER BY number"
        )
        with database(self.path):
            yield from self.database.execute(query, (first, last))

    def content(self, number: int, name: str) -> bytes | None:
        """Bytes of a table of a run; None where a shard has them, or there are none."""
        query = "SELECT content FROM tables WHERE number = ? AND name = ?"
        with database(self.path):
            found = self.database.execute(query, (number, name)).fetchone()
        return None if found is None else bytes(found[0])

    def held(self) -> set[tuple[int, str]]:
        """Number and name of every table whose bytes stand here."""
        with database(self.path):
            return set(self.database.execute("SELECT number, name FROM tables"))

    def forget(self, numbers: Sequence[int]) -> None:
        """Take runs out, so that they are run again."""
        with database(self.path), self.database:
            for table in ("runs", "tables"):
                self.database.executemany(
                    f"DELETE FROM {table} WHERE number = ?",  # noqa: S608
                    [(number,) for number in numbers],
                )

    def shards(self) -> dict[str, tuple[str, str]]:
        """By name of the file: sha256 of what it holds, and of what may just have replaced it."""
        with database(self.path):
            rows = self.database.execute("SELECT name, sha256, next FROM shards").fetchall()
        return {name: (now, later) for name, now, later in rows}

    def put_shard(self, name: str, sha256: str) -> None:
        """Note what a shard holds."""
        with database(self.path), self.database:
            self.database.execute("INSERT OR REPLACE INTO shards VALUES (?, ?, '')", (name, sha256))

    def forget_shard(self, name: str) -> None:
        """Know nothing of a shard any more."""
        with database(self.path), self.database:
            self.database.execute("DELETE FROM shards WHERE name = ?", (name,))

    def restore(self, runs: Iterable[Run]) -> None:
        """Write runs whose tables are in shards."""
        with database(self.path), self.database:
            for run in runs:
                self.insert(run, {})

    def announce(self, hashes: Mapping[str, str]) -> None:
        """Note what shards will hold, before they are put in place of what they held."""
        query = (
            "INSERT INTO shards VALUES (?, '', ?) ON CONFLICT (name) DO UPDATE SET next = "
            "excluded.next"
        )
        with database(self.path), self.database:
            self.database.executemany(query, hashes.items())

    def settle(self, hashes: Mapping[str, str], first: int, last: int) -> None:
        """Note in one transaction that shards are on the disk, and drop the bytes they hold."""
        with database(self.path), self.database:
            self.database.executemany(
                "INSERT OR REPLACE INTO shards VALUES (?, ?, '')", hashes.items()
            )
            self.database.execute("DELETE FROM tables WHERE number BETWEEN ? AND ?", (first, last))

    def notes(self) -> dict[str, str]:
        """What the ledger knows of its sweep."""
        with database(self.path):
            return dict(self.database.execute("SELECT name, value FROM notes"))

    def note(self, notes: Mapping[str, str]) -> None:
        """Keep something of the sweep beside its runs."""
        with database(self.path), self.database:
            self.database.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", notes.items())


def refuse_format(path: Path, version: str) -> None:
    """Refuse a file of another format than this version has.

    Raises
    ------
    StoreError
    """
    if version != str(FORMAT_VERSION):
        raise StoreError(
            f"{path}: has format {version}, this version reads {FORMAT_VERSION}; "
            "read it with the version that wrote it, or name another folder with --out"
        )


def opened(path: Path) -> sqlite3.Connection:
    """Open or make a ledger to write to; every commit is on the disk before it returns."""
    connection = sqlite3.connect(path, timeout=SECONDS_FOR_OTHERS, check_same_thread=False)
    try:
        mode = "DELETE" if on_network(path) else "WAL"
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(TABLES)
    except BaseException:
        connection.close()
        raise
    return connection


def opened_to_read(path: Path) -> sqlite3.Connection:
    """Open a ledger that another process may be writing to."""
    if not path.is_file():
        raise StoreError(f"{path.parent}: has no {LEDGER}: nothing was run here yet")
    where = path.absolute().as_uri()
    connection = sqlite3.connect(f"{where}?mode=ro", uri=True, timeout=SECONDS_FOR_OTHERS)
    try:
        connection.execute("SELECT count(*) FROM notes").fetchone()
    except sqlite3.OperationalError:
        # Files that share memory cannot be made in a folder that is only to be read.
        connection.close()
        connection = sqlite3.connect(f"{where}?immutable=1", uri=True)
        connection.execute("SELECT count(*) FROM notes").fetchone()
    return connection


def row_of(job: Job, result: Result) -> Run:
    """What the ledger keeps of a run beside the bytes of its tables."""
    hashes = {
        name: hashlib.sha256(result.tables[name]).hexdigest() for name in sorted(result.tables)
    }
    return Run(
        job.number,
        job.point,
        job.seed,
        job.network,
        result.identity,
        result.status,
        result.reason,
        result.outcomes,
        hashes,
        result.seconds,
    )


def packed(run: Run) -> tuple[Any, ...]:
    """A run as the columns have it; numbers keep every digit."""
    return (
        *run[:7],
        json.dumps(dict(run.outcomes), separators=(",", ":")),
        json.dumps(dict(run.tables), separators=(",", ":")),
        float(run.seconds),
    )


def unpacked(row: Sequence[Any]) -> Run:
    """The run of a row whose checksum was right."""
    outcomes = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(row[7]).items()
    }
    number, point, seed, network, identity, status, reason = row[:7]
    place = (number, point, seed, network)
    return Run(*place, identity, status, reason, outcomes, json.loads(row[8]), row[9])


def checksum(row: Sequence[Any]) -> str:
    """sha256 of the columns of a row, as hex digits."""
    return hashlib.sha256(repr(tuple(row)).encode()).hexdigest()
