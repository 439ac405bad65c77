"""Phase 1, policy: events that are due this month (7.1)."""

from typing import TYPE_CHECKING, Any

from simulation.config import value_at
from simulation.config_change import changed
from simulation.entry import divide_anew
from simulation.event import Note, assignments

if TYPE_CHECKING:
    from simulation.config import Config
    from simulation.market import Market


def policy(market: "Market") -> None:
    """Fire the events of this month, in the order of the config, and leave a row of each."""
    lasting = market.config.lasting
    for name, event in market.config.events.items():
        if event.month == market.month:
            fire(market, name, event)
        elif name in lasting and event.month + lasting[name][1].months == market.month:
            market.recorder.event(name, detail=f"{event.kind}: ends")


def fire(market: "Market", name: str, event: Any) -> None:
    """Do what one event does."""
    before, changes = market.config, event.changes
    if changes:
        market.config = changed(before, changes)
        if market.endogenous:
            divide_anew(market, before)
    if event.action is None:
        note = Note(assignments(changes))
    else:
        note = event.action.act(market)
        note = note._replace(detail=f"{event.kind}: {note.detail}")
    if len(changes) == 1:
        (path,) = changes
        note = note._replace(before=number_at(before, path), after=number_at(market.config, path))
    market.recorder.event(name, **note._asdict())


def number_at(config: "Config", path: str) -> float:
    """Value of a parameter as a number; NaN if it is none."""
    value = value_at(config, path)
    return float(value) if isinstance(value, int | float) else float("nan")
