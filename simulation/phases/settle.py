"""Phase 9, settle: bills are paid, and money and people are conserved.

On recorded supply providers have no costs and no contracts for compute: what users pay reaches the
providers, the clouds that host open weights, or, for advertising, comes from advertisers.
"""

from typing import TYPE_CHECKING

from simulation.identities import check_apps, check_bills, check_people, check_tokens

if TYPE_CHECKING:
    from simulation.market import Market


def settle(market: "Market") -> None:
    """Check the month's books; a broken identity ends the run."""
    check_people(market)
    check_apps(market)
    check_tokens(market)
    check_bills(market)
