"""V4: retention under a constant and under a growing switching cost.

An agent on j with tenure τ stays a month with probability

    r_j(τ) = 1 − h + h e^(V_j + S(τ)) / D_j(τ),     D_j(τ) = e^(V_j + S(τ)) + Σ_{l≠j} e^V_l,

so the cohort that starts on j keeps the product of r_j over its tenures.  It shrinks geometrically
where S is constant (V3); its hazard of leaving falls where S(τ) = k0 + k1 (1 − e^(−τ/τ_k)).  For an
agent who has switched both start anew.

Measured: survivors of the start cohort after 1, 6, 12 and all months from the cohorts table; from
the choices themselves, survivors among those who switched in the first six months, and the monthly
hazard of leaving in the first three months less that in the last six.  Agents are independent, so
the errors are binomial.

Dubé, J., Hitsch, G. and Rossi, P. (2010), RAND J. Economics 41: 417-445,
doi:10.1111/j.1756-2171.2010.00106.x.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.case import BINOMIAL, Case, Row, Z, binomial_error, worst
from experiments.verification.theory import Numbers, logit, looking_around, utilities

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

SWITCHED_BEFORE = 6  # month
LATER = (6, 12, 18)  # months after a switch
EARLY, LATE = 3, 6  # months at the beginning and at the end


def staying(config: "Config", tenures: Numbers) -> Numbers:
    """r_j(τ), shape (tenures, offers)."""
    people, value = config.developers, utilities(config, "developers")
    growth = 1.0 - np.exp(-tenures / people.switching_cost_months)
    cost = people.switching_cost_base + people.switching_cost_growth * growth
    every = value + cost[:, None, None] * np.eye(len(value))
    kept = np.diagonal(logit(every), axis1=1, axis2=2)
    hazard = looking_around(config)
    result: Numbers = 1.0 - hazard + hazard * kept
    return result


def start_survival(config: "Config", trial: "Trial") -> Row:
    """Survivors of the start cohort in the cohorts table against the product of r_j."""
    tenure, months = config.initial.developers.tenure, config.months
    kept = np.cumprod(staying(config, tenure + np.arange(months, dtype=float)), axis=0)
    after = np.array([1, 6, 12, months])
    table = trial.market.records.table("cohorts")
    cohort = (table["segment"] == "coding") & (table["cohort"] == -tenure)
    survivors = np.zeros((len(after), len(trial.names)))
    for row, length in enumerate(after):
        for place, name in enumerate(trial.names):
            chosen = cohort & (table["month"] == length - 1) & (table["provider"] == name)
            survivors[row, place] = table["agents"][chosen].sum()
    started = trial.counts("developers", 0)
    theory = kept[after - 1]
    labels = [f"start cohort of {name} after {length}" for length in after for name in trial.names]
    return worst(labels, theory, survivors / started, binomial_error(theory, started))


def switcher_survival(config: "Config", trial: "Trial") -> Row:
    """Those who switched in the first months, some months later: tenure began at 0."""
    choices, after = trial.choices["developers"], np.array(LATER)
    if SWITCHED_BEFORE + 1 + after.max() > len(choices):
        raise ValueError(f"{config.name}: {config.months} months are too few to see {LATER}")
    kept = np.cumprod(staying(config, 1.0 + np.arange(after.max())), axis=0)[after - 1]
    started = np.zeros(len(trial.names))
    survivors = np.zeros((len(after), len(trial.names)))
    for month in range(SWITCHED_BEFORE):
        new = choices[month + 1]
        moved = new != choices[month]
        leaves = choices[month + 2 : month + 2 + after.max()] != new
        lasted = np.where(leaves.any(axis=0), leaves.argmax(axis=0), after.max())
        for place, code in enumerate(trial.codes):
            mine = moved & (new == code)
            started[place] += np.count_nonzero(mine)
            survivors[:, place] += (lasted[mine] >= after[:, None]).sum(axis=1)
    labels = [f"switchers to {name} after {length}" for length in after for name in trial.names]
    return worst(labels, kept, survivors / started, binomial_error(kept, started))


def falling_hazard(config: "Config", trial: "Trial") -> Row:
    """Hazard of leaving in the first months less that in the last, for those who never left."""
    choices, months = trial.choices["developers"], config.months
    leaving = 1.0 - staying(
        config, config.initial.developers.tenure + np.arange(months, dtype=float)
    )
    never = np.cumprod(choices == choices[0], axis=0, dtype=np.int64)
    expected, found, variance = 0.0, 0.0, 0.0
    for sign, span in ((1, range(EARLY)), (-1, range(months - LATE, months))):
        mine = [
            [np.count_nonzero(never[month] * (choices[0] == code)) for code in trial.codes]
            for month in span
        ]
        risk, hazard = np.array(mine, float), leaving[list(span)]
        gone = sum(int(never[month].sum() - never[month + 1].sum()) for month in span)
        found += sign * gone / risk.sum()
        expected += sign * float((risk * hazard).sum() / risk.sum())
        variance += float((risk * hazard * (1.0 - hazard)).sum() / risk.sum() ** 2)
    error = float(np.sqrt(variance))
    return Row("fall of the hazard of leaving", expected, found, Z * error, BINOMIAL)


def geometric(config: "Config", trial: "Trial") -> list[Row]:
    """Survival under a constant cost."""
    return [start_survival(config, trial), switcher_survival(config, trial)]


def growing(config: "Config", trial: "Trial") -> list[Row]:
    """Survival under a growing cost, which begins anew with each switch."""
    return [*geometric(config, trial), falling_hazard(config, trial)]


CASES = (
    Case(
        name="V4",
        config="v03_switching",
        law="under a constant switching cost a cohort shrinks geometrically",
        source="Dubé, Hitsch and Rossi 2010",
        check=geometric,
        twin=("developers.switching_cost_base=1.44",),
    ),
    Case(
        name="V4",
        config="v04_tenure",
        law="under a growing one the hazard of leaving falls, and starts anew with each switch",
        source="Dubé, Hitsch and Rossi 2010",
        check=growing,
        twin=("developers.switching_cost_growth=1.5",),
    ),
)
