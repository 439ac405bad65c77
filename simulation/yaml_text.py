"""YAML text -> plain values that know their file, line and column.

PyYAML's C parser finds the structure; scalars are read by the rules of YAML 1.2 (`no` is text,
`1e5` a number, `12:30` text).  Refused, with the place: anything that is not clean UTF-8, more than
`MOST_BYTES`, `MOST_NODES` or `MOST_DEPTH`, more than one document, anchors, aliases, tags,
duplicate keys, NaN and infinities.  The text is walked event by event, without recursion.
"""

import dataclasses
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

MOST_BYTES = 1_000_000
MOST_NODES = 200_000
MOST_DEPTH = 32
MOST_FINDINGS = 20
LONGEST_NUMBER = 60  # characters; a number of more is a mistake

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NULLS = {"", "~", "null", "Null", "NULL"}
FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
UNPRINTABLE = re.compile(r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DIRECTIVE = re.compile(r"^%TAG", re.MULTILINE)
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "UTF-8 with a byte order mark",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}

Scalar = str | int | float | bool | None


class Place(NamedTuple):
    """Where something was said: a file or `--set #2`, and from 1 its line and column, or 0."""

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """`file:line:column`, or the source alone."""
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source

    @property
    def short(self) -> str:
        """`file:line`, or the source alone."""
        return f"{self.source}:{self.line}" if self.line else self.source


class Finding(NamedTuple):
    """Something wrong: where, under which dotted path (may be empty), and what to do about it."""

    place: Place
    path: str
    text: str

    def __str__(self) -> str:
        """One line for the terminal."""
        return ": ".join(part for part in (str(self.place), self.path, self.text) if part)


class TextError(Exception):
    """The text is refused; `findings` says where and why."""

    def __init__(self, *findings: Finding) -> None:
        """Keep the findings in the order of the text."""
        super().__init__("\n".join(map(str, findings)))
        self.findings = list(findings)


@dataclasses.dataclass(slots=True)
class Node:
    """A value with its place; `key_place` is that of its key, if it stands in a map."""

    value: "Scalar | dict[str, Node] | list[Node]"
    place: Place
    key_place: Place

    @property
    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: child.plain for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain for child in self.value]
        return self.value


def read_text(path: Path, label: str) -> str:
    """Text of a config file named `label` in messages; its newlines are left as they are."""
    try:
        if not path.is_file():
            state = "not a file" if path.exists() else "no such file"
            raise TextError(Finding(Place(label), "", f"{state}; check the path"))
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TextError(Finding(Place(label), "", f"cannot be read: {reason}")) from None
    if len(raw) > MOST_BYTES:
        text = f"larger than {MOST_BYTES:,} bytes; a config is small: is it the right file?"
        raise TextError(Finding(Place(label), "", text))
    for mark, name in BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            text = f"the file is {name}; save it as plain UTF-8"
            raise TextError(Finding(Place(label, 1, 1), "", text))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        text = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise TextError(Finding(_place_after(label, before), "", text)) from None


def parse(text: str, label: str) -> Node:
    """Read one YAML document; raise `TextError` with everything that is refused in it."""
    odd = UNPRINTABLE.search(text)
    if odd:
        place = _place_after(label, text[: odd.start()])
        what = f"character U+{ord(odd.group()):04X} is not allowed; remove it"
        raise TextError(Finding(place, "", what))
    directive = DIRECTIVE.search(text)
    if directive:
        place = _place_after(label, text[: directive.start()])
        raise TextError(Finding(place, "", "a %TAG directive is not allowed; remove it"))
    reader = _Reader(label)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        raise TextError(*reader.findings, _syntax_finding(label, error)) from None
    except yaml.YAMLError as error:
        first_line = str(error).partition("\n")[0]
        finding = Finding(Place(label), "", f"not valid YAML: {first_line}")
        raise TextError(*reader.findings, finding) from None
    if reader.findings:
        raise TextError(*reader.findings)
    if reader.root is None:
        raise TextError(Finding(Place(label, 1, 1), "", "the file is empty"))
    return reader.root


def number_or_text(text: str) -> Scalar:
    """Value of a plain scalar by YAML 1.2's core rules; ValueError says why it is refused."""
    if text in NULLS:
        return None
    if text in FLAGS:
        return FLAGS[text]
    if NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a finite number; write a number, or quote it as text")
    whole = WHOLE.fullmatch(text)
    if not whole and not NUMBER.fullmatch(text):
        return text
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} characters; use at most {LONGEST_NUMBER}")
    if whole:
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large for a number; the largest is about 1e308")
    return number


