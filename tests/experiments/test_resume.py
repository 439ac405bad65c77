"""A run that was stopped or killed goes on to the bytes that it would have had."""

import os
import random
import shutil
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from checkpoint import KILLED, RUN, ask_to_stop, ended, faults, kill, result
from stopped_runs import QUIET, ROOT, manifest, resume, run, stop_after, stopping_after

from experiments import checkpoints
from experiments.checkpoints import saved
from experiments.cli import main
from experiments.whole_files import StoreError

SEED = 11


# --- Signals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("months", range(1, 10))
def test_a_run_that_is_stopped_goes_on_to_the_same_bytes(
    folder: Path, whole: dict[str, bytes], months: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stop_after(months) == 130
    last = capsys.readouterr().err.splitlines()[-1]
    told = f"after {months} of 9 months; go on with: shareshift run --resume out"
    assert last == f"shareshift: interrupted {told}"
    assert manifest()["status"] == "interrupted" and manifest()["reason"] == f"interrupted {told}"
    assert [month for month, _ in saved(Path("out"))] == [months]
    assert resume() == 0
    told = capsys.readouterr()
    assert told.err == f"out: going on after {months} of 9 months\n"
    assert "small: 9 months" in told.out and "tables: out" in told.out
    assert result("out") == whole
    assert not (folder / "out" / "checkpoints").exists()
    assert manifest()["status"] == "finished" and "reason" not in manifest()
    assert [entry["month"] for entry in manifest()["resumed"]] == [months]  # type: ignore[attr-defined]


def test_a_run_may_be_stopped_many_times(folder: Path, whole: dict[str, bytes]) -> None:
    assert stop_after(2) == 130
    for _ in range(3):
        with stopping_after(1, signal.SIGTERM):
            assert resume() == 143
    assert [month for month, _ in saved(Path("out"))] == [5, 4]
    assert resume() == 0
    assert result("out") == whole
    assert len(manifest()["resumed"]) == 4  # type: ignore[arg-type]


def test_a_run_on_a_graph_from_a_file_goes_on_with_its_copy(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edges = "".join(f"{row},{(7 * row + 1) % 400}\n" for row in range(400))
    (folder / "friends.csv").write_text(edges)
    network = ("--set", "networks.developers={family: file, path: friends.csv}")
    assert run(*network) == 0
    undisturbed = result("out")
    shutil.move("out", "undisturbed")
    assert stop_after(4, *network) == 130
    (folder / "friends.csv").unlink()
    assert resume() == 0
    assert result("out") == undisturbed
    words = ("--from", "undisturbed@4", "--set", "developers.peer_weight=5", "--out", "fork")
    assert main(["run", *words, *QUIET]) == 0
    assert main(["run", "fork/config.yaml", "--out", "again", *QUIET]) == 0
    assert result("fork") == result("again")


def test_a_run_is_not_started_again_over_what_it_saved(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert stop_after(3) == 130
    capsys.readouterr()
    assert run() == 4
    told = capsys.readouterr().err
    assert told == (
        "shareshift: out: holds an unfinished run, saved after 3 months; go on with: "
        "shareshift run --resume out (--force starts it again)\n"
    )
    assert run("--force") == 0
    assert result("out") == whole and "resumed" not in manifest()


def test_a_folder_name_with_a_space_is_quoted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stop_after(1, "--out", "my run") == 130
    assert "shareshift run --resume 'my run'" in capsys.readouterr().err


def test_where_the_state_cannot_be_saved_the_last_line_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("out: no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints.Keeper, "write", fail)
        assert stop_after(3) == 130
    last = capsys.readouterr().err.splitlines()[-1]
    assert "after 3 of 9 months, which could not be saved (out: no space left on device)" in last
    assert resume() == 0


# --- Kills ---------------------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with the config of the runs that are killed."""
    (tmp_path / "killed.yaml").write_text(KILLED)
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_real_run_that_gets_a_signal_is_resumed(bench: Path, number: int) -> None:
    assert faults(1, random.Random(SEED), ask_to_stop(number, 1)) == (1, 0), f"seed {SEED}"


def test_a_second_signal_ends_a_real_run_at_once(bench: Path) -> None:
    """Its month would take ten minutes."""
    script = (
        "import time\nfrom simulation.market import Market\nfrom experiments.cli import main\n"
        "def step(market):\n    print('in the month', flush=True)\n    time.sleep(600)\n"
        "Market.step = step\n"
        "main(['run', 'killed.yaml', '--no-figures', '--quiet', '--out', 'out'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == b"in the month\n"
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == -signal.SIGTERM
    finally:
        process.kill()
    ended(process)
    assert resume() == 0


def test_a_run_that_is_killed_at_any_instant_is_resumed(bench: Path) -> None:
    assert faults(2, random.Random(SEED), kill) == (2, 0), f"seed {SEED}"


def test_the_fault_finder_would_notice_another_result(
    bench: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted bug: the run that goes on is another one."""

    def stand_in(process: "subprocess.Popen[bytes]") -> bool:
        killed = kill(process)
        (Path("out-1") / "segments.parquet").write_bytes(b"")
        return killed

    monkeypatch.setattr("checkpoint.quietly", lambda *words: 0)
    Path("whole").mkdir()
    assert faults(1, random.Random(SEED), stand_in) == (1, 1)


def test_the_command_of_the_killed_runs_is_the_real_one() -> None:
    assert RUN[1:4] == ("-m", "experiments.cli", "run")


# --- Several seeds -------------------------------------------------------------------------------


@pytest.fixture
def study(folder: Path) -> dict[str, str]:
    """Hashes of a study of two seeds that nobody stopped."""
    assert main(["run", "small.yaml", *QUIET, "--seeds", "2", "--out", "whole"]) == 0
    return hashes("whole")


def hashes(path: str) -> dict[str, str]:
    """Hash of each table and config below a folder."""
    return {
        str(file.relative_to(path)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(Path(path).rglob("*"))
        if file.suffix in (".parquet", ".yaml")
    }


@pytest.mark.parametrize("words", [("--resume", "out"), None])
def test_a_study_goes_on_with_the_seed_that_was_stopped(
    folder: Path, study: dict[str, str], words: tuple[str, ...] | None
) -> None:
    """By --resume, or by the same command."""
    assert stop_after(9 + 4, "--seeds", "2") == 130
    assert manifest("out/seed-1")["status"] == "finished"
    assert [month for month, _ in saved(Path("out/seed-2"))] == [4]
    first = os.stat("out/seed-1/segments.parquet").st_mtime_ns
    if words is None:
        assert run("--seeds", "2") == 0
    else:
        assert main(["run", *QUIET, *words]) == 0
    assert os.stat("out/seed-1/segments.parquet").st_mtime_ns == first
    assert [entry["month"] for entry in manifest("out/seed-2")["resumed"]] == [4]  # type: ignore[attr-defined]
    assert hashes("out") == study
    assert not list(folder.glob("out/**/checkpoints"))


def test_one_seed_of_a_study_can_be_resumed_by_itself(folder: Path, study: dict[str, str]) -> None:
    assert stop_after(4, "--seeds", "2") == 130
    assert resume(path="out/seed-1") == 0
    assert run("--seeds", "2") == 0
    assert hashes("out") == study


def test_a_study_of_another_config_takes_no_state(folder: Path, study: dict[str, str]) -> None:
    assert stop_after(4, "--seeds", "2", "--set", "developers.count=300") == 130
    assert run("--seeds", "2", "--force") == 0
    assert hashes("out") == study and "resumed" not in manifest("out/seed-1")


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ((), ("--seeds", "2"), "out"),
        (("--seeds", "2"), (), "out/seed-1"),
        (("--seeds", "2"), ("--seeds", "2", "--set", "developers.count=300"), "out/seed-1"),
    ],
)
def test_nothing_that_was_saved_is_lost_to_another_kind_of_run(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    before: tuple[str, ...],
    after: tuple[str, ...],
    place: str,
) -> None:
    """A study over a run, a run over a study, another study over a study."""
    assert stop_after(4, *before) == 130
    state = Path(place) / "checkpoints" / "month-004.state"
    content = state.read_bytes()
    capsys.readouterr()
    assert run(*after) == 4
    assert f"{place}: holds an unfinished run, saved after 4 months" in capsys.readouterr().err
    assert state.read_bytes() == content
