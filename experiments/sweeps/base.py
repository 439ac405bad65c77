"""The base config of a sweep, and configs that differ from it at some paths."""

import hashlib
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from simulation.config import ROOT, Config, canonical, checked
from simulation.config_errors import ConfigError
from simulation.config_layers import (
    INPUT_PATHS,
    Layers,
    label_of,
    merged,
    moved,
    node_of,
    spelt_out,
    without_nulls,
)
from simulation.config_shape import Shape, split_path
from simulation.yaml_text import Finding, Node, Place, TextError, shown

SEEDS = ("seed", "networks")  # sections that replicates change
Find = Callable[[Node, str, str], None]


def base_file(node: Node, folder: Path, layers: Layers) -> Path | None:
    """File of the base config; None, and a finding, if it may not be read.

    It lies below the checkout or the current folder, as all files that configs name, or beside the
    sweep file itself, as the copy in a sweep directory does.
    """
    named = node.value if isinstance(node.value, str) else ""
    beside = [folder.resolve()] if named and Path(named).name == named else []
    return layers.found(node, "base", folder, *beside)


def base_config(path: Path, changes: Mapping[str, Node], folder: Path) -> Config:
    """Read the base and lay changes over it; they keep the places where they were said.

    Raises
    ------
    ConfigError
    """
    layers = Layers(ROOT)
    tree = layers.tree(label_or_path(path))
    for dotted, node in changes.items():
        tree = laid(layers, tree, dotted, node, folder)
    return checked(without_nulls(tree, ROOT), layers.findings)


def label_or_path(path: Path) -> Path:
    """The path as messages show it, where it means the same file."""
    label = Path(label_of(path))
    return label if label.is_file() else path


def laid(layers: Layers, tree: Node, dotted: str, node: Node, folder: Path) -> Node:
    """Lay one change over a tree; paths of files in it are relative to `folder`."""
    for step in reversed(split_path(ROOT, dotted, tree.plain)):
        node = Node({step: node}, node.place, node.key_place)
    over = spelt_out(moved(node), ROOT)
    layers.settle_inputs(over, folder)
    return merged(tree, over, ROOT)


def varied(config: Config, changes: Mapping[str, Any]) -> Config:
    """Copy of a checked config with other values at some dotted paths, checked as a whole.

    Names of input files are taken as they are: `factor_reading` has found them.

    Raises
    ------
    ConfigError
    """
    tree = config._tree
    if tree is None:
        raise ValueError("only a config that was read can be varied")
    over = overlay(changes, tree.plain)
    found = checked(without_nulls(merged(tree, over, ROOT), ROOT))
    found._contents.update(config._contents)
    return found


def overlay(changes: Mapping[str, Any], known: Mapping[str, Any]) -> Node:
    """Changes as one tree to lay over the plain values `known`; a later change has precedence.

    Raises
    ------
    ConfigError
    """
    place = Place("point")
    over = Node({}, place, place)
    nested: dict[str, Any] = {}  # what can be laid in one go, which takes most of the time else
    for dotted, value in changes.items():
        *holders, last = split_path(ROOT, dotted, known)
        inner: Any = nested
        for step in holders:
            inner = inner.setdefault(step, {}) if isinstance(inner, dict) else inner
        if isinstance(inner, dict) and last not in inner:
            inner[last] = deepcopy(value)  # a later change may go into it
            continue
        over = merged(over, spelt_out(tree_of(nested, place), ROOT), ROOT)
        nested = {last: value}
        for step in reversed(holders):
            nested = {step: nested}
    return merged(over, spelt_out(tree_of(nested, place), ROOT), ROOT)


def tree_of(values: Mapping[str, Any], place: Place) -> Node:
    """Tree of plain values; `ConfigError` for what a config could not say."""
    try:
        return node_of(values, place)
    except TextError as error:
        raise ConfigError(error.findings) from None


def seeded(config: Config, seed: int, network: int | None) -> Config:
    """Copy of a checked config with another seed, and one for its networks if there is one."""
    update: dict[str, Any] = {"seed": seed}
    if network is not None:
        update["networks"] = config.networks.model_copy(update={"seed": network})
    copy = config.model_copy(update=update)
    copy._tree = None  # it says what was read, and no longer what holds
    copy._contents = config._contents
    return copy


def identities(config: Config) -> Callable[[int, int | None], str]:
    """`Config.identity` of `seeded(config, seed, network)`, without writing all values anew."""
    files = config.inputs()
    hashes = {
        path: f"sha256:{hashlib.sha256(config.content(file)).hexdigest()}"
        for path, file in files.items()
    }
    values = canonical(config.with_inputs(hashes))
    pieces = {key: text_of(value) for key, value in values.items()}

    def identity(seed: int, network: int | None) -> str:
        """Return the identity with these seeds."""
        networks = values["networks"] if network is None else values["networks"] | {"seed": network}
        own = pieces | {"seed": str(seed), "networks": text_of(networks)}
        text = ",".join(f"{text_of(key)}:{value}" for key, value in own.items())
        return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()

    return identity


def text_of(value: Any) -> str:
    """JSON of a value, as identities have it."""
    return json.dumps(value, separators=(",", ":"))


def input_names() -> tuple[str, ...]:
    """Dotted paths of a config that name input files."""
    return tuple(".".join(steps) for steps in INPUT_PATHS)


__all__ = [
    "Finding",
    "Shape",
    "base_config",
    "base_file",
    "identities",
    "seeded",
    "shown",
    "varied",
]
