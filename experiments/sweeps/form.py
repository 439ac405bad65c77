"""What may stand in a sweep file: sections and values, with bounds and what they mean.

Errors, the JSON Schema and the defaults come from these declarations, as they do for configs.
"""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    create_model,
    field_validator,
    model_validator,
)

from agents.parameters import (
    FrozenMap,
    Name,
    Names,
    Parameters,
    Whole,
    as_tuple,
    not_empty,
    param,
    problem,
    unique,
)
from simulation.columns import TABLES
from simulation.config_events import SLUG, frozen

MOST_RUNS = 10_000_000
MOST_FACTORS = 500
MOST_LEVELS = 100_000
OURS = "sweep"  # source of what only a sweep file says

Scalar = str | int | float | bool


def a_table(name: str) -> str:
    """Refuse the name of a table that records do not have."""
    if name not in TABLES:
        near = difflib.get_close_matches(name, TABLES, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(TABLES)}"
        raise problem(f"{name!r} is not a table of records ({hint})")
    return name


def listed_tables(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse the name of a table that records do not have, in a list."""
    return tuple(map(a_table, names))


FrozenAny = Annotated[Mapping[str, Any], AfterValidator(frozen)]
Table = Annotated[str, AfterValidator(a_table)]

# Tables, set by hand: one parameter a paragraph.
# fmt: off


def none_is_all(value: Any) -> Any:
    """Take `name:` without anything for `name: {}`: everything as it is declared."""
    return {} if value is None else value


class Normal(Parameters):
    """A normal distribution, cut where the bounds of the parameter are."""

    mean: float = param(..., unit="", source=OURS, doc="mean before the cut")
    sd: float = param(
        ..., unit="", bounds=(1e-300, 1e300), source=OURS, doc="standard deviation before the cut")


class FactorForm(Parameters):
    """How one factor varies; `{}` is the parameter's plausible range, or all of its choices."""

    range: Annotated[tuple[float, ...], BeforeValidator(as_tuple)] | None = param(
        None, unit="", source="the parameter's plausible range", doc="lowest and highest value")
    paths: Annotated[
        tuple[str, ...], BeforeValidator(as_tuple), AfterValidator(unique)
    ] | None = param(
        None, unit="", source="the factor's name",
        doc="parameters that take the value together; the factor then has a name of its own")
    scale: Literal["linear", "log"] = param(
        "linear", unit="", source="said, never guessed",
        doc="log: every doubling is as likely as every other")
    normal: Normal | None = Field(None, description="mean and standard deviation, as "
                                  "{mean: 2, sd: .5}; cut at the bounds of the parameter")
    values: Annotated[tuple[Scalar, ...], BeforeValidator(as_tuple)] | None = param(
        None, unit="", source=OURS, doc="values to choose among, each as likely")
    choices: Annotated[
        Mapping[Name, FrozenAny], AfterValidator(FrozenMap), AfterValidator(not_empty)
    ] | None = Field(
        None, description="changes of the config to choose among, each as likely, as "
        "{ring: {networks.developers: ring}, nobody: {networks.developers: none}}")

    @model_validator(mode="after")
    def one_way(self) -> "FactorForm":
        """Refuse two ways of varying in one factor."""
        ways = ("range", "normal", "values", "choices")
        given = [name for name in ways if getattr(self, name) is not None]
        if len(given) > 1:
            raise problem(f"`{given[0]}` and `{given[1]}` are both given; keep one", given[1])
        if self.paths is not None and (self.choices is not None or not self.paths):
            raise problem("paths name the parameters of one value; remove them", "paths")
        if self.scale == "log" and given and given != ["range"]:
            raise problem(f"only a range has a scale; leave it out beside `{given[0]}`", "scale")
        if self.range is not None and len(self.range) != 2:
            raise problem(f"{len(self.range)} numbers; write two, as [0, 4]", "range")
        if self.range is not None and not self.range[0] < self.range[1]:
            low, high = (f"{end:.12g}" for end in self.range)
            raise problem(f"{low} is not below {high}; write the lower one first", "range")
        if self.range is not None and self.scale == "log" and self.range[0] <= 0:
            raise problem(f"a log scale begins above 0, not at {self.range[0]:.12g}", "range")
        return self

    @field_validator("values")
    @classmethod
    def different(cls, values: tuple[Scalar, ...] | None) -> tuple[Scalar, ...] | None:
        """Refuse an empty list, and a value that stands in it twice."""
        if values is not None:
            not_empty(values)
            unique(tuple(str(value) for value in values))
        return values


Factors = Annotated[
    Mapping[str, Annotated[FactorForm, BeforeValidator(none_is_all)]],
    AfterValidator(FrozenMap),
]

# Which settings a design has; the first of each is its size, and is needed.
SETTINGS = {
    "morris": ("trajectories", "levels", "candidates"),
    "sobol": ("base_points",),
    "fast": ("samples", "harmonics"),
    "lhs": ("points",),
    "grid": ("levels",),
    "list": ("rows",),
}


class DesignForm(Parameters):
    """Which points are run."""

    kind: Literal["morris", "sobol", "fast", "lhs", "grid", "list"] = param(
        ..., unit="", source=OURS,
        doc="morris (screening), sobol, fast (shares of variance), lhs (Latin hypercube), grid, "
            "list")
    seed: Whole = param(
        1, unit="", bounds=(0, 2**32 - 1), source="any",
        doc="seed of the design; it has nothing to do with the seeds of runs")
    trajectories: Whole | None = param(
        None, unit="trajectories", bounds=(2, 100_000), range=(10, 100), source=OURS,
        doc="of morris: each is a point for every factor, and one more")
    candidates: Whole | None = param(
        None, unit="trajectories", bounds=(3, 1_000), source="as many as trajectories",
        doc="of morris: trajectories of which those that lie furthest apart are taken "
            "(Campolongo et al. 2007, Ruano et al. 2012); 100 of ten factors take a second, and "
            "the time grows with their square")
    levels: Whole | Annotated[Mapping[str, Whole], AfterValidator(FrozenMap)] | None = param(
        None, unit="levels", source="4 (morris)",
        doc="of grid: points along each factor that has a range, or a map of them by factor; of "
            "morris: an even number of levels")
    base_points: Whole | None = param(
        None, unit="points", bounds=(2, 2**20), source=OURS,
        doc="of sobol: a power of 2; the design has as many blocks of factors + 2 points")
    samples: Whole | None = param(
        None, unit="points", bounds=(5, 1_000_000), source=OURS,
        doc="of fast: points for each factor, more than 4 x harmonics^2")
    harmonics: Whole | None = param(
        None, unit="harmonics", bounds=(1, 20), source="4",
        doc="of fast: harmonics that are summed")
    points: Whole | None = param(
        None, unit="points", bounds=(1, MOST_RUNS), source=OURS, doc="of lhs: points")
    rows: Annotated[tuple[FrozenAny, ...], BeforeValidator(as_tuple), AfterValidator(not_empty)] | (
        None
    ) = Field(None, description="of list: a value of each factor, as [{a: 1, b: ring}, ...]")

    @model_validator(mode="after")
    def of_its_kind(self) -> "DesignForm":
        """Refuse settings of another kind, a missing size, and sizes that cannot be."""
        known, size = SETTINGS[self.kind], SETTINGS[self.kind][0]
        for name in type(self).model_fields:
            if name not in ("kind", "seed", *known) and getattr(self, name) is not None:
                raise problem(f"{self.kind} has no {name}, it has {', '.join(known)}; remove it",
                              name)
        if getattr(self, size) is None and self.kind != "grid":  # choices need no levels
            raise problem(f"the size is missing; add `{size}`")
        return self

    @model_validator(mode="after")
    def of_possible_size(self) -> "DesignForm":
        """Refuse sizes with which the estimators cannot do."""
        if self.kind == "morris" and (isinstance(self.levels, Mapping) or (self.levels or 4) % 2):
            raise problem("morris needs an even number of levels, as 4", "levels")
        if self.candidates and self.trajectories and self.candidates <= self.trajectories:
            raise problem(f"{self.candidates} candidates for {self.trajectories} trajectories; "
                          "give more, or leave them out", "candidates")
        points = self.base_points or 2
        if points & (points - 1):
            near = 2 ** round(points).bit_length()
            raise problem(f"{points} is no power of 2; use {near // 2} or {near}", "base_points")
        most = 4 * (self.harmonics or 4) ** 2
        if self.samples and self.samples <= most:
            raise problem(f"{self.samples} is not above 4 x harmonics^2 = {most}; use more",
                          "samples")
        counts = self.levels if isinstance(self.levels, Mapping) else {"": self.levels or 1}
        for name, count in counts.items():
            if not 1 <= count <= MOST_LEVELS:
                text = f"{count} levels; use a number from 1 to {MOST_LEVELS}"
                raise problem(text, "levels", *([name] if name else []))
        return self


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


class OutcomeSettings(Parameters):
    """One number of a run, or one for each of several labels, from a table of its records."""

    table: Table = param("market", unit="", source=OURS, doc="table of the records")
    column: str | None = param(
        None, unit="", source="the outcome's name", doc="column of the table")
    at: Literal["end", "mean", "max", "min", "sum"] | Whole = param(
        "end", unit="month", source="the last month",
        doc="end, a month counted from 0, or over all months: mean, max, min, sum")
    where: Annotated[Mapping[str, Scalar], AfterValidator(FrozenMap)] = param(
        FrozenMap(), unit="", source="all rows", doc="rows that count, as {segment: coding}")
    rows: Literal["sum", "mean", "max", "min"] | None = param(
        None, unit="", source="one row a month", doc="what is made of several rows of a month")
    leader_by: str | None = param(
        None, unit="", source="nobody",
        doc="of several rows of a month, the one that leads by this column, as revenue")
    above: float | None = Field(None, description="1 where the column is above it, else 0")
    below: float | None = Field(None, description="1 where the column is below it, else 0")
    vector: str | None = param(
        None, unit="", source="one number",
        doc="one number for each label of this column, as provider; a label that a run does not "
            "have counts 0, and all others are added up in `others`")
    labels: Names | None = param(
        None, unit="", source="those of the base", doc="labels of a vector, in their order")

    @model_validator(mode="after")
    def one_number(self) -> "OutcomeSettings":
        """Refuse two questions at once."""
        asked = [name for name in ("is", "above", "below") if getattr(self, name) is not None]
        if len(asked) > 1:
            raise problem(f"`{asked[0]}` and `{asked[1]}` are both given; keep one", asked[1])
        if self.rows and self.leader_by:
            raise problem("`rows` and `leader_by` are both given; keep one", "leader_by")
        if self.vector is None and self.labels is not None:
            raise problem("only a vector has labels; add `vector`, or remove them", "labels")
        for name in ("rows", "leader_by"):
            if self.vector is not None and getattr(self, name) is not None:
                raise problem("a vector adds up the rows of each label; remove it", name)
        return self


# `is` is what a user writes, and a word that Python keeps for itself.
IS: Any = {"is": (Scalar | None, Field(None, description="1 where the column has this value, "
                                       "else 0"))}
OutcomeForm: Any = create_model(
    "OutcomeForm", __base__=OutcomeSettings, __doc__=OutcomeSettings.__doc__, **IS)


class RegionForm(Parameters):
    """A region of outcomes, for scenario discovery: runs whose outcome lies in it."""

    outcome: Name = param(..., unit="", source=OURS, doc="name of the outcome")
    above: float | None = Field(None, description="the outcome is above it")
    below: float | None = Field(None, description="the outcome is below it")

    @model_validator(mode="after")
    def bounded(self) -> "RegionForm":
        """Refuse a region that holds everything, or nothing."""
        if self.above is None and self.below is None:
            raise problem("all runs are in it; add `above` or `below`")
        if self.above is not None and self.below is not None and not self.above < self.below:
            raise problem(f"nothing is above {self.above:g} and below {self.below:g}", "below")
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
