"""Who moved from whom to whom in a month, and why: sums over movers of each utility term.

The terms of a flow add up to its utility difference.  Adoptions, and moves away from a provider
that has no offer, are measured against an outside option of utility 0.  To leave the market is no
choice among offers: all its terms are 0.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import ENTERPRISE, NONE
from agents.equations.choice import Terms
from agents.individuals import UTILITY_UNIT, Tally
from agents.kernels.tender import SCORES, Switches
from simulation.columns import TERMS

Array = NDArray[np.float64]
COMMON = ("price", "safety", "brand", "reliability", "product")
COUNTED = ("peers", "lock_in", "taste")
PLACES = [[name for name, _ in TERMS].index(name) for name in SCORES]  # of scores among the terms


class Flows(NamedTuple):
    """Flows of one month and segment, one row each.

    home, target : codes left and chosen.  agents : movers.  users : million people or seats.
    sums : (flows, terms), util, in the order of `columns.TERMS`.  utility : their whole, util.
    """

    month: int
    segment: int
    home: NDArray[np.int64]
    target: NDArray[np.int64]
    agents: NDArray[np.int64]
    users: Array
    sums: Array
    utility: Array


def in_order(sums: dict[str, Array], rows: int) -> Array:
    """Sums by term as columns in the order of TERMS; terms that are not in play are 0."""
    return np.stack([sums.get(name, np.zeros(rows)) for name, _ in TERMS], axis=1)


def flows_of_people(
    when: tuple[int, int],
    change: Tally,
    terms: tuple[Terms, Terms],
    live: NDArray[np.bool_],
    people: float,
) -> Flows:
    """Flows of developers or consumers in `when` = (month, segment).

    terms : utility of the offers to others, and to their own users.  people : million behind one
    agent.
    """
    new, own = terms
    counts = change.moves.sum(axis=0)
    home, target = np.nonzero(counts)
    agents = counts[home, target]
    leaves = (home != NONE) & live[home]
    movers = np.where(target == NONE, 0, change.moves[:, home, target])
    gain = new.capability[:, target] - np.where(leaves, new.capability[:, home], 0.0)
    lag = np.where(leaves, new.capability[:, home] - own.capability[:, home], 0.0)
    sums = {"capability": (movers * gain).sum(axis=0), "version": (movers * lag).sum(axis=0)}
    for name in COMMON:
        term = getattr(new, name)
        sums[name] = movers.sum(axis=0) * (term[target] - np.where(leaves, term[home], 0.0))
    fixed = change.sums[:, home, target] * UTILITY_UNIT
    sums |= dict(zip(COUNTED, fixed, strict=False))
    return Flows(*when, home, target, agents, agents * people, in_order(sums, len(home)), fixed[3])


def flows_of_firms(month: int, switches: Switches) -> Flows:
    """Flows of enterprises whose tender changed the provider."""
    home, target = np.nonzero(switches.agents)
    found = switches.sums[home, target]
    sums = np.zeros((len(home), len(TERMS)))
    sums[:, PLACES] = found
    return Flows(
        month,
        ENTERPRISE,
        home,
        target,
        switches.agents[home, target],
        switches.seats[home, target],
        sums,
        found.sum(axis=1),
    )
