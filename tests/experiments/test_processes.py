"""Work in processes: results come, and nobody is left behind, whatever ends the work."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest
from synthetic_work import fail

from experiments.processes import WorkError, in_processes
from experiments.whole_files import StoreError

ROOT = Path(__file__).resolve().parents[2]
# Whoever runs these tests in the background of a shell hands on that SIGINT is ignored.
SLEEPERS = """
import signal, time
from experiments.processes import in_processes
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    list(in_processes(time.sleep, [600.0] * 4, 2))
"""
LONG = 60.0  # seconds, after which a test has failed


def children_of(process: int) -> list[int]:
    """Processes that a process has started and that are there."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(word) for word in text.split()]


def wait_until(done) -> None:
    """Wait for something that has to happen."""
    end = time.monotonic() + LONG
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_there(process: int) -> bool:
    """Whether a process is running."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def test_every_result_comes_once():
    assert sorted(in_processes(abs, [-1, 2, -3, 4, -5], 2)) == [1, 2, 3, 4, 5]
    wait_until(lambda: active_children() == [])  # the thread of the pool may be counting too


def test_a_failure_of_the_work_is_raised_here():
    with pytest.raises(WorkError, match="TypeError: bad operand"):
        list(in_processes(abs, ["text"], 1))
    with pytest.raises(WorkError, match="TwoWordsError: this and more; in a test"):
        list(in_processes(fail, ["this"], 1))
    wait_until(lambda: active_children() == [])  # the thread of the pool may be counting too


def test_a_process_that_is_killed_is_told():
    with pytest.raises(StoreError, match="killed"):
        list(in_processes(signal.raise_signal, [signal.SIGKILL], 1))
    wait_until(lambda: active_children() == [])  # the thread of the pool may be counting too


def test_a_check_that_raises_ends_the_work():
    seen = []

    def check() -> None:
        seen.append(len(active_children()))
        if len(seen) > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(in_processes(time.sleep, [600.0] * 3, 2, check))
    assert max(seen) == 2
    wait_until(lambda: active_children() == [])  # the thread of the pool may be counting too


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name
)
def test_processes_end_with_the_one_that_started_them(number, tmp_path):
    script = tmp_path / "sleepers.py"
    script.write_text(SLEEPERS)
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.DEVNULL,
    )
    started: list[int] = []
    try:
        wait_until(lambda: len(children_of(parent.pid)) == 3)  # with the tracker of resources
        time.sleep(1.0)  # so that they are at work
        started = children_of(parent.pid)
        parent.send_signal(number)
        parent.wait(LONG)
        wait_until(lambda: not any(map(is_there, started)))
    finally:
        for process in filter(is_there, [parent.pid, *started]):
            os.kill(process, signal.SIGKILL)
        parent.wait()
