"""Capital-driven platform: growth first, on other people's money and on long contracts."""

from typing import Literal

from agents.equations import planning
from agents.parameters import Share, Whole, param
from agents.strategy import Deal, Parts, Situation, Spending, Strategy


class CapitalDrivenPlatform(Strategy):
    """Signs compute ahead of need and for long, sells to enterprises, cuts training last."""

    family: Literal["capital_driven_platform"] = param(
        "capital_driven_platform", unit="", source="path of the source articles",
        doc="signs ahead of need, sells to enterprises, cuts training last",
    )  # fmt: skip
    horizon: Whole = param(
        18, unit="month", bounds=(0, 120), range=(12, 24), source="assumed: half a year more than "
        "the routine", doc="months ahead that compute is signed for",
    )  # fmt: skip
    term: Whole = param(
        60, unit="month", bounds=(1, 240), range=(36, 84), source="deals of 5 to 8 years reported",
        doc="length of its contracts",
    )  # fmt: skip
    enterprise_sales: Share = param(
        0.5, unit="share", bounds=(0, 1), range=(1 / 3, 0.7), source="assumed",
        doc="part of the sales effort that goes to enterprises",
    )  # fmt: skip

    def deal(self, situation: Situation) -> Deal:
        """E10 with a longer horizon and a longer term; the leverage limit is that of the routine.

        The more it grows the further it signs ahead: this is what makes its dues front-loaded.
        """
        if situation.own.leverage is None:
            return Deal(0.0, self.term)
        growth = self.growth(situation)
        wanted = planning.wanted_capacity(
            situation.need,
            growth,
            situation.own.optimism,
            situation.planning.contract_cover,
            self.horizon,
        )
        return Deal(self.affordable(situation, wanted, growth), self.term)

    def allocation(self, situation: Situation) -> Spending:
        """E6; under pressure the money for compute is kept, and the rest bears the cut."""
        parts, budget = situation.allocation, self.budget(situation)
        unpressed = self.means(situation) + self.support(situation)
        scale, kept = parts.scale, parts.scale * unpressed
        if budget > 0.0:
            scale = 1.0 if kept > budget else max(kept / budget, parts.scale)
        rest = 1.0 - parts.scale
        left = (1.0 - scale) / rest if scale > parts.scale else 1.0
        return Spending(scale, parts.efficiency * left, parts.safety * left, parts.sales * left)

    def sales_mix(self, situation: Situation) -> Parts:
        """Enterprises first, the others alike."""
        other = (1.0 - self.enterprise_sales) / 2.0
        return (other, self.enterprise_sales, other)
