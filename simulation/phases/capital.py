"""Phase 10, capital: the runway that buyers will see.

On recorded supply there are no investors; next month's runway is read from the record.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.market import Market


def capital(market: "Market") -> None:
    """Set the runway, months, that enterprises see in next month's tenders."""
    following = min(market.month + 1, len(market.supply.runway) - 1)
    market.offers.coming_runway = market.supply.runway[following]
