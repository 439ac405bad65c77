"""The config of a run: YAML or a map in, a checked and frozen `Config` out.

`load` reads every layer (defaults < extends < file < `--set`), validates, and raises `ConfigError`
with all problems at once; `Config.dump` writes the fully resolved config back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, StringConstraints, ValidationError

from agents.app_parameters import AppParameters
from agents.compute_parameters import ComputeParameters
from agents.demand import (
    ChoiceParameters,
    ConsumerParameters,
    DeveloperParameters,
    EnterpriseParameters,
)
from agents.distress_parameters import DistressParameters
from agents.entry_parameters import EntryParameters
from agents.finance_parameters import FinanceParameters
from agents.investor_parameters import InvestmentParameters
from agents.parameters import FrozenMap, Parameters, Whole, param
from agents.provider_parameters import PlanningParameters, ResearchParameters
from simulation.config_checks import CHECKS, memory_needed
from simulation.config_errors import ConfigError, Problem, Wrong, locate, problems_of
from simulation.config_events import SLUG, Events
from simulation.config_layers import INPUT_PATHS, Layers, moved, node_of, without_nulls
from simulation.config_notes import notes, origins
from simulation.config_schema import schema_of
from simulation.config_sections import LARGEST_SEED, Freeze, Initial, Networks
from simulation.config_shape import Shape, split_path
from simulation.config_supply import Investors, Providers, Suppliers, Supply
from simulation.config_text import plain, written
from simulation.event import LONGEST_RUN, Lasting
from simulation.input_file import bytes_of
from simulation.yaml_text import Finding, Node, Place, TextError, shown_path

__all__ = [
    "Config",
    "ConfigError",
    "load",
    "memory_needed",
    "notes",
    "origins",
    "schema",
    "value_at",
    "with_changes",
]

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
    supply: Supply = Field(
        description="endogenous, {recorded: FILE.csv} or {offers: {NAME: {...}}}"
    )
    providers: Providers = Field(
        FrozenMap(), description="who decides where supply is endogenous, by name of provider"
    )
    suppliers: Suppliers = Field(FrozenMap(), description="clouds that rent compute, by name")
    compute: ComputeParameters = ComputeParameters()
    planning: PlanningParameters = PlanningParameters()
    research: ResearchParameters = ResearchParameters()
    finance: FinanceParameters = FinanceParameters()
    investors: Investors = Field(FrozenMap(), description="who funds providers, by name")
    investment: InvestmentParameters = InvestmentParameters()
    distress: DistressParameters = DistressParameters()
    entry: EntryParameters = EntryParameters()
    choice: ChoiceParameters = ChoiceParameters()
    developers: DeveloperParameters = DeveloperParameters()
    consumers: ConsumerParameters = ConsumerParameters()
    enterprises: EnterpriseParameters = EnterpriseParameters()
    apps: AppParameters = AppParameters()
    networks: Networks = Networks()
    initial: Initial = Initial()
    freeze: Freeze = Field(
        FrozenMap(),
        description="states held at a value, as {supply.price: 10, supply.price.OpenAI: 5}",
    )
    events: Events = Field(
        FrozenMap(), description="what happens on the way, as {cut: {month: 6, set: {...}}}"
    )

    _tree: Node | None = PrivateAttr(None)
    _contents: dict[Path, bytes] = PrivateAttr(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        """Compare the values, not the places where they were said."""
        if not isinstance(other, Config):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in Config.model_fields)

    def __hash__(self) -> int:
        """Hash of the values."""
        return hash(tuple(getattr(self, name) for name in Config.model_fields))

    @property
    def network_seed(self) -> int:
        """Seed by which networks and employment are drawn: their own, else that of the run."""
        own = self.networks.seed
        return self.seed if own is None else own

    @cached_property
    def lasting(self) -> dict[str, tuple[int, Lasting]]:
        """Events that last, by name, with the months in which they begin."""
        events = self.events.items()
        return {name: (event.month, event.lasting) for name, event in events if event.lasting}

    def dump(self, inputs: Mapping[str, str] | None = None) -> str:
        """YAML text of every value; loading it gives an equal config.

        Parameters
        ----------
        inputs : {dotted path: file name}
            Names to write in place of the absolute paths of input files, such as
            {"supply.recorded": "inputs/supply.csv"}.
        """
        return written(self.with_inputs(inputs or {}))

    def inputs(self) -> dict[str, Path]:
        """Input files by the dotted path that names them."""
        found = {}
        for steps in INPUT_PATHS:
            value: Any = self
            for step in steps:
                value = getattr(value, step, None)
            if isinstance(value, Path):
                found[".".join(steps)] = value
        return found

    def copies(self) -> dict[str, str]:
        """Names for copies of the input files in one folder, by dotted path.

        A copy is named as its file is; where another file has this name, as the network is whose
        graph it holds.  Copies that were named so keep their names.
        """
        names: dict[Path, str] = {}
        for path, file in self.inputs().items():
            stem, taken = path.split(".")[-2], {name.casefold() for name in names.values()}
            others = (f"{stem}{'-' * more}{file.suffix}" for more in range(len(names) + 1))
            free = (name for name in (file.name, *others) if name.casefold() not in taken)
            names.setdefault(file, next(free))
        return {path: names[file] for path, file in self.inputs().items()}

    def content(self, path: Path) -> bytes:
        """Bytes of an input file, as they were when they were first asked for."""
        if path not in self._contents:
            self._contents[path] = bytes_of(path)
        return self._contents[path]

    def with_inputs(self, inputs: Mapping[str, str]) -> dict[str, Any]:
        """Plain values, with these texts in place of the paths of input files."""
        values = plain(self)
        for path, text in inputs.items():
            if path not in self.inputs():
                raise KeyError(f"{path} is not an input file of this config")
            *above, key = path.split(".")
            section = values
            for step in above:
                section = section[step]
            section[key] = text
        return dict(values)

    def identity(self) -> str:
        """SHA-256 of the values, with the bytes of input files in place of their paths.

        The order of entries counts too: it is the order of providers in tables, and of events.
        """
        values = self.with_inputs(
            {
                path: f"sha256:{hashlib.sha256(self.content(file)).hexdigest()}"
                for path, file in self.inputs().items()
            }
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
        tree = layers.laid(tree, node)
    changed = checked(without_nulls(tree, ROOT), layers.findings)
    changed._contents.update(config._contents)
    return changed


def value_at(config: Config, path: str) -> Any:
    """Value at a dotted path."""
    value: Any = config
    for step in split_path(
        ROOT, path, {name: getattr(config, name) for name in Config.model_fields}
    ):
        value = value[step] if isinstance(value, Mapping) else getattr(value, step)
    return value


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


def schema() -> dict[str, Any]:
    """JSON Schema of a config file, with units, ranges and sources, for editors and readers."""
    return schema_of(Config)
