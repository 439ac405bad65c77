"""Who moved from whom to whom in a month, and why: sums over movers of each utility term.

The terms of a flow add up to its utility difference.  Adoptions, and moves away from a provider
that has no offer, are measured against an outside option of utility 0.  To leave the market is no
choice among offers: all its terms are 0.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, ENTERPRISE, NONE
from agents.compiled import inline, kernel
from agents.equations.choice import Terms
from agents.individuals import UTILITY_UNIT, Moves
from agents.kernels.tender import SCORES
from simulation.columns import TERMS

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
# Places among the terms: of what all have in common, of what moves count themselves, of scores.
PLACE = {name: place for place, (name, _) in enumerate(TERMS)}
CAPABILITY, VERSION = PLACE["capability"], PLACE["version"]
COMMON = tuple(PLACE[name] for name in ("price", "safety", "brand", "reliability", "product"))
COUNTED = tuple(PLACE[name] for name in ("peers", "lock_in", "taste"))
OF_SCORES = np.array([PLACE[name] for name in SCORES])


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


@inline
def flowing(moves: Whole) -> Whole:
    """Home, target and agents of every flow in `moves` (taste types, from, to), (3, flows)."""
    pairs, found = np.zeros(CODES * CODES, np.int64), 0
    for kind in range(len(moves)):
        pairs += moves[kind].reshape(CODES * CODES)
    for pair in range(len(pairs)):
        found += pairs[pair] > 0
    flows = np.empty((3, found), np.int64)
    home, target, agents = flows
    found = 0
    for pair in range(len(pairs)):
        if pairs[pair] > 0:
            home[found], target[found], agents[found] = pair // CODES, pair % CODES, pairs[pair]
            found += 1
    return flows


def flows_of_people(
    when: tuple[int, int],
    moves: Moves,
    terms: tuple[Terms, Array],
    live: NDArray[np.bool_],
    people: float,
) -> tuple[Flows, Whole]:
    """Flows of developers or consumers in `when` = (month, segment), and their sorting.

    terms : utility of the offers, and what their capability is worth to their own users.
    people : million behind one agent.  Sorting is (taste types, codes): agents who came less
    those who left.
    """
    sorting = np.zeros((len(moves.agents), CODES), np.int64)
    (home, target, agents), sums = flows_of_moves(*moves, *terms, live, sorting)
    users, utility = agents * people, sums[:, len(TERMS)]
    return Flows(*when, home, target, agents, users, sums[:, : len(TERMS)], utility), sorting


@kernel
def flows_of_moves(
    moves: Whole,
    counted: Whole,
    terms: Terms,
    own_capability: Array,
    live: NDArray[np.bool_],
    sorting: Whole,
) -> tuple[Whole, Array]:
    """Home, target and agents of the flows in `moves` (taste types, from, to), (3, flows).

    Then sums of TERMS and of utility, (flows, terms + 1); `sorting` becomes theirs.  counted : (4,
    from, to), of the terms COUNTED and of the whole, in units of 2^-20 util.
    """
    common = (terms.price, terms.safety, terms.brand, terms.reliability, terms.product)
    flows = flowing(moves)
    home, target, agents = flows
    sums = np.zeros((len(home), len(TERMS) + 1))
    for flow in range(len(home)):
        left, chosen = home[flow], target[flow]
        is_choice, leaves = chosen != NONE, left != NONE and live[left]
        for kind in range(len(moves)):
            sorting[kind, chosen] += moves[kind, left, chosen]
            sorting[kind, left] -= moves[kind, left, chosen]
            movers = moves[kind, left, chosen] * is_choice
            gain = terms.capability[kind, chosen]
            if leaves:
                gain -= terms.capability[kind, left]
                lag = terms.capability[kind, left] - own_capability[kind, left]
                sums[flow, VERSION] += movers * lag
            sums[flow, CAPABILITY] += movers * gain
        for place, term in enumerate(common):
            gain = term[chosen] - (term[left] if leaves else 0.0)
            sums[flow, COMMON[place]] = agents[flow] * is_choice * gain
        for place in range(len(COUNTED)):
            sums[flow, COUNTED[place]] = counted[place, left, chosen] * UTILITY_UNIT
        sums[flow, len(TERMS)] = counted[len(COUNTED), left, chosen] * UTILITY_UNIT
    return flows, sums


def flows_of_firms(month: int, flows: Whole, amounts: Array) -> Flows:
    """Flows of enterprises whose tender changed the provider.

    flows : home, target and agents of each, (3, flows).  amounts : TERMS, utility and seats.
    """
    (home, target, agents), seats = flows, amounts[:, -1]
    sums, utility = amounts[:, : len(TERMS)], amounts[:, -2]
    return Flows(month, ENTERPRISE, home, target, agents, seats, sums, utility)
