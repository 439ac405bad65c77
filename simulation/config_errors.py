"""Messages on a config that is refused: file, line, column, path, value, unit, bounds and cure."""

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from agents.parameters import NAME_PATTERN, ORIGIN_PATTERN, Parameters, declarations
from simulation.config_events import SLUG
from simulation.config_shape import Shape, shape_at
from simulation.config_supply import outside
from simulation.yaml_text import MOST_FINDINGS, Finding, Node, shown, shown_path

PATTERNS = {
    NAME_PATTERN: "use 1 to 40 letters, digits, _ . - or spaces, a letter or digit first",
    ORIGIN_PATTERN: "write a country code of two capital letters, as US",
    SLUG: "use 1 to 64 small letters, digits, _ or -",
    r"^[0-9]{4}-(0[1-9]|1[0-2])$": "write a year and a month, as 2023-01",
}
LONGEST_MESSAGE = 600  # characters
MOST_WORDED = 200  # the rest is only counted, and looking for near words takes time
MOST_NAMES = 12  # keys named in a message
WANTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "tuple_type": "a list, as [A, B]",
    "dict_type": "a map, as {name: value}",
    "mapping_type": "a map, as {name: value}",
    "model_type": "a map of settings",
    "model_attributes_type": "a map of settings",
    "path_type": "the path of a file",
    "is_instance_of": "the path of a file",
}


class ConfigError(ValueError):
    """A config is refused; `messages` are its lines and `str()` is the printed text."""

    def __init__(self, findings: Iterable[Finding | str]) -> None:
        """Keep one printable line for each message, each once, in the order given."""
        lines = (shown(str(finding), LONGEST_MESSAGE) for finding in findings)
        self.messages = list(dict.fromkeys(lines))
        more = len(self.messages) - MOST_FINDINGS
        rest = [f"... and {more} more"] if more > 0 else []
        super().__init__("\n".join([*self.messages[:MOST_FINDINGS], *rest]))


class Spot(NamedTuple):
    """Where an error points."""

    steps: tuple[str, ...]  # as far as the text goes
    node: Node  # the node there
    shape: Shape | None  # what may stand at the error
    holder: Shape | None  # the section around it
    root: Shape


class Wrong(NamedTuple):
    """A problem and the steps to the value that has it."""

    steps: tuple[str, ...]
    finding: Finding


class Problem(NamedTuple):
    """What is wrong with a config as a whole, at the steps of a path."""

    steps: tuple[str, ...]
    text: str


def not_there(name: str, known: Collection[str], what: str) -> str:
    """Say that there is nobody of this name among the providers, offers or suppliers."""
    near = difflib.get_close_matches(name, list(known), 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known) or 'none'}"
    return f"{name} is not among the {what}; {hint}"


def problems_of(error: ValidationError, tree: Node, root: Shape) -> Iterator[Wrong]:
    """Every problem of a validation, at its place in the text."""
    for number, found in enumerate(error.errors(include_url=False)):
        kind = found["type"]
        loc = tuple(str(step) for step in found["loc"])
        of_key = loc[-1:] == ("[key]",)
        loc = loc[:-1] if of_key else loc
        loc = (*loc, "family") if kind == "union_tag_invalid" else loc
        spot = locate(tree, root, (*loc, *found.get("ctx", {}).get("at", ())))
        of_key = of_key or kind in ("extra_forbidden", "missing")
        place = spot.node.key_place if of_key else spot.node.place
        steps = (*spot.steps, *(loc[-1:] if kind == "missing" else ()))
        text = wording(kind, found, spot) if number < MOST_WORDED else found["msg"]
        yield Wrong(spot.steps, Finding(place, shown_path(steps), text))


def locate(tree: Node, root: Shape, steps: Sequence[str]) -> Spot:
    """Follow the steps of an error into the text, and past its end into what may stand there."""
    node, shape, holder = tree, root, root
    taken: list[str] = []
    for key in steps:
        inner = shape.step(key)
        if isinstance(node.value, list) and key.isdecimal() and int(key) < len(node.value):
            node, inner = node.value[int(key)], Shape()
            taken.append(key)
        elif isinstance(node.value, dict) and key in node.value:
            node, holder = node.value[key], shape
            taken.append(key)
        elif inner is None:  # not a key: the form that pydantic tried
            inner = shape.narrowed(key)
        shape = inner or Shape()
    return Spot(tuple(taken), node, shape, holder, root)


def wording(kind: str, found: Any, spot: Spot) -> str:
    """Say what is wrong in one line, with value, unit, bounds and cure."""
    if kind in WANTED:
        return wrong_kind(kind, found["input"], spot)
    if kind in SAYINGS:
        return SAYINGS[kind](found.get("input"), found.get("ctx", {}), spot)
    return f"{found['msg']} (got {shown(found.get('input'))})"


