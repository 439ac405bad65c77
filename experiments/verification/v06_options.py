"""V6: K equal offers and peers: where the market ends depends on where it starts.

With K equal offers the even market loses its stability at J = K, but for K ≥ 3 the transition is
of first order: from J = 2.746 (K = 3) or 3.836 (K = 6) on one offer can lead the others with

    s = e^(Js) / (e^(Js) + (K − 1) e^(J(1 − s)/(K − 1))).

In between both are stable, parted by the unstable solution of this equation: an even start stays
even, an ordered one stays ordered (hysteresis).

Measured, over 20 blocks of 5,000 agents: from an even start, the largest share of any block, which
must not reach the unstable solution (seven standard deviations away); from an ordered start and
above J = K, the leader's share, mean of the last ten months, with the error across blocks.  Finite
N: the curvature of the map moves the leader's share by f''Var/2(1 − f'), about .001 at J = 2.8,
which is added to the tolerance.

Brock, W. and Durlauf, S. (2002), American Economic Review 92: 298-303; the same transition in
physics: Wu, F. Y. (1982), Reviews of Modern Physics 54: 235-268, doi:10.1103/RevModPhys.54.235.
"""

from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from experiments.verification.case import Case, Row, across_blocks, at_most
from experiments.verification.theory import Numbers, offers_of

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

LAST = 10  # months
GRID = 20_001


def leader_next(share: Numbers, weight: float, options: int) -> Numbers:
    """Next share of the leader where the others have equal shares."""
    behind = (1.0 - share) / (options - 1)
    following: Numbers = 1.0 / (1.0 + (options - 1) * np.exp(weight * (behind - share)))
    return following


def leader_states(weight: float, options: int) -> list[float]:
    """Shares above 1/K that reproduce themselves, ascending: unstable then stable, or one."""

    def change(share: Numbers) -> Numbers:
        return leader_next(share, weight, options) - share

    shares = np.linspace(1.0 / options + 1e-4, 1.0 - 1e-9, GRID)
    sign = np.sign(change(shares))
    places = np.flatnonzero(sign[1:] != sign[:-1])
    return [float(optimize.brentq(change, shares[at], shares[at + 1])) for at in places]


def leaders(trial: "Trial") -> Numbers:
    """Largest share in each block after each month, shape (months + 1, blocks)."""
    largest: Numbers = trial.block_shares("developers").max(axis=2)
    return largest


def stays_even(config: "Config", trial: "Trial") -> list[Row]:
    """Even start between the thresholds."""
    options = len(offers_of(config))
    unstable = leader_states(config.developers.peer_weight, options)[0]
    reached = float(leaders(trial).max())
    return [at_most(f"largest share, even start, K = {options}", unstable, reached)]


def is_ordered(config: "Config", trial: "Trial") -> list[Row]:
    """Ordered start between the thresholds, or any start above the upper one."""
    options, weight = len(offers_of(config)), config.developers.peer_weight
    theory = leader_states(weight, options)[-1]
    size = config.developers.count / trial.market.graphs["developers"].blocks
    rate = weight * options / (options - 1)
    slope = rate * theory * (1.0 - theory)
    bend = rate * slope * (1.0 - 2.0 * theory)
    spread = theory * (1.0 - theory) / size / (1.0 - slope**2)
    bias = bend * spread / 2.0 / (1.0 - slope)
    share = leaders(trial)[-LAST:].mean(axis=0)
    return [across_blocks(f"leader's share, K = {options}", theory, share, bias)]


EVEN = "an even start stays even between the thresholds"
ORDERED = "an ordered start stays ordered between them (hysteresis)"
SOURCE = "Brock and Durlauf 2002; Wu 1982"

CASES = (
    Case("V6", "v06_three_even", EVEN, SOURCE, stays_even, ("developers.peer_weight=3.36",)),
    Case("V6", "v06_three_ordered", ORDERED, SOURCE, is_ordered, ("developers.peer_weight=2.6",)),
    Case(
        name="V6",
        config="v06_three_unstable",
        law="above a peer weight of K an even start orders itself",
        source=SOURCE,
        check=is_ordered,
        twin=("developers.peer_weight=2.88",),
    ),
    Case("V6", "v06_six_even", EVEN, SOURCE, stays_even, ("developers.peer_weight=7.2",)),
    Case("V6", "v06_six_ordered", ORDERED, SOURCE, is_ordered, ("developers.peer_weight=3.6",)),
)
