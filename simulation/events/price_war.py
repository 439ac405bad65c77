"""A price war: a provider sells at a part of its list price for some months (E8)."""

from typing import TYPE_CHECKING

from agents.parameters import param
from simulation.config_supply import ProviderName
from simulation.event import EXPERIMENT, Lasting, Note, absent, code_of

if TYPE_CHECKING:
    from simulation.market import Market


class PriceWar(Lasting):
    """List prices of a provider times a factor, as long as it lasts."""

    provider: ProviderName = param(..., unit="", source=EXPERIMENT, doc="who makes war")
    factor: float = param(
        ..., unit="-", bounds=(1e-3, 1e3), range=(0.25, 2), source=EXPERIMENT,
        doc="factor on its list prices",
    )  # fmt: skip

    def act(self, market: "Market") -> Note:
        """Say that it begins; `simulation.lasting` does the rest."""
        code = code_of(market, self.provider)
        if code is None:
            return absent(self.provider)
        detail = f"list prices of {self.provider} x {self.factor:g} for {self.months} months"
        return Note(detail, code, before=1.0, after=self.factor)
