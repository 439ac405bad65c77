"""Endogenous ecosystem: a parent's cash, chips of its own, and users it has already."""

from typing import Literal

from agents.equations import planning
from agents.parameters import Share, param
from agents.strategy import Deal, Situation, Strategy


class EndogenousEcosystem(Strategy):
    """Spends the parent's flow, rents what it needs by the month, bundles while it is behind."""

    family: Literal["endogenous_ecosystem"] = param(
        "endogenous_ecosystem", unit="", source="path of the source articles",
        doc="parent's cash, own chips, bundles while it is behind",
    )  # fmt: skip
    reach: Share = param(
        0.5, unit="share", bounds=(0, 1), range=(0.2, 0.8), source="assumed",
        doc="part of all consumers in use from which it no longer gives its assistant away",
    )  # fmt: skip

    def means(self, situation: Situation) -> float:
        """E5 on profit alone: liquid means are the parent's and not its own to spend."""
        routine = situation.planning
        return planning.own_means(
            situation.gross_profit, 0.0, routine.profit_share, routine.spending_months
        )

    def deal(self, situation: Situation) -> Deal:
        """No contract: it builds its own capacity."""
        return Deal(0.0, situation.compute.contract_term)

    def bundles(self, situation: Situation) -> bool:
        """Its products carry the assistant as long as most consumers use another one."""
        return situation.consumer_share < self.reach
