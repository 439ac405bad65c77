"""V7: with log peers of weight 1 and nothing else, who looks around copies one neighbour at random.

This is the voter model.  Agent i of k_i neighbours, n_i of them on an offer, is on it next month
with chance (1 − h)s_i + h n_i/k_i, where s_i is 1 if it is on it now and h the chance of looking
around.  Summed with weights k_i, the second part is Σn_i = Σk_i s_i, since every edge is seen from
both ends: the share weighted by degree, Σk_i s_i/Σk_i, keeps its mean for any h, though all agents
move at once.  In a clique all degrees are equal, and it is the plain share (an agent counts its
neighbours, not itself, which takes as much from its own side as it adds to the other).  A clique
ends on an offer with the chance of its share at the start, because the mean does not move.

Two agents of a clique of n have copied the same one in a month, or one of them the other, with the
chance c = h²(n − 2)/(n − 1)² + 2h(1 − h)/(n − 1), and are then alike; if not, the question is the
same for the two that they have copied or were, a month before.  So the chance that two differ
shrinks by the factor 1 − c a month.  A clique that has not ended holds n − 1 pairs that differ or
more, so that its chance is at most n/2 times that of a pair.

Measured on a graph with hubs: the share weighted by degree after 12, 24 and 48 months, and the
choices of a month by how far the neighbours lean to the offer, Σ s_i(2n_i/k_i − 1); agents move
independently in a month, so that the error is the root of the sum of their variances over months.
In 1,000 cliques: those that end on the offer of 30 %, where what may not have ended after 600
months (1e-4 of cliques) is added to the tolerance; and the pairs that differ after 12, 36 and 72.

Suchecki, K., Eguíluz, V. and San Miguel, M. (2005), Europhysics Letters 69: 228-234,
doi:10.1209/epl/i2004-10329-8.  Sood, V. and Redner, S. (2005), Physical Review Letters 94: 178701,
doi:10.1103/PhysRevLett.94.178701.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.case import (
    BINOMIAL,
    Case,
    Row,
    Z,
    across_blocks,
    binomial_error,
    furthest,
    worst,
)
from experiments.verification.theory import Numbers, looking_around

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

CONSERVED_AFTER = (12, 24, 48)  # months
ALIKE_AFTER = (12, 36, 72)  # months
SHORT = f"months={ALIKE_AFTER[-1]}"


def meeting(chance: float, size: int) -> float:
    """Chance c that two agents of a clique of `size` get their choices from one source."""
    both = chance**2 * (size - 2.0) / (size - 1.0) ** 2
    return both + 2.0 * chance * (1.0 - chance) / (size - 1.0)


def neighbours_share(trial: "Trial", on: Numbers) -> Numbers:
    """Share of each developer's neighbours that are on an offer; `on` is 1 for those who are."""
    graph = trial.market.graphs["developers"]
    heads = np.add.reduceat(on[graph.neighbours], graph.offsets[:-1].astype(np.int64))
    share: Numbers = heads / np.diff(graph.offsets)
    return share


def on_graph(config: "Config", trial: "Trial") -> list[Row]:
    """The share weighted by degree, and the law of one month, on the first offer."""
    chance = looking_around(config)
    degree = np.diff(trial.market.graphs["developers"].offsets).astype(np.float64)
    weight = degree / degree.sum()
    on = (trial.choices["developers"] == trial.codes[0]).astype(np.float64)
    variance, agree = np.zeros(len(on)), np.zeros((3, len(on)))
    for month in range(1, len(on)):
        near = neighbours_share(trial, on[month - 1])
        likely = (1.0 - chance) * on[month - 1] + chance * near
        spread, lean = likely * (1.0 - likely), 2.0 * near - 1.0
        variance[month] = weight**2 @ spread
        agree[:, month] = lean @ likely, lean @ on[month], lean**2 @ spread
    conserved = on @ weight
    after = list(CONSERVED_AFTER)
    labels = [f"share weighted by degree after {month}" for month in after]
    error = np.sqrt(np.cumsum(variance)[after])
    expected, found, spread = agree.sum(axis=1)
    moves = on[1:].size
    what, reach = "lean to neighbours a month later", Z * np.sqrt(spread) / moves
    return [
        worst(labels, conserved[0], conserved[after], error),
        Row(what, expected / moves, found / moves, float(reach), BINOMIAL),
    ]


def ends(config: "Config", trial: "Trial") -> list[Row]:
    """Cliques that end on the first offer."""
    start = config.initial.developers.shares["Alpha"]
    whole = trial.block_shares("developers")[-1, :, 0]
    size = config.developers.count // len(whole)
    differ = (1.0 - meeting(looking_around(config), size)) ** config.months
    unfinished = differ * size**2 * start * (1.0 - start) / (size - 1.0)
    error = Z * float(binomial_error(start, len(whole)))
    what = "cliques that end on the offer of 30 %"
    return [Row(what, start, float(np.mean(whole == 1.0)), error + unfinished, BINOMIAL)]


def pairs(config: "Config", trial: "Trial") -> list[Row]:
    """Pairs of a clique that differ, the month furthest from theory."""
    shares = trial.block_shares("developers")[:, :, 0]
    size = config.developers.count // shares.shape[1]
    differ = 2.0 * shares * (1.0 - shares) * size / (size - 1.0)
    left = 1.0 - meeting(looking_around(config), size)
    found = [
        across_blocks(
            f"pairs that differ after {month} months",
            float(differ[0].mean()) * left**month,
            differ[month],
        )
        for month in ALIKE_AFTER
    ]
    return [furthest(found)]


CASES = (
    Case(
        name="V7",
        config="v07_graph",
        law="voters who copy a neighbour keep the mean of the share weighted by degree",
        source="Suchecki, Eguíluz and San Miguel 2005",
        check=on_graph,
        twin=("developers.peer_weight=1.2",),
    ),
    Case(
        name="V7",
        config="v07_cliques",
        law="a clique of voters ends on an offer with the chance of its share at the start",
        source="Sood and Redner 2005",
        check=ends,
        twin=("supply.offers.Alpha.product_term=0.03",),
    ),
    Case(
        name="V7",
        config="v07_cliques",
        law="until then the pairs that differ become fewer by a fixed share a month",
        source="Sood and Redner 2005",
        check=pairs,
        twin=("developers.reconsideration_probability=0.3", SHORT),
        sets=(SHORT,),
        twin_in_words="developers.reconsideration_probability=0.3",
    ),
)
