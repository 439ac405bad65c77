"""`shareshift sweep` and the Python API on a real, small market; what the README says of them."""

import re
import shutil
from contextlib import chdir, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import experiments
from experiments import load_sweep
from experiments.cli import main
from experiments.sweeps.ledger import LEDGER
from experiments.whole_files import StoreError

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SWEEP = """\
schema_version: 1
name: small
base: {base}
set: {{months: 3, developers.count: 100, consumers.count: 100, enterprises.count: 100}}
factors:
  developers.peer_weight: {{range: [0, 4]}}
  graph:
    choices: {{nobody: {{networks.developers: none}}, all: {{networks.developers: complete}}}}
design: {{kind: grid, levels: 2}}
replicates: 2
outcomes:
  hhi_revenue: {{}}
  shares: {{table: providers, column: revenue_share, vector: provider}}
regions:
  tight: {{outcome: hhi_revenue, above: .3}}
keep: [market]
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep file of eight runs."""
    path = tmp_path_factory.mktemp("small") / "small.yaml"
    path.write_text(SWEEP.format(base=ROOT / "configs" / "baseline.yaml"))
    return path


@pytest.fixture(scope="module")
def finished(file: Path) -> Path:
    """The directory of the finished sweep."""
    out = file.parent / "sweep"
    with chdir(ROOT):
        assert main(["sweep", str(file), "--out", str(out), "--workers", "0", "--quiet"]) == 0
    return out


def test_study_reads_what_was_run(finished: Path, file: Path) -> None:
    study = load_sweep(finished)
    frame = study.frame()
    assert list(frame["run"]) == list(range(8)) and set(frame["status"]) == {"done"}
    assert set(frame["graph"]) == {"nobody", "all"}
    values = study.values("hhi_revenue")
    assert values.shape == (4, 2, 1)
    for row in frame.itertuples():
        assert values[row.point, row.seed, row.network] == row.hhi_revenue
    vectors = study.values("shares")
    assert vectors.shape[:3] == (4, 2, 1)
    assert np.allclose(np.nansum(vectors, axis=-1), 1.0)
    table = study.table("market").to_pandas()
    assert list(table["run"]) == [run for run in range(8) for _ in range(3)]
    ends = table.groupby("run")["hhi_revenue"].last()
    assert np.array_equal(ends, frame["hhi_revenue"])
    with chdir(ROOT):
        assert study.hash == load_sweep(file).hash
    assert study.status()[:3] == (8, 0, 0)


def test_runs_are_those_of_the_run_command(finished: Path) -> None:
    """A run of a sweep has the identity and the numbers that `shareshift run` gives its config."""
    from experiments.run import planned
    from experiments.sweeps.runs import config_of
    from simulation import Market

    study = load_sweep(finished)
    config = config_of(study.sweep, study.sweep.jobs()[5])
    market = Market(config)
    while market.running:
        market.step()
    row = study.frame().iloc[5]
    assert row.identity == planned(config, {}).identity
    assert row.hhi_revenue == market.records.table("market")["hhi_revenue"][-1]


