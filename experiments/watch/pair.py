"""With what a market can be compared, and in what the two differ."""

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from experiments.watch.controls import Controls
from experiments.watch.replay import stored
from experiments.watch.runs import runs_near
from experiments.watch.scene import Scene, other
from experiments.watch.side import Side
from simulation.config_text import leaves, plain

if TYPE_CHECKING:
    from experiments.watch import protocol
    from simulation.config import Config

MOST_TOLD = 40
SKIPPED = ("name", "description", "schema_version")


def side_against(one: Side, command: "protocol.Compare", shown: int) -> Side:
    """The market that a page wants to see beside `one`, not built yet.

    Raises
    ------
    KeyError, ValueError, ConfigError, TableError, StoreError, UsageError
    """
    if command.against == "fork":
        scene = one.scene._replace(origin=None)
        made = Side(scene, one.lock, 1, fork_of(one.controls))
        made.fork, made.asked = shown, f"fork:{shown}"
        return made
    if command.against == "base":
        scene = one.scene._replace(origin=None)
    elif command.against == "scenario":
        scene = other(one.scene, command.name or "")
        seed = one.controls.config.seed
        if scene.config.seed != seed:  # what differs is then the change, and not the luck
            scene = other(one.scene._replace(sets=(*one.scene.sets, f"seed={seed}")), scene.name)
    else:
        scene = stored_run(one.scene, command.name or "")
    refuse_other_clock(one.scene.config, scene.config)
    made = Side(scene, one.lock, 1)
    made.asked = command.against + (f":{command.name}" if command.name else "")
    return made


def fork_of(controls: Controls) -> Controls:
    """Controls that stand where others stand, and go their own way from here."""
    made = Controls(controls.base)
    made.config, made.values = controls.config, dict(controls.values)
    return made


def stored_run(scene: Scene, name: str) -> Scene:
    """A run of the list.

    Raises
    ------
    KeyError, StoreError, UsageError, ConfigError
    """
    runs = runs_near(scene)
    if name not in runs:
        raise KeyError(f"no finished run {name!r}")
    return stored(runs[name], Namespace(sets=[], seed=None))


def refuse_other_clock(one: "Config", two: "Config") -> None:
    """Refuse two markets whose first months are not the same month.

    Raises
    ------
    ValueError
    """
    if one.start != two.start:
        raise ValueError(
            f"A begins in {one.start} and B in {two.start}: two runs side by side need one clock"
        )


def told_of(one: Side, two: Side) -> dict[str, Any]:
    """What a page says of a comparison: names, seeds, and what the configs do not share."""
    configs = [side.controls.config for side in (one, two)]
    differs = differences(*configs)
    return {
        "names": [side.scene.name for side in (one, two)],
        "live": [side.scene.live for side in (one, two)],
        "identities": [side.scene.identity[:8] for side in (one, two)],
        "seeds": [config.seed for config in configs],
        "same_seed": configs[0].seed == configs[1].seed,
        "fork": two.fork,
        "asked": two.asked,
        "differs": differs[:MOST_TOLD],
        "count": len(differs),
    }


def differences(one: "Config", two: "Config") -> list[dict[str, str]]:
    """Every value by dotted path that two configs do not share; an event is one value."""
    values = [leaves_of(config) for config in (one, two)]
    return [
        {"key": key, "a": values[0].get(key, "none"), "b": values[1].get(key, "none")}
        for key in dict.fromkeys((*values[0], *values[1]))
        if key not in SKIPPED and values[0].get(key) != values[1].get(key)
    ]


def leaves_of(config: "Config") -> dict[str, str]:
    """Values of a config by dotted path, in words."""
    tree = plain(config)
    events = {f"events.{name}": told(event) for name, event in tree.pop("events").items()}
    return {".".join(path): words(at(tree, path)) for path in leaves(tree)} | events


def told(event: dict[str, Any]) -> str:
    """An event in words: "month 9: set developers.peer_weight 6"."""
    parts = [f"{kind} {words(settings)}" for kind, settings in event.items() if kind != "month"]
    return f"month {event['month']}: {'; '.join(parts)}"


def at(tree: Any, path: tuple[str, ...]) -> Any:
    """Value at a path."""
    for step in path:
        tree = tree[step]
    return tree


def words(value: Any) -> str:
    """A value as a line tells it."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {words(entry)}" for key, entry in value.items())
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
