"""Random legal configs, drawn from the declarations of the parameters.

A parameter that is declared tomorrow is drawn tomorrow: nothing here names one, but for the sizes
that keep a run short.  Values that break a rule of several parameters together (more links than
agents, shares that do not sum to 1) are taken back by `settled`, which reads the refusal.

Hypothesis does not draw them: of 200 configs of 200 values it made 94 with one developer, most of
them near-copies of the one before.  Each case has a generator of its own instead, and `smallest`
does what shrinking would.
"""

import os
import random
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin

from harness import ROOT
from pydantic.fields import FieldInfo

from agents.parameters import About, about, sections
from experiments.check import check_inputs
from simulation.config import Config, ConfigError, load
from simulation.config_checks import CHANGEABLE
from simulation.config_sections import FREEZABLE, POPULATIONS
from simulation.config_shape import Shape, is_map, split_path
from simulation.supply_file import SEGMENTS, read

RECORDED = ROOT / "configs" / "data" / "supply_recorded.csv"
ON_RECORD = tuple(dict.fromkeys(row.provider for row in read(RECORDED)))
OFFERED = ("A", "B", "GPT-4.5", "OPEN")
ORIGINS = ("US", "CN", "FR")
STARTS = ("2023-01", "2024-02", "2025-01")
# Small markets and short runs; everything else may take the values that its bounds allow.
LARGEST = {"count": 60, "months": 12, "month": 14, "tenure": 40}
NEEDED = ("family", "count", "months")
BY_HAND = ("schema_version", "name", "description", "supply", "start", "freeze", "events")
ROOT_SHAPE = Shape((Config,))
MOST_REFUSALS = 20
DEFAULT = object()  # stands for a value that is left out

Plain = dict[str, Any]


class Draw(NamedTuple):
    """What to draw with.

    chance : luck.  names : of providers.  changed : share of values that are not the default's.
    extreme : whether only the ends of bounds and ranges are drawn.
    """

    chance: random.Random
    names: tuple[str, ...]
    changed: float
    extreme: bool

    def happens(self) -> bool:
        """Whether a value is drawn at all."""
        return self.chance.random() < self.changed


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
    return values


def entries(fields: Mapping[str, FieldInfo], draw: Draw) -> Plain:
    """Values of some of the fields."""
    drawn = {name: value(name, field, draw) for name, field in fields.items()}
    return {name: entry for name, entry in drawn.items() if entry is not DEFAULT}


def value(name: str, field: FieldInfo, draw: Draw) -> Any:
    """Value of one field, or DEFAULT; a section has some of its entries drawn."""
    if sections(field.annotation):
        if is_map(field.annotation):
            names = some_of(draw.names, 2, draw)
            return {entry: section(field, draw) for entry in names} if draw.happens() else DEFAULT
        return section(field, draw)
    if name in NEEDED or field.is_required() or draw.happens():
        return single(name, field, draw)
    return DEFAULT


def section(field: FieldInfo, draw: Draw) -> Plain:
    """Values of a section, in one of the forms that it may take."""
    return entries(draw.chance.choice(sections(field.annotation)).model_fields, draw)


def single(name: str, field: FieldInfo, draw: Draw) -> Any:
    """Value of a field that is no section; DEFAULT if only its default is known to fit."""
    said, kind = about(field), field.annotation
    if get_origin(kind) is Literal:
        return draw.chance.choice(get_args(kind))
    if kind is bool:
        return draw.chance.random() < 1 / 2
    if said and said.bounds:
        return shaped(name, field, said, draw)
    if name == "path":
        return graph_file()
    if "tuple[" in str(kind):
        known = {"origins": ORIGINS, "segments": SEGMENTS}.get(name.rpartition("_")[2], draw.names)
        return some_of(known, 3, draw)
    return DEFAULT


@cache
def graph_file() -> str:
    """Path of a graph of as many agents as the largest markets have; a path of friends."""
    path = ROOT / ".cache" / "torture-graph.csv"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        edges = "".join(f"{node},{node + 1}\n" for node in range(LARGEST["count"] - 1))
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        partial.write_text(edges)
        partial.replace(path)
    return str(path)


def shaped(name: str, field: FieldInfo, said: About, draw: Draw) -> Any:
    """Number within bounds: one, one for each segment, or a distribution over names or months."""
    kind = field.annotation
    if not is_map(kind) or (not said.whole and draw.chance.random() < 1 / 2):
        return number(name, field, said, draw)
    if not said.whole:
        return {segment: number(name, field, said, draw) for segment in SEGMENTS}
    keys = [draw.chance.randint(1, 120) for _ in range(4)] if int in flat(kind) else draw.names
    chosen = some_of(tuple(set(keys)), 4, draw) or [keys[0]]
    weights = [draw.chance.choice((0, 1, 1, 2, 5)) for _ in chosen]
    whole = sum(weights)
    return {
        key: part / whole if whole else 1 / len(weights)
        for key, part in zip(chosen, weights, strict=True)
    }


def number(name: str, field: FieldInfo, said: About, draw: Draw) -> Any:
    """Number inside the bounds: an end of them, an end of the range, the default, or between."""
    assert said.bounds is not None
    low, high = said.bounds
    high = min(high, max(LARGEST.get(name, high), low))
    ends = said.range or (low, high)
    special = [value for value in (low, high, *ends, field.default) if is_number(value)]
    if type(None) in get_args(field.annotation):
        special.append(None)
    special = [value for value in special if value is None or low <= value <= high]
    inside, anywhere = (max(low, ends[0]), max(low, min(high, ends[1]))), (low, high)
    kind = draw.chance.choice(("special", "inside", "inside", "anywhere", "small"))
    if draw.extreme or kind == "special":
        found = draw.chance.choice(special)
    elif kind == "small":
        found = min(max(low, draw.chance.choice((5e-324, 1e-300, 1e-9, 1, 2))), high)
    else:
        found = draw.chance.uniform(*(inside if kind == "inside" else anywhere))
    return int(found) if int in flat(field.annotation) and found is not None else found


def flat(kind: Any) -> Iterator[Any]:
    """Every type inside an annotation."""
    yield kind
    for part in get_args(kind):
        yield from flat(part)


def is_number(value: Any) -> bool:
    """Whether a default is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def some_of(names: tuple[Any, ...], most: int, draw: Draw) -> list[Any]:
    """A few of the names, each once."""
    return draw.chance.sample(names, draw.chance.randint(0, min(most, len(names))))


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
