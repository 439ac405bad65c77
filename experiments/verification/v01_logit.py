"""V1: free choice is the multinomial logit, and with a nest the nested logit.

Without peers, lock-in and tastes, and with everybody choosing in the same month, the share of
offer j is s_j = e^V_j / Σ e^V_k.  Offers that form a nest of dissimilarity λ have together the
weight (Σ_nest e^(V/λ))^λ.  Enterprises that weigh one criterion draw from the same law.

Measured: shares after one month of 50,000 developers who reconsider, of consumers who adopt, and of
enterprises who tender.  Agents are independent, so the standard error is sqrt(s(1 − s)/N).  The
race reads its luck from tables of 65,536 quantiles, which moves no share by 1e-4.

McFadden, D. (1974), in Zarembka (ed.), Frontiers in Econometrics; McFadden, D. (1978), in Karlqvist
et al. (eds.), Spatial Interaction Theory and Planning Models.
"""

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from experiments.verification.case import ERROR_RATE, Case, Row, at_most, shares_row
from experiments.verification.theory import (
    Numbers,
    column,
    logit,
    nested_logit,
    open_members,
    utilities,
)

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config


def free_choice(config: "Config", trial: "Trial") -> list[Row]:
    """Shares of developers and consumers against the logit."""
    shares = logit(utilities(config, "developers"))
    counts = trial.counts("developers")
    return [
        labelled(config, trial, "developers", shares),
        at_most(*chi_square(shares, counts.astype(np.float64))),
        labelled(config, trial, "consumers", logit(utilities(config, "consumers"))),
    ]


def nested_choice(config: "Config", trial: "Trial") -> list[Row]:
    """Shares of developers and of tenders won against the nested logit."""
    members, lam = open_members(config), config.choice.nest_dissimilarity
    rows = [
        labelled(config, trial, people, nested_logit(utilities(config, people), members, lam))
        for people in ("developers", "consumers")
    ]
    score = config.enterprises.score_weight * column(config, "capability", "enterprise")
    score = score + column(config, "product_term", "enterprise")
    tenders = nested_logit(score, members, lam)
    return [*rows, labelled(config, trial, "enterprises", tenders)]


def labelled(config: "Config", trial: "Trial", population: str, shares: Numbers) -> Row:
    """Shares of a population at the end of a trial of `config` or of its twin."""
    names = [f"share of {name}, {population}" for name in trial.names]
    if len(shares) != len(names):
        raise ValueError(f"{config.name}: {len(shares)} shares of {len(names)} providers")
    return shares_row(names, shares, trial.counts(population))


def chi_square(shares: Numbers, counts: Numbers) -> tuple[str, float, float]:
    """Pearson's statistic of all shares: its name, its bound and its value."""
    expected = shares * counts.sum()
    value = float(np.sum((counts - expected) ** 2 / expected))
    bound = float(stats.chi2.ppf(1.0 - ERROR_RATE, len(shares) - 1))
    return f"chi-square of {len(shares)} shares, developers", bound, value


CASES = (
    Case(
        name="V1",
        config="v01_logit",
        law="free choice is the multinomial logit",
        source="McFadden 1974",
        check=free_choice,
        twin=("developers.capability_weight=2.4", "consumers.capability_weight=2.6"),
        twin_in_words="capability weighs 20 and 30 % more",
    ),
    Case(
        name="V1",
        config="v01_nest",
        law="near-clones in a nest draw as the nested logit says, in tenders too",
        source="McFadden 1978",
        check=nested_choice,
        twin=("choice.nest_dissimilarity=0.75",),
    ),
)
