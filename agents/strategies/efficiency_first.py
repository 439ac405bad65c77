"""Efficiency first: when compute is dear it works on algorithms, and buyers get the gain."""

from typing import Literal

from agents.parameters import Share, param
from agents.strategy import Situation, Spending, Strategy


class EfficiencyFirst(Strategy):
    """Moves money from compute to algorithms when rent is high, and never raises its markup."""

    family: Literal["efficiency_first"] = param(
        "efficiency_first", unit="", source="path of the source articles",
        doc="algorithms instead of dear compute; gains go into the price",
    )  # fmt: skip
    shift: Share = param(
        0.5, unit="share", bounds=(0, 1), range=(0.25, 1), source="assumed",
        doc="part of the money for compute that moves while rent is above that of the last year",
    )  # fmt: skip

    def allocation(self, situation: Situation) -> Spending:
        """Less compute and more algorithms while compute is dearer than it was."""
        parts = situation.allocation
        moved = self.shift * parts.scale if situation.rent > situation.usual_rent else 0.0
        return parts._replace(scale=parts.scale - moved, efficiency=parts.efficiency + moved)

    def markup(self, situation: Situation) -> float:
        """E8 downward only: a growing share is no reason to ask more."""
        return min(super().markup(situation), situation.markup)
