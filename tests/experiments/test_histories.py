"""Several histories: each seed a whole run, finished ones kept, chance told from herding."""

import json
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from experiments import basins, histories, interrupts
from experiments.cli import main
from experiments.divergence import columns_for
from experiments.interrupts import Stop
from simulation.records import Records, read_table

CONFIG = """\
schema_version: 1
name: several
months: 8
seed: 3
supply:
  offers:
    A: {capability: 1.0}
    B: {capability: 1.0}
    C: {capability: 1.0}
developers: {count: 1500, taste_spread: 0, innovation: 0.3}
consumers: {count: 300}
enterprises: {count: 60}
"""
SEEDS = 3
COMMAND = ("run", "several.yaml", "--no-figures", "--quiet")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a small config."""
    (tmp_path / "several.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, seeds: int = SEEDS) -> int:
    """Run several histories of the small config without figures."""
    return main([*COMMAND, "--out", "out", "--seeds", str(seeds), *words])


def manifest(path: str) -> dict[str, object]:
    """Entries of a manifest."""
    entries: dict[str, object] = json.loads((Path(path) / "manifest.json").read_text())
    return entries


def written(seed: int) -> float:
    """When the segments table of a seed was written."""
    return os.stat(f"out/seed-{seed}/segments.parquet").st_mtime_ns


def numbers(column: str, segment: str) -> np.ndarray:
    """A column of the divergence table in one segment, by month."""
    table, _ = read_table(Path("out/divergence.parquet"))
    return np.asarray(table[column], float)[table["segment"] == segment]


def test_each_seed_is_a_whole_run_with_the_bytes_of_a_run_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert "3 histories, seeds 3-5" in capsys.readouterr().out
    assert manifest("out")["seeds"] == [3, 5] and manifest("out")["status"] == "finished"
    assert main([*COMMAND, "--seed", "4", "--out", "4"]) == 0
    for name in ("segments.parquet", "flows.parquet", "config.yaml"):
        assert (folder / "4" / name).read_bytes() == (folder / "out/seed-4" / name).read_bytes()
    assert manifest("4")["identity"] == manifest("out/seed-4")["identity"]
    assert Records.load("out/seed-5").config.seed == 5


def test_the_divergence_table_describes_itself_and_is_the_same_again(folder: Path) -> None:
    assert run() == 0
    first = (folder / "out/divergence.parquet").read_bytes()
    schema = pyarrow.parquet.read_schema("out/divergence.parquet")
    assert schema.names == [column.name for column in columns_for("ABC")]
    assert schema.field("d_run").metadata[b"unit"] == b"0-1"
    assert run("--force") == 0
    assert (folder / "out/divergence.parquet").read_bytes() == first


def test_the_basins_are_those_of_the_seeds_and_the_same_again(folder: Path) -> None:
    assert run() == 0
    first = (folder / "out/basins.parquet").read_bytes()
    table, _ = read_table(Path("out/basins.parquet"))
    schema = pyarrow.parquet.read_schema("out/basins.parquet")
    assert schema.names == [column.name for column in basins.COLUMNS]
    assert b"95 %" in schema.field("low").metadata[b"meaning"]
    ends = {
        seed: Records.load(f"out/seed-{seed}").table("market")["regime"][-1] for seed in (3, 4, 5)
    }
    for regime, leader, seeds in zip(
        *(table[name] for name in ("regime", "leader", "seeds")), strict=True
    ):
        if leader == basins.WHOEVER:
            assert seeds == " ".join(str(seed) for seed, end in ends.items() if end == regime)
    assert run("--force") == 0
    assert (folder / "out/basins.parquet").read_bytes() == first


def test_herds_diverge_where_chance_alone_does_not(folder: Path) -> None:
    """Three equal offers and strong peers: each history follows its own first adopters."""
    network = "networks.developers={family: complete}"
    assert run("--set", "developers.peer_weight=9", "--set", network, seeds=6) == 0
    herd, chance, draws = (
        numbers(column, "coding")[-1]
        for column in ("d_run", "d_run_peers_off", "d_run_independent")
    )
    assert herd > 5 * chance
    assert chance < 5 * draws


def test_with_peers_off_both_divergences_are_the_same(folder: Path) -> None:
    sets = [f"{name}.peer_weight=0" for name in ("developers", "consumers", "enterprises")]
    assert run(*(word for text in sets for word in ("--set", text))) == 0
    assert (numbers("d_run", "coding") == numbers("d_run_peers_off", "coding")).all()


class StopAfter:
    """Sends Ctrl-C to this process after some months."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, months: int) -> None:
        self.left = months
        real = Stop.check

        def check(stop: Stop) -> None:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGINT)
            real(stop)

        monkeypatch.setattr(interrupts.Stop, "check", check)


def test_an_interrupted_study_keeps_its_finished_seeds_and_ends_with_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        StopAfter(patch, months=8 + 8 + 2)
        assert run() == 130
    last = capsys.readouterr().err.splitlines()[-1]
    assert "with 2 of 3 histories finished in out; go on with: shareshift run --resume out" in last
    assert manifest("out")["status"] == "interrupted"
    assert [manifest(f"out/seed-{seed}")["status"] for seed in (3, 4, 5)] == [
        "finished",
        "finished",
        "interrupted",
    ]
    before = written(3), written(4)
    assert run() == 0
    assert (written(3), written(4)) == before
    kept = (folder / "out/divergence.parquet").read_bytes()
    assert run("--force") == 0
    assert written(3) != before[0]
    assert (folder / "out/divergence.parquet").read_bytes() == kept


def test_a_kept_seed_that_was_damaged_is_run_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        StopAfter(patch, months=8 + 8 + 2)
        assert run() == 130
    table = folder / "out/seed-3/segments.parquet"
    whole = table.read_bytes()
    table.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert run() == 0
    assert table.read_bytes() == whole


def test_seeds_of_another_config_are_not_mixed_in_nor_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        StopAfter(patch, months=8 + 2)
        assert run() == 130
    assert run("--set", "developers.count=1400") == 4
    assert "out/seed-4: holds an unfinished run" in capsys.readouterr().err
    shutil.rmtree("out/seed-4")
    assert run("--set", "developers.count=1400") == 4
    assert "out/seed-3: holds a finished run; --force overwrites it" in capsys.readouterr().err
    assert run("--set", "developers.count=1400", "--force") == 0
    assert Records.load("out/seed-3").config.developers.count == 1400


def test_a_finished_study_is_kept(folder: Path) -> None:
    assert run() == 0
    before = written(3)
    assert run() == 4 and run(seeds=4) == 4
    assert written(3) == before


def test_figures_come_from_what_is_on_the_disk(folder: Path) -> None:
    assert run() == 0
    assert main(["report", "out"]) == 0
    for name in ("divergence", "basins"):
        assert (folder / f"out/figures/{name}.png").read_bytes()[:4] == b"\x89PNG"
    report = (folder / "out/report.html").read_text(encoding="utf-8")
    assert "median of 3 runs; leads in" in report
    assert "How 3 runs end in 2023-08" in report and "3 of 3 runs end " in report


def test_a_report_of_a_study_without_a_seed_names_it_and_makes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    shutil.rmtree(folder / "out" / "seed-4")
    assert main(["report", "out"]) == 4
    assert "out/seed-4: is missing or no run directory" in capsys.readouterr().err
    assert not (folder / "out" / "seed-4").exists()


def test_the_peers_that_are_switched_off_are_those_of_every_population() -> None:
    assert set(histories.PEERS_OFF) == {
        "developers.peer_weight",
        "consumers.peer_weight",
        "enterprises.peer_weight",
    }
