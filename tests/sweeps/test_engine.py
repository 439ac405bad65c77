"""Workers: a run that raises, hangs, eats memory or ends its worker harms no other run."""

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sweep_processes
from small_sweep import HERE, contents, jobs, run
from sweep_processes import LONG, alive, environment, happens, workers_of

from experiments.sweeps.ledger import LEDGER, Ledger

ROOT = HERE.parents[1]

BAD = {3: "raise", 11: "hang", 17: "eat", 23: "leak", 31: "die", 37: "leave", 41: "lock"}
COUNT = 60
STARTED: list["subprocess.Popen[str]"] = []


def started(mark: str, *words: object) -> "subprocess.Popen[str]":
    """A small sweep in a session of its own, which does not outlive the test."""
    STARTED.append(sweep_processes.started(ROOT, mark, *words, synthetic=True))
    return STARTED[-1]


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    """End the sweeps of a test that has failed."""
    yield
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def wait_until(happened: Callable[[], bool]) -> None:
    assert happens(happened)


def committed(folder: Path) -> int:
    """How many runs stand in the ledger."""
    if not (folder / LEDGER).exists():
        return 0
    try:
        with closing(sqlite3.connect(folder / LEDGER, timeout=30)) as connection:
            return int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])
    except sqlite3.OperationalError:  # it is being made
        return 0


def check_reasons(folder: Path) -> None:
    """Each bad run failed for its reason, and all others are done."""
    with Ledger(folder) as ledger:
        runs = list(ledger.runs())
    assert [found.number for found in runs] == list(range(COUNT))
    reasons = {found.number: found.reason for found in runs if found.status == "failed"}
    assert set(reasons) == set(BAD)
    assert [found.identity for found in runs] == [f"id-{number}" for number in range(COUNT)]
    told = {
        3: r"ValueError: no market at number 3 \(in raise_, tests/sweeps/synthetic_runs.py:\d+\)",
        11: r"over its limit of 4 s",
        17: r"out of memory: over its limit of 300 MB \(.*\)",
        23: r"out of memory: over its limit of 300 MB|over its limit of 4 s",
        31: r"ended its worker 3 times \(a crash, or killed for its memory\)",
        37: r"SystemExit: 0 .*",
        41: r"ended its worker 3 times .*|over its limit of 4 s",
    }
    for number, words in told.items():
        assert re.fullmatch(words, reasons[number]), reasons[number]


def test_bad_runs_fail_with_their_reason_and_the_others_finish(tmp_path: Path) -> None:
    bad = [f"{number}:{act}" for number, act in BAD.items()]
    process = started("bad", tmp_path / "sweep", COUNT, 2, *bad, "--limit", 4, "--memory", 300)
    out, err = process.communicate(timeout=LONG)
    assert process.returncode == 3, err
    assert out.split()[:3] == ["53", "7", "0"]
    check_reasons(tmp_path / "sweep")
    wait_until(lambda: not alive("bad"))


def test_in_this_process_bad_runs_fail_too(tmp_path: Path) -> None:
    from experiments.sweeps.attempt import Limits

    acts = {3: "raise", 11: "hang", 17: "eat", 19: "deaf", 37: "leave"}
    before = signal.getsignal(signal.SIGALRM)
    counts = run(tmp_path / "sweep", jobs(40, acts), limits=Limits(1, 300))
    assert counts[:3] == (35, 5, 0)
    assert signal.getsignal(signal.SIGALRM) == before
    with Ledger(tmp_path / "sweep") as ledger:
        reasons = [found.reason for found in ledger.runs() if found.status == "failed"]
    assert reasons[1] == reasons[3] == "over its limit of 1 s"
    assert reasons[2].startswith("out of memory: over its limit of 300 MB")


