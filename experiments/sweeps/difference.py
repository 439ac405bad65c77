"""In what a sweep differs from the one that began in a directory: the first value, old and new."""

from pathlib import Path
from typing import Any

from experiments.sweeps.stored import SWEEP, hash_of_file, values_of
from experiments.sweeps.sweep import SweepFile
from experiments.sweeps.sweep_file import load_sweep_file
from simulation.config import ConfigError, canonical
from simulation.config_text import inline, leaves

NOTHING = "nothing"


def what_changed(path: Path, asked: SweepFile) -> str:
    """First value that is another one, in words; empty where the old sweep cannot be read."""
    try:
        began = load_sweep_file(path / SWEEP)
    except (ConfigError, OSError):
        return ""
    old, new = decisive(began), decisive(asked)
    for name in dict.fromkeys([*old, *new]):
        before, now = old.get(name, NOTHING), new.get(name, NOTHING)
        if before != now:
            return f"{name} was {before} and is {now}"
    for before, now in zip(old, new, strict=True):
        if before != now:
            return f"{now} stands where {before} stood"
    return ""


def decisive(sweep: SweepFile) -> dict[str, str]:
    """All that decides what is run and measured, by dotted name: what is varied, then the base."""
    base = sweep.base
    files = {path: hash_of_file(str(file)) for path, file in base.inputs().items()}
    varied = values_of(sweep, hash_of_file)
    for name in ("description", "base", "set"):
        del varied[name]
    found: dict[str, str] = {}
    for values in (varied, base.with_inputs(files)):
        plain = canonical(values)
        found |= {".".join(steps): inline(at(plain, steps)) for steps in leaves(plain)}
    return found


def at(values: Any, steps: tuple[str, ...]) -> Any:
    """The value at the end of a path."""
    for step in steps:
        values = values[step]
    return values
