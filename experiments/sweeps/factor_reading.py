"""Factors of a sweep file against the config that they vary."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from agents.parameters import NAME_PATTERN, About, about
from experiments.sweeps.base import input_names
from experiments.sweeps.factor_form import FactorForm
from experiments.sweeps.factors import CHOICE, CUT, LOG, NORMAL, RANGE, Factor, Value
from experiments.sweeps.findings import Findings
from simulation.config import ROOT, Config
from simulation.config_errors import unknown
from simulation.config_layers import INPUTS, Layers
from simulation.config_shape import Shape, split_path
from simulation.config_supply import outside
from simulation.config_text import plain

SEEDS = ("seed", "networks.seed")
FIXED = ("schema_version", "name", "description", "start")  # of a whole sweep, never of a point
KEY = re.compile(NAME_PATTERN)


class Spot:
    """A dotted path of the base config: what may stand there, and what does."""

    def __init__(self, dotted: str, values: Mapping[str, Any], any_family: bool = False) -> None:
        """Follow the path; `values` are those of the base as plain values.

        any_family : whether settings of other families than that of the base may stand there, as
        beside a change of the family.
        """
        self.steps = split_path(ROOT, dotted, values)
        self.shape: Shape | None = ROOT
        self.wrong = ""
        there: Any = values
        for step in self.steps:
            family = None if any_family else family_of(there)
            holder = self.shape.narrowed(family) if self.shape else Shape()
            self.shape = holder.step(step)
            if self.shape is None:
                self.wrong = unknown(step, holder, ROOT)
                return
            if holder.keyed and holder.forms and isinstance(there, Mapping) and step not in there:
                near = difflib.get_close_matches(step, list(there), 1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(there)}"
                self.wrong = f"the base has no {step!r} ({hint})"
                return
            there = there.get(step) if isinstance(there, Mapping) else None
        self.value = there
        if dotted in SEEDS:
            self.wrong = "seeds do not vary as factors do; use `replicates`"
        elif dotted in FIXED:
            self.wrong = "is no parameter of the market; remove it"

    @property
    def about(self) -> About:
        """What was declared of the parameter."""
        found = about(self.shape.field) if self.shape and self.shape.field else None
        return found or About()

    @property
    def needed(self) -> bool:
        """Whether there is no default, so that the base has to say a value."""
        field = self.shape.field if self.shape else None
        return field is not None and field.is_required()

    @property
    def many(self) -> bool:
        """Whether a map of settings stands there, not one value."""
        shape = self.shape
        return bool(shape and (shape.closed or (shape.keyed and not self.about.unit)))

    def is_of(self, kind: type) -> bool:
        """Whether values of this type may stand there."""
        return kind in self.types()

    def types(self) -> set[Any]:
        """Types of single values that may stand there."""
        return set(parts(self.shape.field.annotation)) if self.shape and self.shape.field else set()

    def words(self) -> tuple[str, ...]:
        """Words of a parameter that is one of several."""
        field = self.shape.field if self.shape and not self.shape.keyed else None
        return tuple(literals(field.annotation)) if field is not None else ()


def family_of(values: Any) -> Any:
    """Family of a map of settings; None where it has none."""
    return values.get("family") if isinstance(values, Mapping) else None


def parts(annotation: Any) -> Iterator[Any]:
    """Single types inside an annotation."""
    inner = get_args(annotation)
    if not inner or get_origin(annotation) is Literal:
        yield annotation
    for part in inner if get_origin(annotation) is not Literal else ():
        yield from parts(part)


def literals(annotation: Any) -> Iterator[str]:
    """Words inside an annotation."""
    if get_origin(annotation) is Literal:
        yield from (word for word in get_args(annotation) if isinstance(word, str))
        return
    for part in get_args(annotation):
        yield from literals(part)


def read_factors(
    forms: Mapping[str, FactorForm], base: Config, sets: Mapping[str, Any], found: Findings
) -> tuple[Factor, ...]:
    """Resolve the factors of a sweep; what is wrong goes to `found`."""
    values = plain(base)
    factors = []
    for name, form in forms.items():
        before = len(found.found)
        factor = read_choices(name, form, values, found) if form.choices else None
        if form.choices is None:
            factor = read_parameters(name, form, values, found)
        for path in sorted(paths_of(name, form)):
            twice = any(path == said or said.startswith(f"{path}.") for said in flat(sets))
            if twice and not Spot(path, values).needed:
                found.add(("factors", name), f"{path} stands in `set` too; remove it from one")
        if factor is not None and len(found.found) == before:
            factors.append(factor)
    overlaps(forms, found)
    return tuple(factors)


def flat(values: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Dotted paths of single values of nested maps."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def paths_of(name: str, form: FactorForm) -> set[str]:
    """Dotted paths that a factor changes."""
    if form.choices is None:
        return set(form.paths or (name,))
    return {path for changes in form.choices.values() for path in flat(changes)}


def overlaps(forms: Mapping[str, FactorForm], found: Findings) -> None:
    """Refuse two factors that change one value."""
    seen: dict[str, str] = {}
    for name, form in forms.items():
        for path in sorted(paths_of(name, form)):
            for other, owner in seen.items():
                inside = f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")
                if inside and owner != name:
                    text = f"{path} is changed by the factor {owner!r} too; keep one"
                    found.add(("factors", name), text)
                    return
        seen.update(dict.fromkeys(paths_of(name, form), name))


def read_choices(
    name: str, form: FactorForm, values: Mapping[str, Any], found: Findings
) -> Factor | None:
    """Resolve a factor that changes several values at once."""
    if not KEY.fullmatch(name):
        found.add(("factors", name), "is no name; use 1 to 40 letters, digits, _ . - or spaces")
        return None
    for label, changes in (form.choices or {}).items():
        for path in changes:
            at = ("factors", name, "choices", label, path)
            wrong = Spot(path, values, any_family=True).wrong
            if wrong:
                found.add(at, wrong)
            settle(("factors", name, "choices", label, path), changes[path], found)
    labels = tuple(form.choices or {})  # without those that the form has refused
    options = tuple(dict(found.node("factors", name, "choices", label).plain) for label in labels)
    return Factor(name, CHOICE, labels=labels, options=options)


def settle(at: tuple[str, ...], value: Any, found: Findings) -> None:
    """Make the paths of input files in a choice absolute, in the text itself."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            settle((*at, key), inner, found)
        return
    if ".".join(at[4:]) in input_names() and isinstance(value, str):
        layers = Layers(Shape())
        node, inputs = found.node(*at), found.folder / INPUTS
        file = layers.found(node, ".".join(at), found.folder, inputs)
        found.found += layers.findings
        node.value = str(file) if file else node.value


