"""V10: contracts of fixed length and a constant chance of renewal.

If the incumbent wins a tender with probability π, a share π^k of firms is still with its first
provider after k terms of L months, nobody leaves in between, and a firm stays for L/(1 − π) months
in the mean, of which L (1 − π^K)/(1 − π) fall into the first K terms.  Here
π_j = e^(S_j + b) / (e^(S_j + b) + Σ_{l≠j} e^S_l) with score S = β_E Q and bonus
b = ek0 + ek1 (1 − e^(−τ/24)), whose tenure τ is held by `freeze`.

Measured: 20,000 independent firms and ten yearly tenders; survivors after 1 to 5 terms by first
provider (binomial error), switches outside tender months (none), mean stay within ten terms (error
across firms).

Renewal theory: Feller, W. (1968), An Introduction to Probability Theory and Its Applications I,
chapter XIII; the score: Keeney, R. and Raiffa, H. (1976), Decisions with Multiple Objectives.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.case import AGENTS, Case, Row, binomial_error, same, worst
from experiments.verification.theory import Numbers, column, logit

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

TERMS_SEEN = 5


def renewal(config: "Config") -> Numbers:
    """π_j, shape (offers,)."""
    firms = config.enterprises
    score = firms.score_weight * column(config, "capability", "enterprise")
    tenure = config.freeze["enterprises.tenure"]
    bonus = firms.incumbent_base + firms.incumbent_growth * (
        1.0 - np.exp(-tenure / firms.incumbent_months)
    )
    kept: Numbers = np.diagonal(logit(score + bonus * np.eye(len(score))))
    return kept


def months_stayed(trial: "Trial") -> tuple[Numbers, Numbers]:
    """First provider's code of each firm, and months until it left it (those of the run if not)."""
    choices = trial.choices["enterprises"][1:]
    left = choices != choices[0]
    stayed = np.where(left.any(axis=0), left.argmax(axis=0), len(choices))
    return choices[0], stayed


def survival(config: "Config", trial: "Trial") -> list[Row]:
    """Survivors after each term, and the mean stay."""
    (term,) = config.enterprises.terms
    first, stayed = months_stayed(trial)
    started = np.array([np.count_nonzero(first == code) for code in trial.codes])
    chance, terms = renewal(config), np.arange(1, TERMS_SEEN + 1)
    theory = chance ** terms[:, None]
    survivors = np.array(
        [
            [np.count_nonzero((first == code) & (stayed > term * k)) for code in trial.codes]
            for k in terms
        ]
    )
    labels = [f"still with {name} after {k} terms" for k in terms for name in trial.names]
    kept = worst(labels, theory, survivors / started, binomial_error(theory, started))
    longest = (config.months - 1) // term
    lives = [np.minimum(stayed[first == code], longest * term) for code in trial.codes]
    mean = term * (1.0 - chance**longest) / (1.0 - chance)
    error = [np.std(life) / np.sqrt(len(life)) for life in lives]
    labels = [f"months with {name}, of {longest * term}" for name in trial.names]
    stay = worst(labels, mean, [np.mean(life) for life in lives], error)
    return [kept, stay._replace(basis=AGENTS)]


def flat_between(config: "Config", trial: "Trial") -> list[Row]:
    """Switches in months without a tender."""
    (term,) = config.enterprises.terms
    choices = trial.choices["enterprises"]
    switched = (choices[2:] != choices[1:-1]).sum(axis=1)  # in months 1, 2, ...
    between = (np.arange(1, len(switched) + 1) % term) != 0
    return [same("switches between tenders", 0, int(switched[between].sum()))]


CASES = (
    Case(
        name="V10",
        config="v10_contracts",
        law="of firms with chance π of renewal, π^k stay k terms, L/(1 − π) months in the mean",
        source="Feller 1968",
        check=survival,
        twin=("enterprises.incumbent_base=1.44",),
    ),
    Case(
        name="V10",
        config="v10_contracts",
        law="nobody leaves before the contract ends",
        source="Feller 1968",
        check=flat_between,
        twin=("enterprises.terms={11: 1}",),
    ),
)
