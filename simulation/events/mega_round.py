"""A mega-round: a provider is paid a sum, whatever investors think of it."""

import math
from typing import TYPE_CHECKING

from agents.parameters import Name, param
from simulation.config_supply import ProviderName
from simulation.event import EXPERIMENT, Action, Note, absent, code_of

if TYPE_CHECKING:
    from simulation.market import Market


class MegaRound(Action):
    """Money for a provider in this month's capital phase."""

    provider: ProviderName = param(..., unit="", source=EXPERIMENT, doc="who is paid")
    amount: float = param(
        ..., unit="M$", bounds=(0, 1e9), range=(0, 200_000), source=EXPERIMENT, doc="sum",
    )  # fmt: skip
    investor: Name | None = param(
        None, unit="", source=EXPERIMENT,
        doc="who pays; of the owner of a cloud, a part comes as credits of that cloud",
    )  # fmt: skip

    def act(self, market: "Market") -> Note:
        """Pledge the sum; the capital phase pays it."""
        code = code_of(market, self.provider)
        if code is None:
            return absent(self.provider)
        market.pledged.append((code, self.amount, self.investor or "", math.nan))
        payer = self.investor or "investors"
        return Note(f"{payer}: {self.amount:g} M$ for {self.provider}", code, after=self.amount)
