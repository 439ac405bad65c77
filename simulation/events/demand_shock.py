"""A demand shock: everybody in a segment uses more, or less, for some months (E22, E27)."""

from typing import TYPE_CHECKING, ClassVar

from agents.parameters import param
from simulation.columns import SEGMENTS
from simulation.config_supply import Segment
from simulation.event import EXPERIMENT, Lasting, Note

if TYPE_CHECKING:
    from simulation.market import Market


class DemandShock(Lasting):
    """Tokens that a segment demands times a factor, as long as it lasts."""

    decides: ClassVar[bool] = False
    segment: Segment = param(..., unit="", source=EXPERIMENT, doc="whose demand")
    factor: float = param(
        ..., unit="-", bounds=(0, 1000), range=(0.25, 4), source=EXPERIMENT,
        doc="factor on the tokens that it demands",
    )  # fmt: skip

    def act(self, market: "Market") -> Note:
        """Say that it begins; `simulation.lasting` does the rest."""
        return Note(
            f"tokens demanded in {self.segment} x {self.factor:g} for {self.months} months",
            segment=SEGMENTS.index(self.segment),
            before=1.0,
            after=self.factor,
        )
