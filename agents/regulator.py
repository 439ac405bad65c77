"""The regulator: it looks at mergers, and blocks some of them (E42)."""

from typing import TYPE_CHECKING, ClassVar

import mesa

from agents.provider import Numbers

if TYPE_CHECKING:
    from agents.distress_parameters import DistressParameters
    from agents.equations.antitrust import Merger


class Regulator(mesa.Agent):
    """One authority; its rule is that of the config, which events may change.

    looked_at, blocked : mergers so far.
    """

    _ids: ClassVar[Numbers] = Numbers()  # Mesa's name for its register

    def __init__(self, market: mesa.Model) -> None:
        """Enter the market's register; nothing has been looked at."""
        super().__init__(market)
        self.looked_at = self.blocked = 0

    def blocks(self, merger: "Merger", rule: "DistressParameters", luck: float) -> bool:
        """Whether it blocks a merger; `luck` is uniform in (0, 1)."""
        concentrated = merger.concentration > rule.blocking_concentration
        large = merger.share > rule.blocking_share
        doubtful = merger.rise > rule.blocking_rise and (concentrated or large)
        refused = doubtful and luck < rule.blocking_probability
        self.looked_at += 1
        self.blocked += refused
        return refused
