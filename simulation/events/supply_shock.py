"""A supply shock: all compute that clouds have is multiplied by a factor for some months (E1)."""

from typing import TYPE_CHECKING

from agents.parameters import param
from simulation.event import EXPERIMENT, Lasting, Note

if TYPE_CHECKING:
    from simulation.market import Market


class SupplyShock(Lasting):
    """Capacity of all clouds times a factor, as long as it lasts."""

    factor: float = param(
        ..., unit="-", bounds=(0, 1000), range=(0.25, 4), source=EXPERIMENT,
        doc="factor on the capacity of all clouds",
    )  # fmt: skip

    def act(self, market: "Market") -> Note:
        """Say that it begins; `simulation.lasting` does the rest."""
        detail = f"capacity of all clouds x {self.factor:g} for {self.months} months"
        return Note(detail, before=1.0, after=self.factor)
