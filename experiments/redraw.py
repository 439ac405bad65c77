"""Figures and report of a finished run; `shareshift report DIR` draws them anew."""

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from experiments.cli import BUG, DONE, end
from experiments.failures import explain, show
from experiments.interrupts import Interrupted, Stop
from experiments.store import FIGURES, FINISHED, REPORT, RunDirectory, claim
from experiments.whole_files import StoreError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulation.records import Records


NO_MORE: Mapping[str, Any] = MappingProxyType({})


def redraw(arguments: argparse.Namespace) -> int:
    """Draw figures and report of a run directory anew; its tables stay as they are."""
    from experiments.histories import draw_histories

    path = Path(arguments.directory)
    if not path.is_dir():
        raise StoreError(f"{path}: no such run directory")
    with Stop() as stop, claim(path, again=True) as directory:
        status = directory.manifest.get("status")
        if status != FINISHED:
            raise StoreError(f"{path}: holds no finished run (status: {status or 'none'})")
        directory.refuse_damage()
        if directory.manifest.get("kind") == "histories":
            return draw_histories(directory, stop)
        return draw_run(directory, loaded(path), stop)


def loaded(path: Path) -> "Records":
    """Records of a finished run; a file that cannot be read is the environment's fault.

    Raises
    ------
    StoreError
    """
    from simulation.records import Records

    try:
        return Records.load(path)
    except (OSError, ValueError, KeyError, TypeError) as failure:
        reason = " ".join(str(failure).split())  # the reader's messages have lines
        raise StoreError(
            f"{path}: cannot be read ({reason}); run the config again with --force"
        ) from failure


def draw_run(directory: RunDirectory, records: "Records", stop: Stop) -> int:
    """Draw every figure of one run, then the report, and say where it is."""
    return draw_all(directory, records, drawings_of(records), stop)


def drawings_of(records: "Records") -> dict[str, Callable[[], "Figure"]]:
    """Every figure of one run, by name, not drawn yet; those that do not apply are left out."""
    from experiments.plots.series import without_empty_places

    told = without_empty_places(records)
    return {
        name: partial(module.draw, told)
        for name, module in plots().items()
        if not hasattr(module, "applies") or module.applies(told)
    }


def plots() -> dict[str, Any]:
    """Modules of `experiments.plots` that draw a run, by name: each one has a `draw(records)`.

    One that also has `applies(records)` is drawn where that is true.
    """
    import experiments.plots as folder

    found = {
        place.name: import_module(f"{folder.__name__}.{place.name}")
        for place in iter_modules(folder.__path__)
    }
    return {name: module for name, module in sorted(found.items()) if hasattr(module, "draw")}


def draw_all(
    directory: RunDirectory,
    records: "Records",
    drawings: Mapping[str, Callable[[], "Figure"]],
    stop: Stop,
    told: Mapping[str, Any] = NO_MORE,
) -> int:
    """Draw figures one by one, write the report of those that came out, and return the exit code.

    `told` is what the report says beside the run: see `write_report`.  The tables are safe before
    this starts, so that no failure here can lose a run.
    """
    from experiments.plots.style import png
    from experiments.report import write_report

    figures: dict[str, bytes] = {}
    failed = []
    for name, draw in drawings.items():
        check_between(stop, directory.path)
        try:
            figures[name] = png(draw())
        except Exception as failure:  # noqa: BLE001  # whatever a figure does, the run is safe
            failed.append(name)
            message, _ = explain(failure)
            end(f"figure {name}: {message}", BUG)
            continue
        directory.write(f"{FIGURES}/{name}.png", figures[name])
    check_between(stop, directory.path)
    report = write_report(records, figures, {"manifest": directory.manifest, **told})
    directory.write(REPORT, report.encode())
    show(f"report: {directory.path / REPORT}")
    if failed:
        return end(f"the run is finished, but not drawn: {', '.join(failed)}", BUG)
    return DONE


def check_between(stop: Stop, path: Path) -> None:
    """Stop between two figures if a signal came, and say that the run is safe."""
    try:
        stop.check()
    except Interrupted as stopped:
        raise Interrupted(
            stopped.number,
            f"while drawing; the run is finished, and `shareshift report {path}` draws it",
        ) from None
