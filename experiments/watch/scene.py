"""What a session can show: the config that was asked for, and the scenarios that lie beside it."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from simulation.config import Config

if TYPE_CHECKING:
    from experiments.fork import Origin

SCENARIOS = "scenarios"
MOST_SCENARIOS = 200


class Scene(NamedTuple):
    """A config to watch.

    name : of the run.  config, identity : of it.  extends : what a saved change of it extends.
    scenarios : files by name.  sets : changes of the command line, laid over every scenario.
    origin : the stored run, which what is shown must repeat; None where live.
    against : what the command wants to see beside it.
    """

    name: str
    config: Config
    identity: str
    extends: str
    scenarios: dict[str, Path]
    sets: tuple[str, ...]
    origin: "Origin | None" = None
    against: "Scene | None" = None

    @property
    def live(self) -> bool:
        """Whether it can be changed; a stored run cannot."""
        return self.origin is None


def scene_of(path: Path, sets: tuple[str, ...] = ()) -> Scene:
    """The scene of a config file.

    Raises
    ------
    ConfigError, TableError
    """
    from experiments.run import plan_run

    plan = plan_run(path, list(sets))
    return Scene(plan.config.name, plan.config, plan.identity, path.name, beside(path), sets)


def beside(path: Path) -> dict[str, Path]:
    """Scenarios in the folder of a config, or in the one below it, by name; the config first."""
    folder = path.parent if path.parent.name == SCENARIOS else path.parent / SCENARIOS
    files = sorted(folder.glob("*.yaml"))[:MOST_SCENARIOS]
    return {file.stem: file for file in ([path, *(f for f in files if f != path)])}


def other(scene: Scene, name: str) -> Scene:
    """The scene of a scenario of the list.

    Raises
    ------
    KeyError, ConfigError, TableError
    """
    if name not in scene.scenarios:
        raise KeyError(f"no scenario {name!r}")
    return scene_of(scene.scenarios[name], scene.sets)._replace(scenarios=scene.scenarios)
