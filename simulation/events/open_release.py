"""An open release: better open weights from somebody who is not in the market (E16)."""

from typing import TYPE_CHECKING

import numpy as np

from agents.codes import OPEN
from agents.open_weights import ANYBODY
from agents.parameters import param
from simulation.event import EXPERIMENT, Action, Note

if TYPE_CHECKING:
    from simulation.market import Market


class OpenRelease(Action):
    """The best open weights get better by a larger model; nobody's own model changes."""

    gain: float = param(
        ..., unit="OOM", bounds=(0, 20), range=(0, 1), symbol="da", source=EXPERIMENT,
        doc="capability of the best open weights above today's",
    )  # fmt: skip

    def act(self, market: "Market") -> Note:
        """Raise capability and size of the open models that there are, as a release."""
        opened = market.open_models
        there = opened.exists
        if not there.any():
            return Note("there are no open weights yet; nothing happens")
        before = float(opened.capability[ANYBODY])
        opened.capability = np.where(there, opened.capability + self.gain, opened.capability)
        opened.size = np.where(there, opened.size + self.gain, opened.size)
        opened.released |= there
        return Note(
            f"open weights gain {self.gain:g} OOM of capability",
            OPEN,
            before=before,
            after=before + self.gain,
        )
