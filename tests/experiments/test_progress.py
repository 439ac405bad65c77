"""Progress is plain lines without a terminal, a bar with one, and nothing if quiet."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.progress import Progress, duration

ROOT = Path(__file__).resolve().parents[2]

SHOW = """
from experiments.progress import Progress
with Progress("market", 3) as progress:
    for month in range(3):
        progress.advance()
"""


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def lines_after(pauses: list[float], quiet: bool = False) -> list[str]:
    """What is printed if each month takes so many seconds."""
    clock, stream = Clock(), io.StringIO()
    progress = Progress("market", len(pauses), quiet=quiet)
    progress.clock, progress.stream = clock, stream
    with progress:
        for pause in pauses:
            clock.seconds += pause
            progress.advance()
    return stream.getvalue().splitlines()


def test_a_fast_run_prints_one_line() -> None:
    assert lines_after([1.0] * 9) == ["market: 9 months in 9.0 s"]


def test_plain_lines_come_at_most_every_ten_seconds_and_tell_speed_and_time_left() -> None:
    lines = lines_after([4.0] * 10)
    assert lines == [
        "market: 3 of 10 months, 0.2 months/s, 28.0 s left",
        "market: 6 of 10 months, 0.2 months/s, 16.0 s left",
        "market: 9 of 10 months, 0.2 months/s, 4.0 s left",
        "market: 10 months in 40.0 s",
    ]


def test_quiet_prints_nothing() -> None:
    assert lines_after([20.0] * 4, quiet=True) == []


def test_a_run_that_fails_does_not_claim_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), Progress("market", 3) as progress:
        progress.advance()
        raise ZeroDivisionError
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (59.97, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7_500, "2 h 5 min"),
    ],
)
def test_durations_are_written_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def on_terminal(**variables: str) -> str:
    """What a terminal shows of a run."""
    master, slave = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        stderr=slave,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80"} | variables,
    )
    os.close(slave)
    shown = b""
    try:
        while part := os.read(master, 65536):
            shown += part
    except OSError:  # the terminal is closed when its last writer ends
        pass
    os.close(master)
    assert done.wait() == 0
    return shown.decode()


def test_a_terminal_shows_a_bar_and_keeps_one_line() -> None:
    shown = on_terminal()
    assert "3/3" in shown and "\x1b[" in shown
    assert "market: 3 months in" in shown.splitlines()[-1]


def test_no_color_is_honoured() -> None:
    colours = "\x1b[3"
    assert colours in on_terminal()
    assert colours not in on_terminal(NO_COLOR="1")


def test_a_terminal_that_goes_away_does_not_stop_the_work() -> None:
    master, slave = pty.openpty()
    program = SHOW.replace("progress.advance()", "progress.advance(); input()")
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"TERM": "xterm"},
        stdin=subprocess.PIPE,
        stderr=slave,
        text=True,
    )
    os.close(slave)
    assert os.read(master, 1)  # the bar is there
    os.close(master)
    process.communicate("\n" * 3)
    assert process.returncode == 0


def test_a_dumb_terminal_gets_plain_lines() -> None:
    assert "\x1b" not in on_terminal(TERM="dumb")
