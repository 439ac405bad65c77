"""A capital shock: investors are in another mood for some months (E40)."""

from typing import TYPE_CHECKING

from agents.parameters import param
from simulation.event import EXPERIMENT, Lasting, Note

if TYPE_CHECKING:
    from simulation.market import Market


class CapitalShock(Lasting):
    """The level that sentiment of investors returns to is moved, as long as it lasts."""

    shift: float = param(
        ..., unit="-", bounds=(-10, 10), range=(-0.8, 0.8), symbol="dS", source=EXPERIMENT,
        doc="added to the usual level of sentiment, 1",
    )  # fmt: skip

    def act(self, market: "Market") -> Note:
        """Say that it begins; `simulation.lasting` does the rest."""
        detail = f"sentiment of investors {self.shift:+g} for {self.months} months"
        return Note(detail, before=market.equity.sentiment, after=1.0 + self.shift)
