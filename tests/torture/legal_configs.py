"""Random legal configs, drawn from the declarations of the parameters.

Values that break a rule of several parameters together (more links than
agents, a floor above a limit) are taken back by `settled`, which reads the refusal.

Hypothesis does not draw them: of 200 configs of 200 values it made 94 with one developer, most of
them near-copies of the one before.  Each case has a generator of its own instead, and `smallest`
does what shrinking would.
"""

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from legal_deciders import deciders
from legal_values import (
    DEFAULT,
    LARGEST,
    NEEDED,
    ON_RECORD,
    RECORDED,
    Draw,
    Plain,
    entries,
    graph_file,
    is_number,
    number,
    section,
    single,
    some_of,
)
from pydantic.fields import FieldInfo

from agents.parameters import sections
from experiments.check import check_inputs
from simulation.config import Config, ConfigError, load
from simulation.config_checks import CHANGEABLE
from simulation.config_sections import FREEZABLE, POPULATIONS
from simulation.config_shape import Shape, split_path

OFFERED = ("A", "B", "GPT-4.5", "OPEN")
STARTS = ("2023-01", "2024-02", "2025-01")
BY_HAND = ("schema_version", "name", "description", "supply", "start", "freeze", "events")
ROOT_SHAPE = Shape((Config,))
MOST_REFUSALS = 20
DECIDING = 0.5  # share of the cases in which providers decide


def config_of(case: str) -> Plain:
    """Plain values of the config of a case; the same for the same case."""
    chance = random.Random(case)
    names = chance.choice((ON_RECORD, OFFERED))
    draw = Draw(chance, names, chance.choice((0.03, 0.2, 0.6, 1)), chance.random() < 0.4)
    values = entries(
        {name: field for name, field in Config.model_fields.items() if name not in BY_HAND}, draw
    )
    values["supply"] = supply(draw)
    values["start"] = chance.choice(STARTS if names == ON_RECORD else STARTS[:1])
    values["freeze"] = freezes(draw)
    values["events"] = events(draw)
    return deciders(values, draw) if chance.random() < DECIDING else values


def supply(draw: Draw) -> Plain:
    """The record, or some constant offers; sometimes without somebody."""
    without = some_of(draw.names[:-1], 1, draw)
    if draw.names == ON_RECORD:
        return {"recorded": str(RECORDED), "exclude": without}
    (form,) = sections(Config.model_fields["supply"].annotation)
    names = some_of(draw.names, 4, draw) or ["A"]
    offers = {name: section(form.model_fields["offers"], draw) for name in names}
    return {"offers": offers, "exclude": without}


def freezes(draw: Draw) -> Plain:
    """States that are held constant."""
    found: Plain = {}
    for _ in range(draw.chance.choice((0, 0, 1, 2))):
        name = draw.chance.choice((*FREEZABLE, *POPULATIONS))
        if name in POPULATIONS:
            found[f"{name}.tenure"] = draw.chance.randint(0, LARGEST["tenure"])
        else:
            whose = draw.chance.choice(("", f".{draw.names[0]}"))
            said = FREEZABLE[name]
            assert said is not None
            found[f"supply.{name}{whose}"] = number(name, FieldInfo(annotation=float), said, draw)
    return found


def events(draw: Draw) -> Plain:
    """Events that set a few parameters of the demand side."""
    paths = [path for path, _ in settable()]
    fields = dict(settable())
    found: Plain = {}
    for name in some_of(("first", "second", "third"), 3, draw):
        chosen = draw.chance.sample(paths, draw.chance.choice((1, 1, 2, 5)))
        values = {path: single(path.rpartition(".")[2], fields[path], draw) for path in chosen}
        known = {path: entry for path, entry in values.items() if entry not in (DEFAULT, None)}
        if known:
            found[name] = {"month": draw.chance.randint(0, LARGEST["month"]), "set": known}
    return found


def settable() -> Iterator[tuple[str, FieldInfo]]:
    """Paths that an event may set."""
    for path, shape in below("", ROOT_SHAPE):
        if path.partition(".")[0] in CHANGEABLE and shape.about and not shape.about.at_start:
            assert shape.field is not None
            yield path, shape.field


def below(prefix: str, shape: Shape) -> Iterator[tuple[str, Shape]]:
    """Dotted paths of single values below a shape."""
    for name in shape.names():
        inner = shape.step(name)
        assert inner is not None
        if inner.closed:
            yield from below(f"{prefix}{name}.", inner)
        elif not inner.forms:
            yield f"{prefix}{name}", inner


def settled(values: Plain) -> Config:
    """Config of plain values, without those that are refused for what others are.

    Raises
    ------
    ConfigError
        If what is refused cannot be left out.
    """
    values = {**values, "schema_version": 1}
    for _ in range(MOST_REFUSALS):
        try:
            return checked(values)
        except ConfigError as refused:
            values = without(values, refused.messages)
    return checked(values)


def checked(values: Plain) -> Config:
    """Config of plain values, checked with its supply file as the command does it."""
    config = load(values)
    check_inputs(config)
    return config


def without(values: Plain, messages: list[str]) -> Plain:
    """Plain values without the paths that the messages name; an unfit network is none at all."""
    values = {key: copied(entry) for key, entry in values.items()}
    for message in messages:
        path = re.match(r"(?:config: )?([^:]+): ", message)
        steps = split_path(ROOT_SHAPE, path.group(1), values) if path else []
        if Path(graph_file()).name in message:  # the file has more nodes than there are agents
            steps = ["networks", *(name for name in POPULATIONS if f" {name}" in message)]
        if steps[:1] == ["networks"] and len(steps) > 1:
            networks = values["networks"] = values.get("networks") or {}
            networks[steps[1]] = smaller(networks.get(steps[1]) or {}, steps[2:])
            continue
        steps = steps[:2] if steps[:1] == ["events"] else steps  # no event without its `set`
        holder: Any = values
        for step in steps[:-1]:
            holder = holder.get(step, {}) if isinstance(holder, dict) else {}
        if steps and isinstance(holder, dict):
            holder.pop(steps[-1], None)
    return values


def smaller(network: Plain, steps: list[str]) -> Plain:
    """Copy of a network in which the number at fault is 2, or no network if that does not help."""
    value = network.get(steps[0]) if steps else None
    return {**network, steps[0]: 2} if is_number(value) and value > 2 else {"family": "none"}


def copied(value: Any) -> Any:
    """Copy of plain values."""
    return (
        {key: copied(entry) for key, entry in value.items()} if isinstance(value, dict) else value
    )


def smallest(values: Plain, fails: Callable[[Plain], bool]) -> Plain:
    """Plain values without all that can be left out of them while they still fail."""
    for path in list(leaves(values)):
        less = copied(values)
        holder = less
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]
        if path[-1] not in NEEDED and fails(less):
            values = less
    return values


def leaves(values: Plain, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of everything in plain values, what lies deeper first."""
    for key, entry in values.items():
        if isinstance(entry, dict):
            yield from leaves(entry, (*above, key))
        yield (*above, key)
