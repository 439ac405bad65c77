"""What may stand in a sweep file about the design: which points are run."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from agents.parameters import FrozenMap, Parameters, Whole, as_tuple, not_empty, param, problem
from experiments.sweeps.form_parts import MOST_RUNS, OURS, FrozenAny

MOST_LEVELS = 100_000

# Tables, set by hand: one parameter a paragraph.
# fmt: off


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
