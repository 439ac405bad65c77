"""How tenders of the last twelve months answer prices, and what choosing was worth: 7.13.

Each tender counts once, in the state and with the shortlist that it had, so that nothing but
random taste is averaged over; `agents.kernels.answers` sums them month by month.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.codes import ENTERPRISE
from agents.equations.substitution import Response
from simulation.metrics.choosers import Rules, Substitution, quotient

if TYPE_CHECKING:
    from simulation.history import History

Array = NDArray[np.float64]
YEAR = 12
CONTRACT_END = 1


def of_firms(history: "History", rules: Rules) -> Substitution:
    """Tenders of the last twelve months, each in the state and with the shortlist that it had."""
    months, codes, recorder = history.months, history.codes, history.recorder
    chosen, slope = np.zeros((months, len(codes))), np.zeros((months, len(codes), len(codes)))
    worth = np.zeros((months, 2))
    if recorder.answers:
        asked = [month for month, _ in recorder.answers]
        answers = [found for _, found in recorder.answers]
        sums = [np.stack(part) for part in zip(*answers, strict=True)]
        chosen[asked], slope[asked] = sums[0][:, codes], sums[1][:, codes[:, None], codes]
        worth[asked] = sums[2]
    tenders = history.tenders
    ended = np.bincount(tenders.month[tenders.kind == CONTRACT_END], minlength=months)
    worth = last_year(worth)
    worth[: YEAR - 1] = np.nan  # of few tenders, and those of other firms than later
    signed = history.raw["accounts"][:, ENTERPRISE].sum(axis=1)
    initial = round(history.config.initial.enterprises.adopted * history.config.enterprises.count)
    return Substitution(
        Response(last_year(chosen), last_year(slope)),
        quotient(worth[:, 0], worth[:, 1]),
        quotient(ended, np.concatenate([[initial], signed[:-1]])),
        rules.use_of_firms,
    )


def last_year(values: Array) -> Array:
    """Sum of each month and the eleven before it, as far as there are any, the oldest first."""
    total = np.full(values.shape, -0.0)  # adding to it keeps every sign
    for lag in range(min(YEAR, len(values)) - 1, -1, -1):
        total[lag:] += values[: len(values) - lag]
    return total
