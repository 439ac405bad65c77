"""What is legal in a config and worth a word: values outside their plausible range, and origins."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from simulation.config_shape import Shape, shape_at, split_path
from simulation.config_text import leaves, plain
from simulation.yaml_text import Node

if TYPE_CHECKING:
    from simulation.config import Config

DEFAULT = "default"


def notes(config: "Config") -> list[str]:
    """One line for each value outside its plausible range, and for what has no effect."""
    root = Shape((type(config),))
    values = plain(config)
    found = [line for steps in leaves(values) for line in range_notes(root, values, steps)]
    for name, event in config.events.items():
        found += event_notes(config, name, event)
        for path, value in (event.set or {}).items():
            shape = shape_at(root, split_path(root, path, values))
            found += [f"events.{name}.set: {line}" for line in range_note(shape, path, value)]
    return [*found, *unused(config)]


def event_notes(config: "Config", name: str, event: Any) -> Iterator[str]:
    """Notes on an event that does nothing, or not all that it could."""
    if event.month >= config.months:
        yield (
            f"events.{name}.month = {event.month} is after the last month, "
            f"{config.months - 1}: it never fires"
        )
    provider = config.providers.get(getattr(event.action, "provider", ""))
    if provider is not None and provider.entry > event.month:
        yield (
            f"events.{name}: {event.action.provider} enters in month {provider.entry}, after "
            f"month {event.month}: nothing happens"
        )


def unused(config: "Config") -> Iterator[str]:
    """Notes on what is said and not read, since the supply is another."""
    if not config.supply.endogenous:
        for name in ("providers", "suppliers", "investors"):
            if getattr(config, name):
                yield f"{name}: not used, since nobody decides; `supply: endogenous` would use them"
        if config.finance.rounds:
            yield "finance.rounds: not used, since nobody decides"
        return
    if config.consumers.bundled != type(config.consumers)().bundled:
        yield "consumers.bundled: not used, since strategies say who bundles"
    for name, own in config.providers.items():
        if own.entry >= config.months:
            yield (
                f"providers.{name}.entry = {own.entry} is after the last month, "
                f"{config.months - 1}: it never enters"
            )


def range_notes(root: Shape, values: Any, steps: tuple[str, ...]) -> Iterator[str]:
    """Note on the value at a path, if it lies outside its range."""
    shape: Shape | None = root
    for step in steps:
        shape = shape.narrowed(values.get("family")).step(step) if shape else None
        values = values[step]
    yield from range_note(shape, ".".join(steps), values)


def range_note(shape: Shape | None, path: str, value: Any) -> Iterator[str]:
    """Note on one value, if it lies outside its range."""
    said = shape.about if shape else None
    if not said or not said.range or isinstance(value, bool) or not isinstance(value, int | float):
        return
    low, high = said.range
    if not low <= value <= high:
        unit = f" {said.unit}" if said.unit not in ("", "-") else ""
        yield f"{path} = {value:g}{unit} is outside the plausible range [{low:g}, {high:g}]"


def origins(config: "Config") -> dict[str, str]:
    """Where each value was said: "file:line", "--set #2", "change", "file name" or "default"."""
    return {".".join(steps): origin(config._tree, steps) for steps in leaves(plain(config))}


def origin(tree: Node | None, steps: tuple[str, ...]) -> str:
    """Where the value at a path was said."""
    node = tree
    for step in steps:
        if node is None:
            return DEFAULT
        if not isinstance(node.value, dict):  # one number for all segments
            break
        node = node.value.get(step)
    return node.place.short if node is not None else DEFAULT
