"""V8: adopters who come one by one and follow shares^J make a monopoly for J > 1, not for J < 1.

In a clique that starts with one agent on either offer, the next adopter takes the first with chance
a^J/(a^J + b^J), where a and b are those who have it and the other.  The agents who have not adopted
are neighbours too, but weigh on both offers alike.  After T adopters the number on the first has a
distribution that follows step by step, and has these limits:

J = 1, the urn of Pólya: beta-binomial with parameters 1 and 1, which is uniform on 0..T.  The share
of all T + 2 then has variance T/(12(T + 2)), and keeps it: history decides for good.

J > 1: put both offers on clocks that wait 1/n^J in the mean for agent n + 1 (Rubin).  Both clocks
strike infinity in finite time, almost surely not at once; the first one to do so leaves the other
with finitely many: one offer takes all.  For J = 2 the loser ends with more than k with a chance
that falls as 1/k, so that its share of T adopters has a mean of the order of ln T/T.

J < 1: the chance is nearer to a half than the share is, so that all shares tend to a half; for
J = 1/2 with a variance of the order of ln T/(4T).

Measured in 600 cliques after 300 adopters: chi-squared of the number on the first offer against
its exact distribution, values taken together until 20 cliques are expected; for J = 1 the variance
of the share, with the error across cliques; for the others the share of the larger offer, with
the exact standard error.

Eggenberger, F. and Pólya, G. (1923), Zeitschrift für Angewandte Mathematik und Mechanik 3: 279-289,
doi:10.1002/zamm.19230030407.  Arthur, B., Ermoliev, Y. and Kaniovski, Y. (1987), European Journal
of Operational Research 30: 294-303, doi:10.1016/0377-2217(87)90074-9.  Rubin: in Davis, B. (1990),
Probability Theory and Related Fields 84: 203-229, doi:10.1007/BF01197845.
"""

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from experiments.verification.case import BINOMIAL, ERROR_RATE, Case, Row, Z, across_blocks, at_most
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

FEWEST = 20.0  # cliques expected in a cell of a chi-squared


def urn(weight: float, adopters: int) -> Numbers:
    """Chances that 0, 1, ... of `adopters` take the first offer; shape (adopters + 1,)."""
    chance = np.ones(1)
    for step in range(adopters):
        first = 1.0 + np.arange(step + 1.0)
        taken = 1.0 / (1.0 + ((step + 2.0 - first) / first) ** weight)
        chance = np.append(chance * (1.0 - taken), 0.0) + np.append(0.0, chance * taken)
    return chance


def shares(trial: "Trial") -> Numbers:
    """Share of the first offer in each clique at the end."""
    share: Numbers = trial.block_shares("developers")[-1, :, 0]
    return share


def fit(chance: Numbers, trial: "Trial") -> Row:
    """Chi-squared of the adopters who took the first offer, against their distribution."""
    share, size = shares(trial), len(chance) + 1
    taken = np.clip(np.rint(share * size).astype(np.int64) - 1, 0, len(chance) - 1)
    below = np.cumsum(chance) * len(share)
    cell = np.minimum(below // FEWEST, below[-1] // FEWEST - 1).astype(np.int64)
    expected, counts = np.bincount(cell, chance) * len(share), np.bincount(cell[taken])
    counts = np.append(counts, np.zeros(len(expected) - len(counts), np.int64))
    used = expected > 0.0
    chi = float((((counts - expected) ** 2)[used] / expected[used]).sum())
    bound = float(stats.chi2.isf(ERROR_RATE, np.count_nonzero(used) - 1))
    return at_most(f"chi-square of {np.count_nonzero(used)} cells", bound, chi)


def uniform(config: "Config", trial: "Trial") -> list[Row]:
    """Urn of Pólya: the number on the first offer, and the variance of its share."""
    steps = config.months
    chance = np.full(steps + 1, 1.0 / (steps + 1.0))
    away = (shares(trial) - 0.5) ** 2
    return [
        fit(chance, trial),
        across_blocks("variance of the share", steps / (12.0 * (steps + 2.0)), away),
    ]


def other_weight(config: "Config", trial: "Trial") -> list[Row]:
    """Urn of another weight: the number on the first offer, and the share of the larger one."""
    steps, chance = config.months, urn(config.developers.peer_weight, config.months)
    share = (1.0 + np.arange(steps + 1.0)) / (steps + 2.0)
    larger, found = np.maximum(share, 1.0 - share), shares(trial)
    mean = float(chance @ larger)
    error = np.sqrt(chance @ (larger - mean) ** 2 / len(found))
    result = float(np.mean(np.maximum(found, 1.0 - found)))
    row = Row("share of the larger offer", mean, result, float(Z * error), BINOMIAL)
    return [fit(chance, trial), row]


CASES = (
    Case(
        name="V8",
        config="v08_uniform",
        law="adopters one by one who follow shares leave any share with the same chance",
        source="Eggenberger and Pólya 1923",
        check=uniform,
        twin=("developers.peer_weight=1.2",),
    ),
    Case(
        name="V8",
        config="v08_monopoly",
        law="where they follow the squares of shares one offer takes all",
        source="Arthur, Ermoliev and Kaniovski 1987",
        check=other_weight,
        twin=("developers.peer_weight=1.7",),
    ),
    Case(
        name="V8",
        config="v08_even",
        law="where they follow the roots of shares the market stays even",
        source="Arthur, Ermoliev and Kaniovski 1987",
        check=other_weight,
        twin=("developers.peer_weight=0.65",),
    ),
)
