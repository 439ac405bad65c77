"""`shareshift analyze` on sweep directories: what it writes, prints, and leaves alone."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas
import pytest
from stored_sweeps import store
from synthetic_sweeps import ROOT, sweep_text

from experiments import analyze
from experiments.analysis import analyse
from experiments.cli import main
from experiments.sweep_report import write_sweep_report
from experiments.sweep_snapshot import Snapshot
from experiments.sweeps.directory import claim
from experiments.sweeps.study import load_sweep

GRID = sweep_text("{kind: grid, levels: 5}", 2, "5")  # 125 runs: one shard and some loose runs
RUNS = 125
OWN = {"results.parquet", "report.html", "figures"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished sweep, analysed."""
    folder = store(tmp_path_factory.mktemp("finished"), GRID).path
    assert main(["analyze", str(folder)]) == 0
    return folder


def hashes(folder: Path) -> dict[str, str]:
    """Hash of every file of the sweep itself."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.relative_to(folder).parts[0] not in OWN
        # The reader of a ledger makes these two and takes them away again.
        and not path.name.endswith(("-shm", "-wal"))
    }


def test_results_hold_one_row_for_each_run_in_order(finished: Path) -> None:
    table = pandas.read_parquet(finished / "results.parquet")
    assert table.run.tolist() == list(range(RUNS))
    assert (table.status == "done").all() and "seconds" not in table.columns
    study = load_sweep(finished)
    assert set(study.factors) | set(study.outcomes[:2]) | {"shares.others"} <= set(table.columns)
    values = study.values("hhi_revenue")
    assert table.hhi_revenue.tolist() == [
        values[point, seed, network]
        for point, seed, network in zip(table.point, table.seed, table.network, strict=True)
    ]


def test_bytes_of_results_and_tables_do_not_depend_on_order_or_times(
    tmp_path: Path, finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = np.random.default_rng(1).permutation(RUNS).tolist()
    other = store(tmp_path, GRID, order).path
    printed = []
    for folder in (finished, other):
        assert main(["analyze", str(folder), "--no-figures"]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    first, second = ((folder / "results.parquet").read_bytes() for folder in (finished, other))
    assert first == second
    assert not (other / "report.html").exists() and not (other / "figures").exists()


def test_times_in_the_results_would_be_found(
    tmp_path: Path, finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analyze, "NOT_RESULTS", ())
    other = store(tmp_path, GRID).path
    first, second = (analyze.results(load_sweep(one).frame()) for one in (finished, other))
    assert first != second


def test_report_leads_with_answers_holds_its_figures_and_loads_nothing(finished: Path) -> None:
    text = (finished / "report.html").read_text()
    assert len(text) < 3_000_000
    assert "http" not in text.replace("http-equiv", "")
    assert text.index('id="answers"') < text.index('id="figures"') < text.index('id="repeat"')
    names = {path.stem for path in (finished / "figures").glob("*.png")}
    assert {"phase_diagram", "divergence_map", "variance_shares", "box_tipped"} <= names
    assert all(f'id="figure-{name}"' in text for name in names)
    assert "Runs are tipped where" in text and "125 of 125" in text
    assert "shareshift sweep sweep.yaml --out again" in text and str(finished) not in text


def test_a_report_stays_small_and_names_the_figures_that_it_leaves_out(finished: Path) -> None:
    found = analyse(load_sweep(finished))
    figures = {"tornado_a": b"\0" * 1_500_000, "tornado_b": b"\0" * 1_500_000}
    text = write_sweep_report(found, figures, {}, {}, "x" * 200_000)
    assert len(text) < 3_000_000
    assert 'id="figure-tornado_a"' in text and "figures/tornado_b.png" in text


def test_the_sweep_itself_is_only_read_even_while_it_runs(finished: Path) -> None:
    before = hashes(finished)
    with claim(finished):  # as a sweep that is running holds it
        assert main(["analyze", str(finished), "--no-figures"]) == 0
    assert hashes(finished) == before


def test_an_unfinished_sweep_with_failures_is_analysed_and_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = store(tmp_path, GRID, range(60), lost=4).path
    assert main(["analyze", str(folder)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "60 of 125 runs have ended: 56 done, 4 failed, 65 left." in out
    assert "first in run 0: took over 60 s." in out
    assert len(pandas.read_parquet(folder / "results.parquet")) == 60
    report = (folder / "report.html").read_text()
    assert "Unfinished: 60 of 125 runs have ended" in report and "Not drawn" in report


def test_a_sweep_without_any_run_is_analysed(tmp_path: Path) -> None:
    folder = store(tmp_path, GRID, []).path
    assert main(["analyze", str(folder)]) == 0
    assert len(pandas.read_parquet(folder / "results.parquet")) == 0
    assert "no run" in (folder / "report.html").read_text()


def test_figures_of_an_earlier_analysis_that_no_longer_hold_are_removed(tmp_path: Path) -> None:
    folder = store(tmp_path, GRID, []).path
    (folder / "figures").mkdir()
    (folder / "figures" / "box_other.png").write_bytes(b"old")
    (folder / "figures" / "notes.txt").write_text("a user's own")
    assert main(["analyze", str(folder)]) == 0
    assert {path.name for path in (folder / "figures").iterdir()} == {"notes.txt"}


def test_runs_that_end_during_the_analysis_are_left_for_the_next(tmp_path: Path) -> None:
    study = store(tmp_path, GRID, range(50))
    snapshot = Snapshot(study)
    store(tmp_path, GRID, range(50, 80))
    assert len(snapshot.frame()) == 50 and np.isfinite(snapshot.values("hhi_revenue")).sum() == 50
    status = snapshot.status()
    assert (status.done, status.left) == (50, 75)
    assert np.isfinite(study.values("hhi_revenue")).sum() == 80


def test_a_snapshot_has_the_values_of_the_study(finished: Path) -> None:
    study = load_sweep(finished)
    snapshot = Snapshot(study)
    for name in study.outcomes:
        assert np.array_equal(snapshot.values(name), study.values(name), equal_nan=True)
    with pytest.raises(KeyError, match="no outcome 'nothing'"):
        snapshot.values("nothing")


def test_some_columns_of_a_table_are_those_of_the_whole(finished: Path) -> None:
    study = load_sweep(finished)
    whole, some = study.table("market"), study.table("market", ["month", "regime"])
    assert some.column_names == ["run", "month", "regime"] and "unread" in whole.column_names
    assert some.equals(whole.select(["run", "month", "regime"]))


@pytest.mark.parametrize(
    ("name", "words"), [("missing", "no such sweep directory"), ("empty", "not a sweep directory")]
)
def test_what_is_no_sweep_is_refused(
    tmp_path: Path, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["analyze", str(tmp_path / name)]) == 4
    assert words in capsys.readouterr().err
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_figure_that_cannot_be_drawn_leaves_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from experiments.plots import variance_shares

    def broken(*_: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(variance_shares, "draw_shares", broken)
    folder = store(tmp_path, GRID).path
    assert main(["analyze", str(folder)]) == 1
    assert "variance_shares" in capsys.readouterr().err
    assert (folder / "figures" / "phase_diagram.png").exists()
    assert "could not be drawn" in (folder / "report.html").read_text()


def test_nothing_of_the_engine_is_imported(finished: Path) -> None:
    code = (
        "import sys\nfrom experiments.cli import main\n"
        f"assert main(['analyze', {str(finished)!r}]) == 0\n"
        "heavy = {'mesa', 'numba', 'networkx', 'dask', 'distributed'}\n"
        "print('imported:', *sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1].split()[1:] == []
