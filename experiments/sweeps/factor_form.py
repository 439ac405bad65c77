"""What may stand in a sweep file about factors: how each of them varies."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from agents.parameters import (
    FrozenMap,
    Name,
    Parameters,
    as_tuple,
    not_empty,
    param,
    problem,
    unique,
)
from experiments.sweeps.form_parts import OURS, FrozenAny, Scalar, none_is_all

# Tables, set by hand: one parameter a paragraph.
# fmt: off


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
