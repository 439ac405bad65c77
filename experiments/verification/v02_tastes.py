"""V2: choice by agents of different taste is the mixed logit.

The weight of capability is multiplied by η, lognormal(0, s) in eight types of equal probability,
each at the mean of its band; the shares are the mean of eight logits.  The eight types stand for
the whole distribution: they must lie within .001 of the integral over it, taken here with 40
Gauss-Hermite nodes.

Measured: shares after one month of 200,000 independent agents, whose types are drawn too, so that
the standard error is the binomial one.

McFadden, D. and Train, K. (2000), J. Applied Econometrics 15: 447-470,
doi:10.1002/1099-1255(200009/10)15:5<447::AID-JAE570>3.0.CO;2-1.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import integrate, stats

from experiments.verification.case import Case, Row, shares_row
from experiments.verification.theory import Numbers, logit, utilities

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

TYPES, NODES = 8, 40
WITHIN = 0.001  # of the eight types around the integral
FARTHEST = 12.0  # standard deviations that count


def mixed_choice(config: "Config", trial: "Trial") -> list[Row]:
    """Shares against the mean of eight logits, and against the integral over all tastes."""
    spread, counts = config.developers.taste_spread, trial.counts("developers")
    eight = logit(utilities(config, "developers", band_means(spread))).mean(axis=0)
    names = [f"share of {name}, eight types" for name in trial.names]
    rows = [shares_row(names, eight, counts)]
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    every = logit(utilities(config, "developers", np.exp(spread * nodes)))
    integral = weights @ every / weights.sum()
    names = [f"share of {name}, integral" for name in trial.names]
    row = shares_row(names, integral, counts)
    return [*rows, row._replace(tolerance=row.tolerance + WITHIN)]


def band_means(spread: float) -> Numbers:
    """Mean of e^(spread·Z) in each of eight bands of equal probability of a normal Z."""
    edges = np.clip(stats.norm.ppf(np.linspace(0.0, 1.0, TYPES + 1)), -FARTHEST, FARTHEST)

    def weighted(z: float) -> float:
        return float(np.exp(spread * z) * stats.norm.pdf(z))

    return np.array(
        [TYPES * integrate.quad(weighted, low, high)[0] for low, high in pairwise(edges)]
    )


CASES = (
    Case(
        name="V2",
        config="v02_tastes",
        law="choice by agents of different taste is the mixed logit",
        source="McFadden and Train 2000",
        check=mixed_choice,
        twin=("developers.taste_spread=0.4",),
    ),
)
