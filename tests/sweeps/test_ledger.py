"""The ledger: what is committed stands, once, and a changed byte does not pass."""

import sqlite3
from pathlib import Path

import pytest
from small_sweep import jobs
from synthetic_runs import work

from experiments.sweeps.databases import DamagedError, database, on_network, reason
from experiments.sweeps.job import Job, Result
from experiments.sweeps.ledger import LEDGER, Ledger
from experiments.whole_files import StoreError

JOBS = jobs(5, {})


def pairs() -> list[tuple[Job, Result]]:
    return [(job, work(1.0, job)) for job in JOBS]


def filled(folder: Path) -> list[tuple[Job, Result]]:
    done = pairs()
    with Ledger(folder, writing=True) as ledger:
        assert ledger.commit(done) == len(done)
    return done


def test_runs_come_back_as_they_were_with_every_digit(tmp_path: Path) -> None:
    done = filled(tmp_path)
    with Ledger(tmp_path) as ledger:
        for run, (job, result) in zip(ledger.runs(), done, strict=True):
            assert run[:4] == (job.number, job.point, job.seed, job.network)
            assert run.outcomes["x"] == result.outcomes["x"]
            assert run.outcomes["pair"] == result.outcomes["pair"]
            assert run.outcomes["nothing"] != run.outcomes["nothing"]
            assert ledger.content(run.number, "market") == result.tables["market"]


def test_run_that_is_done_twice_stands_once_as_it_first_was(tmp_path: Path) -> None:
    done = filled(tmp_path)
    job, result = done[2]
    with Ledger(tmp_path, writing=True) as ledger:
        again = result._replace(outcomes={"x": 99.0}, tables={"market": b"other"})
        assert ledger.commit([(job, again)]) == 0
        assert [run.outcomes["x"] for run in ledger.runs(2, 2)] == [result.outcomes["x"]]
        assert ledger.content(2, "market") == result.tables["market"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("status", "failed"), ("outcomes", '{"x":0.5}'), ("point", 7), ("identity", "other")],
)
def test_changed_row_is_found(tmp_path: Path, column: str, value: object) -> None:
    filled(tmp_path)
    with sqlite3.connect(tmp_path / LEDGER) as connection:
        connection.execute(f"UPDATE runs SET {column} = ? WHERE number = 3", (value,))  # noqa: S608
    connection.close()
    with Ledger(tmp_path) as ledger, pytest.raises(DamagedError, match="run 3 is damaged"):
        list(ledger.runs())


def test_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """A batch whose third run cannot be written is not written at all."""
    done = pairs()
    done[2] = (done[2][0], done[2][1]._replace(tables={"market": object()}))  # type: ignore[dict-item]
    with Ledger(tmp_path, writing=True) as ledger:
        with pytest.raises((StoreError, TypeError)):
            ledger.commit(done)
        assert ledger.statuses() == {}


def test_reader_sees_what_is_committed_while_another_writes(tmp_path: Path) -> None:
    with Ledger(tmp_path, writing=True) as writer:
        done = pairs()
        writer.commit(done[:2])
        with Ledger(tmp_path) as reader:
            assert list(reader.statuses()) == [0, 1]
            writer.commit(done[2:])
            assert list(reader.statuses()) == [0, 1, 2, 3, 4]


def test_ledger_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_bytes(b"nothing of a database" * 100)
    with pytest.raises(DamagedError, match="damaged"):
        Ledger(tmp_path, writing=True)


def test_missing_ledger_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing was run here yet"):
        Ledger(tmp_path)


@pytest.mark.parametrize(
    ("code", "words"),
    [(13, "make room"), (10, "make room"), (8, "--out"), (14, "--out"), (5, "another process")],
)
def test_failures_of_the_system_name_the_cure(tmp_path: Path, code: int, words: str) -> None:
    assert words in reason(code, "refused", tmp_path, 100)


def test_full_disk_says_path_and_need(tmp_path: Path) -> None:
    with Ledger(tmp_path, writing=True) as ledger:
        pages = ledger.database.execute("PRAGMA page_count").fetchone()[0]
        ledger.database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match=r"runs.sqlite.*full.*needs .* bytes"):
            ledger.commit(pairs() * 1 + [(JOBS[0]._replace(number=9), big())])
        assert ledger.statuses() == {}
        ledger.database.execute("PRAGMA max_page_count = 100000")
        assert ledger.commit(pairs()) == len(JOBS)


def big() -> Result:
    """A run with more bytes than fit."""
    return work(1.0, JOBS[0])._replace(number=9, tables={"market": b"x" * 10**6})


def test_other_errors_of_sqlite_are_said_too(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such table"), database(tmp_path):
        sqlite3.connect(":memory:").execute("SELECT x FROM nowhere")


def test_network_file_systems_are_known_by_their_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    here = tmp_path.resolve()
    mounts.write_text(f"server:/x {here} nfs4 rw 0 0\n/dev/a / ext4 rw 0 0\n")
    assert on_network(here / "runs", mounts)
    assert not on_network(here.parent, mounts)
    mounts.write_text(f"/dev/a / ext4 rw 0 0\n/dev/b {here} ext4 rw 0 0\n")
    assert not on_network(here / "runs", mounts)
