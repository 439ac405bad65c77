"""Kinds of events by name: every file of `simulation/events` holds one, named as the file is."""

from agents.catalogue import classes_of
from simulation import events
from simulation.event import Action


def found() -> dict[str, type[Action]]:
    """Kinds of events in the order of their names.

    Raises
    ------
    TypeError
        A file does not hold exactly one kind.
    """
    kinds = {}
    for name, own in classes_of(events, Action):
        if len(own) != 1:
            raise TypeError(
                f"simulation/events/{name}.py must hold one kind of event; it holds {len(own)}"
            )
        kinds[name] = own[0]
    return kinds


KINDS = found()
