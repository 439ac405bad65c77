"""Files, Python maps and `--set` -> one tree of values that know where they were said.

Precedence: `extends` < the file < `--set`.  Maps merge, lists and single values replace; a map that
names another `family`, or that is one value (a distribution), replaces; null removes.  A word may
stand for a section: the name of its family, as `ring`, or a word of its own, as `endogenous`.
"""

import os
import re
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from simulation.config_errors import ConfigError
from simulation.config_shape import Shape, split_path
from simulation.yaml_text import (
    MOST_DEPTH,
    Finding,
    Node,
    Place,
    Scalar,
    TextError,
    parse,
    read_text,
    shown,
)

CHECKOUT = Path(__file__).resolve().parents[1]
INPUTS = "inputs"  # folder of a run directory that holds copies of its input files
MOST_EXTENDS = 8
LONGEST_LABEL = 200  # characters of a file name in messages
INPUT_PATHS = (
    ("supply", "recorded"),
    ("finance", "rounds"),
    ("networks", "developers", "path"),
    ("networks", "consumers", "path"),
    ("networks", "enterprises", "path"),
)
SCHEMA_VERSION = 1


class Layers:
    """Reads the layers of one config; `findings` are the problems that do not stop the reading."""

    def __init__(self, root: Shape) -> None:
        self.root = root
        self.findings: list[Finding] = []

    def tree(self, source: str | Path | Mapping[str, Any], sets: Sequence[str] = ()) -> Node:
        """Merge all layers; `ConfigError` if one of them cannot be read."""
        try:
            if isinstance(source, Mapping):
                stem = "experiment"
                tree = self.layer(node_of(source, Place("config")), Path.cwd(), ())
            else:
                stem = Path(source).stem
                tree = self.file(Path(source), shown(str(source), LONGEST_LABEL), ())
        except TextError as error:
            raise ConfigError([*self.findings, *error.findings]) from None
        for number, text in enumerate(sets, 1):
            tree = self.assigned(tree, text, Place(f"--set #{number}"))
        tree = without_nulls(tree, self.root)
        if isinstance(tree.value, dict) and "name" not in tree.value:
            named = Place("file name")
            tree.value["name"] = Node(slug(stem), named, named)
        return tree

    def find(self, node: Node, path: str, text: str) -> None:
        """Note a problem at the value of a node."""
        self.findings.append(Finding(node.place, path, text))

    def file(self, path: Path, label: str, chain: tuple[Path, ...]) -> Node:
        """Read a file and all that it extends; `chain` are the files that led here."""
        node = parse(read_text(path, label), label)
        if isinstance(node.value, dict) and "schema_version" not in node.value:
            text = f"missing; begin the file with `schema_version: {SCHEMA_VERSION}`"
            self.find(node, "schema_version", text)
        here = path.resolve()
        return self.layer(node, here.parent, (*chain, here))

    def layer(self, node: Node, folder: Path, chain: tuple[Path, ...]) -> Node:
        """Take one layer: its version, its input files, and what it extends, merged below it."""
        if not isinstance(node.value, dict):
            raise TextError(Finding(node.place, "", "a config is a map, as `schema_version: 1`"))
        version = node.value.get("schema_version")
        if version and (type(version.value) is not int or version.value != SCHEMA_VERSION):
            text = f"{shown(version.plain)} is not known; this program reads {SCHEMA_VERSION}"
            self.find(version, "schema_version", text)
            del node.value["schema_version"]
        node.value = {
            key: spelt_out(child, self.root.step(key)) for key, child in node.value.items()
        }
        self.settle_inputs(node, folder)
        extends = node.value.pop("extends", None)
        if extends is None or extends.value is None:
            return node
        below = self.extended(extends, folder, chain)
        return merged(below, node, self.root) if below else node

    def extended(self, extends: Node, folder: Path, chain: tuple[Path, ...]) -> Node | None:
        """Read the file that a layer extends."""
        path = self.found(extends, "extends", folder)
        if path is None:
            return None
        if path in chain:
            circle = " -> ".join(step.name for step in (*chain[chain.index(path) :], path))
            self.find(extends, "extends", f"the files extend each other in a circle: {circle}")
            return None
        if len(chain) > MOST_EXTENDS:
            self.find(extends, "extends", f"more than {MOST_EXTENDS} files extend one another")
            return None
        return self.file(path, label_of(path), chain)

    def settle_inputs(self, node: Node, folder: Path) -> None:
        """Turn the names of input files into absolute paths."""
        for steps in INPUT_PATHS:
            inner: Node | None = node
            for step in steps:
                inner = inner.value.get(step) if inner and isinstance(inner.value, dict) else None
            if inner is not None and isinstance(inner.value, str):
                path = self.found(inner, ".".join(steps), folder, folder / INPUTS)
                inner.value = str(path) if path else inner.value

    def found(self, node: Node, path: str, folder: Path, *further: Path) -> Path | None:
        """File named by a node, links resolved; None, and a finding, if it may not be read."""
        if not isinstance(node.value, str) or not node.value:
            self.find(node, path, f"{shown(node.plain)} is not the path of a file")
            return None
        try:
            file = (folder / node.value).resolve()
            # Only the outer two: a link in place of a run's `inputs` must not lead elsewhere.
            roots = [CHECKOUT.resolve(), Path.cwd().resolve(), *further]
            inside = any(file.is_relative_to(root) for root in roots)
            is_file = inside and file.is_file()
            exists = is_file or (inside and file.exists())
        except (OSError, ValueError, RuntimeError):  # too long, a NUL, a circle of links
            inside, is_file, exists = True, False, False
        if is_file:
            return file
        name = shown(node.value, 80)
        cure = "no such file; paths are relative to the file that says them"
        if exists:
            cure = "is a folder, a pipe or a device; name a file"
        if not inside:
            cure = "outside the checkout and the current folder; copy the file into one of them"
        self.find(node, path, f"{name}: {cure}")
        return None

    def assigned(self, tree: Node, text: str, place: Place) -> Node:
        """Lay one `path=value` over the tree."""
        path, equals, value = text.partition("=")
        path = path.strip()
        if not equals or not value.strip() or not all(path.split(".")):
            said = f"{shown(text, 60)!r} is not an assignment; write path=value"
            self.findings.append(Finding(place, "", said))
            return tree
        try:
            node = moved(parse(value.strip(), place.source), place)
        except TextError as error:
            wrong = [Finding(place, shown(path, 80), found.text) for found in error.findings]
            self.findings.extend(wrong)
            return tree
        for step in reversed(split_path(self.root, path, tree.plain)):
            node = Node({step: node}, place, place)
        return self.laid(tree, node)

    def laid(self, tree: Node, node: Node) -> Node:
        """Lay a change, which starts at the root, over a tree."""
        node = spelt_out(node, self.root)
        self.settle_inputs(node, Path.cwd())
        return merged(tree, node, self.root)


