"""How long each provider has been short of liquid means, and how bad its year has been (E42)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.codes import CODES
from agents.compiled import kernel
from agents.kernels.money_checks import liquid

Array = NDArray[np.float64]
YEAR = 12
NONE, RENEGOTIATED, DOWN_ROUND, FOR_SALE, FAILED = range(5)  # of `labs.stage`


class Year(NamedTuple):
    """Columns of the providers, (codes,), that say what they have been through.

    renegotiated, rescued : months.
    """

    active: NDArray[np.bool_]
    exited: NDArray[np.bool_]
    acquired: NDArray[np.bool_]
    renegotiated: Array
    rescued: Array
    for_sale: NDArray[np.bool_]


@kernel
def count_overdue(labs, active, backed, least, overdue):
    """Move months without liquid means on, (codes,); returns the longest, 0 if nobody is short.

    labs : Liquid.  backed : flags, whom a parent covers.  least : M$, to be short of less is none.
    """
    longest = 0.0
    for code in range(CODES):
        is_short = active[code] and not backed[code] and liquid(labs, code) < -least
        overdue[code] = overdue[code] + 1.0 if is_short else 0.0
        longest = max(longest, overdue[code])
    return longest


@kernel
def worst_stage(year, month, stage):
    """Fill the worst stage that each has been through in the last twelve months, (codes,)."""
    for code in range(CODES):
        stage[code] = NONE
        if year.active[code]:
            if year.for_sale[code]:
                stage[code] = FOR_SALE
            elif month - year.rescued[code] < YEAR:
                stage[code] = DOWN_ROUND
            elif month - year.renegotiated[code] < YEAR:
                stage[code] = RENEGOTIATED
        if year.exited[code] and not year.acquired[code]:
            stage[code] = FAILED