def read_parameters(
    name: str, form: FactorForm, values: Mapping[str, Any], found: Findings
) -> Factor | None:
    """Resolve a factor that varies one parameter, or several together, as the first is declared."""
    if form.paths is not None and not KEY.fullmatch(name):
        found.add(("factors", name), "is no name; use 1 to 40 letters, digits, _ . - or spaces")
        return None
    paths = form.paths or (name,)
    factors = []
    for place, path in enumerate(paths):
        at = ("factors", name) if form.paths is None else ("factors", name, "paths", str(place))
        factors.append(read_parameter(path, form, Spot(path, values), at, found))
    first = factors[0]
    if first is None or None in factors:
        return None
    if any(other is not None and other.whole != first.whole for other in factors):
        found.add(("factors", name, "paths"), "some are whole numbers and some are not; part them")
        return None
    low, high = first.low, first.high
    for place, other in enumerate(factors):
        if other is not None and (other.low > low or other.high < high) and form.range is None:
            text = f"its range is not {low:g} to {high:g}, that of {paths[0]}; give a range"
            found.add(("factors", name, "paths", str(place)), text)
            return None
    options = tuple(dict.fromkeys(paths, next(iter(option.values()))) for option in first.options)
    return first._replace(name=name, paths=() if options else paths, options=options)


def read_parameter(
    name: str, form: FactorForm, spot: Spot, at: tuple[str, ...], found: Findings
) -> Factor | None:
    """Resolve a factor that varies one parameter; `at` are the steps where it is named."""
    if spot.wrong:
        found.add(at, spot.wrong)
        return None
    if form.values is not None and name in input_names():
        found.add(at, f"names a file; give `choices`, as {{old: {{{name}: FILE}}}}")
        return None
    if form.values is not None:
        return of_values(name, form.values, spot)
    words: tuple[Any, ...] = spot.words() or ((False, True) if spot.is_of(bool) else ())
    if words and form.range is None and form.normal is None:
        return of_values(name, words, spot)
    if spot.many or not (spot.is_of(float) or spot.is_of(int)) or words or name in input_names():
        text = "is no number; give `values`, or `choices` of several changes"
        names = spot.shape.narrowed(family_of(spot.value)).names() if spot.shape else []
        if spot.many:
            inside = names or list(spot.value or ())
            text = f"is a map, not one number; name one of its entries: {', '.join(inside[:12])}"
        found.add(at, text)
        return None
    return of_numbers(name, form, spot, at, found)


def of_values(name: str, values: tuple[Any, ...], spot: Spot) -> Factor:
    """Make a factor with certain values of one parameter."""
    labels = tuple(str(v).lower() if isinstance(v, bool) else v for v in values)
    options = tuple({name: value} for value in values)
    return Factor(name, CHOICE, labels=labels, options=options, unit=spot.about.unit)


def of_numbers(
    name: str, form: FactorForm, spot: Spot, at: tuple[str, ...], found: Findings
) -> Factor | None:
    """Make a factor with a range or a normal distribution."""
    said, whole, there = spot.about, not spot.is_of(float), at[:2]
    bounds = said.bounds or (-1e300, 1e300)
    if form.normal is not None:
        mean, sd = form.normal.mean, form.normal.sd
        low, high = max(bounds[0], mean - CUT * sd), min(bounds[1], mean + CUT * sd)
        if not low < high:
            found.add((*there, "normal"), outside(mean, said.unit, *bounds))
            return None
        return Factor(name, NORMAL, low, high, mean, sd, whole, unit=said.unit)
    ends = form.range or said.range
    wrong = wrong_ends(ends, form.scale, whole, said)
    if wrong or ends is None:
        found.add((*there, "range") if form.range else at, wrong)
        return None
    kind = LOG if form.scale == "log" else RANGE
    return Factor(name, kind, float(ends[0]), float(ends[1]), whole=whole, unit=said.unit)


def wrong_ends(ends: tuple[float, ...] | None, scale: str, whole: bool, said: About) -> str:
    """What is wrong with the ends of a range; empty if nothing."""
    if ends is None:
        return "has no plausible range of its own; give one, as {range: [0, 1]}"
    for end in ends:
        if said.bounds and not said.bounds[0] <= end <= said.bounds[1]:
            return outside(end, said.unit, *said.bounds)
        if whole and end != int(end):
            return f"{end:.12g} is no whole number, as the parameter is"
    if scale == "log" and ends[0] <= 0:
        return f"the range begins at {ends[0]:.12g}, and a log scale above 0; give a range"
    return ""


__all__ = ["Factor", "Spot", "Value", "read_factors"]
