"""A window for listings opens or closes (E41)."""

from typing import Any

from agents.parameters import param
from simulation.event import EXPERIMENT, Rule


class IpoWindow(Rule):
    """Whether providers can be listed, from this month on."""

    open: bool = param(True, unit="", source=EXPERIMENT, doc="opens it; false closes it")

    def changes(self) -> dict[str, Any]:
        """The window of E41."""
        return {"investment.listing_open": self.open}
