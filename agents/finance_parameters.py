"""Parameters of settlement and payment pressure (E33, E34, E42 iv) and of scheduled rounds."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from agents.parameters import Parameters, Share, Whole, param


def as_path(value: Any) -> Any:
    """Take text for a path; anything else is left for the type to judge."""
    return Path(value) if isinstance(value, str) and value else value


InputFile = Annotated[Path, BeforeValidator(as_path)]

# A table, set by hand: one parameter a paragraph.
# fmt: off


class FinanceParameters(Parameters):
    """How providers are funded, when they are short, and when they give up."""

    rounds: InputFile | None = param(
        None, unit="", source="nobody funds", at_start=True,
        doc="CSV file of the rounds that external providers close, relative to the file that says "
            "it")
    credit_share: Share = param(
        0.5, unit="share", bounds=(0, 1), range=(0, 0.9), symbol="credit_frac", source="assumed",
        doc="part of an owner's payment in a round that is credits of its cloud")
    stressed: float = param(
        0.6, unit="-", bounds=(0, 1e6), range=(0.3, 1.2), symbol="ppr1", source="assumed",
        doc="payment pressure from which spending is cut")
    distressed: float = param(
        1.0, unit="-", bounds=(0, 1e6), range=(0.5, 2), symbol="ppr2", source="assumed",
        doc="payment pressure at which the cut is deepest")
    deepest_cut: Share = param(
        0.5, unit="share", bounds=(0, 1), range=(0.25, 1), source="constant of the specification",
        doc="part of the budget that is cut under the highest pressure")
    debt_limit: float = param(
        0, unit="months of revenue", bounds=(0, 1200), range=(0, 12), symbol="debt_cap",
        source="assumed: no lenders", doc="debt that a provider short of cash can draw")
    interest: float = param(
        0.1, unit="per year", bounds=(0, 10), range=(0, 0.3), source="assumed; the specification "
        "names interest without a rate", doc="interest on that debt")
    burn_months: Whole = param(
        3, unit="month", bounds=(1, 120), range=(2, 6), source=
        "constant of the specification, assumed; range half to double",
        doc="months over which burn, and compute needed, are averaged")
    grace: Whole = param(
        3, unit="month", bounds=(1, 120), range=(2, 6), source=
        "constant of the specification, assumed; range half to double",
        doc="months that a provider may be short of liquidity before it exits")
    runway_limit: float = param(
        60, unit="month", bounds=(1, 1200), range=(30, 120), source="that of a backed provider",
        doc="runway of a provider that is backed or burns nothing")
