"""A small market to run through the command line, and what a run of it leaves."""

import contextlib
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

import harness

from experiments.cli import main

SUPPLY = harness.ROOT / "configs" / "data" / "supply_recorded.csv"
CONFIG = """\
schema_version: 1
name: small
months: 5
supply: {recorded: supply.csv}
developers: {count: 400}
consumers: {count: 300}
enterprises: {count: 60}
initial:
  developers: {adopted: 0.5, shares: {OpenAI: 1.0}}
"""


def prepare(folder: Path) -> None:
    """Put small.yaml and its supply file into `folder`."""
    (folder / "supply.csv").write_bytes(SUPPLY.read_bytes())
    (folder / "small.yaml").write_text(CONFIG)


def command(folder: Path, words: Sequence[str]) -> tuple[int, str]:
    """Exit code of a command given in `folder`, and what it said on stderr."""
    said, former = io.StringIO(), Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            code = main(list(words))
    finally:
        os.chdir(former)
    return code, said.getvalue()


def outputs(run: Path) -> dict[str, bytes]:
    """Config, inputs and tables of a run directory: what is promised byte for byte."""
    paths = [
        run / "config.yaml",
        *sorted((run / "inputs").glob("*")),
        *sorted(run.glob("*.parquet")),
    ]
    return {str(path.relative_to(run)): path.read_bytes() for path in paths if path.exists()}


def finished(run: Path) -> bool:
    """Whether a run directory says that its run has finished."""
    try:
        return bool(json.loads((run / "manifest.json").read_bytes())["status"] == "finished")
    except (OSError, ValueError):  # not there, or torn
        return False
