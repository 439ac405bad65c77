"""Sweep files: YAML in, a checked and frozen `SweepFile` out.

`load_sweep_file` raises `ConfigError` with all problems at once, each with file, line, column, path
and cure.
"""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.sweeps.base import base_config, base_file
from experiments.sweeps.checks import (
    changed_paths,
    check_design,
    check_names,
    check_regions,
    check_rule,
    check_size,
)
from experiments.sweeps.factor_reading import read_factors
from experiments.sweeps.findings import Findings
from experiments.sweeps.form import SweepForm
from experiments.sweeps.kind import is_sweep
from experiments.sweeps.outcome_reading import read_outcomes
from experiments.sweeps.replicates import rule_of
from experiments.sweeps.sweep import Region, SweepFile
from simulation.config import Config, pruned
from simulation.config_errors import ConfigError, problems_of
from simulation.config_layers import Layers, slug
from simulation.config_shape import Shape
from simulation.yaml_text import Finding, Node, Place, TextError, parse, read_text, shown

__all__ = ["ConfigError", "Region", "SweepFile", "is_sweep", "load_sweep_file"]

SWEEP = Shape((SweepForm,))
# What stands in for a section that is wrong or missing, so that the others are checked.
STAND_INS: dict[str, Any] = {
    "base": "-",
    "factors": {},
    "design": {"kind": "lhs", "points": 1},
    "outcomes": {"hhi_revenue": {}},
}
LONGEST_LABEL = 200


def load_sweep_file(path: str | Path) -> SweepFile:
    """Read and check a sweep file.

    Raises
    ------
    ConfigError
        With one message per problem: file, line, column, path, value and cure.
    """
    path = Path(path)
    label = shown(str(path), LONGEST_LABEL)
    try:
        tree = parse(read_text(path, label), label)
    except TextError as error:
        raise ConfigError(error.findings) from None
    if not isinstance(tree.value, dict):
        text = "a sweep file is a map, as `schema_version: 1`"
        raise ConfigError([Finding(tree.place, "", text)])
    if "name" not in tree.value:
        named = Place("file name")
        tree.value["name"] = Node(slug(path.stem), named, named)
    found = Findings(tree, SWEEP, path.resolve().parent)
    if "schema_version" not in tree.value:
        found.add(("schema_version",), "missing; begin the file with `schema_version: 1`")
    form = read_form(found)
    base = read_base(found)
    sweep = resolved(form, base, found) if form is not None else None
    found.refuse()
    if sweep is None:
        raise ConfigError([f"{label}: cannot be read as a sweep"])
    return sweep


def read_form(found: Findings) -> SweepForm | None:
    """Form of a sweep; where something is wrong, with stand-ins so that the rest is checked too."""
    tree = found.tree
    try:
        return SweepForm.model_validate(tree.plain)
    except ValidationError as error:
        wrong = list(problems_of(error, tree, SWEEP))
        found.found += [problem.finding for problem in wrong]
    values = pruned(tree, wrong).plain
    found.unsound = {problem.steps[0] for problem in wrong if problem.steps}
    found.unsound |= {key for key in STAND_INS if key not in tree.plain}
    for stand_ins in ({}, dict.fromkeys(found.unsound) | STAND_INS):
        said = values | {key: stand_ins[key] for key in stand_ins if key in found.unsound}
        said |= {key: value for key, value in STAND_INS.items() if key not in said}
        try:
            return SweepForm.model_validate({k: v for k, v in said.items() if v is not None})
        except ValidationError:
            continue
    return None


def read_base(found: Findings) -> Config | None:
    """Config that is varied, with the changes of `set`; None, and findings, if it is wrong."""
    node = found.tree.value.get("base") if isinstance(found.tree.value, dict) else None
    if node is None or not isinstance(node.value, str):
        return None  # the form says so
    layers = Layers(SWEEP)
    path = base_file(node, found.folder, layers)
    found.found += layers.findings
    if path is None:
        return None
    if is_sweep(path):
        found.add(("base",), "is a sweep file itself; name a config")
        return None
    sets = found.node("set")
    changes = sets.value if isinstance(sets.value, dict) and sets is not found.tree else {}
    try:
        return base_config(path, changes, found.folder)
    except ConfigError as refused:
        found.further += refused.messages
        return None


def resolved(form: SweepForm, base: Config | None, found: Findings) -> SweepFile | None:
    """Make the sweep of a form; None, and findings, where it cannot be."""
    factors = read_factors(form.factors, base, form.set, found) if base is not None else ()
    varied_months = any("months" in changes for changes in changed_paths(form))
    months = None if base is None or varied_months else base.months
    outcomes = read_outcomes(form.outcomes, base, months, found)
    check_names(form, found)
    check_regions(form, outcomes, found)
    check_rule(form, outcomes, found)
    if base is None or found.any():
        return None
    check_design(form, factors, found)
    rule = rule_of(form.replicates)
    regions = {
        name: Region(name, said.outcome, said.above, said.below)
        for name, said in form.regions.items()
    }
    sweep = SweepFile(
        form.name,
        form.description,
        base,
        factors,
        form.design,
        form.replicates.seeds or (rule.least if rule else 1),
        form.replicates.networks,
        rule,
        outcomes,
        regions,
        form.keep,
        form.limits.seconds,
        form.limits.memory,
        form,
        found.tree,
        found.tree.place.source,
    )
    check_size(sweep, found)
    return sweep
