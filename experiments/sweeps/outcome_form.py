"""What may stand in a sweep file about outcomes: numbers of a run, and regions of them."""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, create_model, model_validator

from agents.parameters import FrozenMap, Name, Names, Parameters, Whole, param, problem
from experiments.sweeps.form_parts import OURS, Scalar
from simulation.columns import TABLES


def a_table(name: str) -> str:
    """Refuse the name of a table that records do not have."""
    if name not in TABLES:
        near = difflib.get_close_matches(name, TABLES, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(TABLES)}"
        raise problem(f"{name!r} is not a table of records ({hint})")
    return name


Table = Annotated[str, AfterValidator(a_table)]

# Tables, set by hand: one parameter a paragraph.
# fmt: off


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
