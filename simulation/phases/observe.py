"""Phase 12, observe: write the month into the records.  It reads the market and changes nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.market import Market


def observe(market: "Market") -> None:
    """Record the month."""
    market.recorder.month(market)
