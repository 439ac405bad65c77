"""An incident: a provider fails in public, whatever luck says (E14)."""

from typing import TYPE_CHECKING

from agents.parameters import param
from simulation.config_supply import ProviderName
from simulation.event import EXPERIMENT, Action, Note, absent, code_of

if TYPE_CHECKING:
    from simulation.market import Market


class Incident(Action):
    """A provider loses safety and brand, and its users look around."""

    provider: ProviderName = param(..., unit="", source=EXPERIMENT, doc="whose incident it is")

    def act(self, market: "Market") -> Note:
        """Mark the provider; the research phase does what an incident does."""
        code = code_of(market, self.provider)
        if code is None:
            return absent(self.provider)
        market.labs.incident[code] = True
        return Note(f"incident of {self.provider}", code)
