"""Phase 1, policy: events that are due this month set parameters (7.1)."""

from typing import TYPE_CHECKING

from simulation.config import with_changes

if TYPE_CHECKING:
    from simulation.market import Market


def policy(market: "Market") -> None:
    """Fire the events of this month, in the order of the config."""
    for name, event in market.config.events.items():
        if event.month == market.month:
            before = market.config
            market.config = with_changes(before, dict(event.set))
            market.recorder.event(
                name, detail=", ".join(f"{k} = {v}" for k, v in event.set.items())
            )
