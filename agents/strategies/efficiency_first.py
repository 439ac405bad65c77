"""Efficiency first: when compute is dear it works on algorithms, and buyers get the gain."""

from typing import Literal

from agents.parameters import param
from agents.strategy import Situation, Spending, Strategy


class EfficiencyFirst(Strategy):
    """Moves money from compute to algorithms when rent is high, and never raises its markup."""

    family: Literal["efficiency_first"] = param(
        "efficiency_first", unit="", source="path of the source articles",
        doc="algorithms instead of dear compute; gains go into the price",
    )  # fmt: skip
    response: float = param(
        1.0, unit="-", bounds=(0, 100), range=(0.5, 2), source="assumed: compute and algorithms "
        "substitute with elasticity 2",
        doc="elasticity of the money for compute to rent over that of the last year",
    )  # fmt: skip

    def allocation(self, situation: Situation) -> Spending:
        """E6, with less compute and more algorithms the dearer compute is than it was.

        At an elasticity of substitution s between the two, the money goes by the price to the
        power of 1 - s: of 1 - s = -1 where the response is 1.
        """
        scale, efficiency, safety, sales = situation.allocation
        rent, usual = situation.rent, situation.usual_rent
        kept = (usual / rent) ** self.response if rent > usual else 1.0
        moved = (1.0 - kept) * scale
        return Spending(scale - moved, efficiency + moved, safety, sales)

    def markup(self, situation: Situation) -> float:
        """E8 downward only, as far as its floor: a growing share is no reason to ask more."""
        held = max(situation.markup, situation.planning.markup_floor)
        return min(super().markup(situation), held)