class _Reader:
    """Builds the tree of nodes from parser events, with a stack of open maps and lists."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.root: Node | None = None
        self.findings: list[Finding] = []
        self.open: list[Node] = []
        self.keys: list[tuple[str, Place] | None] = []  # key that waits for its value, per level
        self.steps: list[str] = []  # path of the open map or list
        self.nodes = 0
        self.documents = 0

    def take(self, event: Any) -> None:
        """Take the next event of the parser."""
        if isinstance(event, yaml.NodeEvent):
            self.refuse_extras(event)
        if isinstance(event, yaml.ScalarEvent):
            self.take_scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.enter(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
            self.keys.pop()
            self.steps = self.steps[: len(self.open) - 1] if self.open else []
        elif isinstance(event, yaml.AliasEvent):
            self.add(Node(None, self.place(event), self.place(event)))
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.stop(event, "a second document begins here; a config is one document")

    def place(self, event: Any) -> Place:
        """Place of an event; lines and columns count from 1."""
        return Place(self.label, event.start_mark.line + 1, event.start_mark.column + 1)

    def step(self) -> list[str]:
        """Key or index at which the next value goes; nothing for the root."""
        if not self.open:
            return []
        holder, key = self.open[-1].value, self.keys[-1]
        if isinstance(holder, list):
            return [str(len(holder))]
        return [key[0]] if key else []

    def path(self) -> str:
        """Dotted path of the place where the next value goes."""
        return shown_path([*self.steps, *self.step()])

    def find(self, event: Any, text: str) -> None:
        """Note something that is refused and read on."""
        self.note(Finding(self.place(event), self.path(), text))

    def note(self, finding: Finding) -> None:
        """Keep a finding; too many of them end the reading."""
        self.findings.append(finding)
        if len(self.findings) > MOST_FINDINGS:
            raise TextError(*self.findings)

    def stop(self, event: Any, text: str) -> None:
        """Refuse the rest of the text."""
        raise TextError(*self.findings, Finding(self.place(event), "", text))

    def refuse_extras(self, event: Any) -> None:
        """Refuse anchors, aliases and tags, and too many nodes."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.stop(event, f"more than {MOST_NODES:,} values; a config is small")
        if isinstance(event, yaml.AliasEvent):
            self.find(event, f"alias *{event.anchor} is not allowed; write the value again")
        elif event.anchor is not None:
            self.find(event, f"anchor &{event.anchor} is not allowed; remove it")
        if getattr(event, "tag", None) is not None:
            self.find(event, f"tag {shown(event.tag)} is not allowed; remove it")

    def enter(self, event: Any) -> None:
        """Begin a map or a list."""
        if len(self.open) >= MOST_DEPTH:
            self.stop(event, f"nested deeper than {MOST_DEPTH} levels")
        is_map = isinstance(event, yaml.MappingStartEvent)
        node = Node({} if is_map else [], self.place(event), self.place(event))
        if self.expects_key():
            self.stop(event, "a key must be one word or number, not a map or list")
        self.steps += self.step()
        self.add(node)
        self.open.append(node)
        self.keys.append(None)

    def expects_key(self) -> bool:
        """Whether the next scalar is a key."""
        return bool(self.open) and not is_list(self.open[-1]) and self.keys[-1] is None

    def take_scalar(self, event: Any) -> None:
        """Take a key or a value."""
        place = self.place(event)
        if self.expects_key():
            self.keys[-1] = (event.value, place)
            return
        value: Scalar = event.value
        if not event.style and event.implicit[0]:
            try:
                value = number_or_text(event.value)
            except ValueError as error:
                self.find(event, str(error))
        self.add(Node(value, place, place))

    def add(self, node: Node) -> None:
        """Put a node into the open map or list, or make it the root."""
        if not self.open:
            self.root = node
            return
        holder = self.open[-1].value
        if isinstance(holder, list):
            holder.append(node)
            return
        key = self.keys[-1]
        if key is None or not isinstance(holder, dict):  # an alias as a key, already refused
            self.keys[-1] = ("", node.place)
            return
        name, node.key_place = key
        if name in holder:
            first = holder[name].key_place.line
            path = self.path()
            text = f"the key is given twice (first in line {first}); keep one"
            self.note(Finding(node.key_place, path, text))
        holder[name] = node
        self.keys[-1] = None


def is_list(node: Node) -> bool:
    """Whether a node is a list."""
    return isinstance(node.value, list)


def shown(value: Any, longest: int = 40) -> str:
    """Show a value in a message: one short printable line."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= longest else text[: longest - 3] + "..."


def shown_path(steps: Iterable[str]) -> str:
    """Dotted path in a message: printable, each step short."""
    return ".".join(shown(step) for step in steps)


def _place_after(label: str, before: str) -> Place:
    """Place of the character that follows the text `before`."""
    lines = before.split("\n")
    return Place(label, len(lines), len(lines[-1]) + 1)


def _syntax_finding(label: str, error: yaml.MarkedYAMLError) -> Finding:
    """Say what the parser says, at its place, with a cure for the usual slips."""
    mark = error.problem_mark or error.context_mark
    place = Place(label, mark.line + 1, mark.column + 1) if mark else Place(label)
    said = error.problem or "unreadable"
    cure = ""
    if "cannot start any token" in said:
        cure = "; indent with spaces, not tabs, and quote text that starts with a special sign"
    elif "tab character" in said:
        cure = "; indent with spaces"
    elif "mapping values are not allowed" in said or "could not find expected ':'" in said:
        cure = "; write `key: value`, with equal indentation for the keys of one map"
    return Finding(place, "", f"not valid YAML: {shown(said, 80)}{cure}")
