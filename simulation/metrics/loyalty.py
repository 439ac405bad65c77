"""Who keeps its users: retention of developers and renewals of enterprises, by provider."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES, CODING, NONE
from simulation.metrics.choosers import quotient

if TYPE_CHECKING:
    from simulation.tables import History

Array = NDArray[np.float64]
YEAR = 12
CONTRACT_END = 1


def loyalty_columns(history: "History") -> dict[str, NDArray[Any]]:
    """Columns of the providers table, (months, providers)."""
    held, won = np.zeros((2, history.months, CODES), np.int64)
    signings = np.zeros((history.months, CODES), np.int64)
    for part in history.recorder.all_tenders:
        winner, incumbent, month = part.tender.winner, part.incumbent, part.month
        renewal = part.kind == CONTRACT_END
        first = (incumbent == NONE) & (winner != NONE)
        signings[month] = np.bincount(winner[first], minlength=CODES)
        held[month] = np.bincount(incumbent[renewal], minlength=CODES)
        won[month] = np.bincount(incumbent[renewal & (winner == incumbent)], minlength=CODES)
    codes = history.codes
    return {
        "retention_coding": kept_by_provider(history)[:, codes],
        "signings": signings[:, codes],
        "renewals_held": held[:, codes],
        "renewals_won": won[:, codes],
        "renewal_rate": last_year(won, held)[:, codes],
    }


def kept_by_provider(history: "History") -> Array:
    """Of developers who chose a provider a year ago, the share still there; (months, 16).

    From a merger on, whoever had chosen the absorbed provider counts as having chosen its buyer.
    """
    started, stayed = np.zeros((2, history.months, CODES))
    for month, three in enumerate(history.recorder.months["cohorts"]):
        chosen, code, agents = three[CODING]
        now = chosen == month
        started[month] = np.bincount(code[now], agents[now], CODES)
        then = chosen == month - YEAR
        stayed[month] = np.bincount(code[then], agents[then], CODES)
    before = np.zeros_like(started)
    before[YEAR:] = started[:-YEAR] if history.months > YEAR else 0.0
    for month, absorbed, buyer in history.recorder.mergers:
        before[month:, buyer] += before[month:, absorbed] * chosen_before(history.months, month)
        before[month:, absorbed] *= ~chosen_before(history.months, month)
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
