"""`shareshift analyze DIR`: what a sweep says so far, as tables, figures and a report.

It only reads the sweep, so that it can be asked while the sweep goes on.
"""

import argparse
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.cli import BUG, DONE, end
from experiments.failures import explain, show
from experiments.whole_files import StoreError, environment, remove, write_whole

if TYPE_CHECKING:
    from pandas import DataFrame

RESULTS, FIGURES, REPORT = "results.parquet", "figures", "report.html"
NOT_RESULTS = ("seconds",)  # differ from one run of the same sweep to the next


def analyze(arguments: argparse.Namespace) -> int:
    """Analyse a sweep directory, finished or not."""
    from experiments.analysis import analyse
    from experiments.interrupts import Stop
    from experiments.sweep_snapshot import Snapshot
    from experiments.sweep_tables import summary
    from experiments.sweeps.study import load_sweep

    path = Path(arguments.directory)
    if not path.is_dir():
        told = "is a file; name a sweep directory" if path.is_file() else "no such sweep directory"
        raise StoreError(f"{path}: {told}; `shareshift sweep` makes one")
    with Stop() as stop:
        found = analyse(Snapshot(load_sweep(path)))
        write_whole(path / RESULTS, results(found.frame))
        show(summary(found))
        stop.check()
        if arguments.no_figures:
            return DONE
        return drawn(path, found, stop)


def results(frame: "DataFrame") -> bytes:
    """One row for each run, in the order of their numbers, as the bytes of a Parquet file."""
    import pyarrow
    import pyarrow.parquet

    kept = frame.sort_values("run", kind="stable").drop(columns=[*NOT_RESULTS], errors="ignore")
    columns = {}
    for name in kept.columns:
        values = kept[name].tolist()
        if any(isinstance(value, str) for value in values):
            columns[name] = pyarrow.array([str(value) for value in values], pyarrow.string())
        else:
            columns[name] = pyarrow.array(values)
    out = BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out, compression="zstd")
    return out.getvalue()


def drawn(path: Path, found: Any, stop: Any) -> int:
    """Draw every figure that can be, then write the report, and say where it is."""
    from experiments.plots.style import png
    from experiments.sweep_figures import figures_of, why_not

    drawings = figures_of(found)
    missing, figures, failed = why_not(drawings), {}, []
    for name, draw in drawings.items():
        stop.check()
        if isinstance(draw, str):
            continue
        try:
            figures[name] = png(draw())
        except Exception as failure:  # noqa: BLE001  # whatever a figure does, the tables are there
            message, _ = explain(failure)
            failed.append(name)
            missing[name] = "could not be drawn, which is a bug of shareshift"
            end(f"figure {name}: {message}", BUG)
    write_figures(path, figures)
    write_report(path, found, figures, missing)
    show(f"\nreport: {path / REPORT}")
    if failed:
        return end(f"the tables are there, but not drawn: {', '.join(failed)}", BUG)
    return DONE


def write_figures(path: Path, figures: Mapping[str, bytes]) -> None:
    """Put figures in place; those of an earlier analysis that are no longer drawn go."""
    folder = path / FIGURES
    with environment(folder):
        if folder.is_symlink():
            remove(folder)
        old = sorted(folder.glob("*.png")) if folder.is_dir() else []
    for picture in old:
        if picture.stem not in figures:
            remove(picture)
    for name, content in figures.items():
        write_whole(folder / f"{name}.png", content)


def write_report(
    path: Path, found: Any, figures: Mapping[str, bytes], missing: Mapping[str, str]
) -> None:
    """Write the report of what is drawn and found."""
    from experiments.sweep_report import write_sweep_report
    from experiments.sweeps.directory import read
    from experiments.sweeps.stored import SWEEP

    text = (path / SWEEP).read_text(encoding="utf-8")
    report = write_sweep_report(found, figures, missing, read(path) or {}, text)
    write_whole(path / REPORT, report.encode())
