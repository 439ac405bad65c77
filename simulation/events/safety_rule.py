"""A rule on safety: regulated enterprises may not buy below a minimum (E24)."""

from typing import Any, ClassVar

from agents.parameters import Share, param
from simulation.event import EXPERIMENT, Rule


class SafetyRule(Rule):
    """The lowest safety index that regulated enterprises may buy, from this month on."""

    decides: ClassVar[bool] = False
    minimum: Share = param(
        ..., unit="0-1", bounds=(0, 1), range=(0, 0.6), symbol="s_min", source=EXPERIMENT,
        doc="lowest safety index that regulated buyers take",
    )  # fmt: skip

    def changes(self) -> dict[str, Any]:
        """The minimum of E24."""
        return {"enterprises.safety_minimum": self.minimum}
