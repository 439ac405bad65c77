"""An efficiency shock: a sudden gain in algorithms, of one provider or of everybody (E11)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.parameters import Share, param
from simulation.config_supply import ProviderName
from simulation.event import EVERYBODY, EXPERIMENT, Action, Note, absent, code_of

if TYPE_CHECKING:
    from simulation.market import Market


class EfficiencyShock(Action):
    """A gain of efficiency in training and in serving; open weights follow through E16."""

    provider: ProviderName = param(
        ..., unit="", source=EXPERIMENT, doc=f"who gains; {EVERYBODY} is everybody",
    )  # fmt: skip
    gain: float = param(
        ..., unit="OOM", bounds=(-20, 20), range=(0, 0.6), symbol="de", source=EXPERIMENT,
        doc="efficiency gained",
    )  # fmt: skip
    public: Share = param(
        0, unit="share", bounds=(0, 1), source=EXPERIMENT, doc="part of it that all others gain",
    )  # fmt: skip

    def act(self, market: "Market") -> Note:
        """Raise the efficiency of active providers."""
        labs = market.labs
        if self.provider == EVERYBODY:
            gained = np.where(labs.active, self.gain, 0.0)
            note = Note(f"everybody gains {self.gain:g} OOM of efficiency", after=self.gain)
        else:
            code = code_of(market, self.provider)
            if code is None:
                return absent(self.provider)
            gained = np.where(labs.active, self.public * self.gain, 0.0)
            gained[code] = self.gain
            before = float(labs.efficiency[code])
            note = Note(
                f"{self.provider} gains {self.gain:g} OOM of efficiency, all others "
                f"{self.public * self.gain:g}",
                code,
                before=before,
                after=before + self.gain,
            )
        labs.efficiency = labs.efficiency + gained
        labs.serving_efficiency = labs.serving_efficiency + gained
        return note
