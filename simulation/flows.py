"""Who moved from whom to whom in a month, and why: sums over movers of each utility term.

The terms of a flow add up to its utility difference.  Adoptions, and moves away from a provider
that has no offer, are measured against an outside option of utility 0.  To leave the market is no
choice among offers: all its terms are 0.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, ENTERPRISE, NONE
from agents.compiled import kernel
from agents.equations.choice import Terms
from agents.individuals import UTILITY_UNIT, Tally
from agents.kernels.tender import SCORES, Switches
from simulation.columns import TERMS

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
# Places among the terms: of what all have in common, of what moves count themselves, of scores.
PLACE = {name: place for place, (name, _) in enumerate(TERMS)}
CAPABILITY, VERSION = PLACE["capability"], PLACE["version"]
COMMON = tuple(PLACE[name] for name in ("price", "safety", "brand", "reliability", "product"))
COUNTED = tuple(PLACE[name] for name in ("peers", "lock_in", "taste"))
OF_SCORES = [PLACE[name] for name in SCORES]


class Flows(NamedTuple):
    """Flows of one month and segment, one row each.

    home, target : codes left and chosen.  agents : movers.  users : million people or seats.
    sums : (flows, terms), util, in the order of `columns.TERMS`.  utility : their whole, util.
    """

    month: int
    segment: int
    home: Whole
    target: Whole
    agents: Whole
    users: Array
    sums: Array
    utility: Array


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
    home, target, agents, sums, utility = flows_of_moves(
        change.moves, change.sums, new, own.capability, live
    )
    return Flows(*when, home, target, agents, agents * people, sums, utility)


@kernel
def flows_of_moves(
    moves: Whole, counted: Whole, new: Terms, own_capability: Array, live: NDArray[np.bool_]
) -> tuple[Whole, Whole, Whole, Array, Array]:
    """Home, target, agents, sums and utility of the flows in `moves` (taste types, from, to).

    counted : (4, from, to), of the terms COUNTED and of the whole, in units of 2^-20 util.
    """
    common = (new.price, new.safety, new.brand, new.reliability, new.product)
    home, target = np.empty(CODES * CODES, np.int64), np.empty(CODES * CODES, np.int64)
    agents, utility = np.zeros(CODES * CODES, np.int64), np.zeros(CODES * CODES)
    sums, flow = np.zeros((CODES * CODES, len(TERMS))), 0
    for left in range(CODES):
        for chosen in range(CODES):
            for kind in range(len(moves)):
                agents[flow] += moves[kind, left, chosen]
            if agents[flow] == 0:
                continue
            home[flow], target[flow] = left, chosen
            is_choice, leaves = chosen != NONE, left != NONE and live[left]
            for kind in range(len(moves)):
                movers = moves[kind, left, chosen] * is_choice
                gain = new.capability[kind, chosen]
                if leaves:
                    gain -= new.capability[kind, left]
                    lag = new.capability[kind, left] - own_capability[kind, left]
                    sums[flow, VERSION] += movers * lag
                sums[flow, CAPABILITY] += movers * gain
            for place, term in enumerate(common):
                gain = term[chosen] - (term[left] if leaves else 0.0)
                sums[flow, COMMON[place]] = agents[flow] * is_choice * gain
            for place in range(len(COUNTED)):
                sums[flow, COUNTED[place]] = counted[place, left, chosen] * UTILITY_UNIT
            utility[flow] = counted[len(COUNTED), left, chosen] * UTILITY_UNIT
            flow += 1
    # Copies, so that what is kept of a month is no larger than its flows.
    ends = home[:flow].copy(), target[:flow].copy()
    return *ends, agents[:flow].copy(), sums[:flow].copy(), utility[:flow].copy()


def flows_of_firms(month: int, switches: Switches) -> Flows:
    """Flows of enterprises whose tender changed the provider."""
    home, target = np.nonzero(switches.agents)
    found = switches.sums[home, target]
    sums = np.zeros((len(home), len(TERMS)))
    sums[:, OF_SCORES] = found
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
