"""Fourteen values in every numeric field: each is refused and named, or legal by its bounds.

The judge is written from the declared bounds alone.  A legal value may still break a rule of
several values together (an odd degree); then it is refused by its name too.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from legal_corners import with_value
from legal_values import flat
from pydantic.fields import FieldInfo

from agents.parameters import declarations
from simulation.config import Config, ConfigError, load
from simulation.config_checks import CHANGEABLE
from simulation.config_sections import FREEZABLE
from simulation.config_shape import Shape
from simulation.config_text import inline, plain

ROW = 13
REDUCED, FULL = 2_000, 20_000  # FULL is more than there are, so all are done
VALUES: tuple[Any, ...] = (
    math.nan, math.inf, -math.inf, 1e308, -1e308, 1e-320, -1, "text", True, None, [], {},
)  # fmt: skip
WRITTEN = {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}
# What may refuse a value that the bounds allow: rules of several values together.
OTHER_RULES = (
    "is odd",
    "adopters need",
    "memory",
    "nothing stands here",
    "hub links alone",
    "sum to",
    "sums to",
    "is above markup_limit",
    "is below markup_floor",
)


class Field(NamedTuple):
    """A numeric field: its path in the declarations, bounds, and what else it takes."""

    path: str
    bounds: tuple[float, float]
    whole: bool = False
    at_start: bool = False
    has_default: bool = True

    @property
    def said(self) -> str:
        """Path by which a config says it."""
        steps = self.path.replace("NAME", "e" if self.path.startswith("events") else "A").split(".")
        if steps[0] == "networks" and len(steps) > 3:
            del steps[2]
        if steps[2:3] == ["strategy"]:  # providers.A.strategy.routine.key
            del steps[3]
        return ".".join(steps)

    def admits(self, value: Any) -> bool:
        """Whether the declaration allows a value; null is the default, but for what has none."""
        if value is None:
            return self.has_default
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        low, high = self.bounds
        return low <= value <= high and (not self.whole or float(value).is_integer())

    @property
    def values(self) -> tuple[Any, ...]:
        """VALUES, and what lies just outside the bounds."""
        low, high = self.bounds
        if self.whole:
            return (*VALUES, low - 1, high + 1)
        return (*VALUES, math.nextafter(low, -math.inf), math.nextafter(high, math.inf))


def run(seed: int, count: int) -> list[str]:
    """Say each value at each field: in a map, in `--set`, in an event, in a freeze."""
    cases = [case for field in fields() for case in cases_of(field)] + list(freezes())
    return [
        f"{name}: {problem}"
        for name, field, value, reading in random.Random(seed).sample(cases, min(count, len(cases)))
        for problem in problems_of(field, value, reading)
    ]


Case = tuple[str, Field, Any, Callable[[], Config]]


def fields() -> Iterator[Field]:
    """Every numeric field of a config."""
    for row in declarations(Config):
        if row.about.bounds and not row.about.whole:
            kind = field_at(row.path).annotation
            yield Field(
                row.path,
                row.about.bounds,
                int in flat(kind),
                row.about.at_start,
                not field_at(row.path).is_required(),
            )


def field_at(path: str) -> FieldInfo:
    """Field of a path of the declarations, in which a family or NAME may stand."""
    shape = Shape((Config,))
    for step in path.split("."):
        shape = shape.step(step) or shape.narrowed(step)
    assert shape.field is not None
    return shape.field


def cases_of(field: Field) -> Iterator[Case]:
    """Each value at a field, by each way to say it."""
    base = {"schema_version": 1, **with_value(field.path.split("."), None)}
    for value in field.values:
        name = f"{field.said} = {value!r}"
        source = {"schema_version": 1, **with_value(field.path.split("."), value)}
        yield f"map, {name}", field, value, lambda source=source: load(source)
        text = f"{field.said}={WRITTEN.get(str(value), inline(value))}"
        yield f"--set, {name}", field, value, lambda text=text: load(base, [text])
        if field.path.split(".")[0] in CHANGEABLE and value is not None:
            event = {"events": {"e": {"month": 1, "set": {field.said: value}}}}
            judge = field._replace(bounds=(1, 0)) if field.at_start else field  # takes nothing
            yield f"event, {name}", judge, value, lambda event=event: load({**base, **event})


def freezes() -> Iterator[Case]:
    """Each value at each state that can be held."""
    base = {"schema_version": 1, **with_value(["supply", "offers", "NAME", "price"], None)}
    for name, said in FREEZABLE.items():
        assert said is not None and said.bounds is not None
        field = Field(f"freeze.supply.{name}", said.bounds)
        for value in field.values:
            source = {**base, "freeze": {f"supply.{name}": value}}
            yield f"freeze, {name} = {value!r}", field, value, lambda source=source: load(source)


def problems_of(field: Field, value: Any, reading: Callable[[], Config]) -> Iterator[str]:
    """What is wrong with the answer to a value."""
    legal = field.admits(value)
    try:
        config = reading()
    except ConfigError as refused:
        # Parts of a whole are refused together, under the name of the whole.
        names = field.said.split(".")[-2:] if "sum" in str(refused) else field.said.split(".")[-1:]
        said = [line for line in refused.messages if any(name in line for name in names)]
        if not said:
            yield f"the refusal does not name it: {refused}"
        if legal and not any(rule in line for rule in OTHER_RULES for line in refused.messages):
            yield f"legal, but refused: {refused}"
        if not all(line.isprintable() for line in refused.messages):
            yield f"says what no terminal should show: {refused.messages}"
        return
    except Exception as failure:  # noqa: BLE001  # anything else is a bug
        yield f"{type(failure).__name__}: {failure}"
        return
    if not legal:
        yield "wrong, but taken"
    if not all(map(math.isfinite, numbers(plain(config)))):
        yield "a number that is not finite reached the model"


def numbers(value: Any) -> Iterator[float]:
    """Every number in plain values."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for entry in value:
            yield from numbers(entry)
    elif isinstance(value, int | float):
        yield value
