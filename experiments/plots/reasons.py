"""The largest flows between providers, and the utility terms of those who moved."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.plots import series
from simulation.columns import NOBODY, SEGMENTS, TERMS

FEWEST_MOVERS = 5
TERM_WORDS = {name: name for name, _ in TERMS} | {
    "lock_in": "lock-in",
    "product": "product term",
    "taste": "chance",
}


class Reasons(NamedTuple):
    """A large flow: its segment, ends, movers, and mean utility terms per mover (11,)."""

    segment: str
    origin: str
    target: str
    agents: float
    terms: series.Numbers
    total: float


def largest(records: series.RunLike, most: int) -> list[Reasons]:
    """The `most` largest flows between providers, the segments taking turns, in their order."""
    flows = records.tables["flows"]
    pairs = (flows["from"] != NOBODY) & (flows["to"] != NOBODY)
    found: list[tuple[float, Reasons]] = []
    for segment in SEGMENTS:
        rows = np.flatnonzero(pairs & (flows["segment"] == segment))
        ranked = sorted(summed(flows, segment, rows), key=lambda flow: -flow.agents)
        ranked = [flow for flow in ranked if flow.agents >= FEWEST_MOVERS][:most]
        found += [(float(rank), flow) for rank, flow in enumerate(ranked)]
    best = sorted(found, key=lambda turn: turn[0])[:most]
    order = {segment: i for i, segment in enumerate(SEGMENTS)}
    return sorted((flow for _, flow in best), key=lambda f: (order[f.segment], -f.agents))


def summed(flows: series.Table, segment: str, rows: NDArray[Any]) -> list[Reasons]:
    """Flows of a segment added up over months: means of the terms per mover."""
    groups: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        groups.setdefault((str(flows["from"][row]), str(flows["to"][row])), []).append(int(row))
    found = []
    for (origin, target), members in groups.items():
        agents = float(flows["agents"][members].sum())
        sums = np.array([np.nansum(flows[name][members]) for name, _ in TERMS])
        total = float(np.nansum(flows["utility"][members]))
        each = max(agents, 1.0)
        found.append(Reasons(segment, origin, target, agents, sums / each, total / each))
    return found
