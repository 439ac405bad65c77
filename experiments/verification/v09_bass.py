"""V9: adoption on a complete graph is the Bass model.

The expected adopted share follows F' = F + (1 − F)(1 − e^(−(p + qF))), and in continuous time
F(t) = (1 − e^(−(p+q)t)) / (1 + (q/p) e^(−(p+q)t)).

Measured, over 20 blocks of 5,000 developers and of 2,000 enterprises, and for 100,000 consumers who
imitate the market as a whole: the largest distance of any block and month from the mean field,
which must stay within 5/√N (the 99.9 % quantile is 2.4/√N at p = .02 and 3.7/√N at p = .004); the
mean over blocks after 6, 12, 24 and 48 months, with the error across blocks (finite N biases it by
less than 2e-4, which is added); and the distance from the closed form, which monthly steps put
within .012.

Bass, F. (1969), Management Science 15: 215-227, doi:10.1287/mnsc.15.5.215.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.case import Case, Row, Z, across_blocks, at_most, furthest
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

REACH = 5.0  # in units of 1/√N
MONTHLY_STEPS = 0.012  # distance of monthly steps from continuous time at p = .02, q = .06
BIAS = 2e-4
LOOKED_AT = (6, 12, 24, 48)  # months


def mean_field(innovation: float, imitation: float, months: int) -> Numbers:
    """Expected adopted share at the start and after each month, shape (months + 1,)."""
    adopted = np.zeros(months + 1)
    for month in range(months):
        hazard = 1.0 - np.exp(-(innovation + imitation * adopted[month]))
        adopted[month + 1] = adopted[month] + (1.0 - adopted[month]) * hazard
    return adopted


def closed_form(innovation: float, imitation: float, months: int) -> Numbers:
    """Adopted share in continuous time at the same dates, shape (months + 1,)."""
    left = np.exp(-(innovation + imitation) * np.arange(months + 1.0))
    curve: Numbers = (1.0 - left) / (1.0 + imitation / innovation * left)
    return curve


def distance(config: "Config", trial: "Trial") -> list[Row]:
    """Largest distances from the mean field and from the closed form."""
    rows = []
    for population in ("developers", "consumers", "enterprises"):
        people = getattr(config, population)
        adopted = trial.block_shares(population).sum(axis=2)
        theory = mean_field(people.innovation, people.imitation, config.months)
        reach = REACH / np.sqrt(people.count / adopted.shape[1])
        far = float(np.abs(adopted - theory[:, None]).max())
        rows.append(at_most(f"largest distance, {population}", reach, far))
    adopted = trial.block_shares("developers").sum(axis=2)
    curve = closed_form(config.developers.innovation, config.developers.imitation, config.months)
    error = Z * float((adopted.std(axis=1, ddof=1) / np.sqrt(adopted.shape[1])).max())
    far = float(np.abs(adopted.mean(axis=1) - curve).max())
    return [*rows, at_most("distance from continuous time", MONTHLY_STEPS + error, far)]


def mean_of_blocks(config: "Config", trial: "Trial") -> list[Row]:
    """Mean adopted share of the blocks after some months, the month furthest from theory."""
    rows = []
    for population in ("developers", "enterprises"):
        people = getattr(config, population)
        adopted = trial.block_shares(population).sum(axis=2)
        theory = mean_field(people.innovation, people.imitation, config.months)
        found = [
            across_blocks(
                f"adopted after {month}, {population}", theory[month], adopted[month], BIAS
            )
            for month in LOOKED_AT
        ]
        rows.append(furthest(found))
    return rows


CASES = (
    Case(
        name="V9",
        config="v09_bass",
        law="adoption on a complete graph stays near the Bass curve in every block and month",
        source="Bass 1969",
        check=distance,
        twin=(
            "developers.imitation=0.09",
            "consumers.imitation=0.12",
            "enterprises.imitation=0.12",
        ),
        twin_in_words="imitation x 1.5, 1.2 and 2",
    ),
    Case(
        name="V9",
        config="v09_bass",
        law="the mean of the blocks is on the curve",
        source="Bass 1969",
        check=mean_of_blocks,
        twin=("developers.imitation=0.072", "enterprises.imitation=0.072"),
        twin_in_words="imitation x 1.2",
    ),
)
