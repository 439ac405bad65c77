"""Safety first: trust is the product, developers and firms are the market."""

from typing import Literal

from agents.parameters import Share, param
from agents.strategy import Parts, Situation, Spending, Strategy


class SafetyFirst(Strategy):
    """Stays safer than rivals and the rule; the money for that is taken from scale."""

    family: Literal["safety_first"] = param(
        "safety_first", unit="", source="path of the source articles",
        doc="safer than rivals and rules, sells to developers and firms",
    )  # fmt: skip
    lead: Share = param(
        0.1, unit="0-1", bounds=(0, 1), range=(0, 0.2), source="assumed",
        doc="safety index above the best rival and the rule that it aims at",
    )  # fmt: skip
    highest: float = param(
        0.9, unit="0-1", bounds=(0, 0.99), range=(0.8, 0.95), source="assumed",
        doc="safety index beyond which it does not aim",
    )  # fmt: skip

    def allocation(self, situation: Situation) -> Spending:
        """Raise the share of safety to what its aim needs: α/(α + half) = aim (E14)."""
        scale, efficiency, safety, sales = situation.allocation
        aim = max(situation.rival_safety, situation.safety_rule) + self.lead
        aim = min(aim, self.highest)
        needed = situation.research.safety_half * aim / (1.0 - aim)
        moved = min(max(needed - safety, 0.0), scale)
        return Spending(scale - moved, efficiency, safety + moved, sales)

    def sales_mix(self, situation: Situation) -> Parts:
        """Developers and enterprises alike; consumers come by themselves."""
        return (0.5, 0.5, 0.0)
