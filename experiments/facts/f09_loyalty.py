"""Developers stick, and most those who came with a release: F9, from the table of cohorts.

A cohort are the developers who chose a provider in one month.  Those who leave it in a month are
compared within that month and provider, so that neither a month in which everybody looks around nor
a weak provider is taken for tenure; cohorts of releases also within a quarter of tenure, so that
they are not only those who came earlier.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.facts.fact import END, SIGNIFICANT, YEAR, Fact, Numbers, Part, RunLike, dates
from experiments.facts.statistics import log_rank, rate_ratio

SEGMENT = "coding"
QUARTER = 3
SETTLED, NEW = YEAR, 6  # tenure in months: from a year on, and below half a year


class Months(NamedTuple):
    """One row for each cohort and month in which it had anybody; arrays are (rows,).

    month : of the end.  provider, cohort : which cohort.  at_risk : agents a month before.
    left : of them, gone.  names : of the providers.
    """

    month: NDArray[np.int64]
    provider: NDArray[np.int64]
    cohort: NDArray[np.int64]
    at_risk: Numbers
    left: Numbers
    names: NDArray[Any]

    @property
    def tenure(self) -> NDArray[np.int64]:
        """Months since the choice, at the start of the month."""
        return np.asarray(self.month - 1 - self.cohort)


def cohort_months(records: RunLike) -> Months:
    """Who was at risk and who left, to the end of 2025."""
    table, days = records.tables["cohorts"], dates(records)
    last = days.index(END) if END in days else len(days) - 1
    here = (table["segment"] == SEGMENT) & (table["month"] <= last) & (table["cohort"] >= 0)
    month, cohort = table["month"][here], table["cohort"][here]
    names, provider = np.unique(table["provider"][here].astype(str), return_inverse=True)
    agents = table["agents"][here].astype(np.float64)
    order = np.lexsort((month, cohort, provider))
    month, cohort, provider, agents = (v[order] for v in (month, cohort, provider, agents))
    stays = np.zeros(len(month))
    same = (cohort[1:] == cohort[:-1]) & (provider[1:] == provider[:-1])
    stays[:-1] = np.where(same & (month[1:] == month[:-1] + 1), agents[1:], 0.0)
    seen = month < last  # the month after the last one is nobody's to see
    left: Numbers = (agents - stays)[seen]
    there = np.asarray(agents[seen], np.float64)
    return Months(month[seen] + 1, provider[seen], cohort[seen], there, left, names)


def loyalty(records: RunLike) -> dict[str, float]:
    """Hazard of leaving after a year over that before half a year; log-rank of release months."""
    rows = cohort_months(records)
    settled, new = rows.tenure >= SETTLED, rows.tenure < NEW
    both = settled | new
    with_release = chosen_at_release(records, rows)
    every = np.ones(len(rows.month), np.bool_)
    here = strata(rows.month, rows.provider)
    quarters = strata(here, rows.tenure // QUARTER)
    return {
        "hazard ratio": rate_ratio(*samples(rows, settled, both), here[both]),
        "release cohorts": log_rank(*samples(rows, with_release, every), quarters),
    }


def samples(
    rows: Months, first: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """Leaving and at risk of the first sample and of the rest of `kept`, (cells, 2) each."""
    mine = np.stack([first, ~first], axis=1)[kept]
    return rows.left[kept, None] * mine, rows.at_risk[kept, None] * mine


def strata(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for each pair of two whole numbers from 0 on."""
    return np.asarray(one * (1 + other.max(initial=0)) + other)


def chosen_at_release(records: RunLike, rows: Months) -> NDArray[np.bool_]:
    """Whether a cohort chose its provider in a month in which that released a flagship."""
    table = records.tables["segments"]
    here = (table["segment"] == SEGMENT) & table["released"].astype(np.bool_)
    released = set(zip(table["month"][here].tolist(), table["provider"][here], strict=True))
    pairs = zip(rows.cohort.tolist(), rows.names[rows.provider], strict=True)
    return np.array([pair in released for pair in pairs], np.bool_)


FACTS = (
    Fact(
        "F9",
        "users stick: who stayed a year leaves less, who came with a release leaves less",
        "[10] OpenRouter and a16z: cohorts of a release stay (glass slipper)",
        "Mantel-Haenszel ratio by month and provider; log-rank by these and tenure; to 2025-12",
        (
            Part("hazard ratio", "leaving after 12 months over below 6", "x", high=1.0),
            Part("release cohorts", "log-rank, release months", "s.e.", high=-SIGNIFICANT),
        ),
        loyalty,
    ),
)
