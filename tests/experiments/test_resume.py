"""A run that was stopped, killed or damaged goes on to the bytes that it would have had."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from agents import compiled
from experiments import checkpoints, interrupts
from experiments.checkpoints import saved
from experiments.cli import main
from experiments.interrupts import Stop
from experiments.store import RunDirectory, claim
from experiments.whole_files import StoreError
from simulation.checkpoint import restore
from simulation.config import load

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "torture"))
from checkpoint import (  # type: ignore[attr-defined]  # noqa: E402
    KILLED,
    RUN,
    ask_to_stop,
    damaged,
    ended,
    faults,
    kill,
    result,
)

SEED = 11
CONFIG = """\
schema_version: 1
name: small
months: 9
supply: {recorded: supply.csv}
developers: {count: 400}
consumers: {count: 300}
enterprises: {count: 60, innovation: 0.1}
choice: {product_step: 0.1}
events: {war: {month: 4, set: {developers.price_weight: 2}}}
initial:
  developers: {adopted: 0.5, shares: {OpenAI: 1.0}}
"""
QUIET = ("--no-figures", "--quiet")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Config and tables of the small run, which nobody stopped."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "small.yaml").write_text(CONFIG)
    shutil.copy(ROOT / "configs" / "data" / "supply_recorded.csv", folder / "supply.csv")
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert main(["run", "small.yaml", *QUIET, "--out", "whole"]) == 0
        return result("whole")
    finally:
        os.chdir(before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with the small config and its supply file."""
    shutil.copy(ROOT / "configs" / "data" / "supply_recorded.csv", tmp_path / "supply.csv")
    (tmp_path / "small.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> int:
    """Run the small config into `out`."""
    return main(["run", "small.yaml", *QUIET, "--out", "out", *words])


def resume(*words: str, path: str = "out") -> int:
    """Go on with a run directory."""
    return main(["run", "--resume", path, *QUIET, *words])


def manifest(path: str = "out") -> dict[str, object]:
    """Entries of a manifest."""
    entries: dict[str, object] = json.loads((Path(path) / "manifest.json").read_text())
    return entries


def change_manifest(**changes: object) -> None:
    """Overwrite entries of the manifest."""
    Path("out/manifest.json").write_text(json.dumps(manifest() | changes))


def stop_after(months: int, *words: str, number: int = signal.SIGINT) -> int:
    """Run the small config, and send this process a signal after some months."""
    with pytest.MonkeyPatch.context() as patch:
        left = iter(range(months, -1, -1))
        real = Stop.check

        def check(stop: Stop) -> None:
            if next(left, 0) == 1:
                os.kill(os.getpid(), number)
            real(stop)

        patch.setattr(interrupts.Stop, "check", check)
        return run(*words)


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
        with pytest.MonkeyPatch.context() as patch:
            real = Stop.check

            def check(stop: Stop) -> None:
                stop.number = signal.SIGTERM
                real(stop)  # noqa: B023

            patch.setattr(interrupts.Stop, "check", check)
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


# --- Every so many months ------------------------------------------------------------------------


class Died(BaseException):
    """Stands for the death of the process."""


def die_after(months: int, *words: str) -> None:
    """Run the small config and die in the month after some, without a word."""
    with pytest.MonkeyPatch.context() as patch:
        after = checkpoints.Keeper.after_month

        def after_month(keeper: checkpoints.Keeper, market: object) -> None:
            after(keeper, market)  # type: ignore[arg-type]
            if market.month == months:  # type: ignore[attr-defined]
                raise Died

        patch.setattr(checkpoints.Keeper, "after_month", after_month)
        with pytest.raises(Died):
            run(*words)
    change_manifest(status="running")


@pytest.mark.parametrize(("every", "kept"), [(1, [8, 7]), (2, [8, 6]), (4, [8, 4]), (6, [6])])
def test_the_last_two_states_are_kept(
    folder: Path, whole: dict[str, bytes], every: int, kept: list[int]
) -> None:
    die_after(8, "--checkpoint-every", str(every))
    assert [month for month, _ in saved(Path("out"))] == kept
    assert resume() == 0
    assert result("out") == whole


def test_without_the_option_nothing_is_saved(folder: Path, whole: dict[str, bytes]) -> None:
    die_after(8)
    assert not (folder / "out" / "checkpoints").exists()
    assert resume() == 0
    assert result("out") == whole


def test_states_are_saved_on_after_a_resume(
    folder: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    die_after(3, "--checkpoint-every", "3")
    written: list[str] = []
    write = RunDirectory.write

    def noted(directory: RunDirectory, name: str, content: bytes) -> None:
        written.append(name)
        write(directory, name, content)

    monkeypatch.setattr(RunDirectory, "write", noted)
    assert resume() == 0
    assert [name for name in written if "checkpoints" in name] == ["checkpoints/month-006.state"]
    assert result("out") == whole


def test_a_finished_run_leaves_no_states_and_a_death_while_they_go_is_made_good(
    folder: Path, whole: dict[str, bytes]
) -> None:
    assert run("--checkpoint-every", "2") == 0
    assert result("out") == whole
    assert not (folder / "out" / "checkpoints").exists()
    (folder / "out" / "checkpoints").mkdir()
    (folder / "out" / "checkpoints" / "month-008.state").write_bytes(b"left")
    claim(Path("out"), again=True).release()
    assert not (folder / "out" / "checkpoints").exists()


def test_a_full_disk_leaves_the_state_before(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        write = RunDirectory.write

        def full(directory: RunDirectory, name: str, content: bytes) -> None:
            if name.endswith("month-004.state"):
                raise StoreError(f"out/{name}: no space left on device")
            write(directory, name, content)

        patch.setattr(RunDirectory, "write", full)
        assert run("--checkpoint-every", "1") == 4
    assert "month-004.state: no space left on device" in capsys.readouterr().err
    assert [month for month, _ in saved(Path("out"))] == [3, 2]
    assert resume() == 0
    assert result("out") == whole


def test_what_a_death_left_half_written_is_removed(folder: Path, whole: dict[str, bytes]) -> None:
    die_after(4, "--checkpoint-every", "2")
    partial = folder / "out" / "checkpoints" / ".month-006.state.partial"
    partial.write_bytes(b"half")
    claim(Path("out")).release()
    assert not partial.exists()
    assert [month for month, _ in saved(Path("out"))] == [4, 2]


def test_a_link_in_place_of_the_folder_is_not_followed(
    folder: Path, whole: dict[str, bytes]
) -> None:
    die_after(4, "--checkpoint-every", "2")
    (folder / "out" / "checkpoints").rename(folder / "elsewhere")
    (folder / "out" / "checkpoints").symlink_to(folder / "elsewhere")
    before = {file.name: file.read_bytes() for file in (folder / "elsewhere").iterdir()}
    assert resume() == 0
    assert result("out") == whole
    assert {file.name: file.read_bytes() for file in (folder / "elsewhere").iterdir()} == before


# --- Damage --------------------------------------------------------------------------------------


def test_a_damaged_state_is_passed_over(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    die_after(6, "--checkpoint-every", "2")
    newest, older = (file for _, file in saved(Path("out")))
    newest.write_bytes(damaged(newest.read_bytes(), random.Random(SEED)))
    assert resume() == 0
    passed, going = capsys.readouterr().err.splitlines()
    assert passed.startswith("out/checkpoints/month-006.state: is damaged")
    assert passed.endswith("; passed over")
    assert going == "out: going on after 4 of 9 months"
    assert result("out") == whole
    assert older.name == "month-004.state"


def test_where_every_state_is_damaged_the_run_starts_again(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    die_after(6, "--checkpoint-every", "2")
    for _, file in saved(Path("out")):
        file.write_bytes(b"")
    (folder / "out" / "checkpoints" / "month-009.state").mkdir()
    assert resume() == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4 and "month-009.state: is a directory; passed over" in lines[0]
    assert lines[-1] == "out: no whole checkpoint is there; starting from month 0"
    assert result("out") == whole


def test_damaged_states_do_not_crowd_out_new_ones(folder: Path, whole: dict[str, bytes]) -> None:
    die_after(8, "--checkpoint-every", "1")
    for _, file in saved(Path("out")):
        file.write_bytes(b"")
    with pytest.MonkeyPatch.context() as patch:
        real = Stop.check

        def check(stop: Stop) -> None:
            stop.number = signal.SIGINT
            real(stop)

        patch.setattr(interrupts.Stop, "check", check)
        assert resume() == 130
    assert [month for month, _ in saved(Path("out"))] == [1]
    assert resume() == 0
    assert result("out") == whole


# --- What is refused -----------------------------------------------------------------------------


def refused(capsys: pytest.CaptureFixture[str], code: int, *words: str, path: str = "out") -> str:
    """The one line with which a resume is refused; nothing in the directory is touched."""
    capsys.readouterr()
    place = Path(path)
    before = {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}
    assert resume(*words, path=path) == code
    now = {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}
    assert {file for file in now if now[file] != before.get(file)} <= {place / ".lock"}
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told


def test_another_version_of_the_model_is_refused_and_both_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stop_after(3) == 130
    own = compiled.model_version()
    change_manifest(model_version="0123456789abcdef")
    told = refused(capsys, 2)
    assert f"out: was begun by model version 0123456789abcdef, and this is {own}; only the" in told


def test_a_state_of_another_version_is_passed_over(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    """The manifest says this version, but whoever wrote the state was another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulation.checkpoint.model_version", lambda: "0123456789abcdef")
        assert stop_after(3) == 130
    capsys.readouterr()
    assert resume() == 0
    assert "was saved by model version 0123456789abcdef" in capsys.readouterr().err
    assert result("out") == whole


def test_a_finished_run_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    told = refused(capsys, 4)
    assert told == "shareshift: out: the run is finished; there is nothing to go on with\n"


def test_what_is_no_run_directory_is_refused_and_not_made(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "nowhere: no such run directory" in refused(capsys, 4, path="nowhere")
    assert not (folder / "nowhere").exists()
    assert ".: is not a run directory: it has no manifest.json of a run" in refused(
        capsys, 4, path="."
    )
    assert not (folder / ".lock").exists()
    assert "small.yaml: no such run directory" in refused(capsys, 4, path="small.yaml")


@pytest.mark.parametrize(
    ("old", "new"), [("count: 400", "count: 401"), ("seed: 1", "seed: 2"), ("\n", "\n# a note\n")]
)
def test_a_changed_config_is_refused(
    folder: Path, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stop_after(3) == 130
    text = Path("out/config.yaml").read_text()
    assert old in text
    Path("out/config.yaml").write_text(text.replace(old, new, 1))
    told = refused(capsys, 4)
    assert "out: config.yaml or an input file is not what the run began with" in told


def test_a_changed_input_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stop_after(3) == 130
    supply = folder / "out" / "inputs" / "supply.csv"
    supply.write_text(supply.read_text().replace("0.5", "0.6", 1))
    assert "is not what the run began with" in refused(capsys, 4)
    supply.unlink()
    assert "supply.csv: no such file" in refused(capsys, 2)
    (folder / "out" / "config.yaml").unlink()
    assert "died before its config.yaml was there" in refused(capsys, 4)


def test_a_run_in_use_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stop_after(3) == 130
    with claim(Path("out")):
        assert f"out: in use by process {os.getpid()}" in refused(capsys, 4)
    assert resume() == 0


def test_a_directory_of_another_format_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stop_after(3) == 130
    change_manifest(format_version=99)
    assert "out: has a format that this version does not read" in refused(capsys, 4)


@pytest.mark.parametrize("every", ["3", -1, 0, True, None, [2]])
def test_a_manifest_with_odd_entries_is_no_bug(
    folder: Path, whole: dict[str, bytes], every: object
) -> None:
    assert stop_after(3) == 130
    change_manifest(checkpoint_every=every, resumed="often")
    assert resume() == 0
    assert result("out") == whole


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("small.yaml", "--resume", "out"), "CONFIG not allowed with argument --resume"),
        (("--resume", "out", "--from", "out@3"), "--resume not allowed with argument --from"),
        (("--resume", "out", "--seed", "3"), "--seed not allowed with argument --resume"),
        (("--resume", "out", "--seeds", "3"), "--seeds not allowed with argument --resume"),
        (("--resume", "out", "--months", "3"), "--months not allowed with argument --resume"),
        (("--resume", "out", "--out", "b"), "--out not allowed with argument --resume"),
        (("--resume", "out", "--force"), "--force not allowed with argument --resume"),
        (("--resume", "out", "--set", "seed=3"), "--set not allowed with argument --resume"),
        (("--from", "out@3", "--seed", "3"), "--seed not allowed with argument --from"),
        (("small.yaml", "--checkpoint-every", "0"), "'0' is not a whole number in [1, 600]"),
    ],
)
def test_what_does_not_go_together_is_bad_usage(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *words]) == 2
    assert told in capsys.readouterr().err


# --- Broken identities ---------------------------------------------------------------------------


def test_a_broken_identity_ends_with_1_and_leaves_the_state_in_which_it_broke(
    folder: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    from simulation.phases import settle

    real = settle.check_people

    def check(market: object) -> None:
        if market.month == 5:  # type: ignore[attr-defined]
            market.totals["developers"].accounts[0] += 3  # type: ignore[attr-defined]
        real(market)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settle, "check_people", check)
        assert run("--checkpoint-every", "2") == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "out/checkpoints/broken-005.state: the state in which it broke"
    assert "IdentityError: month 5: developers: agents in all accounts is off by -3" in lines[1]
    assert manifest()["status"] == "failed"
    content = (folder / "out" / "checkpoints" / "broken-005.state").read_bytes()
    market = restore(content, load("out/config.yaml"), str(manifest()["identity"]))
    assert market.month == 5 and market.config.developers.price_weight == 2
    assert int(market.totals["developers"].accounts.sum()) == 403
    assert [month for month, _ in saved(Path("out"))] == [4, 2]
    assert resume() == 0  # what broke it is gone
    assert result("out") == whole


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
    assert run("--seeds", "2") == 0
    assert hashes("out") == study and "resumed" not in manifest("out/seed-1")


def test_a_finished_or_changed_study_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stop_after(4, "--seeds", "2") == 130
    text = Path("out/config.yaml").read_text()
    Path("out/config.yaml").write_text(text.replace("count: 400", "count: 300"))
    assert "is not what the run began with" in refused(capsys, 4)
    Path("out/config.yaml").write_text(text)
    change_manifest(seeds=None)
    assert "does not name the seeds" in refused(capsys, 4)
    change_manifest(seeds=[1, 2])
    assert resume() == 0
    assert "the run is finished" in refused(capsys, 4)


def test_the_command_of_the_killed_runs_is_the_real_one() -> None:
    assert RUN[1:4] == ("-m", "experiments.cli", "run")