@contextmanager
def cluster(mark: str, folder: Path) -> Iterator[str]:
    """Address of a scheduler with two workers on loopback, as a user would start them."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    here = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    commands = [[*dask, "scheduler", "--port", "0", *here]]
    commands += [[*dask, "worker", "--nthreads", "1", *here]] * 2
    processes: list[subprocess.Popen[bytes]] = []
    quiet = {"env": environment(mark), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        processes += [subprocess.Popen(one, start_new_session=True, **quiet) for one in commands]
        wait_until(file.exists)
        import json

        yield json.loads(file.read_text())["address"]
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_sweep_on_a_scheduler_gives_the_same_bytes(tmp_path: Path) -> None:
    run(tmp_path / "here", jobs(130, {3: "raise"}))
    with cluster("cluster", tmp_path) as address:
        process = started("user", tmp_path / "there", 130, 2, "3:raise", "--cluster", address)
        out, err = process.communicate(timeout=LONG)
        assert process.returncode == 3, err
        assert out.split()[:3] == ["129", "1", "0"]
        assert alive("cluster")  # it is the user's, and goes on
    assert contents(tmp_path / "here") == contents(tmp_path / "there")


def test_scheduler_that_is_not_there_is_said(tmp_path: Path) -> None:
    process = started("none", tmp_path / "x", 5, 2, "--cluster", "tcp://127.0.0.1:1")
    _, err = process.communicate(timeout=LONG)
    assert process.returncode == 4
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in err


@pytest.mark.parametrize("seed", [1])
def test_killed_parents_and_workers_lose_nothing(tmp_path: Path, seed: int) -> None:
    """Two parents are killed on the way, then workers of the third; the bytes are the same."""
    print(f"seed {seed}")  # noqa: T201
    rng, folder = random.Random(seed), tmp_path / "sweep"
    words = (folder, 230, 2, "--seconds", 0.02)
    for target in sorted(rng.sample(range(10, 120), 2)):
        process = started("killed", *words)
        wait_until(lambda target=target: committed(folder) >= target)
        process.kill()
        process.communicate()
        wait_until(lambda: not alive("killed"))
    process = started("killed", *words)
    for _ in range(2):
        before = committed(folder)
        wait_until(lambda before=before: committed(folder) > before or process.poll() is not None)
        for number in workers_of("killed")[:1]:
            os.kill(number, signal.SIGKILL)
    _, err = process.communicate(timeout=LONG)
    assert process.returncode == 0, err
    run(tmp_path / "other", jobs(230, {}))
    assert contents(folder) == contents(tmp_path / "other")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_first_signal_finishes_what_runs(tmp_path: Path, number: int, code: int) -> None:
    """It goes to the whole group, as from a terminal; what ran is committed, nothing is left."""
    folder = tmp_path / "sweep"
    process = started("signal", folder, 400, 2, "--seconds", 0.2)
    wait_until(lambda: committed(folder) > 0)
    os.killpg(process.pid, number)
    _, err = process.communicate(timeout=LONG)
    assert process.returncode == code
    assert "finished first" in err and "goes on" in err
    assert "Traceback" not in err and "Warning" not in err
    with Ledger(folder) as ledger:
        assert 0 < len([found for found in ledger.runs() if found.status == "done"]) < 400
    wait_until(lambda: not alive("signal"))


def test_second_signal_stops_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    process = started("twice", folder, 10, 2, "1:hang")
    wait_until(lambda: committed(folder) > 0)
    os.killpg(process.pid, signal.SIGTERM)
    assert process.stderr is not None
    assert any("once more stops at once" in line for line in process.stderr)
    os.killpg(process.pid, signal.SIGTERM)
    _, err = process.communicate(timeout=LONG)
    assert process.returncode == -signal.SIGTERM  # 143 for a shell
    assert "Warning" not in err
    wait_until(lambda: not alive("twice"))


def test_full_disk_ends_with_its_own_code_and_goes_on(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    folder = tmp_path / "sweep"
    code = (
        "import resource, sys; sys.path.insert(0, sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))\n"
        "from small_sweep import main; sys.exit(main(sys.argv[2:]))"
    )
    command = [sys.executable, "-c", code, str(HERE), str(folder), "230", "0"]
    done = subprocess.run(
        command, env=environment("full"), capture_output=True, text=True, timeout=LONG, check=False
    )
    assert done.returncode == 4, done.stderr
    assert str(folder) in done.stderr and "make room" in done.stderr
    assert "Traceback" not in done.stderr
    run(folder, jobs(230, {}))
    run(tmp_path / "other", jobs(230, {}))
    assert contents(folder) == contents(tmp_path / "other")
