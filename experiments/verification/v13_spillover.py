"""V13: how algorithms spread and improve, and what brands come to.

Without progress of its own the gap of a provider to the best closes as (1 − spill)^t, in training
and in serving.  Without spillover efficiency grows by (g_0 + g_1 ln(1 + S/E_ref)) e^(−e/e_bar), and
serving gains `serve_factor` times that; with a factor of 1 both indices are one.  A brand that is
fed by constant sales S runs as b* + (b_0 − b*)(1 − δ)^t to b* = 0.05 x ln(1 + S/S_ref)/δ.

Measured: both efficiencies and the brand of three providers in every month.  The recursions are
written anew.

Goodwill: Nerlove, M. and Arrow, K. (1962), Economica 29; progress of algorithms: Ho, A. et al.
(2024), arXiv:2403.05812.
"""

from typing import TYPE_CHECKING

import numpy as np

from experiments.verification.books import Books
from experiments.verification.case import Case, Row, identity, same
from experiments.verification.theory import Numbers

if TYPE_CHECKING:
    from experiments.verification.trial import Trial
    from simulation.config import Config

INDICES = (("training", "efficiency"), ("serving", "serving_efficiency"))


def spent_on(config: "Config", use: str) -> Numbers:
    """Constant spending of each provider, M$ a month: its parent's flow is all it has."""
    providers = config.providers.values()
    return np.array([own.parent_flow * getattr(own.allocation, use) for own in providers])


def gaps(config: "Config", trial: "Trial") -> list[Row]:
    """Gaps to the best, and brands."""
    books, rules = Books(config, trial.market.records), config.research
    done = np.arange(1, books.months + 1)[:, None]  # months of learning at each month's end
    start = books.own("efficiency")
    best = int(np.argmax(start))
    behind = np.delete(np.arange(len(start)), best)
    theory = (start[best] - start[behind]) * (1.0 - rules.spillover) ** done
    rows = []
    for what, column in INDICES:
        level = books.held(column)
        gap = level[:, [best]] - level[:, behind]
        # Levels are of the order of 1, gaps of 1e-4 in the end: more digits are not in the tables.
        rows.append(identity(f"gap in {what}", 1.0 + theory, 1.0 + gap))
    effort = np.log1p(spent_on(config, "sales") / rules.brand_spending)
    steady = rules.brand_gain * books.own("execution") * effort / rules.brand_decay
    path = steady + (books.own("brand") - steady) * (1.0 - rules.brand_decay) ** done
    brand = trial.market.records.table("segments")
    for segment in dict.fromkeys(brand["segment"]):
        here = (brand["segment"] == segment) & np.isin(brand["provider"], books.names)
        found = brand["brand"][here].reshape(books.months, -1)
        rows.append(identity(f"brand, {segment}", path, found))
    rows.append(identity("brand b*", steady, found[-1] / (path[-1] / steady)))
    return rows


def learnt(config: "Config") -> Numbers:
    """Efficiency at each month's end without spillover, (months, providers), OOM."""
    rules = config.research
    rate = rules.own_progress + rules.paid_progress * np.log1p(
        spent_on(config, "efficiency") / rules.progress_spending
    )
    level = np.array([own.efficiency for own in config.providers.values()])
    path = []
    for _ in range(config.months):
        level = level + rate * np.exp(-level / rules.exhaustion)
        path.append(level)
    return np.array(path)


def progress(config: "Config", trial: "Trial") -> list[Row]:
    """Own progress, and what it is worth in serving."""
    books = Books(config, trial.market.records)
    start, level = books.own("efficiency"), books.held("efficiency")
    gained = books.held("serving_efficiency") - start
    return [
        identity("efficiency", learnt(config), level),
        identity(
            "gain in serving", config.research.serve_factor * (learnt(config) - start), gained
        ),
    ]


def as_one(config: "Config", trial: "Trial") -> list[Row]:
    """With a factor of 1 the two indices never part, spillover or not."""
    books = Books(config, trial.market.records)
    apart = books.held("serving_efficiency") != books.held("efficiency")
    return [same("months in which the two differ", 0, int(apart.sum()))]


CASES = (
    Case(
        name="V13",
        config="v13_spillover",
        law="gaps close as (1 − spill)^t, and brands run to 0.05 x ln(1 + S/S_ref)/δ",
        source="Nerlove and Arrow 1962",
        check=gaps,
        twin=("research.spillover=0.0401", "research.brand_gain=0.0501"),
    ),
    Case(
        name="V13",
        config="v13_progress",
        law="what is learnt grows rarer, and serving gains twice as much",
        source="Ho et al. 2024",
        check=progress,
        twin=("research.paid_progress=0.01201",),
    ),
    Case(
        name="V13",
        config="v13_progress",
        law="a serving factor of 1 is one efficiency for training and serving",
        source="Ho et al. 2024",
        check=as_one,
        sets=("research.serve_factor=1", "research.spillover=0.04"),
        twin=("research.serve_factor=1.001", "research.spillover=0.04"),
    ),
)