def merged(base: Node, over: Node, shape: Shape | None) -> Node:
    """Lay one tree over another; neither is changed."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    if shape and (shape.whole or shape.changes_family(base.plain, over.plain)):
        return over
    entries = dict(base.value)
    for key, node in over.value.items():
        inner = shape.step(key) if shape else None
        entries[key] = merged(entries[key], node, inner) if key in entries else node
    return Node(entries, over.place, over.key_place)


def spelt_out(node: Node, shape: Shape | None) -> Node:
    """Copy of a tree in which the sections that words stand for are said in full."""
    if isinstance(node.value, dict):
        inner = {
            key: spelt_out(child, shape.step(key) if shape else None)
            for key, child in node.value.items()
        }
        return Node(inner, node.place, node.key_place)
    meant = shape.meant_by(node.value) if shape and isinstance(node.value, str) else None
    if meant is None:
        return node
    entries = {key: Node(value, node.place, node.key_place) for key, value in meant.items()}
    return Node(entries, node.place, node.key_place)


def without_nulls(node: Node, shape: Shape | None) -> Node:
    """Drop the entries that are null; an unknown key stays, so that it is reported."""
    if not isinstance(node.value, dict):
        return node
    unknown = shape.names() if shape and shape.closed else []
    entries = {
        key: without_nulls(child, shape.step(key) if shape else None)
        for key, child in node.value.items()
        if child.value is not None or (unknown and key not in unknown)
    }
    return Node(entries, node.place, node.key_place)


def node_of(value: Any, place: Place, depth: int = 0) -> Node:
    """Tree of a Python value; TextError for what a config file could not say."""
    if depth > MOST_DEPTH:
        raise TextError(Finding(place, "", f"nested deeper than {MOST_DEPTH} levels"))
    if isinstance(value, Mapping):
        entries = {str(key): node_of(entry, place, depth + 1) for key, entry in value.items()}
        return Node(entries, place, place)
    if hasattr(value, "tolist"):  # a number or an array of NumPy's
        value = value.tolist()
    if isinstance(value, list | tuple):
        return Node([node_of(entry, place, depth + 1) for entry in value], place, place)
    return Node(scalar_of(value, place), place, place)


def scalar_of(value: Any, place: Place) -> Scalar:
    """Return a single value as text, number, flag or null."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    raise TextError(Finding(place, "", f"a {type(value).__name__} cannot stand in a config"))


def moved(node: Node, place: Place | None = None) -> Node:
    """Copy of a tree; everything in it was said at `place`, if that is given."""
    value = node.value
    if isinstance(value, dict):
        value = {key: moved(child, place) for key, child in value.items()}
    elif isinstance(value, list):
        value = [moved(child, place) for child in value]
    return Node(value, place or node.place, place or node.key_place)


def label_of(path: Path) -> str:
    """Path as messages show it: relative where it lies in the current folder."""
    here = Path.cwd()
    label = path.relative_to(here) if path.is_relative_to(here) else path
    return shown(str(label), LONGEST_LABEL)


def slug(stem: str) -> str:
    """Name of a config from the stem of its file."""
    return re.sub(r"[^a-z0-9_-]", "_", stem.lower())[:64] or "experiment"
