"""Random legal values of the parameters, drawn from their declarations alone.

A parameter that is declared tomorrow is drawn tomorrow: nothing here names one, but for the sizes
that keep a run short.
"""

import os
import random
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

from harness import ROOT
from pydantic.fields import FieldInfo

from agents.parameters import About, about, sections
from simulation.config_shape import is_map
from simulation.supply_file import SEGMENTS, read

ORIGINS = ("US", "CN", "FR")
RECORDED = ROOT / "configs" / "data" / "supply_recorded.csv"
ON_RECORD = tuple(dict.fromkeys(row.provider for row in read(RECORDED)))
# Small markets and short runs; everything else may take the values that its bounds allow.
LARGEST = {"count": 60, "months": 12, "month": 14, "tenure": 40, "entry": 9}
NEEDED = ("family", "count", "months")
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
