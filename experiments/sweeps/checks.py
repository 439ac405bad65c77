"""What a sweep file must satisfy as a whole: names, regions, rows, levels and sizes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from experiments.sweeps.designs import size_of
from experiments.sweeps.factors import CHOICE, Factor
from experiments.sweeps.findings import Findings
from experiments.sweeps.form import MOST_FACTORS, SweepForm
from experiments.sweeps.form_parts import MOST_RUNS
from experiments.sweeps.outcomes import Measured
from experiments.sweeps.sweep import SweepFile
from simulation.config_errors import not_there
from simulation.config_sections import LARGEST_SEED

# Columns of the table of runs, which no factor and no outcome may be called.
TAKEN = ("run", "point", "seed", "network", "status", "seconds", "reason", "identity", "memory")


def changed_paths(form: SweepForm) -> Iterator[tuple[str, ...]]:
    """Dotted paths that each factor changes."""
    for name, factor in form.factors.items():
        yield (name,)
        for changes in (factor.choices or {}).values():
            yield tuple(changes)


def check_names(form: SweepForm, found: Findings) -> None:
    """Refuse a sweep without factors, with too many, and names that stand for two things."""
    if not form.factors:
        text = "nothing varies; add a factor, or use `shareshift run CONFIG --seeds N`"
        found.add(("factors",), text)
    if len(form.factors) > MOST_FACTORS:
        found.add(("factors",), f"{len(form.factors)} factors; at most {MOST_FACTORS} are possible")
    for kind in ("factors", "outcomes"):
        for name in getattr(form, kind):
            if name in TAKEN:
                text = f"{name!r} is a column of the table of runs; choose another name"
                found.add((kind, name), text)
            elif kind == "outcomes" and name in form.factors:
                found.add((kind, name), f"{name!r} is a factor too; choose another name")


def check_regions(form: SweepForm, outcomes: Mapping[str, Measured], found: Findings) -> None:
    """Refuse regions of outcomes that are not there, or that are no single number."""
    for name, region in form.regions.items():
        check_outcome(region.outcome, ("regions", name, "outcome"), form, outcomes, found)


def check_rule(form: SweepForm, outcomes: Mapping[str, Measured], found: Findings) -> None:
    """Refuse a rule for seeds whose outcome is not there, or is no single number."""
    until = form.replicates.until
    if until is not None:
        at = ("replicates", "until", "outcome")
        check_outcome(until.outcome, at, form, outcomes, found)


def check_outcome(
    name: str,
    at: tuple[str, ...],
    form: SweepForm,
    outcomes: Mapping[str, Measured],
    found: Findings,
) -> None:
    """Refuse the name of an outcome that is not there, or that is no single number."""
    if name not in form.outcomes and "outcomes" not in found.unsound:
        found.add(at, not_there(name, form.outcomes, "outcomes"))
    elif name in outcomes and outcomes[name].vector is not None:
        found.add(at, f"{name} is a vector; name an outcome that is one number")


def check_design(form: SweepForm, factors: Sequence[Factor], found: Findings) -> None:
    """Refuse levels and rows that do not fit the factors."""
    design, known = form.design, {factor.name: factor for factor in factors}
    if isinstance(design.levels, Mapping):
        for name in design.levels:
            check_factor(name, ("design", "levels", name), known, found)
    if design.kind == "grid":
        missing = [
            factor.name
            for factor in factors
            if factor.kind != CHOICE
            and (
                factor.name not in design.levels
                if isinstance(design.levels, Mapping)
                else design.levels is None
            )
        ]
        for name in missing:
            found.add(("design",), f"how many levels has {name}? add them to `levels`")
    for number, row in enumerate(design.rows or ()):
        check_row(str(number), row, known, found)


def check_row(
    number: str, row: Mapping[str, Any], known: Mapping[str, Factor], found: Findings
) -> None:
    """Refuse a row of a list that does not say one value of each factor."""
    at = ("design", "rows", number)
    for name in row:
        check_factor(name, (*at, name), known, found)
    for name, factor in known.items():
        if name not in row:
            found.add(at, f"no value of {name}; add one")
            continue
        value = row[name]
        try:
            factor.coordinate(str(value).lower() if isinstance(value, bool) else value)
        except ValueError as wrong:
            found.add((*at, name), str(wrong))


def check_factor(
    name: str, at: tuple[str, ...], known: Mapping[str, Factor], found: Findings
) -> None:
    """Refuse the name of a factor that is not there."""
    if name not in known:
        found.add(at, not_there(name, known, "factors"))


def check_size(sweep: SweepFile, found: Findings) -> None:
    """Refuse more runs than anybody has time for, and seeds beyond the last one."""
    runs = sweep.most_runs
    if runs > MOST_RUNS:
        points = size_of(sweep.design, sweep.factors)
        text = f"{points:,} points make {runs:,} runs; at most {MOST_RUNS:,} are possible"
        found.add(("design",), f"{text}: use fewer points or replicates")
        return
    last = sweep.base.seed + (sweep.rule.most if sweep.rule else sweep.seeds) - 1
    network = (sweep.base.networks.seed or sweep.base.seed) + (sweep.networks or 1) - 1
    if max(last, network) > LARGEST_SEED:
        text = f"the last seed would be {max(last, network)}, above {LARGEST_SEED}"
        found.add(("replicates",), f"{text}; begin with a lower one")
