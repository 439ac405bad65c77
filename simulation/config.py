"""The config of a run: YAML or a map in, a checked and frozen `Config` out.

`load` reads every layer (defaults < extends < file < `--set`), validates, and raises `ConfigError`
with all problems at once; `Config.dump` writes the fully resolved config back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, StringConstraints, ValidationError

from agents.demand import (
    ChoiceParameters,
    ConsumerParameters,
    DeveloperParameters,
    EnterpriseParameters,
)
from agents.parameters import FrozenMap, Parameters, Whole, param
from simulation.config_checks import CHECKS, Problem, memory_needed
from simulation.config_errors import ConfigError, Wrong, locate, problems_of
from simulation.config_layers import Layers, merged, moved, node_of, without_nulls
from simulation.config_notes import notes, origins
from simulation.config_schema import schema_of
from simulation.config_sections import LONGEST_RUN, SLUG, Events, Freeze, Initial, Networks
from simulation.config_shape import Shape, split_path
from simulation.config_supply import Supply
from simulation.config_text import plain, written
from simulation.yaml_text import Finding, Node, Place, TextError, shown_path

__all__ = [
    "Config",
    "ConfigError",
    "load",
    "memory_needed",
    "notes",
    "origins",
    "schema",
    "with_changes",
]

LARGEST_SEED = 2**63 - 1
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


class Config(Parameters):
    """A whole experiment, frozen; two configs are equal if all their values are."""

    schema_version: Literal[1] = Field(1, description="version of this file format: 1")
    name: Annotated[str, StringConstraints(pattern=SLUG)] = Field(
        "experiment", description="name of runs; the stem of the file by default"
    )
    description: str = Field("", description="what the experiment is about")
    seed: Whole = param(
        1, unit="", bounds=(0, LARGEST_SEED), source="any", doc="seed of all random draws"
    )
    start: Annotated[str, StringConstraints(pattern=MONTH)] = Field(
        "2023-01", description="first month, YYYY-MM"
    )
    months: Whole = param(
        36, unit="month", bounds=(1, LONGEST_RUN), source="2023-01 to 2025-12", doc="months to run"
    )
    supply: Supply = Field(description="{recorded: FILE.csv} or {offers: {NAME: {...}}}")
    choice: ChoiceParameters = ChoiceParameters()
    developers: DeveloperParameters = DeveloperParameters()
    consumers: ConsumerParameters = ConsumerParameters()
    enterprises: EnterpriseParameters = EnterpriseParameters()
    networks: Networks = Networks()
    initial: Initial = Initial()
    freeze: Freeze = FrozenMap()
    events: Events = FrozenMap()

    _tree: Node | None = PrivateAttr(None)

    def __eq__(self, other: object) -> bool:
        """Compare the values, not the places where they were said."""
        if not isinstance(other, Config):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in Config.model_fields)

    def __hash__(self) -> int:
        """Hash of the values."""
        return hash(tuple(getattr(self, name) for name in Config.model_fields))

    def dump(self, inputs: Mapping[str, str] | None = None) -> str:
        """YAML text of every value; loading it gives an equal config.

        Parameters
        ----------
        inputs : {dotted path: file name}
            Names to write in place of the absolute paths of input files, such as
            {"supply.recorded": "inputs/supply.csv"}.
        """
        values = plain(self)
        for path, name in (inputs or {}).items():
            section, _, key = path.partition(".")
            if key not in values.get(section, {}):
                raise KeyError(f"{path} is not an input file of this config")
            values[section][key] = name
        return written(values)

    def identity(self) -> str:
        """SHA-256 of the values, with the bytes of input files in place of their paths.

        The order of entries counts too: it is the order of providers in tables, and of events.
        """
        values = plain(self)
        recorded = self.supply.recorded
        if recorded is not None:
            values["supply"]["recorded"] = (
                "sha256:" + hashlib.sha256(bytes_of(recorded)).hexdigest()
            )
        text = json.dumps(canonical(values), separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


ROOT = Shape((Config,))


def load(source: str | Path | Mapping[str, Any], sets: Sequence[str] = ()) -> Config:
    """Read a config file or a map of its values, with `sets` ("a.b=c") laid over it.

    Raises
    ------
    ConfigError
        With one message per problem: file, line, column, path, value, unit, bounds and cure.
    """
    layers = Layers(ROOT)
    tree = layers.tree(source, sets)
    return checked(tree, layers.findings)


def with_changes(config: Config, changes: Mapping[str, Any]) -> Config:
    """Copy of a config with other values at some dotted paths; None restores a default."""
    place = Place("change")
    tree = config._tree or node_of(plain(config), Place("config"))
    layers = Layers(ROOT)
    for path, value in changes.items():
        try:
            node = node_of(value, place)
        except TextError as error:
            raise ConfigError(error.findings) from None
        for step in reversed(split_path(ROOT, path, tree.plain)):
            node = Node({step: node}, place, place)
        layers.settle_inputs(node, Path.cwd())
        tree = merged(tree, node, ROOT)
    return checked(without_nulls(tree, ROOT), layers.findings)


def checked(tree: Node, findings: Sequence[Finding] = ()) -> Config:
    """Config of a tree, or a `ConfigError` with every problem in it, in the order of the text."""
    config, wrong = validated(tree)
    found = [*findings, *(problem.finding for problem in wrong)]
    sound = config or validated(pruned(tree, wrong))[0]
    if sound is not None:
        unsound = {problem.steps[0] for problem in wrong if problem.steps}
        for sections, check in CHECKS:
            if not unsound & set(sections):
                found += [finding_at(tree, problem) for problem in check(sound)]
    if found or config is None:
        raise ConfigError(in_order(found))
    config._tree = tree
    return config


def validated(tree: Node) -> tuple[Config | None, list[Wrong]]:
    """Config of a tree, without the checks of the whole; or None, and what is wrong."""
    try:
        return Config.model_validate(tree.plain), []
    except ValidationError as error:
        return None, list(problems_of(error, tree, ROOT))


def pruned(tree: Node, wrong: Sequence[Wrong]) -> Node:
    """Copy of a tree without the values that are wrong, to check the rest."""
    copy = moved(tree)
    for problem in wrong:
        node = copy
        for step in problem.steps[:-1]:
            inner = node.value.get(step) if isinstance(node.value, dict) else None
            if inner is None:
                break
            node = inner
        if isinstance(node.value, dict) and problem.steps:
            node.value.pop(problem.steps[-1], None)
    return copy


def finding_at(tree: Node, problem: Problem) -> Finding:
    """Place of a problem of the whole: its value, or the nearest map above it."""
    node = locate(tree, ROOT, problem.steps).node
    return Finding(node.place, shown_path(problem.steps), problem.text)


def in_order(found: Sequence[Finding]) -> list[Finding]:
    """Findings by source, as they come, and inside a source by line and column."""
    sources = list(dict.fromkeys(finding.place.source for finding in found))
    return sorted(found, key=lambda finding: (sources.index(finding.place.source), finding.place))


def canonical(value: Any) -> Any:
    """Plain value in which equal numbers look the same, such as 3 and 3.0."""
    if isinstance(value, dict):
        return {key: canonical(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [canonical(entry) for entry in value]
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole else value


def bytes_of(path: Path) -> bytes:
    """Bytes of an input file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None


def schema() -> dict[str, Any]:
    """JSON Schema of a config file, with units, ranges and sources, for editors and readers."""
    return schema_of(Config)
