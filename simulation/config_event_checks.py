"""Events of a config are tried before the run, so that none of them can stop it on the way."""

import copy
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from simulation.config_errors import Problem, locate, not_there, some_of, unknown, wording
from simulation.config_layers import node_of
from simulation.config_sections import POPULATIONS
from simulation.config_shape import Shape, shape_at, split_path
from simulation.config_supply_checks import contradictions
from simulation.config_text import plain
from simulation.event import EVERYBODY, Action
from simulation.yaml_text import Place

if TYPE_CHECKING:
    from simulation.config import Config

FUNDING = ("finance", "investors", "investment", "distress", "entry")
SUPPLY_SIDE = ("providers", "compute", "planning", "research", *FUNDING)
CHANGEABLE = ("choice", *POPULATIONS, "apps", *SUPPLY_SIDE)

Steps = tuple[str, ...]


def check_events(config: "Config") -> Iterator[Problem]:
    """Refuse events that set what does not exist, what is fixed, or what is out of bounds."""
    root = Shape((type(config),))
    values = plain(config)
    for name, event in sorted(config.events.items(), key=lambda item: item[1].month):
        at = ("events", name, event.kind)
        steps = {path: tuple(split_path(root, path, values)) for path in event.changes}
        found = {
            path: text
            for path, value in event.changes.items()
            if (text := unchangeable(root, steps[path], value))
        }
        sound = {steps[path]: event.changes[path] for path in steps if path not in found}
        values, wrong = tried(config, values, sound)
        found |= {path: wrong[steps[path]] for path in steps if steps[path] in wrong}
        for path, text in found.items():
            yield Problem((*at, path), text)
        if event.action is not None:
            for field, text in misplaced(config, event.action):
                yield Problem((*at, field) if field else at, text)


def misplaced(config: "Config", action: Action) -> Iterator[tuple[str, str]]:
    """What an event asks for that this config does not have: field and text."""
    if action.decides and not config.supply.endogenous:
        yield "", "needs providers that decide; use `supply: endogenous`, or remove the event"
        return
    name = getattr(action, "provider", EVERYBODY)
    if name != EVERYBODY and name not in config.providers:
        yield "provider", not_there(name, config.providers, "providers")


def unchangeable(root: Shape, steps: Steps, value: Any) -> str:
    """Say why an event cannot change what lies at a path; empty if it can."""
    if steps[0] not in CHANGEABLE:
        return f"an event can change only {', '.join(CHANGEABLE)}"
    holder = shape_at(root, steps[:-1])
    shape = holder.step(steps[-1]) if holder else None
    if shape is None or holder is None:
        return unknown(steps[-1], holder)
    if isinstance(value, str) and shape.meant_by(value):
        return ""
    if shape.closed:
        return f"names a whole section; name one of {some_of(shape.names())} in it"
    if shape.about and shape.about.at_start:
        return "is read once, when the market is built; no event can change it"
    return ""


def tried(
    config: "Config", values: dict[str, Any], changes: Mapping[Steps, Any]
) -> tuple[dict[str, Any], dict[Steps, str]]:
    """Plain values with the changes of one event; the old ones, and what is wrong, if it is."""
    root = Shape((type(config),))
    after = {**values, **{steps[0]: copy.deepcopy(values[steps[0]]) for steps in changes}}
    wrong = {steps: text for steps in changes if (text := lay(after, steps, changes[steps], root))}
    if wrong or not changes:
        return values, wrong
    try:
        changed = type(config).model_validate(after)
    except ValidationError as error:
        tree = node_of(after, Place("event"))
        for found in error.errors(include_url=False):
            loc = (*map(str, found["loc"]), *found.get("ctx", {}).get("at", ()))
            spot = locate(tree, root, loc)
            wrong.setdefault(nearest(changes, spot.steps), wording(found["type"], found, spot))
        return values, wrong
    for problem in () if any(contradictions(config)) else contradictions(changed):
        wrong.setdefault(nearest(changes, problem.steps), problem.text)
    return (values, wrong) if wrong else (after, wrong)


def lay(values: dict[str, Any], steps: Steps, value: Any, root: Shape) -> str:
    """Put a value at its place; say what is wrong where there is no such place."""
    holder: Any = values
    for step in steps[:-1]:
        if step not in holder:
            return not_there(step, holder, steps[0])
        holder = holder[step]
    shape = shape_at(root, steps)
    meant = shape.meant_by(value) if shape and isinstance(value, str) else None
    if meant is None:
        holder[steps[-1]] = plain(value)
    elif holder.get(steps[-1], {}).get("family") != value:
        holder[steps[-1]] = meant
    return ""


def nearest(changes: Mapping[Steps, Any], steps: Steps) -> Steps:
    """Path of the change that a problem lies at or below, or above; the first if there is none."""
    for path in changes:
        size = min(len(path), len(steps))
        if path[:size] == steps[:size]:
            return path
    return next(iter(changes))
