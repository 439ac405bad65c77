"""A fork is the run that its own config gives from the start; only the way there is shorter."""

import shutil
import signal
from contextlib import chdir
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from checkpoint import result
from stopped_runs import QUIET, change_manifest, manifest, place, resume, stopping_after

from agents import compiled
from experiments.checkpoints import saved
from experiments.cli import main
from simulation.records import Records

CHANGE = ("--set", "developers.reconsideration_base=0.9")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished run, `base`, and one stopped after five months, `stopped`."""
    folder = tmp_path_factory.mktemp("made")
    place(folder, "base", months=10, war=6)
    with chdir(folder):
        assert main(["run", "base.yaml", *QUIET, "--out", "base"]) == 0
        with stopping_after(5):
            words = ["--checkpoint-every", "3", "--out", "stopped"]
            assert main(["run", "base.yaml", *QUIET, *words]) == 130
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with copies of both runs."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fork(source: str, *words: str) -> int:
    """Fork a run into `fork`."""
    return main(["run", "--from", source, *QUIET, "--out", "fork", *words])


def from_the_start() -> dict[str, bytes]:
    """What the fork's own config gives from the start."""
    assert main(["run", "fork/config.yaml", *QUIET, "--out", "again"]) == 0
    return result("again")


def differing_months(one: str, other: str) -> set[int]:
    """Months in which the segments tables of two runs differ."""
    tables = [Records.load(path).table("segments") for path in (one, other)]
    found: set[int] = set()
    for name, values in tables[0].items():
        different = values != tables[1][name]
        if values.dtype.kind == "f":
            different &= ~(np.isnan(values) & np.isnan(tables[1][name]))
        found |= set(tables[0]["month"][different].tolist())
    return found


# --- The same bytes ------------------------------------------------------------------------------


@pytest.mark.parametrize("month", [0, 4, 9])
def test_the_fork_of_a_finished_run_is_what_its_config_gives(folder: Path, month: int) -> None:
    before = result("base")
    assert fork(f"base@{month}", *CHANGE) == 0
    assert result("fork") == from_the_start()
    months = differing_months("base", "fork")
    assert months and min(months) >= month
    assert result("base") == before


@pytest.mark.parametrize(
    ("month", "told"),
    [
        (2, "stopped: its first 2 months are simulated again"),
        (3, "stopped: going on from its state after 3 months"),
        (4, "stopped: going on from its state after 3 months"),
        (5, "stopped: going on from its state after 5 months"),
        (8, "stopped: going on from its state after 5 months"),
    ],
)
def test_the_fork_of_an_unfinished_run_goes_on_from_its_state(
    folder: Path, month: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [months for months, _ in saved(Path("stopped"))] == [5, 3]
    assert fork(f"stopped@{month}", *CHANGE) == 0
    assert capsys.readouterr().err.splitlines() == [told]
    assert result("fork") == from_the_start()
    assert min(differing_months("base", "fork")) >= month
    assert [months for months, _ in saved(Path("stopped"))] == [5, 3]
    assert manifest("stopped")["status"] == "interrupted"


def test_a_fork_without_changes_is_the_run(folder: Path) -> None:
    assert fork("stopped@7") == 0
    assert result("fork") == result("base")


def test_a_damaged_state_is_passed_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for (_, file), size in zip(saved(Path("stopped")), (200, 100), strict=True):
        file.write_bytes(file.read_bytes()[:size])
    assert fork("stopped@7", *CHANGE) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3 and lines[2] == "stopped: its first 7 months are simulated again"
    assert result("fork") == from_the_start()


def test_the_fork_of_a_fork_has_both_changes(folder: Path) -> None:
    assert fork("base@3", *CHANGE) == 0
    shutil.move("fork", "first")
    assert fork("first@6", "--set", "developers.price_weight=0.1", "--set", CHANGE[1]) == 0
    assert result("fork") == from_the_start()
    config = Records.load("fork").config
    assert list(config.events) == ["war", "fork", "fork-2"]
    assert dict(config.events["fork-2"].set) == {
        "developers.price_weight": 0.1,
        "developers.reconsideration_base": 0.9,
    }
    events = Records.load("fork").table("events")
    assert events["month"][events["kind"] == "fork-2"].tolist() == [6]


def test_a_fork_comes_after_the_events_of_its_month(folder: Path) -> None:
    assert fork("base@6", "--set", "developers.price_weight=0.1") == 0
    kinds = Records.load("fork").table("events")["kind"].tolist()
    assert kinds.index("war") < kinds.index("fork")
    assert differing_months("base", "fork")


def test_a_fork_may_be_longer_or_shorter(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for months in ("8", "14"):
        assert fork("stopped@7", *CHANGE, "--months", months, "--force") == 0
        assert "stopped: its first 7 months are simulated again" in capsys.readouterr().err
        assert Records.load("fork").config.months == int(months)
        shutil.rmtree("again", ignore_errors=True)
        assert result("fork") == from_the_start()
    assert fork("base@7", "--months", "12", "--force") == 0
    assert fork("base@7", "--months", "7", "--force") == 2
    assert "month 7 is not in the run: its months are 0 to 6" in capsys.readouterr().err
    assert fork("base@7", "--months", "60", "--force") == 2
    assert "supply ends 2025-12 but the run needs" in capsys.readouterr().err


def test_a_fork_is_resumed_like_any_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with stopping_after(1, signal.SIGTERM):
        assert fork("stopped@6", *CHANGE) == 143
    assert "after 6 of 10 months; go on with: shareshift run --resume fork" in (
        capsys.readouterr().err
    )
    assert resume(path="fork") == 0
    assert result("fork") == from_the_start()


def test_the_manifest_says_where_a_fork_comes_from(folder: Path) -> None:
    assert fork("base@4", *CHANGE) == 0
    assert manifest("fork")["fork"] == {
        "of": "base",
        "identity": manifest("base")["identity"],
        "month": 4,
        "set": {"developers.reconsideration_base": 0.9},
    }
    assert manifest("fork")["identity"] != manifest("base")["identity"]


def test_without_out_a_fork_has_a_directory_of_its_own(folder: Path) -> None:
    assert main(["run", "--from", "base@4", *CHANGE, *QUIET]) == 0
    (path,) = (folder / "runs").iterdir()
    assert path.name.startswith("base-")


# --- What is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "words", "told"),
    [
        ("base", (), "--from 'base': write DIR@MONTH, as runs/herd@24"),
        ("base@", (), "write DIR@MONTH"),
        ("base@-1", (), "write DIR@MONTH"),
        ("base@x", (), "write DIR@MONTH"),
        ("base@10", CHANGE, "month 10 is not in the run: its months are 0 to 9"),
        ("base@4", ("--set", "developers.count=9"), "--set developers.count: is read once, when"),
        ("base@4", ("--set", "seed=9"), "--set seed: an event can change only choice, developers"),
        ("base@4", ("--set", "supply.exclude=[Meta]"), "an event can change only"),
        ("base@4", ("--set", "developers.peers=9"), "--set developers.peers: unknown key"),
        (
            "base@4",
            ("--set", "enterprises.dual_share=2"),
            "--set enterprises.dual_share: 2 probability is outside [0, 1]",
        ),
        ("base@4", ("--set", "developers={}"), "names a whole section"),
        ("base@4", ("--set", "developers.peer_weight"), "is not an assignment; write path=value"),
        ("base@4", ("--set", "developers.peer_weight="), "is not an assignment; write path=value"),
        ("base@4", ("--set", "developers.peer_weight=["), "--set #1:"),
        ("base@4", ("--set", "developers.peer_weight=1}, x: {"), "--set"),
        ("base@4", ("--set", "a..b=1"), "is not an assignment"),
        ("base@4", (*CHANGE, "--out", "base"), "base: a fork needs a directory of its own"),
        ("base@4", (*CHANGE, "--out", "./x/../base"), "a fork needs a directory of its own"),
    ],
)
def test_what_cannot_be_forked_is_bad_usage(
    folder: Path, source: str, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "x").mkdir()
    assert fork(source, *words) == 2
    text = capsys.readouterr()
    assert told in text.err and "Traceback" not in text.err and text.out == ""
    assert not (folder / "fork").exists()


@pytest.mark.parametrize(
    ("source", "told"),
    [("nowhere@4", "nowhere: no such run directory"), ("x@4", "x: is not a run directory")],
)
def test_what_is_no_run_directory_is_refused(
    folder: Path, source: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "x").mkdir()
    assert fork(source, *CHANGE) == 4
    assert told in capsys.readouterr().err
    assert not (folder / "fork").exists()


def test_a_study_is_not_forked_but_its_seeds_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "base.yaml", *QUIET, "--seeds", "2", "--out", "study"]) == 0
    assert fork("study@4", *CHANGE) == 2
    assert "study: holds a study; name one of its seeds, as study/seed-1@4" in (
        capsys.readouterr().err
    )
    assert fork("study/seed-2@4", *CHANGE, "--force", "--out", "study") == 2
    assert "study: a fork needs a directory of its own" in capsys.readouterr().err
    assert fork("study/seed-2@4", *CHANGE) == 0
    assert result("fork") == from_the_start()


