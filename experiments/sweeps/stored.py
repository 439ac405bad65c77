"""A sweep as files of its own: what a sweep directory needs to be read again, wherever it lies."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from experiments.sweeps.base import input_names
from experiments.sweeps.sweep import SweepFile
from simulation.config import canonical
from simulation.config_layers import INPUTS
from simulation.config_text import plain, written
from simulation.input_file import bytes_of

SWEEP, BASE = "sweep.yaml", "base.yaml"


def stored(sweep: SweepFile) -> dict[str, bytes]:
    """Files of a sweep by name: the sweep, its base config, and copies of all input files.

    Loading `SWEEP` from a folder that holds them gives a sweep of the same hash, whose jobs have
    the same identities.

    Raises
    ------
    ConfigError
        An input file can no longer be read.
    """
    files = sweep.base.inputs()
    names = {files[path]: name for path, name in sweep.base.copies().items()}
    contents = {name: sweep.base.content(file) for file, name in names.items()}
    for file in choice_files(sweep):
        if file not in names:
            names[file] = free_name(file, set(names.values()))
            contents[names[file]] = bytes_of(file)
    own = {path: f"{INPUTS}/{names[file]}" for path, file in files.items()}
    text = written(values_of(sweep, lambda file: f"{INPUTS}/{names[Path(file)]}"))
    found = {SWEEP: text.encode(), BASE: sweep.base.dump(own).encode()}
    return found | {f"{INPUTS}/{name}": content for name, content in contents.items()}


def sweep_hash(sweep: SweepFile) -> str:
    """Sha256 of all that decides what is run and measured: two equal ones are one sweep.

    Where files lie plays no part, what is in them does; nor do descriptions.
    """
    values = values_of(sweep, hash_of_file)
    values |= {"description": "", "base": sweep.base.identity()}
    return hashlib.sha256(json.dumps(canonical(values)).encode()).hexdigest()


def hash_of_file(file: str) -> str:
    """Sha256 of what is in a file."""
    return hashlib.sha256(bytes_of(Path(file))).hexdigest()


def free_name(file: Path, taken: set[str]) -> str:
    """Name for a copy of a file that no other copy has."""
    folded = {name.casefold() for name in taken}
    names = [file.name, *(f"{file.stem}-{more}{file.suffix}" for more in range(2, len(taken) + 3))]
    return next(name for name in names if name.casefold() not in folded)


def choice_files(sweep: SweepFile) -> list[Path]:
    """Input files that choices name, in the order of the file."""
    found: list[Path] = []

    def note(file: str) -> str:
        found.append(Path(file))
        return file

    for factor in sweep.factors:
        for option in factor.options:
            with_files(option, note)
    return list(dict.fromkeys(found))


def values_of(sweep: SweepFile, name_of: Callable[[str], str]) -> dict[str, Any]:
    """Plain values of the sweep file beside its base; `name_of` renames the files of choices."""
    values: dict[str, Any] = plain(sweep.form)
    values |= {"base": BASE, "set": {}}
    for factor in sweep.factors:
        form = values["factors"][factor.name]
        if form["choices"] is not None:
            options = (with_files(option, name_of) for option in factor.options)
            form["choices"] = dict(zip(form["choices"], options, strict=True))
    return values


def with_files(value: Any, name_of: Callable[[str], str], above: str = "") -> Any:
    """Copy of the changes of a choice, with other names for the input files in it."""
    if isinstance(value, Mapping):
        return {
            key: with_files(inner, name_of, f"{above}.{key}" if above else key)
            for key, inner in value.items()
        }
    return name_of(value) if above in input_names() and isinstance(value, str) else value
