"""Who keeps its users: retention of developers and renewals of enterprises, by provider."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, NONE
from simulation.metrics.choosers import quotient

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
YEAR = 12
CONTRACT_END = 1


def loyalty_columns(history: "History") -> dict[str, NDArray[Any]]:
    """Columns of the providers table, (months, providers)."""
    month, _, kind, incumbent, winner, *_ = history.tenders
    renewal = kind == CONTRACT_END
    signings = by_code(history.months, month, winner, (incumbent == NONE) & (winner != NONE))
    held = by_code(history.months, month, incumbent, renewal)
    won = by_code(history.months, month, winner, renewal & (winner == incumbent))
    codes = history.codes
    return {
        "retention_coding": kept_by_provider(history)[:, codes],
        "signings": signings[:, codes],
        "renewals_held": held[:, codes],
        "renewals_won": won[:, codes],
        "renewal_rate": last_year(won, held)[:, codes],
    }


def by_code(
    months: int, month: Whole, code: NDArray[Any], chosen: Flags, agents: Whole | None = None
) -> NDArray[Any]:
    """Rows `chosen` of each month and code, or the sum of their `agents`, (months, 16)."""
    rows = np.flatnonzero(chosen)
    weight = None if agents is None else agents[rows]
    found = np.bincount(month[rows] * CODES + code[rows], weight, months * CODES)
    return found.reshape(months, CODES)


def kept_by_provider(history: "History") -> Array:
    """Of developers who chose a provider a year ago, the share still there; (months, 16).

    From a merger on, whoever had chosen the absorbed provider counts as having chosen its buyer.
    """
    month, segment, since, code, agents = history.cohorts
    coding = segment == CODING
    started, stayed = (
        by_code(history.months, month, code, coding & (since == month - ago), agents)
        for ago in (0, YEAR)
    )
    before = np.zeros_like(started)
    before[YEAR:] = started[:-YEAR] if history.months > YEAR else 0.0
    for merger, absorbed, buyer in history.recorder.mergers:
        earlier = chosen_before(history.months, merger)
        before[merger:, buyer] += before[merger:, absorbed] * earlier
        before[merger:, absorbed] *= ~earlier
    return quotient(stayed, before)


def chosen_before(months: int, merger: int) -> NDArray[np.bool_]:
    """Whether those who began a year before each month from a merger on began before it."""
    return np.arange(merger, months) - YEAR <= merger


def last_year(part: NDArray[Any], whole: NDArray[Any]) -> Array:
    """Sum of `part` over the sum of `whole` in the last twelve months, along the first axis."""
    sums = []
    for values in (part, whole):
        total = np.cumsum(values, axis=0, dtype=np.float64)
        total[YEAR:] -= total[:-YEAR].copy() if len(total) > YEAR else 0.0
        sums.append(total)
    return quotient(sums[0], sums[1])
