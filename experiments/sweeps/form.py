"""What may stand in a sweep file: its sections, with bounds and what they mean.

Errors, the JSON Schema and the defaults come from these declarations, as they do for configs.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from agents.parameters import (
    FrozenMap,
    Name,
    Parameters,
    Whole,
    as_tuple,
    not_empty,
    param,
    problem,
    unique,
)
from experiments.sweeps.design_form import DesignForm
from experiments.sweeps.factor_form import Factors
from experiments.sweeps.form_parts import OURS, FrozenAny, none_is_all
from experiments.sweeps.outcome_form import OutcomeForm, RegionForm, Table
from simulation.config_events import SLUG

MOST_FACTORS = 500

# Tables, set by hand: one parameter a paragraph.
# fmt: off


class Until(Parameters):
    """When an outcome is known well enough at a point."""

    outcome: Name = param(..., unit="", source=OURS, doc="name of the outcome")
    half_width: float = param(
        ..., unit="that of the outcome", bounds=(1e-300, 1e300), source=OURS,
        doc="half of the 95 % confidence interval of the mean over seeds, at most")


class Replicates(Parameters):
    """How often each point is run, with other luck."""

    seeds: Whole | None = param(
        None, unit="seeds", bounds=(1, 100_000), source=OURS,
        doc="seeds of each point, the same for all points")
    networks: Whole | None = param(
        None, unit="networks", bounds=(1, 100_000), source="one for each seed",
        doc="realisations of the networks, each run with every seed; without it each seed has its "
            "own")
    until: Until | None = Field(None, description="add seeds to a point until its mean is known "
                                "well enough, as {outcome: hhi_revenue, half_width: .02}")
    least: Whole | None = param(
        None, unit="seeds", bounds=(2, 100_000), source="5", doc="of until: seeds to begin with")
    most: Whole | None = param(
        None, unit="seeds", bounds=(2, 100_000), source="50",
        doc="of until: seeds at which it ends, known well enough or not")

    @model_validator(mode="after")
    def one_rule(self) -> "Replicates":
        """Refuse a number of seeds beside a rule for it, and limits that contradict each other."""
        if self.until is None:
            for name in ("least", "most"):
                if getattr(self, name) is not None:
                    raise problem("only `until` has it; add `until`, or remove it", name)
            if self.seeds is None:
                raise problem("how many? add `seeds`, or `until`")
            return self
        for name in ("seeds", "networks"):
            if getattr(self, name) is not None:
                raise problem(f"`until` finds the number of seeds; remove {name}", name)
        if (self.least or 5) > (self.most or 50):
            raise problem(f"{self.least or 5} at least, and {self.most or 50} at most; change one",
                          "most")
        return self


class Limits(Parameters):
    """What one run may take before it is ended and recorded as failed."""

    seconds: float = param(
        600, unit="second", bounds=(0.01, 1e7), source="a baseline takes less than one",
        doc="wall time of one run")
    memory: float = param(
        4000, unit="MB", bounds=(50, 1e9), source="a baseline takes 500",
        doc="memory of one process that runs")


# fmt: on


def spelt_out(value: Any) -> Any:
    """Take a number for that many seeds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return {"seeds": value}


ReplicatesOrNumber = Annotated[Replicates, BeforeValidator(spelt_out)]
Outcomes = Annotated[
    Mapping[Name, Annotated[OutcomeForm, BeforeValidator(none_is_all)]],
    AfterValidator(FrozenMap),
    AfterValidator(not_empty),
]


class SweepForm(Parameters):
    """A whole sweep file."""

    schema_version: Literal[1] = Field(1, description="version of this file format: 1")
    name: Annotated[str, StringConstraints(pattern=SLUG)] = Field(
        "sweep", description="name of the sweep directory; the stem of the file by default"
    )
    description: str = Field("", description="the question that the sweep answers")
    base: str = Field(description="config that is varied; its path is relative to this file")
    set: FrozenAny = Field(
        FrozenMap(), description="changes of the base for every run, as {developers.count: 2000}"
    )
    factors: Factors = Field(description="what varies, by dotted path of a parameter, or by name")
    design: DesignForm = Field(description="which points are run, as {kind: lhs, points: 100}")
    replicates: ReplicatesOrNumber = Field(
        Replicates(seeds=1, until=None), description="seeds of each point: a number, or settings"
    )
    outcomes: Outcomes = Field(
        description="what is measured of each run, as {hhi_revenue: {}, end_regime: {column: "
        "regime, is: monopoly}}"
    )
    regions: Annotated[Mapping[Name, RegionForm], AfterValidator(FrozenMap)] = Field(
        FrozenMap(), description="regions of outcomes whose conditions are sought"
    )
    keep: Annotated[tuple[Table, ...], BeforeValidator(as_tuple), AfterValidator(unique)] = param(
        ("market",), unit="", source="market", doc="tables stored of each run"
    )
    limits: Limits = Limits()
