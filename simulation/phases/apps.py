"""Phase 7, apps: application companies choose providers, grow, enter and leave (7.7).

This version of the model has no application companies, so nobody acts in this phase.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.market import Market


def apps(market: "Market") -> None:
    """Leave the market as it is: it holds no application companies."""
