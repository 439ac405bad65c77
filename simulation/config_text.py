"""A config as plain values, and plain values as YAML text that reads back as the same values."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agents.parameters import Parameters
from simulation.config_events import Timed
from simulation.config_supply import BY_SEGMENT, Offer
from simulation.yaml_text import number_or_text

SIMPLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*( [A-Za-z0-9_.-]+)*")
ESCAPES = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
LARGEST_SHORT = 0xFFFF


def plain(value: Any) -> Any:
    """Value as maps with text keys, lists, text, numbers, flags and null."""
    if isinstance(value, Parameters):
        values = {name: plain(getattr(value, name)) for name in type(value).model_fields}
        if isinstance(value, Offer):
            values.update({name: shortest(values[name]) for name in BY_SEGMENT})
        if isinstance(value, Timed):  # what it does not do is not said
            values = {name: said for name, said in values.items() if said is not None}
        return values
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    return str(value) if isinstance(value, Path) else value


def shortest(by_segment: dict[str, float]) -> float | dict[str, float]:
    """One number where all segments have the same."""
    values = set(by_segment.values())
    everywhere = len(values) == 1 and len(by_segment) == len(Offer().segments)
    return values.pop() if everywhere else by_segment


def leaves(values: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of the values that are not maps with entries."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key)


def written(values: Mapping[str, Any], indent: str = "") -> str:
    """YAML text of plain values, one entry a line."""
    lines = []
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            lines.append(f"{indent}{quoted_key(key)}:\n{written(value, indent + '  ')}")
        else:
            lines.append(f"{indent}{quoted_key(key)}: {inline(value)}\n")
    return "".join(lines)


def inline(value: Any) -> str:
    """YAML of a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted_key(k)}: {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return quoted(value) if isinstance(value, str) else repr(value)


def quoted_key(key: str) -> str:
    """Key of a map, quoted where it must be."""
    return key if SIMPLE.fullmatch(key) else quoted(key)


def quoted(text: str) -> str:
    """Text, double-quoted unless it reads back as the same text without."""
    if SIMPLE.fullmatch(text) and not looks_like_a_value(text):
        return text
    return '"' + "".join(map(escaped, text)) + '"'


def looks_like_a_value(text: str) -> bool:
    """Whether plain text would be read as a number, a flag or null."""
    try:
        return not isinstance(number_or_text(text), str)
    except ValueError:
        return True


def escaped(character: str) -> str:
    """Return one character as it stands in double quotes."""
    if character in ESCAPES:
        return ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= LARGEST_SHORT else f"\\U{code:08x}"
