"""Antitrust: which mergers are blocked, and how often (E42)."""

from typing import Any

from agents.parameters import Share, param
from simulation.event import EXPERIMENT, Rule


class Antitrust(Rule):
    """The rule by which mergers are blocked, from this month on."""

    hhi: Share = param(
        0.18, unit="HHI", bounds=(0, 1), range=(0.09, 0.36), source=EXPERIMENT,
        doc="concentration of revenue after the merger above which it may be blocked",
    )  # fmt: skip
    rise: Share = param(
        0.01, unit="HHI", bounds=(0, 1), range=(0.005, 0.02), source=EXPERIMENT,
        doc="rise of the concentration above which it may be blocked",
    )  # fmt: skip
    share: Share = param(
        0.30, unit="share", bounds=(0, 1), range=(0.15, 0.6), source=EXPERIMENT,
        doc="share of revenue after the merger above which it may be blocked",
    )  # fmt: skip
    probability: Share = param(
        ..., unit="probability", bounds=(0, 1), range=(0, 1), symbol="pi_at", source=EXPERIMENT,
        doc="probability that such a merger is blocked; 0 is no rule",
    )  # fmt: skip

    def changes(self) -> dict[str, Any]:
        """The rule of E42."""
        return {
            "distress.blocking_concentration": self.hhi,
            "distress.blocking_rise": self.rise,
            "distress.blocking_share": self.share,
            "distress.blocking_probability": self.probability,
        }
