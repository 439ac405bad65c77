"""`shareshift run --resume DIR`: an unfinished run goes on to the bytes it would have had."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.checkpoints import Keeper, newest
from experiments.cli import UsageError
from experiments.interrupts import Stop
from experiments.run import Plan, built, complete, entries_of, plan_run
from experiments.store import (
    CONFIG,
    FINISHED,
    FORMAT_VERSION,
    MANIFEST,
    RunDirectory,
    claim,
    read_manifest,
)
from experiments.streams import tell
from experiments.whole_files import StoreError, environment

if TYPE_CHECKING:
    from simulation.market import Market


def resume(arguments: argparse.Namespace) -> int:
    """Go on with a run or a study of several seeds; returns the exit code."""
    path = Path(arguments.resume)
    manifest = manifest_of(path)
    arguments.checkpoint_every = arguments.checkpoint_every or every_of(manifest)
    if manifest.get("kind") == "histories":
        return resume_histories(path, arguments)
    with Stop() as stop, claim(path, again=True) as directory:
        plan = unchanged(directory)
        build = partial(going_on, directory, plan, arguments)
        return complete(Keeper(directory, plan, arguments.checkpoint_every), build, stop, arguments)


def resume_histories(path: Path, arguments: argparse.Namespace) -> int:
    """Run the seeds of a study that are not finished; the finished ones are kept."""
    from experiments.histories import run_histories, seeds_of

    with claim(path, again=True) as directory:
        unchanged(directory)
        arguments.seeds = len(seeds_of(directory))
    arguments.config, arguments.out = path / CONFIG, path
    return run_histories(arguments)


def manifest_of(path: Path) -> dict[str, Any]:
    """Manifest of a run directory.

    Raises
    ------
    StoreError
        It is none.
    """
    with environment(path):
        manifest = read_manifest(path)
    if manifest is None:
        told = f"is not a run directory: it has no {MANIFEST} of a run"
        raise StoreError(f"{path}: {told if path.is_dir() else 'no such run directory'}")
    return manifest


def every_of(manifest: dict[str, Any]) -> int | None:
    """How often the run was told to save its state."""
    every = manifest.get("checkpoint_every")
    return every if type(every) is int and every > 0 else None


def unchanged(directory: RunDirectory) -> Plan:
    """The plan of an unfinished run, its config and inputs being those that it began with.

    Raises
    ------
    StoreError
        It is finished, or not as it was.
    UsageError
        It was begun by another version of the model.
    """
    path, manifest = directory.path, directory.manifest
    if manifest.get("status") == FINISHED:
        raise StoreError(f"{path}: the run is finished; there is nothing to go on with")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise StoreError(f"{path}: has a format that this version does not read")
    refuse_other_version(path, manifest)
    file = path / CONFIG
    if not file.is_file():
        raise StoreError(f"{path}: the run died before its {CONFIG} was there; run it again")
    plan = plan_run(file, [])
    with environment(file):
        text = file.read_bytes()
    if plan.config.identity() != manifest.get("config_hash") or plan.text.encode() != text:
        raise StoreError(
            f"{path}: {CONFIG} or an input file is not what the run began with; put it back, or "
            "run the config again with --force"
        )
    return plan


def refuse_other_version(path: Path, manifest: dict[str, Any]) -> None:
    """Refuse to go on with a run of another version of the model: its months would not fit."""
    from agents.compiled import model_version

    version = manifest.get("model_version")
    if version != model_version():
        raise UsageError(
            f"{path}: was begun by model version {version}, and this is {model_version()}; only "
            "the version that began a run can go on with it"
        )


def going_on(directory: RunDirectory, plan: Plan, arguments: argparse.Namespace) -> "Market":
    """The market in its newest whole state, or before its first month where there is none."""
    path = directory.path
    market = newest(path, plan.identity, plan.config, arguments.threads)
    if market is None:
        tell(f"{path}: no whole checkpoint is there; starting from month 0")
        market = built(plan, arguments.threads)
    else:
        tell(f"{path}: going on after {market.month} of {plan.config.months} months")
    directory.go_on(market.month, entries_of(arguments))
    return market
