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
from simulation.recorder import TENDER_KINDS

if TYPE_CHECKING:
    from simulation.tables import History

Array = NDArray[np.float64]
YEAR = 12


def of_firms(history: "History", rules: Rules) -> Substitution:
    """Tenders of the last twelve months, each in the state and with the shortlist that it had."""
    months, codes, recorder = history.months, history.codes, history.recorder
    chosen, slope = np.zeros((months, len(codes))), np.zeros((months, len(codes), len(codes)))
    worth, ended = np.zeros((months, 2)), np.zeros(months)
    for month, answers in recorder.answers:
        chosen[month] = answers.chosen[codes]
        slope[month] = answers.slope[np.ix_(codes, codes)]
        worth[month] = answers.worth
    for part in recorder.all_tenders:
        ended[part.month] = np.count_nonzero(part.kind == TENDER_KINDS.index("contract_end"))
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
    """Sum of each month and the eleven before it, as far as there are any."""
    return np.stack([values[max(0, i - YEAR + 1) : i + 1].sum(axis=0) for i in range(len(values))])
