"""Open weights: the model is given away, and the parent gains from what others build on it."""

from typing import Literal

from agents.parameters import param
from agents.strategy import Deal, Situation, Strategy


class OpenWeights(Strategy):
    """Sells no tokens; the parent pays, and pays more the more the world uses open weights."""

    family: Literal["open_weights"] = param(
        "open_weights", unit="", source="path of the source articles",
        doc="no income from tokens; its releases set the floor; the parent gains from openness",
    )  # fmt: skip
    openness_gain: float = param(
        0.5, unit="-", bounds=(0, 100), range=(0, 2), symbol="omega_open", source="assumed",
        doc="what the parent adds to its flow for the share of use on open weights",
    )  # fmt: skip

    def support(self, situation: Situation) -> float:
        """E16: the flow of the parent, times 1 + ω of the share of open weights in use."""
        return situation.parent_flow * (1.0 + self.openness_gain * situation.open_share)

    def deal(self, situation: Situation) -> Deal:
        """No contract: the parent's own machines are used."""
        return Deal(0.0, situation.compute.contract_term)

    def sells(self, situation: Situation) -> tuple[bool, bool, bool]:
        """Its assistant to consumers; developers and firms take the weights."""
        return (False, False, True)

    def bundles(self, situation: Situation) -> bool:
        """The assistant comes with the parent's products."""
        return True