def unknown(key: str, holder: Shape | None, root: Shape | None = None) -> str:
    """Say that a key is unknown, and which one may have been meant."""
    names = holder.names() if holder else []
    for name in names:
        inner = holder.step(name) if holder else None
        if inner and inner.about and inner.about.symbol == key:
            return f"unknown key ({shown(key)} is the symbol of {name!r}; write that)"
    near = difflib.get_close_matches(key, names, 1)
    elsewhere = homes(key, root) if root else []
    if near or elsewhere:
        return f"unknown key (did you mean {(near or elsewhere)[0]!r}?)"
    return f"unknown key; possible here: {some_of(names)}" if names else "unknown key"


def some_of(names: Sequence[str]) -> str:
    """List names in a message, the first of them if there are many."""
    return ", ".join([*names[:MOST_NAMES], *(["..."] if len(names) > MOST_NAMES else [])])


def homes(key: str, root: Shape) -> list[str]:
    """Paths of the parameters of this name in other sections."""
    paths = [row.path.split(".") for form in root.forms for row in declarations(form)]
    return [".".join(path) for path in paths if path[-1] == key and shape_at(root, path)]


def out_of_bounds(value: Any, context: Any, spot: Spot) -> str:
    """Say that a number lies outside its bounds, with unit and plausible range."""
    said = spot.shape.about if spot.shape else None
    if said and said.bounds:
        text = outside(value, said.unit, *said.bounds)
        low, high = said.range or (None, None)
        return f"{text} (plausible: {low:g} to {high:g})" if said.range else text
    if "ge" in context:
        return f"{value!r} is less than {context['ge']:g}; choose a larger value"
    return f"{value!r} is more than {context['le']:g}; choose a smaller value"


def not_an_option(value: Any, context: Any, _: Spot) -> str:
    """Say that a word is not one of the options, and which one may have been meant."""
    value = context.get("tag", value)
    options = str(context.get("expected") or context.get("expected_tags") or "")
    words = [word.strip(" '") for word in options.replace(" or ", ",").split(",")]
    near = difflib.get_close_matches(str(value), words, 1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return f"{shown(value)!r} is not one of {', '.join(words)}{hint}"


def nameless(_: Any, __: Any, spot: Spot) -> str:
    """Say that settings lack the name of what they belong to."""
    families = spot.shape.families() if spot.shape else []
    return f"`family` is missing; name one of {', '.join(families)}"


def missing(_: Any, __: Any, spot: Spot) -> str:
    """Say that a key is missing, and what it is for."""
    field = spot.shape.field if spot.shape else None
    return f"missing; add {field.description}" if field and field.description else "missing; add it"


def wrong_kind(kind: str, value: Any, spot: Spot) -> str:
    """Say what kind of value is wanted and what is there."""
    wanted = WANTED[kind]
    said = spot.shape.about if spot.shape else None
    if (
        kind in ("dict_type", "mapping_type") and said and said.bounds and not said.whole
    ):  # `in_every_segment`
        wanted = "a number, or a map as {coding: value},"
    limits = ""
    if said and said.bounds and "number" in wanted:
        unit = f" {said.unit}" if said.unit not in ("", "-") else ""
        limits = f" from {said.bounds[0]:.12g} to {said.bounds[1]:.12g}{unit}"
    there = f"text {shown(value)!r}" if isinstance(value, str) else shown(value)
    if isinstance(value, dict | Parameters):
        there = "a map"
    elif isinstance(value, list | tuple):
        there = "a list"
    cure = ""
    words = spot.shape.forms[0].words if spot.shape and spot.shape.forms else ()
    if isinstance(value, str) and words:
        near = difflib.get_close_matches(value, words, 1)
        cure = f" (did you mean {near[0]!r}?)" if near else f", or {' or '.join(words)}"
    elif isinstance(value, str) and wanted == "true or false":
        cure = "; YAML 1.2 knows only true and false"
    elif wanted == "text" and isinstance(value, int | float):
        cure = "; quote it"
    elif isinstance(value, str) and "number" in wanted and value.replace("_", "").isdecimal():
        cure = f"; write {value.replace('_', '')} without quotes or underscores"
    return f"{there} stands where {wanted}{limits} is wanted{cure}"


SAYINGS: dict[str, Callable[[Any, Any, Spot], str]] = {
    "problem": lambda value, context, spot: str(context["text"]),
    "extra_forbidden": lambda value, context, spot: unknown(spot.steps[-1], spot.holder, spot.root),
    "missing": missing,
    "greater_than_equal": out_of_bounds,
    "less_than_equal": out_of_bounds,
    "finite_number": lambda value, context, spot: f"{value} is not finite; write a number",
    "literal_error": not_an_option,
    "union_tag_invalid": not_an_option,
    "union_tag_not_found": nameless,
    "string_pattern_mismatch": lambda value, context, spot: (
        f"{shown(value)!r} is not possible; {PATTERNS.get(context['pattern'], 'change it')}"
    ),
    "too_short": lambda value, context, spot: "nothing stands here; add an entry",
}
