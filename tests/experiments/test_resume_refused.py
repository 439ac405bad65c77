"""What cannot go on is refused in one line, and nothing in its directory is touched."""

import os
from pathlib import Path

import pytest
from checkpoint import result
from stopped_runs import change_manifest, resume, run, stop_after

from agents import compiled
from experiments.cli import main
from experiments.store import claim


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