def test_dry_run_writes_nothing_and_says_what_is_skipped(
    finished: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = file.parent / "not-there"
    with chdir(ROOT):
        assert main(["sweep", str(file), "--out", str(out), "--dry-run"]) == 0
        said = capsys.readouterr().out
        assert "4 points x 2 seeds = 8 runs" in said and "to run: 8" in said
        assert "time: about" in said and "disk: about" in said
        assert not out.exists()
        assert main(["sweep", str(file), "--out", str(finished), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "skipped, done already: 8" in said and "to run: 0" in said


@pytest.mark.parametrize(
    ("threads", "words"),
    [
        ({"a": 1, "b": 3}, "4 workers at tcp://x:1"),
        ({}, "one worker, as there is none yet, at tcp"),
    ],
)
def test_dry_run_asks_a_scheduler_for_its_workers(
    file: Path,
    threads: dict[str, int],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from experiments.sweeps import local

    asked = []

    def connected(workers: int, cluster: str) -> Any:
        asked.append(cluster)
        return nullcontext(SimpleNamespace(nthreads=lambda: threads))

    monkeypatch.setattr(local, "connected", connected)
    out = str(file.parent / "not-there")
    with chdir(ROOT):
        assert main(["sweep", str(file), "--out", out, "--cluster", "tcp://x:1", "--dry-run"]) == 0
    assert asked == ["tcp://x:1"]
    assert f"with {words}" in capsys.readouterr().out


def test_another_sweep_in_the_same_directory_is_refused(
    finished: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = file.with_name("other.yaml")
    other.write_text(file.read_text().replace("months: 3", "months: 4"))
    before = (finished / "manifest.json").read_bytes(), (finished / LEDGER).read_bytes()
    with chdir(ROOT):
        assert main(["sweep", str(other), "--out", str(finished), "--workers", "0"]) == 2
    assert "another sweep began here (months was 3 and is 4)" in capsys.readouterr().err
    assert before == ((finished / "manifest.json").read_bytes(), (finished / LEDGER).read_bytes())


@pytest.mark.parametrize("name", ["sweep.yaml", "base.yaml", "design.parquet"])
def test_changed_file_of_a_sweep_is_refused(finished: Path, tmp_path: Path, name: str) -> None:
    """Also where it can still be read, as with a line more at its end."""
    copy = shutil.copytree(finished, tmp_path / "copy")
    with (copy / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(StoreError, match=f"{name}: is damaged"):
        load_sweep(copy)
    (copy / name).unlink()
    with pytest.raises(StoreError, match=f"{name}: is missing"):
        load_sweep(copy)


def test_unfinished_sweep_can_be_read(file: Path) -> None:
    from experiments.sweeps.attempt import attempt_here
    from experiments.sweeps.session import claimed, setting_of

    with chdir(ROOT):
        study = load_sweep(file)
        study.path = file.parent / "unfinished"
        jobs = study.sweep.jobs()
        with claimed(study, (), True) as store:
            store.commit([(jobs[n], attempt_here(setting_of(study), jobs[n])) for n in (0, 5)])
            assert study.status()[:3] == (2, 0, 6)
            assert np.isfinite(study.values("hhi_revenue")).sum() == 2
            assert sorted(set(study.table("market")["run"].to_pylist())) == [0, 5]


def test_names_of_the_package_are_found_when_asked_for() -> None:
    assert set(experiments.HOMES) == set(experiments.__all__) <= set(dir(experiments))
    for name, home in experiments.HOMES.items():
        assert getattr(experiments, name).__module__ == home
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = experiments.nothing


def blocks() -> list[str]:
    """Python of the README's section on sweeps."""
    section = README.partition("\n## Sweep\n")[2].partition("\n## ")[0]
    return re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def test_python_of_the_readme_runs(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the tiny sweep of the repository, cut to a market that takes no time."""
    (tmp_path / "configs" / "sweeps").mkdir(parents=True)
    text = (ROOT / "configs" / "sweeps" / "tiny.yaml").read_text()
    text = re.sub(r"^base: .*$", f"base: {ROOT / 'configs' / 'baseline.yaml'}", text, flags=re.M)
    text = re.sub(r"months: \d+", "months: 2", re.sub(r"count: \d+", "count: 100", text))
    (tmp_path / "configs" / "sweeps" / "tiny.yaml").write_text(text)
    run = experiments.Study.run
    monkeypatch.setattr(
        experiments.Study, "run", lambda study, workers, out: run(study, 0, out, quiet=True)
    )
    with chdir(tmp_path):
        exec(compile(blocks()[0], "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102
    assert "hhi_revenue" in capsys.readouterr().out


def test_slurm_script_of_the_readme_asks_for_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Slurm is here: the job script is made, and the sweep is handed the scheduler."""
    import dask_jobqueue

    seen: dict[str, Any] = {}

    class Study:
        def run(self, cluster: str) -> None:
            seen["address"] = cluster

    def scale(cluster: Any, jobs: int) -> None:
        if jobs:  # it is called with none too, when the cluster is made and closed
            seen.update(jobs=jobs, script=cluster.job_script(), made=cluster)

    monkeypatch.setattr(dask_jobqueue.SLURMCluster, "scale", scale)
    monkeypatch.setattr(experiments, "load_sweep", lambda _: Study(), raising=False)
    try:
        exec(compile(blocks()[1], "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102
    finally:
        if "made" in seen:
            seen["made"].close()
    assert seen["jobs"] == 100 and seen["address"].startswith("tcp://")
    assert "#SBATCH --cpus-per-task=1" in seen["script"]
    assert "#SBATCH -t 12:00:00" in seen["script"]
    assert f"dask_worker {seen['address']}" in seen["script"]
    assert "--nthreads 1" in seen["script"] and "export OMP_NUM_THREADS=1" in seen["script"]
