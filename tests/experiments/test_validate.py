"""`shareshift validate`: what it runs, reads, prints, keeps, and how it ends."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from synthetic_scores import rows

from experiments import cli, validate
from experiments.store import MANIFEST
from experiments.studies.rows import BASELINE
from simulation.config import load

ROOT = Path(__file__).resolve().parents[2]
SMALL = """\
schema_version: 1
name: small
months: 40
supply:
  offers:
    OpenAI: {capability: 1.2}
    Anthropic: {}
    OPEN: {open_weights: true, price: 1}
developers: {count: 300}
consumers: {count: 50}
enterprises: {count: 60, innovation: .1}
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A config of a market that runs in no time; its folder is the current one."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def planted(monkeypatch, **columns):
    """Let an ensemble of the baseline have rows that pass everything but what is said."""
    made = rows(seeds=40, **columns)
    monkeypatch.setattr(validate, "simulated", lambda source, arguments: (load(BASELINE), made))


# --- How it ends ---------------------------------------------------------------------------------


def test_it_ends_well_where_nothing_that_can_be_scored_is_missed(monkeypatch, capsys):
    planted(monkeypatch, **{"lag of nothing": "1"})
    assert cli.main(["validate", str(BASELINE)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "F5 frontier training runs cost 2.4 times more each year: PASS" in said
    assert "Of these 8 pass 8" in said


def test_a_miss_ends_with_5(monkeypatch, capsys):
    planted(monkeypatch, **{"record cost": "9"})
    assert cli.main(["validate", str(BASELINE)]) == 5
    assert "each year: MISS" in capsys.readouterr().out


def test_a_miss_of_what_was_seen_is_none(monkeypatch, capsys):
    planted(monkeypatch, **{"open lag": "99"})
    assert cli.main(["validate", str(BASELINE)]) == 0
    said = capsys.readouterr().out
    assert "not scorable: calibration, not validation; outside" in " ".join(said.split())
    assert "seen by research.spillover (lag of open weights 3 to 14 months)" in said


def test_lines_are_at_most_a_hundred_wide(monkeypatch, capsys):
    planted(monkeypatch)
    cli.main(["validate", str(BASELINE)])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


# --- What it runs and reads ----------------------------------------------------------------------


def test_an_ensemble_is_run_and_kept_and_its_runs_read_alike(small, tmp_path, capsys):
    """The same readings, whether it runs the seeds or finds them in a directory."""
    words = ["validate", str(small), "--seeds", "3", "--workers", "2", "--quiet"]
    assert cli.main([*words, "--out", "kept"]) == 5  # F8: apps of the model grow as E29 says
    said = capsys.readouterr().out
    assert "small: 40 months from 2023-01, 3 histories, seeds 1-3" in said
    assert "Fewer than 40 seeds" in said
    run = ["run", str(small), "--seeds", "3", "--out", "runs", "--no-figures", "--quiet"]
    assert cli.main(run) == 0
    capsys.readouterr()
    assert cli.main(["validate", "runs", "--out", "read"]) == 5
    for name in (validate.ROWS, validate.SCORES):
        assert (tmp_path / "kept" / name).read_bytes() == (tmp_path / "read" / name).read_bytes()
    with (tmp_path / "kept" / validate.ROWS).open() as file:
        assert [row["seed"] for row in csv.DictReader(file)] == ["1", "2", "3"]
    assert cli.main(["validate", "runs/seed-2"]) == 5
    assert "seed 2" in capsys.readouterr().out


def test_a_folder_that_holds_results_is_not_written_over(small, tmp_path, capsys):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / validate.SCORES).write_text("mine")
    assert cli.main(["validate", str(small), "--out", "kept"]) == 4
    assert "holds facts.csv already" in capsys.readouterr().err
    assert (tmp_path / "kept" / validate.SCORES).read_text() == "mine"


def test_seeds_of_a_directory_are_its_own(small, tmp_path, capsys):
    run = ["run", str(small), "--out", "one", "--no-figures", "--quiet"]
    assert cli.main(run) == 0
    assert cli.main(["validate", "one", "--seeds", "4"]) == 2
    assert "--seeds not allowed" in capsys.readouterr().err
    manifest = tmp_path / "one" / MANIFEST
    manifest.write_text(manifest.read_text().replace("finished", "running"))
    assert cli.main(["validate", "one"]) == 4
    assert "holds no finished run" in capsys.readouterr().err


def test_a_config_that_is_not_there_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["validate", "nobody.yaml"]) == 2
    assert "nobody.yaml" in capsys.readouterr().err


# --- Interrupted ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_its_processes(number, code, small, tmp_path):
    """Its processes are those below it; 400 seeds take longer than the test."""
    words = ["validate", str(small), "--seeds", "400", "--workers", "2", "--out", "kept"]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = subprocess.Popen(
        [sys.executable, "-m", "experiments.cli", *words],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.PIPE,
        text=True,
    )
    listing = Path(f"/proc/{command.pid}/task/{command.pid}/children")
    started: list[str] = []
    try:
        while len(started) < 3 and command.poll() is None:
            started = listing.read_text().split()
            time.sleep(0.05)
        command.send_signal(number)
        _, said = command.communicate(timeout=60)
    finally:
        if command.poll() is None:
            command.kill()
            command.wait()
    assert command.returncode == code
    assert "nothing was written" in said
    assert not (tmp_path / "kept").exists()
    end = time.monotonic() + 60
    while any(Path(f"/proc/{process}").exists() for process in started):
        assert time.monotonic() < end
        time.sleep(0.05)
