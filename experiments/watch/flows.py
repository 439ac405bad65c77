"""Moves between providers over a window of months: agents, and the terms that moved them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.codes import NONE
from simulation.columns import SEGMENTS, TERMS

if TYPE_CHECKING:
    from simulation.market import Market


def between(market: "Market", first: int, last: int) -> list[dict[str, Any]]:
    """Flows of the months from `first` up to, not including, `last`: one entry for each pair.

    agents : who moved.  users : million people or seats.  terms : means over movers, util.
    """
    found: dict[tuple[int, int, int], tuple[int, float, np.ndarray]] = {}
    for part in getattr(market.recorder, "flows", []):
        if not first <= part.month < last:
            continue
        for at in range(len(part.agents)):
            key = (part.segment, int(part.home[at]), int(part.target[at]))
            agents, users, sums = found.get(key, (0, 0.0, np.zeros(len(TERMS))))
            found[key] = (
                agents + int(part.agents[at]),
                users + float(part.users[at]),
                sums + part.sums[at],
            )
    return [
        {
            "segment": SEGMENTS[segment],
            "from": None if home == NONE else home,
            "to": None if target == NONE else target,
            "agents": agents,
            "users": users,
            "terms": {
                name: round(float(value) / agents, 4)
                for (name, _), value in zip(TERMS, sums, strict=True)
                if value
            },
        }
        for (segment, home, target), (agents, users, sums) in sorted(found.items())
        if agents
    ]
