"""Hypothesis strategies of legal configs, made from the declarations of the parameters.

A parameter that is declared tomorrow is drawn tomorrow: nothing here names one, but for the sizes
that keep a run short.  Values that break a rule of several parameters together (more links than
agents, shares that do not sum to 1) are taken back by `settled`, which reads the refusal.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

from harness import ROOT
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from agents.parameters import About, Parameters, about, sections
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
# Small markets and short runs; everything else may take the values that its bounds allow.
LARGEST = {"count": 60, "months": 12, "month": 14, "tenure": 40}
ROOT_SHAPE = Shape((Config,))
MOST_REFUSALS = 12

Plain = dict[str, Any]


class Scope(NamedTuple):
    """What values may be drawn from: names of providers, and ends of ranges only or all."""

    names: tuple[str, ...]
    extreme: bool


def configs() -> st.SearchStrategy[Plain]:
    """Plain values of a config, on recorded and on constant supply."""
    return st.builds(Scope, st.sampled_from((ON_RECORD, OFFERED)), st.booleans()).flatmap(config_in)


@cache
def config_in(scope: Scope) -> st.SearchStrategy[Plain]:
    """Plain values of a config in a scope."""
    parts = {name: drawn(name, field, scope) for name, field in Config.model_fields.items()}
    del parts["schema_version"], parts["name"], parts["description"]
    on_record = scope.names == ON_RECORD
    parts["supply"] = supply(scope)
    parts["start"] = st.sampled_from(
        ("2023-01", "2024-02", "2025-01") if on_record else ("2023-01",)
    )
    parts["freeze"] = freezes(scope)
    parts["events"] = events(scope)
    return some_of(parts, always=("supply", "months", *POPULATIONS))


def some_of(
    parts: Mapping[str, st.SearchStrategy[Any] | None], always: tuple[str, ...] = ()
) -> st.SearchStrategy[Plain]:
    """Maps of the entries; null, and an entry without a strategy, is the default."""
    known = {name: part for name, part in parts.items() if part is not None}
    return st.fixed_dictionaries(
        {name: part if name in always else st.none() | part for name, part in known.items()}
    )


def supply(scope: Scope) -> st.SearchStrategy[Plain]:
    """The record, or some constant offers; sometimes without somebody."""
    without = some_names(scope.names[:-1], most=1)
    if scope.names == ON_RECORD:
        return st.fixed_dictionaries({"recorded": st.just(str(RECORDED)), "exclude": without})
    offer = section(
        sections(Config.model_fields["supply"].annotation)[0].model_fields["offers"], scope
    )
    offers = st.dictionaries(st.sampled_from(scope.names), offer, min_size=1)
    return st.fixed_dictionaries({"offers": offers}, optional={"exclude": without})


def section(field: FieldInfo, scope: Scope) -> st.SearchStrategy[Plain]:
    """Plain values of a section, or of one of the forms that it may take."""
    return st.one_of([form_of(form, scope) for form in sections(field.annotation)])


def form_of(form: type[Parameters], scope: Scope) -> st.SearchStrategy[Plain]:
    """Some entries of a section; its family, if it has one, and what has no default always."""
    parts = {name: drawn(name, field, scope) for name, field in form.model_fields.items()}
    needed = tuple(name for name, field in form.model_fields.items() if field.is_required())
    return some_of(parts, always=("family", "count", *needed))


def drawn(name: str, field: FieldInfo, scope: Scope) -> st.SearchStrategy[Any] | None:
    """Values of one field; None for a field that only its default is known to fit."""
    said, kind = about(field), field.annotation
    if sections(kind):
        keyed = is_map(kind)
        part = section(field, scope)
        return st.dictionaries(st.sampled_from(scope.names), part, max_size=2) if keyed else part
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is bool:
        return st.booleans()
    if said and said.bounds:
        return shaped(name, kind, field.default, said, scope)
    if "tuple[" in str(kind):
        known = {"origins": ORIGINS, "segments": SEGMENTS}.get(name.rpartition("_")[2], scope.names)
        return some_names(known, most=3)
    return None


def shaped(name: str, kind: Any, default: Any, said: About, scope: Scope) -> st.SearchStrategy[Any]:
    """Numbers within bounds: one, one for each segment, or a distribution over names or months."""
    numbers = numbers_of(name, kind, default, said, scope.extreme)
    if not is_map(kind):
        return numbers | st.none() if type(None) in get_args(kind) else numbers
    if not said.whole:
        return numbers | st.fixed_dictionaries(dict.fromkeys(SEGMENTS, numbers))
    keys = st.integers(1, 120) if int in [*flat(kind)] else st.sampled_from(scope.names)
    weights = st.sampled_from((0, 1, 1, 2, 5))
    return st.dictionaries(keys, weights, min_size=1, max_size=4).map(normalised)


def flat(kind: Any) -> Iterator[Any]:
    """Every type inside an annotation."""
    yield kind
    for part in get_args(kind):
        yield from flat(part)


def normalised(weights: dict[Any, int]) -> dict[Any, float]:
    """Weights as shares that sum to 1."""
    whole = sum(weights.values())
    return {key: weight / whole if whole else 1 / len(weights) for key, weight in weights.items()}


def numbers_of(
    name: str, kind: Any, default: Any, said: About, extreme: bool
) -> st.SearchStrategy[Any]:
    """Numbers inside the bounds: their ends, those of the range, the default, and between."""
    assert said.bounds is not None
    low, high = said.bounds
    high = min(high, max(LARGEST.get(name, high), low))
    special = [value for value in (low, high, *(said.range or ()), default) if is_number(value)]
    special = [value for value in special if low <= value <= high]
    special = [int(value) if int in flat(kind) else float(value) for value in special]
    ends = said.range or (low, high)
    if extreme and special:
        return st.sampled_from(special)
    if int in flat(kind):
        whole = st.integers(int(low), int(high)) | st.integers(
            int(low), min(int(low) + 9, int(high))
        )
        return st.sampled_from(special) | whole
    inside = st.floats(max(low, ends[0]), max(low, min(high, ends[1])))
    return st.sampled_from(special) | inside | st.floats(low, high)


def is_number(value: Any) -> bool:
    """Whether a default is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def some_names(names: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    """A few of the names, each once."""
    return st.lists(st.sampled_from(names), unique=True, max_size=most)


def freezes(scope: Scope) -> st.SearchStrategy[Plain]:
    """States that are held constant."""
    parts = {}
    for name, said in FREEZABLE.items():
        assert said is not None
        for path in (f"supply.{name}", f"supply.{name}.{scope.names[0]}"):
            parts[path] = numbers_of(name, float, None, said, scope.extreme)
    parts |= {f"{name}.tenure": st.integers(0, 40) for name in POPULATIONS}
    return chosen_from(parts, most=2)


def events(scope: Scope) -> st.SearchStrategy[Plain]:
    """Events that set up to three parameters of the demand side."""
    parts = dict(settable(scope))
    event = st.fixed_dictionaries(
        {"month": st.integers(0, LARGEST["month"]), "set": chosen_from(parts, most=3, least=1)}
    )
    return st.dictionaries(st.sampled_from(("first", "second", "third")), event, max_size=3)


def settable(scope: Scope) -> Iterator[tuple[str, st.SearchStrategy[Any]]]:
    """Paths that an event may set, each with its values."""
    for path, shape in below("", ROOT_SHAPE):
        if path.partition(".")[0] in CHANGEABLE and shape.about and not shape.about.at_start:
            assert shape.field is not None
            values = drawn(path.rpartition(".")[2], shape.field, scope)
            if values is not None:
                yield path, values.filter(lambda value: value is not None)


def below(prefix: str, shape: Shape) -> Iterator[tuple[str, Shape]]:
    """Dotted paths of single values below a shape."""
    for name in shape.names():
        inner = shape.step(name)
        assert inner is not None
        if inner.closed:
            yield from below(f"{prefix}{name}.", inner)
        elif not inner.forms:
            yield f"{prefix}{name}", inner


def chosen_from(
    parts: Mapping[str, st.SearchStrategy[Any]], most: int, least: int = 0
) -> st.SearchStrategy[Plain]:
    """A few of many entries."""
    keys = st.lists(st.sampled_from(sorted(parts)), unique=True, min_size=least, max_size=most)
    return keys.flatmap(lambda names: st.fixed_dictionaries({name: parts[name] for name in names}))


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
