"""Who joins a round: a lead, and others who follow those they know (E38)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.compiled import inline, kernel
from agents.equations.investment import joining as joining_source
from agents.kernels.luck import draw, unit

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
joining = inline(joining_source)
LEAD, TURN, JOIN = range(3)  # draws of a round: whether one leads, its turn, whether it joins


class Backers(NamedTuple):
    """Columns of the investors, (V,), as `EquityMarket` has them; keys : of their names."""

    powder: Array
    makes_chips: Flags
    pool: Flags
    owned: Flags
    ties: Array
    keys: NDArray[np.uint64]


class Sought(NamedTuple):
    """The provider that raises, and its rivals.

    code, growth : its own.  home : cloud at which alone it may sign, -1 where it may choose.
    contracted : (clouds,), its compute when a new deal would start.  stakes : (codes, holders).
    active, revenue : (codes,).
    """

    code: int
    growth: float
    home: int
    contracted: Array
    stakes: Array
    active: Flags
    revenue: Array


class JoinRules(NamedTuple):
    """Settings of `investment`, named as there."""

    acceptance: float
    growth_weight: float
    strategic_weight: float
    conflict_weight: float
    holder_weight: float
    herding: float
    little_contracted: float
    conflict_stake: float
    conflict_rivals: int


@inline
def leading(sought, count):
    """Flags of the rivals with most revenue, as many as count."""
    chosen = np.zeros(CODES, np.bool_)
    for _ in range(min(count, CODES)):
        best, most = -1, -1.0
        for code in range(CODES):
            is_rival = sought.active[code] and code != sought.code and not chosen[code]
            if is_rival and sought.revenue[code] > most:
                best, most = code, sought.revenue[code]
        if best >= 0:
            chosen[best] = True
    return chosen


@inline
def readiness(backers, sought, rules):
    """E38 without herding, (V,), logit.

    Who sells compute, or chips, and has few of the provider's contracts, wants in.  Who holds a
    stake in a leading rival does not; chip makers and pools do not mind.
    """
    whole, rivals = sought.contracted.sum(), leading(sought, rules.conflict_rivals)
    ready = np.empty(len(backers.powder))
    for one in range(len(ready)):
        is_owner, own = False, 0.0
        for cloud in range(len(sought.contracted)):
            if backers.owned[one, cloud]:
                is_owner, own = True, own + sought.contracted[cloud]
        part = own / whole if whole > 0.0 else 0.0
        strategic = (is_owner and part < rules.little_contracted) or backers.makes_chips[one]
        conflicted = False
        if not (backers.makes_chips[one] or backers.pool[one]):
            for code in range(CODES):
                if rivals[code] and sought.stakes[code, one] > rules.conflict_stake:
                    conflicted = True
        logit = rules.acceptance + rules.growth_weight * sought.growth
        logit = logit + rules.strategic_weight * strategic - rules.conflict_weight * conflicted
        ready[one] = logit + rules.holder_weight * (sought.stakes[sought.code, one] > 0.0)
    return ready


@inline
def is_bound(backers, one, home):
    """Whether it owns clouds, and the provider may sign at none of them."""
    return home >= 0 and backers.owned[one].any() and not backers.owned[one, home]


@inline
def in_order(places, rank):
    """Sort places by their rank, in place; few of them, so each goes where it belongs."""
    for last in range(1, len(places)):
        one, to = places[last], last
        while to > 0 and rank[places[to - 1]] > rank[one]:
            places[to] = places[to - 1]
            to -= 1
        places[to] = one


@kernel
def joined(backers, sought, roots, least, rules):
    """Places of the investors who join, the lead first; then the readiness of each.

    Candidates for the lead are drawn in turn, by dry powder and by how connected they are, and the
    first who would join with nobody in yet leads.  Whoever was not asked yet is asked then, in
    random order.

    roots : (3,), keys of the draws of the round.  least : M$, with less nobody invests.
    """
    size, count = len(backers.powder), 0
    ready = readiness(backers, sought, rules)
    luck, race, degree = np.empty((3, size)), np.empty(size), np.empty(size)
    candidates, found = np.empty(size, np.int64), np.empty(size, np.int64)
    for one in range(size):
        for kind in range(3):
            luck[kind, one] = unit(draw(roots[kind], backers.keys[one]))
        degree[one] = backers.ties[one].sum()
        race[one] = -np.log(luck[LEAD, one]) / (backers.powder[one] * (1.0 + degree[one]))
        if backers.powder[one] > least and not is_bound(backers, one, sought.home):
            candidates[count] = one
            count += 1
    in_order(candidates[:count], race)
    asked = 0
    while asked < count:
        one = candidates[asked]
        asked += 1
        if luck[JOIN, one] < joining(ready[one]):
            found[0] = one
            break
    else:
        return found[:0], ready
    later, members = candidates[asked:count], 1
    in_order(later, luck[TURN])
    for one in later:
        known = 0.0
        for other in found[:members]:
            known += backers.ties[one, other]
        herd = known / degree[one] if degree[one] > 0.0 else 0.0
        if luck[JOIN, one] < joining(ready[one] + rules.herding * herd):
            found[members] = one
            members += 1
    return found[:members], ready
