"""A stored run as a scene: simulated again from its config.yaml, and checked against its tables."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.cli import UsageError
from experiments.fork import Origin, origin_of
from experiments.fork import refuse_other_past as refuse
from experiments.store import CONFIG
from experiments.watch.scene import Scene
from experiments.whole_files import StoreError

if TYPE_CHECKING:
    from simulation.market import Market


def stored(path: Path, arguments: argparse.Namespace) -> Scene:
    """The scene of a finished run directory.

    Raises
    ------
    StoreError, UsageError, ConfigError
    """
    if arguments.sets or arguments.seed is not None:
        raise UsageError(
            "--set and --seed belong to a config: a stored run is shown as it was "
            f"(watch {path / CONFIG} to change it)"
        )
    return scene_of_run(path)


def scene_of_run(path: Path) -> Scene:
    """The scene of a finished run directory, as it was.

    Raises
    ------
    StoreError, UsageError, ConfigError
    """
    origin = origin_of(f"{path}@0")
    if origin.past is None:
        raise StoreError(f"{path}: the run is not finished; go on with it first: run --resume")
    config, identity = origin.plan.config, origin.plan.identity
    return Scene(config.name, config, identity, CONFIG, {}, (), origin)


def refuse_other_past(origin: Origin, market: "Market") -> None:
    """Refuse to show a run that is not the stored one.

    Raises
    ------
    StoreError, UsageError
    """
    refuse(origin._replace(month=market.month), market)
