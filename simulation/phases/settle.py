"""Phase 9, settle: bills are paid, and money, compute and people are conserved (E33, E34).

On recorded supply providers have no costs and no contracts for compute: what users pay reaches the
providers, the clouds that host open weights, or, for advertising, comes from advertisers.
"""

from typing import TYPE_CHECKING

from simulation.identities import check_bills, check_people
from simulation.settlement import pay

if TYPE_CHECKING:
    from simulation.market import Market


def settle(market: "Market") -> None:
    """Pay, look at the payments to come, and check the books; a broken identity ends the run."""
    if market.endogenous:
        market.ledger.open()
        pay(market)
    check_people(market)
    check_bills(market)