def test_a_finished_fork_is_not_overwritten(folder: Path) -> None:
    assert fork("base@4", *CHANGE) == 0
    assert fork("base@4", *CHANGE) == 4
    assert fork("base@4", *CHANGE, "--force") == 0


def test_changed_tables_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = folder / "base" / "segments.parquet"
    table.write_bytes(table.read_bytes()[:-9])
    assert fork("base@4", *CHANGE) == 4
    assert "segments.parquet: was changed since the run" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["base", "stopped"])
def test_a_changed_config_is_refused(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = folder / name / "config.yaml"
    config.write_text(config.read_text().replace("seed: 1", "seed: 2"))
    assert fork(f"{name}@4", *CHANGE) == 4
    assert "config.yaml" in capsys.readouterr().err
    assert not (folder / "fork").exists()


def forge_history(version: str) -> None:
    """Give `base` the tables of another seed, with their hashes, as if a version had made them."""
    assert main(["run", "base.yaml", *QUIET, "--seed", "2", "--out", "other"]) == 0
    shutil.copy("other/segments.parquet", "base/segments.parquet")
    digest = sha256(Path("base/segments.parquet").read_bytes()).hexdigest()
    hashes = {**manifest("base")["sha256"], "segments.parquet": digest}  # type: ignore[dict-item]
    change_manifest("base", sha256=hashes, model_version=version)


def test_a_history_that_does_not_come_out_again_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forge_history(compiled.model_version())
    assert fork("base@4", *CHANGE) == 4
    told = capsys.readouterr().err.splitlines()
    assert "base: simulated again, its first 4 months are not the same" in told[-1]
    assert manifest("fork")["status"] == "failed"


def test_another_version_may_be_forked_if_its_history_comes_out_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change_manifest("base", model_version="0123456789abcdef")
    assert fork("base@4", *CHANGE) == 0
    assert result("fork") == from_the_start()
    forge_history("0123456789abcdef")
    assert fork("base@4", *CHANGE, "--force") == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert "model version 0123456789abcdef, and this is" in told


def test_an_unfinished_run_of_another_version_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change_manifest("stopped", model_version="0123456789abcdef")
    assert fork("stopped@4", *CHANGE) == 2
    assert "model version 0123456789abcdef, and this is" in capsys.readouterr().err
